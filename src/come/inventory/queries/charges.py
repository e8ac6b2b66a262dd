"""What billing charges: every price that runs during a period."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection

from come.inventory import records
from come.party import queries as party_queries
from come.shared import period as periods

_ITEMS = """
SELECT p.id, coalesce(p.parent_id, p.id), price.billing_account_id, coalesce(p.cost_centre_id::text, ''),
       line.user_label, coalesce(number.msisdn, ''), price.id, price.code, price.name_fr, price.price_type, price.nature,
       price.tax_category, price.amount_exact, price.list_amount_exact, price.instalment_count, price.start_date,
       price.end_date, price.in_advance, price.agreement_reference, price.clause_number, price.clause_text,
       price.offering_code, price.offering_version, p.name_fr
FROM inventory_product_price price
JOIN inventory_product p ON p.id = price.product_id
JOIN inventory_product line ON line.id = coalesce(p.parent_id, p.id)
LEFT JOIN LATERAL (
    SELECT r.msisdn FROM inventory_resource_assignment a JOIN inventory_number_resource r ON r.id = a.number_id
    WHERE a.product_id = line.id AND a.kind = 'number' ORDER BY a.start_at DESC, a.id DESC LIMIT 1
) number ON true
WHERE price.billing_account_id = ANY(%(accounts)s)
  AND price.start_date < %(end)s AND (price.end_date IS NULL OR price.end_date > %(start)s)
ORDER BY price.billing_account_id, line.label_key, line.id, p.parent_id NULLS FIRST, p.id, price.id
"""


def charge_items(
    *,
    billing_account_ids: Sequence[uuid.UUID],
    period: periods.DayPeriod,
) -> list[records.ChargeItem]:
    """Return every price of these accounts that overlaps the period (two statements).

    A one-off price overlaps from its day on, for ever: billing keeps what it has already billed, or takes those whose
    `start_date` lies in the period. `cost_centre` is its code, empty when the line has none.
    """
    centres = {str(centre.id): centre.code for centre in party_queries.cost_centres(account_ids=list(billing_account_ids))}
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, {"accounts": list(billing_account_ids), "start": period.start, "end": period.end})
        return [records.ChargeItem(row[0], row[1], row[2], centres.get(row[3], ""), *row[4:]) for row in cursor.fetchall()]
