"""Cancel what has not passed its point of no return."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db import connection, transaction

from come.inventory import commands as inventory_commands
from come.order import events, models
from come.order.commands import _progress
from come.order.policies import states, submission
from come.shared import actor as actors, eventlog, events as shared_events, idempotency, obstacles, text
from come.staff import policies as rights

_CANCELLABLE = """
SELECT item.id FROM order_product_order_item item
WHERE item.order_id = %s AND item.state IN ('acknowledged', 'held', 'inProgress', 'pending') AND NOT EXISTS (
    SELECT 1 FROM order_step step LEFT JOIN order_outbox_message message ON message.id = step.message_id
    WHERE step.item_id = item.id AND (step.state = 'sent' OR (step.state = 'done' AND step.kind <> 'reserve_resources')
       OR message.state IN ('sending', 'sent', 'observed')))
ORDER BY item.position
"""


@dataclasses.dataclass(frozen=True, slots=True)
class CancelAnswer:
    """How many lines were cancelled, how many go on."""

    cancelled: int
    kept: int


def cancel_order(*, reference: str, reason: str, actor: actors.Actor, at: dt.datetime) -> CancelAnswer:
    """Cancel every line that nothing outside has been asked for, and give back its number and SIM; the others go on.

    Raises Refusal when no line can be cancelled any more, NotFound for an order of another agency. Idempotent by
    request id. Records OrderCancelled.
    """
    rights.require(actor, "order.write")
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="order.cancel_order",
            inputs={"reference": reference, "reason": reason},
            run=lambda: _cancel(reference, reason, actor, at),
        )
    return CancelAnswer(int(answer["cancelled"]), int(answer["kept"]))


def _cancel(reference: str, reason: str, actor: actors.Actor, at: dt.datetime) -> dict[str, int]:
    order = models.ProductOrder.objects.select_for_update().filter(reference=reference).first()
    if order is None or not rights.can_see(actor, order.agency_id):
        raise obstacles.not_found(text.T("La commande"), reference)
    with connection.cursor() as cursor:
        cursor.execute(_CANCELLABLE, [order.id])
        item_ids = [row[0] for row in cursor.fetchall()]
    obstacles.refuse_if_any(submission.cancellation_obstacles(cancellable=len(item_ids)))
    steps = models.OrderStep.objects.filter(item_id__in=item_ids, state__in=("planned", "ready", "held"))
    models.OutboxMessage.objects.filter(steps__item_id__in=item_ids, state__in=("pending", "refused")).update(
        state="cancelled", closed_at=at
    )
    steps.update(state="cancelled", state_since_at=at)
    if order.decomposed_at is None:
        models.ProductOrderItem.objects.filter(id__in=item_ids).update(state="cancelled", state_since_at=at)
    inventory_commands.release_resources(reservation_ids=item_ids, at=at)
    _progress.derive(order, actor=actor, at=at)
    if order.state in states.OPEN_ORDER_STATES or order.state == "cancelled":
        order.reason = reason[:200]
        order.save(update_fields=["reason"])
    kept = order.line_count - len(item_ids)
    eventlog.record(
        event=events.OrderCancelled(order_id=order.id, reason=reason, cancelled=len(item_ids), kept=kept),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("order", order.id), shared_events.subject("company", order.customer_file_id)],
    )
    return {"cancelled": len(item_ids), "kept": kept}
