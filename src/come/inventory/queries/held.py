"""What a customer holds, offering by offering: what new offers must get along with."""

from __future__ import annotations

import uuid

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
