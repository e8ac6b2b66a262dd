"""Advance one order by one wave: decompose it, start what may start, do what is ours to do, write what others must do."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection, transaction

from come.order import models
from come.order.commands import _cancelling, _enqueue, _internal, _progress, amend_line
from come.order.policies import decomposition, states
from come.shared import actor as actors, period

WAVE_LINES = 1_000

_INSERT_STEPS = """
INSERT INTO order_step (order_id, item_id, kind, sequence, adapter, depends_on, state, state_since_at, planned_date,
                        maximum_age_seconds, attempts, cause_code, cause_signature, cause_detail, owner_team)
SELECT item.order_id, item.id, rule.kind, rule.sequence, rule.adapter, coalesce(string_to_array(nullif(rule.after, ''), ','), '{}'),
       CASE WHEN rule.after = '' AND item.after_item_id IS NULL THEN 'ready' ELSE 'planned' END,
       %(at)s, rule.planned_date, rule.maximum_age_seconds, 0, '', '', '', ''
FROM order_product_order_item item
JOIN unnest(%(patterns)s::bigint[], %(rios)s::boolean[], %(kinds)s::text[], %(sequences)s::int[], %(adapters)s::text[],
            %(afters)s::text[], %(dates)s::date[], %(ages)s::int[])
     AS rule(pattern_id, has_rio, kind, sequence, adapter, after, planned_date, maximum_age_seconds)
  ON rule.pattern_id = item.pattern_id AND rule.has_rio = (item.rio <> '')
WHERE item.order_id = %(order)s
ORDER BY item.position, rule.sequence
ON CONFLICT (item_id, kind) DO NOTHING
"""
_PROMOTE = f"""
UPDATE order_step step SET state = 'ready', state_since_at = %(at)s
FROM order_product_order_item mine
WHERE step.order_id = %(order)s AND step.state = 'planned' AND mine.id = step.item_id
  AND (mine.after_item_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM order_product_order_item item JOIN order_product_order running ON running.id = item.order_id
    WHERE item.id = mine.after_item_id AND {states.BUSY_SQL}))
  AND NOT EXISTS (
    SELECT 1 FROM order_step before
    WHERE before.item_id = step.item_id AND before.kind = ANY(step.depends_on) AND before.state NOT IN ('done', 'cancelled'))
"""


def advance_order(*, order_id: uuid.UUID, actor: actors.Actor, at: dt.datetime, wave: int = WAVE_LINES) -> int:
    """Move an order on as far as one transaction goes; return how many steps moved (0 = nothing to do now).

    Safe to run twice and at any time: each move starts from the state that it expects, under the order's lock. An
    order that does not exist, or is over, moves nothing. What others must do is written to the outbox in the same
    commit. Records OrderProgressed when lines reach another state.
    """
    with transaction.atomic():
        order = models.ProductOrder.objects.select_for_update().filter(id=order_id).first()
        if order is None or order.state not in states.OPEN_ORDER_STATES:
            return 0
        moved = _decompose(order, at) if order.decomposed_at is None else 0
        moved += _cancelling.settle(order, at)
        moved += amend_line.settle(order, at)
        if order.stopped_since_at is None:
            moved += _promote(order, at)
            moved += _internal.run(order, actor=actor, at=at, wave=wave)
            moved += _enqueue.enqueue(order, at=at, wave=wave)
        if moved:
            _progress.derive(order, actor=actor, at=at)
        return moved


def _decompose(order: models.ProductOrder, at: dt.datetime) -> int:
    """Write the steps of every line, from the rules kept as data (one statement for all lines)."""
    day = period.local_day(at)
    start = max(day, order.requested_start_date or day)
    rows = [
        (pattern.id, has_rio, step.kind, step.sequence, step.adapter, ",".join(step.after), step.planned_date, step.maximum_age_seconds)
        for pattern in models.OrderPattern.objects.filter(order=order).order_by("position")
        for has_rio in (False, True)
        for step in decomposition.plan(facts=facts(pattern), has_rio=has_rio, from_day=start)
    ]
    names = ("patterns", "rios", "kinds", "sequences", "adapters", "afters", "dates", "ages")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_STEPS, {**columns, "order": order.id, "at": at})
        written = int(cursor.rowcount)
    order.decomposed_at = at
    order.save(update_fields=["decomposed_at"])
    return written


def facts(pattern: models.OrderPattern) -> decomposition.PatternFacts:
    """Return what the decomposition rules need to know of a pattern."""
    return decomposition.PatternFacts(
        operation=pattern.operation,
        kinds=frozenset(offering["kind"] for offering in pattern.frozen.get("offerings", ())),
        needs_msisdn=pattern.needs_msisdn,
        needs_sim=pattern.needs_sim,
        needs_device=pattern.needs_device,
    )


def _promote(order: models.ProductOrder, at: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_PROMOTE, {"order": order.id, "at": at})
        return int(cursor.rowcount)
