"""Suspend, resume or terminate installed lines as one order: the network first, the inventory once the effect is seen."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from come.inventory import policies as inventory_policies, queries as inventory_queries
from come.order.commands import _conflicts, _internal, _writing
from come.order.commands.submit_order import SubmitAnswer
from come.order.policies import conflicts, freezing, submission
from come.shared import actor as actors, idempotency, obstacles, text
from come.staff import policies as rights

ACTIONS = {"suspend": "modify", "resume": "modify", "terminate": "delete"}


def change_lines(
    *,
    line_ids: Sequence[uuid.UUID],
    operation: str,
    reason: str,
    actor: actors.Actor,
    at: dt.datetime,
) -> SubmitAnswer:
    """Order that lines of one company be suspended, resumed or terminated (`operation`); number the order at once.

    Lines already in the wanted state are left out; one that another order has comes after it, or is refused by policy.
    Raises Refusal with every line whose state forbids it, or when none is
    left, NotAllowed for a line of another agency. Idempotent by request id. Records OrderSubmitted.
    """
    rights.require(actor, "order.write")
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="order.change_lines",
            inputs={"lines": sorted(str(line_id) for line_id in line_ids), "operation": operation, "reason": reason},
            run=lambda: _change(line_ids, operation, reason, actor, at),
        )
    return SubmitAnswer(uuid.UUID(answer["order_id"]), answer["reference"])


def _change(line_ids: Sequence[uuid.UUID], operation: str, reason: str, actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    lines = inventory_queries.lines_for_orders(line_ids=line_ids)
    for agency_id in {line.agency_id for line in lines}:
        rights.require_agency(actor, agency_id, text.T("Une de ces lignes"))
    after = _internal.STATE_AFTER[operation]
    changing = [line for line in lines if line.state != after]
    obstacles.refuse_if_any(
        (
            *_one_company(lines),
            *inventory_policies.transition_obstacles(
                states=[(line.user_label or line.msisdn, line.state) for line in changing], after=after
            ),
            *submission.submission_obstacles(line_count=len(changing)),
        ),
    )
    _conflicts.lock_company(changing[0].customer_file_id)
    found = _conflicts.resolve(dict.fromkeys((line.id for line in changing), operation))
    busy = {**found.merged, **found.refused}
    obstacles.refuse_if_any(
        [conflicts.obstacle(label=line.user_label or line.msisdn, running=busy[line.id]) for line in changing if line.id in busy]
    )
    pattern = freezing.NOTHING_SOLD
    order = _writing.write(
        _writing.Draft(
            kind=operation,
            operation=operation,
            action=ACTIONS[operation],
            customer_file_id=changing[0].customer_file_id,
            agency_id=changing[0].agency_id,
            billing_account_id=changing[0].billing_account_id,
            patterns=[pattern],
            lines=[
                _writing.DraftLine(
                    stable_line_id=line.id,
                    pattern=0,
                    user_label=line.user_label,
                    msisdn=line.msisdn,
                    iccid=line.iccid,
                    after_item_id=found.queued[line.id].item_id if line.id in found.queued else None,
                )
                for line in changing
            ],
            reason=reason,
        ),
        actor=actor,
        at=at,
    )
    return {"order_id": str(order.id), "reference": order.reference}


def _one_company(lines: Sequence[Any]) -> tuple[obstacles.Obstacle, ...]:
    if len({line.customer_file_id for line in lines}) <= 1:
        return ()
    return (
        obstacles.Obstacle(
            "order.several_companies",
            obstacles.Severity.REFUSAL,
            text.T("Ces lignes appartiennent à plusieurs entreprises."),
            text.T("Passez une commande par entreprise."),
        ),
    )
