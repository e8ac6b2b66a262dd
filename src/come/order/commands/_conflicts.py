"""Several orders on one line: find what runs, decide by policy, one submission at a time per company."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping

from django.db import connection

from come.order.policies import conflicts, states

_RUNNING = f"""
SELECT DISTINCT ON (item.stable_line_id) item.stable_line_id, item.id, running.reference, pattern.operation, running.ordered_by_name,
       running.ordered_at
FROM order_product_order_item item
JOIN order_product_order running ON running.id = item.order_id
JOIN order_pattern pattern ON pattern.id = item.pattern_id
WHERE item.stable_line_id = ANY(%s) AND {states.BUSY_SQL}
ORDER BY item.stable_line_id, running.ordered_at DESC, item.id DESC
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Resolution:
    """What becomes of lines that another order has: those that come after it, those that it already does, those left out."""

    queued: Mapping[uuid.UUID, conflicts.Running]
    merged: Mapping[uuid.UUID, conflicts.Running]
    refused: Mapping[uuid.UUID, conflicts.Running]


def lock_company(customer_file_id: uuid.UUID) -> None:
    """Let one order at a time be submitted on a company's fleet: the second sees the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [f"order.fleet:{customer_file_id}"])


def resolve(wanted: Mapping[uuid.UUID, str]) -> Resolution:
    """Return what becomes of lines, `{line: operation}`, that other orders have (one statement). Call it under `lock_company`."""
    found: dict[str, dict[uuid.UUID, conflicts.Running]] = {"queue": {}, "merge": {}, "refuse": {}}
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [list(wanted)])
        for line_id, *values in cursor.fetchall():
            running = conflicts.Running(*values)
            found[conflicts.outcome(running=running.operation, wanted=wanted[line_id])][line_id] = running
    return Resolution(found["queue"], found["merge"], found["refuse"])
