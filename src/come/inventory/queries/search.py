"""Lines in the one search box: by number in any writing, SIM, IMEI, or the user's label."""

from __future__ import annotations

from typing import Any

from django import urls
from django.db import connection

from come.inventory import policies
from come.inventory.queries.fleet import digits_of, like
from come.party import queries as party_queries
from come.shared import actor as actors, formatting, search, text

_MINIMUM_DIGITS = 4
_BY_RESOURCE = """
SELECT p.id, p.user_label, p.name_fr, p.state, p.customer_file_id, coalesce(n.msisdn, ''), coalesce(s.iccid, ''), coalesce(d.imei, ''),
       a.end_at IS NULL AS is_current
FROM inventory_resource_assignment a
JOIN inventory_product p ON p.id = a.product_id
LEFT JOIN inventory_number_resource n ON n.id = a.number_id
LEFT JOIN inventory_sim_resource s ON s.id = a.sim_id
LEFT JOIN inventory_device_resource d ON d.id = a.device_id
WHERE (a.number_id IN (SELECT id FROM inventory_number_resource WHERE msisdn LIKE %(digits)s)
    OR a.sim_id IN (SELECT id FROM inventory_sim_resource WHERE iccid LIKE %(digits)s)
    OR a.device_id IN (SELECT id FROM inventory_device_resource WHERE imei LIKE %(digits)s))
  AND (%(all)s OR p.agency_id = ANY(%(agencies)s))
ORDER BY a.end_at IS NULL DESC, p.id LIMIT %(limit)s
"""
_BY_LABEL = """
SELECT p.id, p.user_label, p.name_fr, p.state, p.customer_file_id, '', '', '', true
FROM inventory_product p
WHERE p.parent_id IS NULL AND p.label_key LIKE %(label)s AND (%(all)s OR p.agency_id = ANY(%(agencies)s))
ORDER BY p.state = 'terminated', p.label_key, p.id LIMIT %(limit)s
"""


def search_hits(*, text: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    """Return the lines found by a number, an ICCID, an IMEI (four digits at least) or a label (three statements at most)."""
    digits = digits_of(text)
    parameters: dict[str, Any] = {
        "digits": f"%{digits}%",
        "label": f"%{like(policies.label_key(text))}%",
        "all": viewer.sees_all_agencies,
        "agencies": list(viewer.agency_ids),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        if len(digits) >= _MINIMUM_DIGITS:
            cursor.execute(_BY_RESOURCE, parameters)
        elif digits:
            return []
        else:
            cursor.execute(_BY_LABEL, parameters)
        rows = cursor.fetchall()
    companies = party_queries.customer_files(ids={row[4] for row in rows}, viewer=None) if rows else {}
    return [_hit(row, companies[row[4]].name, digits) for row in rows]


def _hit(row: tuple[object, ...], company: str, digits: str) -> search.Hit:
    line_id, label, offering, state, _, msisdn, iccid, imei, is_current = row
    found = msisdn or iccid or imei
    if msisdn:
        title = formatting.msisdn(str(msisdn))
    elif iccid:
        title = text.T("SIM {iccid}", iccid=iccid)
    else:
        title = text.T("IMEI {imei}", imei=imei) if imei else str(label)
    subtitle = " · ".join(str(part) for part in (label if found else "", offering, company) if part)
    exact = bool(digits) and str(found).endswith(digits)
    return search.Hit(
        kind=text.T("Ligne"),
        title=title,
        subtitle=subtitle,
        url=urls.reverse("inventory:line", args=[line_id]),
        badge=text.T(policies.STATE_WORDS[str(state)]) if is_current else text.T("Ancienne affectation"),
        score=(search.IDENTIFIER if exact else search.WORDS) if is_current else search.PAST,
    )
