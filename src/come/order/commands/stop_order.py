"""Stop an order, and let it go on: nothing new leaves meanwhile, what has left is still watched."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from come.order import events, models
from come.order.policies import states
from come.shared import actor as actors, eventlog, events as shared_events, obstacles, text
from come.staff import policies as rights


def stop_order(*, reference: str, actor: actors.Actor, at: dt.datetime) -> bool:
    """Let nothing more of an order leave; tell whether it ran until now.

    What is already with an outside system goes on and its effect is written. Raises NotFound for an order of another
    agency, Refusal when it is over. Records OrderStopped.
    """
    return _turn(reference, actor, at, is_stopped=True)


def resume_order(*, reference: str, actor: actors.Actor, at: dt.datetime) -> bool:
    """Let a stopped order go on where it stood; tell whether it was stopped. Raises as `stop_order`. Records OrderResumed."""
    return _turn(reference, actor, at, is_stopped=False)


def _turn(reference: str, actor: actors.Actor, at: dt.datetime, *, is_stopped: bool) -> bool:
    rights.require(actor, "order.write")
    with transaction.atomic():
        order = models.ProductOrder.objects.select_for_update().filter(reference=reference).first()
        if order is None or not rights.can_see(actor, order.agency_id):
            raise obstacles.not_found(text.T("La commande"), reference)
        if order.state not in states.OPEN_ORDER_STATES:
            raise obstacles.Refusal(
                obstacles.Obstacle(
                    "order.over",
                    obstacles.Severity.REFUSAL,
                    text.T("Cette commande est finie."),
                    text.T("Il n’y a plus rien à arrêter ni à reprendre."),
                ),
            )
        if (order.stopped_since_at is not None) == is_stopped:
            return False
        order.stopped_since_at = at if is_stopped else None
        order.stopped_by_name = actor.name if is_stopped else ""
        order.save(update_fields=["stopped_since_at", "stopped_by_name"])
        event = events.OrderStopped if is_stopped else events.OrderResumed
        eventlog.record(
            event=event(order_id=order.id, reference=order.reference),
            actor=actor,
            at=at,
            subjects=[shared_events.subject("order", order.id), shared_events.subject("company", order.customer_file_id)],
        )
    return True
