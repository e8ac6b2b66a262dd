"""What a customer holds, offering by offering: what new offers must get along with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection

from come.inventory import policies


def held_offerings(*, customer_file_id: uuid.UUID) -> dict[str, int]:
    """Return how many live products of each offering a customer has, lines and parts alike (one statement).

    The caller checks the right to see the customer.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT offering_code, count(*) FROM inventory_product WHERE customer_file_id = %s AND state = ANY(%s) GROUP BY offering_code",
            [customer_file_id, list(policies.LIVE_STATES)],
        )
        return dict(cursor.fetchall())


_IN_SERVICE = """
SELECT n.msisdn FROM inventory_resource_assignment a JOIN inventory_number_resource n ON n.id = a.number_id
 WHERE a.end_at IS NULL AND n.msisdn = ANY(%(numbers)s)
UNION ALL
SELECT s.iccid FROM inventory_resource_assignment a JOIN inventory_sim_resource s ON s.id = a.sim_id
 WHERE a.end_at IS NULL AND s.iccid = ANY(%(sims)s)
"""


def in_service(*, msisdns: Sequence[str], iccids: Sequence[str]) -> frozenset[str]:
    """Return which of these numbers and SIMs are on a line now, whoever has it (one statement, none for nothing)."""
    if not msisdns and not iccids:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_IN_SERVICE, {"numbers": list(msisdns), "sims": list(iccids)})
        return frozenset(value for (value,) in cursor.fetchall())
