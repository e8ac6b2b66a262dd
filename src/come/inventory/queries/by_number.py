"""Lines of a customer by their numbers: what a pasted list names."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection


def lines_by_number(*, customer_file_id: uuid.UUID, msisdns: Sequence[str]) -> dict[str, uuid.UUID]:
    """Return `{number: line}` for the numbers that lines of a customer have now (one statement). The caller checks the customer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number.msisdn, product.id FROM inventory_number_resource number"
            " JOIN inventory_resource_assignment assigned ON assigned.number_id = number.id AND assigned.end_at IS NULL"
            " JOIN inventory_product product ON product.id = assigned.product_id AND product.parent_id IS NULL"
            " WHERE product.customer_file_id = %s AND number.msisdn = ANY(%s)",
            [customer_file_id, list(msisdns)],
        )
        return dict(cursor.fetchall())
