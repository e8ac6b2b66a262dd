"""How many products were at work at given instants: what commitments on volume are held to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection

from come.inventory import policies

_AT_WORK = """
SELECT wanted.at, product.customer_file_id, coalesce(past.offering_code, product.offering_code), product.kind = 'line', count(*)
FROM unnest(%(instants)s::timestamptz[]) AS wanted(at)
JOIN inventory_product_state state ON state.start_at <= wanted.at AND (state.end_at IS NULL OR state.end_at > wanted.at)
  AND state.state = ANY(%(live)s)
JOIN inventory_product product ON product.id = state.product_id AND product.customer_file_id = ANY(%(files)s)
LEFT JOIN inventory_product_offering past ON past.product_id = product.id AND past.start_at <= wanted.at AND past.end_at > wanted.at
GROUP BY 1, 2, 3, 4
"""


class AtWork(NamedTuple):
    """So many products of an offering, of one customer, were at work at an instant; `is_line` tells lines from what hangs under them."""

    at: dt.datetime
    customer_file_id: uuid.UUID
    offering_code: str
    is_line: bool
    quantity: int


def products_at_work(*, customer_file_ids: Collection[uuid.UUID], instants: Collection[dt.datetime]) -> list[AtWork]:
    """Return how many products these customers had at work at each instant, by the offering that each had then (one statement).

    The caller checks the right to see the customers.
    """
    if not customer_file_ids or not instants:
        return []
    values: dict[str, Any] = {"instants": list(instants), "files": list(customer_file_ids), "live": list(policies.LIVE_STATES)}
    with connection.cursor() as cursor:
        cursor.execute(_AT_WORK, values)
        return [AtWork(*row) for row in cursor.fetchall()]
