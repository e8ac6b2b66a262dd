"""Lines that are being cancelled: stop what has not left, undo what has, through the same outbox."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from come.order import models
from come.order.policies import reversal, rules
from come.shared import period

_INSERT = """
INSERT INTO order_step (order_id, item_id, kind, sequence, adapter, depends_on, state, state_since_at, planned_date,
                        maximum_age_seconds, attempts, cause_code, cause_signature, cause_detail, owner_team)
SELECT %(order)s, given.item_id, rule.kind, rule.sequence, rule.adapter, string_to_array(rule.after, ','), 'planned', %(at)s,
       rule.planned_date, rule.maximum_age_seconds, 0, '', '', '', ''
FROM unnest(%(items)s::uuid[]) AS given(item_id)
CROSS JOIN unnest(%(kinds)s::text[], %(sequences)s::int[], %(adapters)s::text[], %(afters)s::text[], %(dates)s::date[], %(ages)s::int[])
     AS rule(kind, sequence, adapter, after, planned_date, maximum_age_seconds)
ON CONFLICT (item_id, kind) DO NOTHING
"""
_STOP_MESSAGES = """
UPDATE order_outbox_message message SET state = 'cancelled', closed_at = %(at)s
FROM order_step step JOIN order_product_order_item item ON item.id = step.item_id
WHERE step.message_id = message.id AND message.order_id = %(order)s AND item.order_id = %(order)s
  AND item.cancelling_since_at IS NOT NULL AND item.state <> 'cancelled' AND step.kind <> ALL(%(undoing)s)
  AND step.state IN ('ready', 'held') AND step.cause_code <> 'EFFECT_NOT_OBSERVED' AND message.state IN ('pending', 'refused')
"""
_STOP_STEPS = """
UPDATE order_step step SET state = 'cancelled', state_since_at = %(at)s
FROM order_product_order_item item
WHERE item.id = step.item_id AND item.order_id = %(order)s AND step.order_id = %(order)s
  AND item.cancelling_since_at IS NOT NULL AND item.state <> 'cancelled' AND step.kind <> ALL(%(undoing)s)
  AND (step.state = 'planned' OR (step.state IN ('ready', 'held') AND (
       step.message_id IS NULL OR EXISTS (SELECT 1 FROM order_outbox_message message
                                          WHERE message.id = step.message_id AND message.state = 'cancelled'))))
"""
# What undoes a step names it first; what was not done needs no undoing.
_NOTHING_TO_UNDO = """
UPDATE order_step step SET state = 'cancelled', state_since_at = %(at)s
FROM order_step undone, order_product_order_item item
WHERE item.id = step.item_id AND item.order_id = %(order)s AND item.cancelling_since_at IS NOT NULL AND item.state <> 'cancelled'
  AND step.order_id = %(order)s AND step.kind = ANY(%(undoing)s) AND step.state = 'planned'
  AND undone.item_id = step.item_id AND undone.kind = step.depends_on[1] AND undone.state = 'cancelled'
"""


def plan_undoing(order: models.ProductOrder, item_ids: Sequence[uuid.UUID], started: Sequence[str], *, at: dt.datetime) -> None:
    """Write, for lines alike, the steps that will undo what has started, each once its own step has settled."""
    steps = reversal.compensation(started, from_day=period.local_day(at))
    undone = {rule.kind: rule.undoes for rule in rules.compensation_rules()}
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "order": order.id,
                "at": at,
                "items": list(item_ids),
                "kinds": [step.kind for step in steps],
                "sequences": [step.sequence for step in steps],
                "adapters": [step.adapter for step in steps],
                "afters": [",".join((undone[step.kind], *step.after)) for step in steps],
                "dates": [step.planned_date for step in steps],
                "ages": [step.maximum_age_seconds for step in steps],
            },
        )


def settle(order: models.ProductOrder, at: dt.datetime) -> int:
    """Stop what has not left on lines being cancelled, and drop the undoing of what was never done; return how many steps moved.

    A message that another process is sending is left to it: its outcome decides whether there is something to undo.
    """
    if not models.ProductOrderItem.objects.filter(order=order, cancelling_since_at__isnull=False).exclude(state="cancelled").exists():
        return 0
    given: dict[str, Any] = {"order": order.id, "at": at, "undoing": sorted(reversal.compensation_kinds())}
    moved = 0
    with connection.cursor() as cursor:
        cursor.execute(_STOP_MESSAGES, given)
        for statement in (_STOP_STEPS, _NOTHING_TO_UNDO):
            cursor.execute(statement, given)
            moved += int(cursor.rowcount)
    return moved
