"""What rating needs to know of lines: whose number it was, with which terms, from when to when."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection

from come.party import queries as party_queries

UsageSubscription = tuple[
    uuid.UUID | None,
    str,
    uuid.UUID,
    uuid.UUID,
    uuid.UUID | None,
    str,
    int,
    str | None,
    int | None,
    dt.datetime,
    dt.datetime | None,
    str,
]

_SUBSCRIPTIONS = """
SELECT line.id, number.msisdn, line.billing_account_id, line.customer_file_id, term.tariff_code, term.precedence,
       nullif(term.allowance_code, ''), term.allowance_quantity,
       greatest(term.valid_from, a.start_at), least(term.valid_to, a.end_at), coalesce(past.offering_code, product.offering_code), term.id
FROM inventory_product_usage_term term
JOIN inventory_product line ON line.id = term.line_id
JOIN inventory_product product ON product.id = term.product_id
LEFT JOIN inventory_product_offering past
  ON past.product_id = term.product_id AND past.start_at <= term.valid_from AND past.end_at > term.valid_from
JOIN inventory_resource_assignment a ON a.product_id = line.id AND a.kind = 'number'
JOIN inventory_number_resource number ON number.id = a.number_id
WHERE line.billing_account_id IS NOT NULL
  AND term.valid_from < %(end)s AND (term.valid_to IS NULL OR term.valid_to > %(start)s)
  AND a.start_at < %(end)s AND (a.end_at IS NULL OR a.end_at > %(start)s)
  AND greatest(term.valid_from, a.start_at) < least(coalesce(term.valid_to, 'infinity'), coalesce(a.end_at, 'infinity'))
UNION ALL
SELECT NULL, '', line.billing_account_id, line.customer_file_id, term.tariff_code, term.precedence,
       nullif(term.allowance_code, ''), term.allowance_quantity, term.valid_from, term.valid_to,
       coalesce(past.offering_code, product.offering_code), term.id
FROM inventory_product_usage_term term
JOIN inventory_product line ON line.id = term.line_id
JOIN inventory_product product ON product.id = term.product_id
LEFT JOIN inventory_product_offering past
  ON past.product_id = term.product_id AND past.start_at <= term.valid_from AND past.end_at > term.valid_from
WHERE line.billing_account_id IS NOT NULL AND line.kind = 'pool'
  AND term.valid_from < %(end)s AND (term.valid_to IS NULL OR term.valid_to > %(start)s)
  AND term.valid_from < coalesce(term.valid_to, 'infinity')
ORDER BY 2, 6 DESC, 12
"""


def usage_subscriptions(*, start: dt.datetime, end: dt.datetime) -> list[UsageSubscription]:
    """Return one row per line, number and usage term in force during `[start, end)` (two statements).

    Columns: line, msisdn, billing account, customer file, legal unit, tariff code ("" for a row that only brings an
    allowance), precedence (higher wins), allowance code or None, its quantity or None (the allowance's own), valid from, valid to,
    code of the offering that brings the term.
    A pool of the account has neither line nor number (None, ""): its terms are those of every line of the account.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SUBSCRIPTIONS, {"start": start, "end": end})
        rows = cursor.fetchall()
    files = party_queries.customer_files(ids={row[3] for row in rows}, viewer=None)
    legal_units = {key: record.legal_unit_id for key, record in files.items()}
    return [(*row[:4], legal_units.get(row[3]), *row[4:11]) for row in rows]


def lines_for_generator() -> list[tuple[uuid.UUID, str, str, str, uuid.UUID, dt.datetime]]:
    """Return `(line, msisdn, iccid, offering code, customer file, activated at)` of every live line with a number (one statement)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line.id, number.msisdn, coalesce(max(sim.iccid), ''), line.offering_code, line.customer_file_id, line.activated_at"
            " FROM inventory_product line"
            " JOIN inventory_resource_assignment a ON a.product_id = line.id AND a.kind = 'number' AND a.end_at IS NULL"
            " JOIN inventory_number_resource number ON number.id = a.number_id"
            " LEFT JOIN inventory_resource_assignment b ON b.product_id = line.id AND b.kind = 'sim' AND b.end_at IS NULL"
            " LEFT JOIN inventory_sim_resource sim ON sim.id = b.sim_id"
            " WHERE line.parent_id IS NULL AND line.state IN ('active', 'suspended')"
            " GROUP BY line.id, number.msisdn ORDER BY number.msisdn",
        )
        return list(cursor.fetchall())
