"""Where lines in flight stand: what has left of each, whether it may still be cancelled, at which cost."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from come.order import models, records
from come.order.policies import reversal, states
from come.shared import period

_STARTED = """
SELECT item.id, pattern.operation,
       coalesce(array_agg(ARRAY[step.kind, CASE WHEN step.state = 'sent' OR message.state IN ('sending', 'sent') THEN 'flight'
                                                WHEN step.state = 'held' THEN 'doubt' ELSE 'done' END] ORDER BY step.sequence)
                FILTER (WHERE step.state IN ('sent', 'done') OR message.state IN ('sending', 'sent', 'observed')
                           OR (step.state = 'held' AND step.cause_code = 'EFFECT_NOT_OBSERVED')), '{}')
FROM order_product_order_item item JOIN order_pattern pattern ON pattern.id = item.pattern_id
LEFT JOIN order_step step ON step.item_id = item.id AND step.kind <> ALL(%(undoing)s)
LEFT JOIN order_outbox_message message ON message.id = step.message_id
WHERE item.order_id = %(order)s AND (%(items)s::uuid[] IS NULL OR item.id = ANY(%(items)s)) AND item.state = ANY(%(open)s)
  AND item.cancelling_since_at IS NULL
GROUP BY item.id, pattern.operation ORDER BY item.position
"""
_OPEN = sorted(frozenset(states.ITEM_TRANSITIONS) - states.FINAL_ITEM_STATES)


def line_standings(*, order_id: uuid.UUID, at: dt.datetime, item_ids: Sequence[uuid.UUID] = ()) -> list[reversal.StandingLine]:
    """Return where each open line of an order stands, or each of `item_ids` (one statement); lines alike are judged once.

    The caller has checked the order. Under the order's lock, with its messages locked, the answer is exact; else it is a view.
    """
    given = {"order": order_id, "items": list(item_ids) or None, "undoing": sorted(reversal.compensation_kinds()), "open": _OPEN}
    with connection.cursor() as cursor:
        cursor.execute(_STARTED, given)
        rows = cursor.fetchall()
    judged: dict[Any, reversal.Standing] = {}
    lines = []
    for item_id, operation, started in rows:
        key = (operation, tuple(map(tuple, started)))
        if key not in judged:
            judged[key] = reversal.standing(operation=operation, started=_begun(started), day=period.local_day(at))
        lines.append(reversal.StandingLine(item_id, tuple(kind for kind, _how in started), judged[key], tuple(_begun(started))))
    return lines


def _begun(started: Iterable[Sequence[str]]) -> list[reversal.Started]:
    return [reversal.Started(kind, how == "flight", how == "doubt") for kind, how in started]


def line_decisions(*, item_id: uuid.UUID) -> list[records.LineDecisionRecord]:
    """Return what was decided on a line in flight, the last one first (one statement). The caller has checked the line."""
    rows = models.LineDecision.objects.filter(item_id=item_id).order_by("-id")
    return [
        records.LineDecisionRecord(
            row.kind, row.outcome, row.because, dict(row.changes), row.penalty_exact, row.penalty_source, row.reason, row.made_at,
            row.made_by_name,
        )
        for row in rows
    ]  # fmt: skip
