"""What the jobs look for: what may move now."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import connection

from come.order import models
from come.order.policies import states


@contextlib.contextmanager
def dispatch_lock(*, order_id: uuid.UUID, adapter: str) -> Iterator[bool]:
    """Hold the right to talk with one system about one order, if no other process has it; the database frees it if we die."""
    name = f"order.dispatch:{adapter}:{order_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 3))", [name])
        (is_mine,) = cursor.fetchone()
    try:
        yield bool(is_mine)
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 3))", [name])


def adapters_waiting(*, order_id: uuid.UUID, at: dt.datetime) -> list[str]:
    """Return the systems that have something to be sent or looked at for this order (one statement)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT adapter FROM order_outbox_message WHERE order_id = %s"
            " AND (state = 'sending' OR (state = 'sent' AND due_at <= %s) OR (state = 'pending' AND due_at <= %s AND NOT EXISTS ("
            "SELECT 1 FROM order_product_order stopped WHERE stopped.id = order_id AND stopped.stopped_since_at IS NOT NULL)))"
            " ORDER BY adapter",
            [order_id, at, at],
        )
        return [adapter for (adapter,) in cursor.fetchall()]


def keys_to_observe(*, order_id: uuid.UUID, adapter: str, at: dt.datetime, limit: int) -> list[uuid.UUID]:
    """Return the messages accepted by a system whose effect is due to be looked at (one statement)."""
    rows = models.OutboxMessage.objects.filter(order_id=order_id, adapter=adapter, state="sent", due_at__lte=at)
    return list(rows.order_by("due_at", "id").values_list("key", flat=True)[:limit])


_TO_ADVANCE = """
SELECT o.id FROM order_product_order o
WHERE o.state = ANY(%(open)s) AND (
    o.decomposed_at IS NULL
    OR EXISTS (SELECT 1 FROM order_product_order_item amended WHERE amended.order_id = o.id AND amended.waiting_amendment IS NOT NULL)
    OR EXISTS (SELECT 1 FROM order_outbox_message m WHERE m.order_id = o.id
               AND (m.state = 'sending' OR (m.due_at <= %(at)s
                    AND (m.state = 'sent' OR (m.state = 'pending' AND o.stopped_since_at IS NULL)))))
    OR o.stopped_since_at IS NULL AND (EXISTS (SELECT 1 FROM order_step s WHERE s.order_id = o.id AND s.state = 'ready'
               AND (s.adapter = 'inventory' OR s.message_id IS NULL))
    OR EXISTS (SELECT 1 FROM order_step s WHERE s.order_id = o.id AND s.state = 'planned' AND NOT EXISTS (
               SELECT 1 FROM order_step b
               WHERE b.item_id = s.item_id AND b.kind = ANY(s.depends_on) AND b.state NOT IN ('done', 'cancelled'))
               AND NOT EXISTS (SELECT 1 FROM order_product_order_item mine
                               JOIN order_product_order_item item ON item.id = mine.after_item_id
                               JOIN order_product_order running ON running.id = item.order_id
                               WHERE mine.id = s.item_id AND {busy}))))
ORDER BY o.ordered_at, o.id LIMIT %(limit)s
"""


def orders_to_advance(*, at: dt.datetime, limit: int) -> list[uuid.UUID]:
    """Return the orders that a job would move now, oldest first (one statement)."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_ADVANCE.format(busy=states.BUSY_SQL), {"open": list(states.OPEN_ORDER_STATES), "at": at, "limit": limit})
        return [order_id for (order_id,) in cursor.fetchall()]


def breakers() -> dict[str, tuple[str, dt.datetime, dt.datetime | None]]:
    """Return, for each outside system met so far, its breaker's state, since when, and when it is tried again (one statement)."""
    rows = models.AdapterBreaker.objects.values_list("adapter", "state", "state_since_at", "next_probe_at")
    return {row[0]: row[1:] for row in rows}
