"""Order one act on many lines of a fleet, as one set: alike lines once, each line alone from then on."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from come.inventory import queries as inventory_queries
from come.order import queries, records
from come.order.commands import _conflicts, _writing
from come.order.policies import conflicts, fleet_acts
from come.shared import actor as actors, idempotency, obstacles, text
from come.staff import policies as rights

ACTIONS = {"suspend": "modify", "resume": "modify", "modify": "modify", "terminate": "delete"}


@dataclasses.dataclass(frozen=True, slots=True)
class FleetAnswer:
    """The order that was taken: its lines, those that come after another order, those left out because they are so already or may not."""

    order_id: uuid.UUID
    reference: str
    ordered: int
    queued: int
    already: int
    refused: int


def change_fleet(
    *,
    customer_file_id: uuid.UUID,
    line_ids: Sequence[uuid.UUID],
    act: records.FleetAct,
    actor: actors.Actor,
    at: dt.datetime,
    reason: str = "",
    shown_digest: str = "",
) -> FleetAnswer:
    """Order an act on lines of one customer; number the order at once.

    Lines that cannot change are left out, each with its reason (`queries.act_plan` shows them before). A line that another
    order has comes after it, is left to it, or is left out, by policy. `shown_digest` is what was shown: when the fleet, a
    price or the catalogue has moved since, nothing is ordered. Raises Refusal (nothing to change, something else than what
    was shown), NotAllowed for another agency's customer. Idempotent by request id. Records OrderSubmitted.
    """
    rights.require(actor, "order.write")
    given = {
        "customer": customer_file_id,
        "lines": sorted(str(line_id) for line_id in line_ids),
        "act": dataclasses.asdict(act),
        "reason": reason,
    }
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="order.change_fleet",
            inputs=given,
            run=lambda: _change(customer_file_id, line_ids, act, actor, at, reason, shown_digest),
        )
    return FleetAnswer(uuid.UUID(answer.pop("order_id")), **answer)


def _change(  # noqa: PLR0917 - what the command was given
    customer_file_id: uuid.UUID,
    line_ids: Sequence[uuid.UUID],
    act: records.FleetAct,
    actor: actors.Actor,
    at: dt.datetime,
    reason: str,
    shown_digest: str,
) -> dict[str, Any]:
    _conflicts.lock_company(customer_file_id)
    plan = queries.act_plan(customer_file_id=customer_file_id, line_ids=line_ids, act=act, viewer=actor, at=at)
    obstacles.refuse_if_any(_stale(plan, shown_digest))
    changing = [group for group in plan.groups if group.outcome == "changes"]
    found = _conflicts.resolve({line_id: group.operation for group in changing for line_id in group.line_ids})
    left = found.merged.keys() | found.refused.keys()
    lines = {line.id: line for line in inventory_queries.lines_for_orders(line_ids=[one for group in changing for one in group.line_ids])}
    wanted = [
        _writing.DraftLine(
            stable_line_id=line_id,
            pattern=place,
            user_label=lines[line_id].user_label,
            msisdn=lines[line_id].msisdn,
            iccid=lines[line_id].iccid,
            after_item_id=found.queued[line_id].item_id if line_id in found.queued else None,
        )
        for place, group in enumerate(changing)
        for line_id in group.line_ids
        if line_id not in left
    ]
    obstacles.refuse_if_any(_nothing(plan, found) if not wanted else ())
    first = lines[wanted[0].stable_line_id]
    operation = fleet_acts.OPERATIONS[act.kind]
    accounts = collections.Counter(line.billing_account_id for line in lines.values() if line.billing_account_id)
    order = _writing.write(
        _writing.Draft(
            kind=fleet_acts.ORDER_KINDS[operation],
            operation=operation,
            action=ACTIONS[operation],
            customer_file_id=customer_file_id,
            agency_id=first.agency_id,
            billing_account_id=accounts.most_common(1)[0][0] if accounts else None,
            patterns=[group.pattern for group in changing if group.pattern is not None],
            lines=wanted,
            agreement_reference=plan.agreement_reference,
            reason=reason[:200],
            catalogue_version_hash=plan.catalogue_version_hash,
        ),
        actor=actor,
        at=at,
    )
    return {
        "order_id": str(order.id),
        "reference": order.reference,
        "ordered": len(wanted),
        "queued": sum(line.after_item_id is not None for line in wanted),
        "already": plan.count_of("already") + len(found.merged),
        "refused": plan.count_of("refused") + len(found.refused),
    }


def _stale(plan: fleet_acts.ActPlan, shown_digest: str) -> tuple[obstacles.Obstacle, ...]:
    if not shown_digest or shown_digest == plan.digest:
        return ()
    return (
        obstacles.Obstacle(
            "order.act_moved",
            obstacles.Severity.REFUSAL,
            text.T("Le parc ou ses prix ont changé depuis que ce plan a été montré."),
            text.T("Relisez le plan ci-dessous, puis commandez."),
        ),
    )


def _nothing(plan: fleet_acts.ActPlan, found: _conflicts.Resolution) -> tuple[obstacles.Obstacle, ...]:
    """Return why no line is left to change: what each is, or which order has it."""
    reasons = [reason for group in plan.groups for reason in group.reasons]
    label = {line_id: name for group in plan.groups for line_id, name in zip(group.line_ids, group.labels, strict=True)}
    busy: Mapping[uuid.UUID, conflicts.Running] = {**found.merged, **found.refused}
    reasons += [conflicts.obstacle(label=label[line_id], running=running) for line_id, running in list(busy.items())[:20]]
    return tuple(reasons) or (
        obstacles.Obstacle(
            "order.nothing_to_change",
            obstacles.Severity.REFUSAL,
            text.T("Toutes ces lignes sont déjà ainsi."),
            text.T("Choisissez d’autres lignes, ou un autre acte."),
        ),
    )
