"""What stayed in a state longer than it declared."""

from __future__ import annotations

import datetime as dt

from django.db import connection

_OVERDUE = """
SELECT kind, adapter, count(*), min(state_since_at) FROM order_step
WHERE state IN ('ready', 'sent') AND state_since_at + maximum_age_seconds * interval '1 second' < %s
GROUP BY kind, adapter ORDER BY min(state_since_at)
"""


def steps_past_their_age(*, at: dt.datetime) -> list[tuple[str, str, int, dt.datetime]]:
    """Return kind, outside system, count and oldest instant of the steps that wait longer than their declared age (one statement)."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, [at])
        return [(str(kind), str(adapter), int(count), oldest) for kind, adapter, count, oldest in cursor.fetchall()]
