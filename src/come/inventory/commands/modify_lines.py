"""Change what lines have, as a set: the new from an instant on, the old kept as it was."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from come.inventory import events, models, policies, records
from come.inventory.commands import _rows
from come.shared import actor as actors, bulk, eventlog, events as shared_events, ids, obstacles, period, text
from come.staff import policies as rights

_PAST = """
INSERT INTO inventory_product_offering (product_id, offering_code, offering_version, name_fr, order_item_ref, start_at, end_at)
SELECT p.id, p.offering_code, p.offering_version, p.name_fr, p.order_item_ref,
       coalesce((SELECT max(past.end_at) FROM inventory_product_offering past WHERE past.product_id = p.id), p.activated_at, p.created_at),
       %(at)s
  FROM inventory_product p WHERE p.id = ANY(%(lines)s)
"""
_PLANS = """
UPDATE inventory_product p SET offering_code = n.code, offering_version = n.version, name_fr = n.name, kind = n.kind
  FROM jsonb_to_recordset(%s::jsonb) AS n(id uuid, code text, version int, name text, kind text) WHERE p.id = n.id
"""
_COMMITMENTS = """
UPDATE inventory_product p SET commitment_start_date = n.since, commitment_end_date = n.until,
       agreement_reference = coalesce(nullif(n.agreement, ''), p.agreement_reference)
  FROM unnest(%s::uuid[], %s::date[], %s::date[], %s::text[]) AS n(id, since, until, agreement) WHERE p.id = n.id
"""
_HELD = """
SELECT coalesce(parent_id, id), offering_code, id FROM inventory_product
 WHERE (id = ANY(%(lines)s) OR parent_id = ANY(%(lines)s)) AND state = ANY(%(live)s) ORDER BY created_at, id
"""


def modify_lines(*, changes: Sequence[records.LineChange], actor: actors.Actor, at: dt.datetime, source: str = "order") -> int:
    """End parts, start others, replace plans and monthly prices from `at` on; return how many lines changed.

    What was true before stays: prices end on the day, parts end, a replaced plan enters the line's history. What is already due
    (one-off, instalments of a device) stays due. Raises Refusal with every line that no longer lives, and then none changes;
    NotAllowed for a line of another agency. Records LinesModified.
    """
    rights.require(actor, "inventory.write")
    by_line = {change.line_id: change for change in changes}
    with transaction.atomic():
        rows = models.Product.objects.select_for_update().filter(id__in=list(by_line), parent=None).order_by("id")
        lines = {line.id: line for line in rows}
        for agency_id in {line.agency_id for line in lines.values()}:
            rights.require_agency(actor, agency_id, text.T("Une de ces lignes"))
        obstacles.refuse_if_any(_dead_obstacles(by_line, lines))
        if not lines:
            return 0
        held = _held(list(lines))
        named = [(key, code) for key, change in by_line.items() for code in change.ended_codes]
        ended = [held[pair] for pair in named if held.get(pair, pair[0]) != pair[0]]
        _end_parts(ended, source, actor, at)
        _replace_plans([change for change in changes if change.plan is not None], at)
        _end_repriced([(held[key, code]) for key, change in by_line.items() for code, _ in change.repriced if (key, code) in held], at)
        _start(changes, lines, held, actor, at)
        _commit(changes)
        _record(lines.values(), source, actor, at)
    return len(lines)


def _held(line_ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"lines": list(line_ids), "live": list(policies.LIVE_STATES)})
        return {(line_id, code): product_id for line_id, code, product_id in cursor.fetchall()}


def _end_parts(part_ids: Sequence[uuid.UUID], source: str, actor: actors.Actor, at: dt.datetime) -> None:
    if not part_ids:
        return
    _rows.end_prices(part_ids, period.local_day(at))
    models.ProductUsageTerm.objects.filter(product_id__in=part_ids, valid_to=None).update(valid_to=at)
    models.ResourceAssignment.objects.filter(product_id__in=part_ids, end_at=None).update(end_at=at)
    _rows.write_state(part_ids, "terminated", source, actor, at)


def _replace_plans(changes: Sequence[records.LineChange], at: dt.datetime) -> None:
    line_ids = [change.line_id for change in changes]
    if not line_ids:
        return
    _rows.end_prices(line_ids, period.local_day(at))
    models.ProductUsageTerm.objects.filter(product_id__in=line_ids, valid_to=None).update(valid_to=at)
    rows = [
        {
            "id": str(change.line_id),
            "code": plan.offering_code,
            "version": plan.offering_version,
            "name": plan.name_fr,
            "kind": plan.kind,
        }
        for change in changes
        if (plan := change.plan) is not None
    ]
    with connection.cursor() as cursor:
        cursor.execute(_PAST, {"lines": line_ids, "at": at})
        cursor.execute(_PLANS, [json.dumps(rows, ensure_ascii=False)])


def _end_repriced(product_ids: Sequence[uuid.UUID], at: dt.datetime) -> None:
    if product_ids:
        _rows.end_prices(product_ids, period.local_day(at))


def _start(
    changes: Sequence[records.LineChange],
    lines: dict[uuid.UUID, models.Product],
    held: dict[tuple[uuid.UUID, str], uuid.UUID],
    actor: actors.Actor,
    at: dt.datetime,
) -> None:
    """Write the parts, prices and usage terms that start, each kind in one COPY."""
    bulk.copy_rows(table="inventory_product", columns=_rows.PRODUCT_COLUMNS, rows=_part_rows(changes, lines, at))
    bulk.copy_rows(
        table="inventory_product_state",
        columns=_rows.STATE_COLUMNS,
        rows=((key, "active", "", at, actor.name) for change in changes for key, _ in _parts(change)),
    )
    bulk.copy_rows(table="inventory_product_price", columns=_rows.PRICE_COLUMNS, rows=_price_rows(changes, lines, held, at))
    bulk.copy_rows(
        table="inventory_product_usage_term",
        columns=_rows.TERM_COLUMNS,
        rows=(
            (key, change.line_id, term.tariff_code, term.precedence, term.allowance_code, term.allowance_quantity, at)
            for change in changes
            for key, part in (*_plan_of(change), *_parts(change))
            for term in part.terms
        ),
    )


def _parts(change: records.LineChange) -> list[tuple[uuid.UUID, records.NewPart]]:
    return [
        (ids.derived("inventory.part", change.line_id, change.order_item_ref, place, part.offering_code), part)
        for place, part in enumerate(change.parts)
    ]


def _plan_of(change: records.LineChange) -> list[tuple[uuid.UUID, records.NewPart]]:
    return [(change.line_id, change.plan)] if change.plan is not None else []


def _part_rows(changes: Sequence[records.LineChange], lines: dict[uuid.UUID, models.Product], at: dt.datetime) -> Iterator[tuple[Any, ...]]:
    for change in changes:
        line = lines[change.line_id]
        for key, part in _parts(change):
            yield (
                key, line.customer_file_id, line.agency_id, line.billing_account_id, line.id, part.offering_code, part.offering_version,
                part.name_fr, part.kind, "", "", line.cost_centre_id, "active", "", at, at, None, None,
                change.agreement_reference or line.agreement_reference, change.order_item_ref,
            )  # fmt: skip


def _price_rows(
    changes: Sequence[records.LineChange],
    lines: dict[uuid.UUID, models.Product],
    held: dict[tuple[uuid.UUID, str], uuid.UUID],
    at: dt.datetime,
) -> Iterator[tuple[Any, ...]]:
    day = period.local_day(at)
    for change in changes:
        line = lines[change.line_id]
        reference = change.agreement_reference or line.agreement_reference
        owners = [(key, part.prices) for key, part in (*_plan_of(change), *_parts(change))]
        owners += [(held[change.line_id, code], prices) for code, prices in change.repriced if (change.line_id, code) in held]
        for product_id, prices in owners:
            for price in prices:
                yield _rows.price_row(product_id, line.billing_account_id, price, day, reference)
        if change.fee is not None and change.fee.amount:
            fee = records.NewPrice(
                change.fee.code, change.fee.name_fr, "one_off", "service", "standard", change.fee.amount, change.fee.amount,
                line.offering_code, line.offering_version, reason_fr=change.fee.reason_fr,
            )  # fmt: skip
            yield _rows.price_row(line.id, line.billing_account_id, fee, day, reference)


def _commit(changes: Sequence[records.LineChange]) -> None:
    """Write the commitments that start again, and the agreement that the new prices come from."""
    given = [change for change in changes if change.commitment_end_date is not None]
    if not given:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _COMMITMENTS,
            [
                [change.line_id for change in given],
                [change.commitment_start_date for change in given],
                [change.commitment_end_date for change in given],
                [change.agreement_reference for change in given],
            ],
        )


def _dead_obstacles(changes: dict[uuid.UUID, records.LineChange], lines: dict[uuid.UUID, models.Product]) -> list[obstacles.Obstacle]:
    dead = [key for key in changes if key not in lines or lines[key].state not in policies.LIVE_STATES]
    return [
        obstacles.Obstacle(
            "inventory.line_ended",
            obstacles.Severity.REFUSAL,
            text.T("La ligne {line} n’est plus en service.", line=lines[key].user_label or key if key in lines else key),
            text.T("Retirez-la de la commande."),
            f"lines/{key}",
        )
        for key in dead
    ]


def _record(lines: Any, source: str, actor: actors.Actor, at: dt.datetime) -> None:
    found = list(lines)
    eventlog.record(
        event=events.LinesModified(line_count=len(found), source=source),
        actor=actor,
        at=at,
        subjects=[
            *(shared_events.subject("company", company) for company in sorted({line.customer_file_id for line in found})),
            *(shared_events.subject("line", line.id) for line in found),
        ],
        before={"offerings": {str(line.id): line.offering_code for line in found}},
    )
