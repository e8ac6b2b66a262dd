"""Derive the states of lines and of the order from their steps; SQL for sets, `policies.states` is its readable twin."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import Count

from come.order import events, models
from come.order.policies import states
from come.shared import actor as actors, eventlog, events as shared_events

_DERIVE_ITEMS = """
WITH derived AS (
    SELECT step.item_id, CASE
        WHEN bool_or(step.state = 'held') THEN 'held'
        WHEN line.cancelling_since_at IS NOT NULL AND bool_and(step.state IN ('done', 'cancelled')) THEN 'cancelled'
        WHEN line.cancelling_since_at IS NOT NULL THEN 'pendingCancellation'
        WHEN bool_or(step.state = 'cancelled') AND bool_and(step.state IN ('done', 'cancelled')) THEN 'cancelled'
        WHEN bool_and(step.state = 'done') THEN 'completed'
        WHEN bool_and(step.state IN ('planned', 'ready', 'cancelled')) THEN 'acknowledged'
        ELSE 'inProgress' END AS state
    FROM order_step step JOIN order_product_order_item line ON line.id = step.item_id
    WHERE step.order_id = %(order)s GROUP BY step.item_id, line.cancelling_since_at)
UPDATE order_product_order_item item
SET state = derived.state, state_since_at = %(at)s,
    completed_at = CASE WHEN derived.state = 'completed' THEN %(at)s ELSE item.completed_at END
FROM derived
WHERE item.id = derived.item_id AND item.state <> derived.state
  AND item.state NOT IN ('cancelled', 'completed', 'failed', 'rejected')
  AND NOT (derived.state = 'acknowledged')
RETURNING item.state
"""


def derive(order: models.ProductOrder, *, actor: actors.Actor, at: dt.datetime) -> None:
    """Write the states that follow from the steps; records OrderProgressed when lines finish, stop or start again."""
    with connection.cursor() as cursor:
        cursor.execute(_DERIVE_ITEMS, {"order": order.id, "at": at})
        reached = {state for (state,) in cursor.fetchall()}
    counts = item_counts(order)
    state = states.order_state(counts)
    before = order.state
    if state != before:
        if not states.may(states.ORDER_TRANSITIONS, before, state):
            msg = f"order {order.reference} cannot go from {before} to {state}"
            raise AssertionError(msg)
        order.state = state
        order.state_since_at = at
        order.completed_at = at if state not in states.OPEN_ORDER_STATES else None
        order.save(update_fields=["state", "state_since_at", "completed_at"])
    if state != before or reached & {"completed", "held", "cancelled"}:
        eventlog.record(
            event=events.OrderProgressed(order_id=order.id, reference=order.reference, state=state, lines=counts),
            actor=actor,
            at=at,
            subjects=[shared_events.subject("order", order.id), shared_events.subject("company", order.customer_file_id)],
            before={"state": before},
            after={"state": state},
        )


def item_counts(order: models.ProductOrder) -> dict[str, int]:
    """Return how many lines are in each state (one statement)."""
    rows = models.ProductOrderItem.objects.filter(order=order).order_by().values_list("state").annotate(Count("id"))
    return dict(rows.order_by("state"))
