"""Quotes on lines of the fleet: bring them in with what they have, say what ends, take what they have today."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from come.inventory import policies as inventory_policies
from come.quote import models, queries, records
from come.quote.commands import _draft, _lines, _pricing, _tables, create_quote
from come.quote.queries import fleet
from come.quote.records import fleet as fleet_records
from come.shared import actor as actors, bulk, idempotency, obstacles, text

KINDS = ("change", "renewal")


@dataclasses.dataclass(frozen=True, slots=True)
class FleetQuote:
    """The draft that was opened on lines of the fleet."""

    quote_id: uuid.UUID
    reference: str
    taken: int


def create_fleet_quote(
    *,
    customer_file_id: uuid.UUID,
    line_ids: Sequence[uuid.UUID],
    kind: str,
    action: str = "modify",
    actor: actors.Actor,
    at: dt.datetime,
    title: str = "",
    commitment_months: int | None = None,
) -> FleetQuote:
    """Open a draft that changes (`change`) or renews (`renewal`) lines of a customer, each with what it has today.

    `action` is what is done to them at first: `modify`, or `terminate`. Raises Refusal naming every line that is not the customer's
    or no longer lives, and then no draft is opened; NotAllowed for another agency. Records QuoteCreated and QuoteLinesChanged.
    """
    if kind not in KINDS or action not in {"modify", "terminate"}:
        raise obstacles.Refusal(_wrong_kind(kind))
    with transaction.atomic():
        made = create_quote.create_quote(
            customer_file_id=customer_file_id, actor=actor, at=at, title=title, commitment_months=commitment_months, kind=kind
        )
        inputs = {"quote_id": made.quote_id, "lines": sorted(str(one) for one in line_ids), "action": action}
        answer = idempotency.once(
            actor=actor,
            command="quote.take_fleet_lines",
            inputs=inputs,
            run=lambda: {"taken": _take(_draft.open_desk(made.quote_id, actor, at), line_ids, action)},
        )
    return FleetQuote(made.quote_id, made.reference, answer["taken"])


def take_fleet_lines(*, quote_id: uuid.UUID, line_ids: Sequence[uuid.UUID], action: str, actor: actors.Actor, at: dt.datetime) -> int:
    """Bring more lines of the fleet into a draft on the fleet; lines that it has already are left. Return how many came.

    Raises Refusal as `create_fleet_quote`. Records QuoteLinesChanged.
    """
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        _draft.refuse_unless_editable(desk)
        if desk.quote.kind not in KINDS or action not in {"modify", "terminate"}:
            raise obstacles.Refusal(_wrong_kind(desk.quote.kind))
        inputs = {"quote_id": quote_id, "lines": sorted(str(one) for one in line_ids), "action": action}
        answer = idempotency.once(
            actor=actor, command="quote.take_more_lines", inputs=inputs, run=lambda: {"taken": _take(desk, line_ids, action)}
        )
    return int(answer["taken"])


def _take(desk: _draft.Desk, line_ids: Sequence[uuid.UUID], action: str) -> int:
    quote = desk.quote
    found = fleet.taken_lines(line_ids=line_ids, day=desk.day)
    strangers = len(set(line_ids)) - sum(line.customer_file_id == quote.customer_file_id for line, _ in found)
    ended = [line.user_label or line.msisdn for line, _ in found if line.state not in inventory_policies.LIVE_STATES]
    obstacles.refuse_if_any(_taking_obstacles(strangers, ended))
    known = set(fleet.kept_lines(quote.id))
    fresh = [taken for _, taken in found if taken.product_id not in known]
    if not fresh:
        return 0
    _tables.refuse_too_many(quote.line_count + len(fresh))
    before = _draft.sums(quote)
    bulk.copy_rows(
        table="quote_installed",
        columns=("quote_id", "product_id", "before"),
        rows=((quote.id, one.product_id, json.dumps(one.before.as_json(), ensure_ascii=False)) for one in fresh),
    )
    desk = _draft.desk_of(quote, desk.actor, desk.at)
    first = _lines.next_position(quote)
    letter = min(quote.alternatives, default="")
    _lines.insert(desk, [_line(one, first + place, action, letter) for place, one in enumerate(fresh)])
    _pricing.reprice(desk)
    _draft.record_lines(desk, before, added=len(fresh))
    return len(fresh)


def _line(taken: fleet_records.TakenLine, position: int, action: str, letter: str) -> _lines.Draft:
    carried = {"product_id": taken.product_id, "action": action, "alternative": letter}
    return _lines.Draft(taken.product_id, position, taken.cells, carried)


def end_lines(*, quote_id: uuid.UUID, selection: records.Selection, ends: bool, actor: actors.Actor, at: dt.datetime) -> int:
    """Say that the selected lines of the fleet end, or that they are only changed after all; return how many that moves.

    Lines to come are left. Records QuoteLinesChanged.
    """
    action = "terminate" if ends else "modify"
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        _draft.refuse_unless_editable(desk)
        inputs = {"quote_id": quote_id, "selection": dataclasses.asdict(selection), "ends": ends}
        answer = idempotency.once(
            actor=actor, command="quote.end_lines", inputs=inputs, run=lambda: {"moved": _set_action(desk, selection, action)}
        )
    return int(answer["moved"])


def _set_action(desk: _draft.Desk, selection: records.Selection, action: str) -> int:
    wanted = queries.selected_lines(quote_id=desk.quote.id, selection=selection)
    rows = models.QuoteLine.objects.filter(quote=desk.quote, stable_id__in=wanted, product_id__isnull=False).exclude(action=action)
    moving = list(rows.values_list("stable_id", flat=True))
    if not moving:
        return 0
    before = _draft.sums(desk.quote)
    rows.update(action=action)
    _lines.rewrite(desk, list(_lines.drafts_of(desk, moving).values()))
    _lines.mark_duplicates(desk)
    _pricing.reprice(desk)
    _draft.record_lines(desk, before, changed=len(moving))
    return len(moving)


def retake(desk: _draft.Desk) -> int:
    """Take again what the lines of a draft have in the fleet today (the lines themselves stay as typed); return how many moved."""
    kept = fleet.kept_lines(desk.quote.id)
    present = {taken.product_id: taken.before for line, taken in fleet.taken_lines(line_ids=list(kept), day=desk.day) if _lives(line)}
    gone = [key for key in kept if key not in present]
    moved = {key: before for key, before in present.items() if before != kept[key]}
    if gone:
        models.QuoteLine.objects.filter(quote=desk.quote, product_id__in=gone).delete()
        models.QuoteInstalled.objects.filter(quote=desk.quote, product_id__in=gone).delete()
    if moved:
        given = [{"product_id": str(key), "before": before.as_json()} for key, before in moved.items()]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE quote_installed i SET before = n.before FROM jsonb_to_recordset(%s::jsonb) AS n(product_id uuid, before jsonb)"
                " WHERE i.quote_id = %s AND i.product_id = n.product_id",
                [json.dumps(given, ensure_ascii=False), desk.quote.id],
            )
    return len(gone) + len(moved)


def _lives(line: Any) -> bool:
    return line.state in inventory_policies.LIVE_STATES


def _taking_obstacles(strangers: int, ended: Sequence[str]) -> list[obstacles.Obstacle]:
    found: list[obstacles.Obstacle] = []
    if strangers:
        found.append(
            obstacles.Obstacle(
                "quote.not_their_line",
                obstacles.Severity.REFUSAL,
                text.T("{count} ligne(s) ne sont pas dans le parc de ce client.", count=strangers),
                text.T("Choisissez les lignes depuis le parc du client."),
            )
        )
    if ended:
        found.append(
            obstacles.Obstacle(
                "quote.line_ended",
                obstacles.Severity.REFUSAL,
                text.T("Ces lignes ne sont plus en service : {names}.", names=", ".join(ended[:5])),
                text.T("Retirez-les de la sélection."),
            )
        )
    return found


def _wrong_kind(kind: str) -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "quote.wrong_kind",
        obstacles.Severity.REFUSAL,
        text.T("Ce devis porte sur des lignes à venir, pas sur le parc.")
        if kind == "new"
        else text.T("Choisissez une modification ou un renouvellement."),
        text.T("Depuis le parc du client, choisissez des lignes, puis « Devis de modification » ou « Devis de renouvellement »."),
        "kind",
    )
