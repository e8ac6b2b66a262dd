"""Cancel lines in flight: at once where nothing has left, by undoing what has where it still can be, not past that."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from come.inventory import commands as inventory_commands
from come.order import events, models, queries
from come.order.commands import _cancelling, _progress
from come.order.policies import reversal, submission
from come.shared import actor as actors, bulk, eventlog, events as shared_events, idempotency, obstacles, text
from come.staff import policies as rights

# Whoever sends holds its message's row: waiting for it, then reading again, is what makes the outcome exact.
_LOCK_MESSAGES = "SELECT id FROM order_outbox_message WHERE order_id = %s AND state <> 'observed' ORDER BY id FOR UPDATE"
_DECISION_COLUMNS = (
    "order_id", "item_id", "kind", "outcome", "because", "changes", "penalty_exact", "penalty_source", "reason",
    "made_at", "made_by_id", "made_by_name",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class CancelAnswer:
    """How many lines were cancelled at once, how many are being undone, how many go on; what the customer owes for it."""

    cancelled: int
    kept: int
    undoing: int = 0
    penalty_eur_excl_tax: Decimal = Decimal(0)


def cancel_order(
    *,
    reference: str,
    reason: str,
    actor: actors.Actor,
    at: dt.datetime,
    item_ids: Sequence[uuid.UUID] = (),
    is_cost_accepted: bool = False,
) -> CancelAnswer:
    """Cancel an order, or some of its lines; what cannot be cancelled goes on.

    A line that nothing outside was asked for is cancelled now, its number and SIM given back. Past a soft point of no
    return it is cancelled only if its cost is accepted: what was done is undone, step by step, under keys of its own; a
    step that is being sent now is waited for. Past a hard one it goes on. Raises Refusal when no line can be cancelled,
    NotFound for an order of another agency. Idempotent by request id. Records OrderCancelled.
    """
    rights.require(actor, "order.write")
    given = {"reference": reference, "reason": reason, "items": sorted(str(one) for one in item_ids), "accepted": is_cost_accepted}
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="order.cancel_order",
            inputs=given,
            run=lambda: _cancel(reference, reason, item_ids, is_cost_accepted=is_cost_accepted, actor=actor, at=at),
        )
    return CancelAnswer(int(answer["cancelled"]), int(answer["kept"]), int(answer["undoing"]), Decimal(answer["penalty"]))


def _cancel(
    reference: str, reason: str, item_ids: Sequence[uuid.UUID], *, is_cost_accepted: bool, actor: actors.Actor, at: dt.datetime
) -> dict[str, Any]:
    order = locked_order(reference, actor)
    lines = queries.line_standings(order_id=order.id, item_ids=item_ids, at=at)
    free = [line for line in lines if line.standing.level == "free"]
    soft = [line for line in lines if line.standing.level == "soft"] if is_cost_accepted else []
    obstacles.refuse_if_any(
        submission.cancellation_obstacles(
            cancellable=len(free) + len(soft),
            costly=sum(line.standing.level == "soft" for line in lines),
            asked=[line.standing for line in lines],
        )
    )
    _stop(order, free, soft, at)
    chosen = {line.item_id for line in (*free, *soft)}
    penalty = sum((line.standing.penalty_eur_excl_tax for line in soft), Decimal(0))
    _write_decisions(order, lines, chosen, reason, actor, at)
    _progress.derive(order, actor=actor, at=at)
    order.reason = reason[:200]
    order.save(update_fields=["reason"])
    kept = (len(item_ids) or order.line_count) - len(chosen)
    eventlog.record(
        event=events.OrderCancelled(
            order_id=order.id, reason=reason, cancelled=len(free), kept=kept, undoing=len(soft), penalty_eur_excl_tax=penalty
        ),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("order", order.id), shared_events.subject("company", order.customer_file_id)],
    )
    return {"cancelled": len(free), "kept": kept, "undoing": len(soft), "penalty": str(penalty)}


def locked_order(reference: str, actor: actors.Actor) -> models.ProductOrder:
    """Return an order under its lock, its messages settled: nobody sends one while it is held. Raises NotFound."""
    order = models.ProductOrder.objects.select_for_update().filter(reference=reference).first()
    if order is None or not rights.can_see(actor, order.agency_id):
        raise obstacles.not_found(text.T("La commande"), reference)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_MESSAGES, [order.id])
    return order


def _stop(
    order: models.ProductOrder, free: Sequence[reversal.StandingLine], soft: Sequence[reversal.StandingLine], at: dt.datetime
) -> None:
    item_ids = [line.item_id for line in (*free, *soft)]
    models.ProductOrderItem.objects.filter(id__in=item_ids).update(cancelling_since_at=at, waiting_amendment=None)
    alike: dict[tuple[str, ...], list[uuid.UUID]] = collections.defaultdict(list)
    for line in soft:
        alike[line.started].append(line.item_id)
    for started, group in alike.items():
        _cancelling.plan_undoing(order, group, started, at=at)
    _cancelling.settle(order, at)
    if order.decomposed_at is None:
        models.ProductOrderItem.objects.filter(id__in=item_ids).update(state="cancelled", state_since_at=at)
    inventory_commands.release_resources(reservation_ids=[line.item_id for line in free], at=at)


def _write_decisions(  # noqa: PLR0917 - the parts of one decision, side by side
    order: models.ProductOrder,
    lines: Sequence[reversal.StandingLine],
    chosen: set[uuid.UUID],
    reason: str,
    actor: actors.Actor,
    at: dt.datetime,
) -> None:
    outcomes: Mapping[str, str] = {"free": "cancelled", "soft": "undoing"}
    bulk.copy_rows(
        table="order_line_decision",
        columns=_DECISION_COLUMNS,
        rows=(
            (
                order.id,
                line.item_id,
                "cancel",
                outcomes[line.standing.level] if line.item_id in chosen else "kept",
                line.standing.because,
                json.dumps({}),
                line.standing.penalty_eur_excl_tax if line.item_id in chosen else Decimal(0),
                " · ".join(cost.source for cost in line.standing.costs)[:300],
                reason[:200],
                at,
                actor.staff_id,
                actor.name,
            )
            for line in lines
        ),
    )
