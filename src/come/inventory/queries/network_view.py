"""What we believe the network has, for reconciliation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection

from come.inventory import records


def lines_on_network(*, line_ids: Sequence[uuid.UUID] | None = None) -> dict[uuid.UUID, tuple[str, str, str]]:
    """Return `{line: (msisdn, iccid, state)}` of the lines that have a SIM now (one statement); all lines when none is named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, coalesce(max(number.msisdn), ''), coalesce(max(sim.iccid), ''), p.state FROM inventory_product p"
            " JOIN inventory_resource_assignment a ON a.product_id = p.id AND a.end_at IS NULL"
            " LEFT JOIN inventory_number_resource number ON number.id = a.number_id"
            " LEFT JOIN inventory_sim_resource sim ON sim.id = a.sim_id"
            " WHERE p.parent_id IS NULL AND (%s::uuid[] IS NULL OR p.id = ANY(%s)) GROUP BY p.id",
            [None if line_ids is None else list(line_ids)] * 2,
        )
        return {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}


def lines_for_orders(*, line_ids: Sequence[uuid.UUID]) -> list[records.OrderedLine]:
    """Return what orders need of installed lines, by label (one statement). The caller checks agencies."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.customer_file_id, p.agency_id, p.billing_account_id, p.user_label, p.state,"
            " coalesce(max(number.msisdn), ''), coalesce(max(sim.iccid), '') FROM inventory_product p"
            " LEFT JOIN inventory_resource_assignment a ON a.product_id = p.id AND a.end_at IS NULL"
            " LEFT JOIN inventory_number_resource number ON number.id = a.number_id"
            " LEFT JOIN inventory_sim_resource sim ON sim.id = a.sim_id"
            " WHERE p.parent_id IS NULL AND p.id = ANY(%s) GROUP BY p.id ORDER BY p.label_key, p.id",
            [list(line_ids)],
        )
        return [records.OrderedLine(*row) for row in cursor.fetchall()]
