"""A fleet as a set: filtered, counted, paged."""

from __future__ import annotations

import urllib.parse
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from come.inventory import policies, records
from come.party import queries as party_queries
from come.shared import actor as actors, obstacles, text

MAXIMUM_LIMIT = 500

_ROWS = """
SELECT p.id, p.user_label, coalesce(n.msisdn, ''), coalesce(s.iccid, ''), p.offering_code, p.name_fr, p.state,
       coalesce(p.cost_centre_id::text, ''), p.activated_at,
       coalesce((SELECT array_agg(part.name_fr ORDER BY part.name_fr) FROM inventory_product part
                 WHERE part.parent_id = p.id AND part.state <> 'terminated' AND part.kind = 'option'), '{{}}'),
       coalesce((SELECT sum(price.amount_exact) FROM inventory_product owner
                 JOIN inventory_product_price price ON price.product_id = owner.id
                 WHERE (owner.id = p.id OR owner.parent_id = p.id) AND price.price_type IN ('recurring', 'instalment')
                   AND price.start_date <= current_date AND (price.end_date IS NULL OR price.end_date > current_date)), 0)
FROM inventory_product p
LEFT JOIN LATERAL (SELECT r.msisdn FROM inventory_resource_assignment a JOIN inventory_number_resource r ON r.id = a.number_id
                   WHERE a.product_id = p.id AND a.kind = 'number' AND a.end_at IS NULL ORDER BY a.id LIMIT 1) n ON true
LEFT JOIN LATERAL (SELECT r.iccid FROM inventory_resource_assignment a JOIN inventory_sim_resource r ON r.id = a.sim_id
                   WHERE a.product_id = p.id AND a.kind = 'sim' AND a.end_at IS NULL ORDER BY a.id LIMIT 1) s ON true
WHERE {where}
ORDER BY p.label_key, p.id LIMIT %s OFFSET %s
"""


def fleet(
    *,
    customer_file_id: uuid.UUID,
    viewer: actors.Actor,
    filters: records.FleetFilters | None = None,
    offset: int = 0,
    limit: int = 50,
) -> records.FleetPage:
    """Return one window on a company's lines, and the counts of the whole (five statements).

    A fleet of another agency is not found. `total` counts the lines that match the filters.
    """
    party_queries.customer_file(customer_file_id=customer_file_id, viewer=viewer)
    where, parameters = _conditions(customer_file_id, filters or records.FleetFilters())
    centres = _cost_centres(customer_file_id)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM inventory_product p WHERE {where}", parameters)
        (total,) = cursor.fetchone()
        cursor.execute(_ROWS.format(where=where), [*parameters, min(limit, MAXIMUM_LIMIT), offset])
        rows = tuple(
            records.FleetRow(
                id=row[0],
                user_label=row[1],
                msisdn=row[2],
                iccid=row[3],
                offering_code=row[4],
                name_fr=row[5],
                state=row[6],
                cost_centre_id=row[7],
                cost_centre_code=centres.get(row[7], ""),
                activated_at=row[8],
                option_names=tuple(row[9]),
                monthly_amount=Decimal(row[10]),
            )
            for row in cursor.fetchall()
        )
        cursor.execute(
            "SELECT state, offering_code, max(name_fr), count(*) FROM inventory_product"
            " WHERE customer_file_id = %s AND parent_id IS NULL GROUP BY state, offering_code ORDER BY offering_code",
            [customer_file_id],
        )
        groups = cursor.fetchall()
    return records.FleetPage(rows, int(total), _states(groups), _offerings(groups))


def fleet_line_ids(
    *,
    customer_file_id: uuid.UUID,
    viewer: actors.Actor,
    filters: records.FleetFilters | None = None,
) -> list[uuid.UUID]:
    """Return the id of every line that matches: what "select all matching" means (two statements)."""
    party_queries.customer_file(customer_file_id=customer_file_id, viewer=viewer)
    where, parameters = _conditions(customer_file_id, filters or records.FleetFilters())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT p.id FROM inventory_product p WHERE {where} ORDER BY p.id", parameters)
        return [row[0] for row in cursor.fetchall()]


def selected_line_ids(
    *,
    customer_file_id: uuid.UUID,
    viewer: actors.Actor,
    selected: Sequence[str],
    is_every_match: bool,
    query: str,
) -> list[uuid.UUID]:
    """Return the lines chosen on the fleet page: those ticked, or all that match its query string; raises NotFound."""
    if is_every_match:
        return fleet_line_ids(customer_file_id=customer_file_id, viewer=viewer, filters=filters_of(query))
    try:
        return [uuid.UUID(given) for given in selected]
    except ValueError:
        raise obstacles.not_found(text.T("La ligne"), selected[0]) from None


def filters_of(query: str) -> records.FleetFilters:
    """Return the filters written in the query string of a fleet page."""
    given = dict(urllib.parse.parse_qsl(query))
    return records.FleetFilters(
        text=given.get("q", "").strip(),
        state=given.get("state", ""),
        offering_code=given.get("offering", ""),
        cost_centre_id=given.get("cost_centre", ""),
    )


def fleet_options(*, customer_file_id: uuid.UUID) -> list[tuple[str, str]]:
    """Return the cost centres that the fleet's lines may have, `(id, code and name)` (two statements)."""
    return sorted(_cost_centres(customer_file_id).items(), key=lambda pair: pair[1])


def company_fleet(*, customer_file_id: uuid.UUID, viewer: actors.Actor) -> records.CompanyFleet:
    """Return a fleet in figures: lines per state and per offering, monthly amount excluding tax (three statements)."""
    party_queries.customer_file(customer_file_id=customer_file_id, viewer=viewer)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, offering_code, max(name_fr), count(*) FROM inventory_product"
            " WHERE customer_file_id = %s AND parent_id IS NULL GROUP BY state, offering_code ORDER BY count(*) DESC, offering_code",
            [customer_file_id],
        )
        groups = cursor.fetchall()
        cursor.execute(
            "SELECT coalesce(sum(price.amount_exact), 0) FROM inventory_product p"
            " JOIN inventory_product_price price ON price.product_id = p.id"
            " WHERE p.customer_file_id = %s AND p.state IN ('active', 'suspended') AND price.price_type IN ('recurring', 'instalment')"
            " AND price.start_date <= current_date AND (price.end_date IS NULL OR price.end_date > current_date)",
            [customer_file_id],
        )
        (monthly,) = cursor.fetchone()
    live = [(name, count) for state, _, name, count in groups if state in policies.LIVE_STATES]
    by_name: dict[str, int] = {}
    for name, count in live:
        by_name[name] = by_name.get(name, 0) + count
    offerings = tuple(sorted(by_name.items(), key=lambda pair: (-pair[1], pair[0])))
    return records.CompanyFleet(sum(by_name.values()), _states(groups), offerings, Decimal(monthly))


def _states(groups: list[tuple[str, str, str, int]]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for state, _, _, count in groups:
        counts[state] = counts.get(state, 0) + count
    return tuple((state, counts[state]) for state in policies.TRANSITIONS if state in counts)


def _offerings(groups: list[tuple[str, str, str, int]]) -> tuple[tuple[str, str, int], ...]:
    counts: dict[str, tuple[str, int]] = {}
    for _, code, name, count in groups:
        counts[code] = (name, counts.get(code, ("", 0))[1] + count)
    return tuple((code, name, count) for code, (name, count) in counts.items())


def _cost_centres(customer_file_id: uuid.UUID) -> dict[str, str]:
    accounts = [account.id for account in party_queries.billing_accounts(customer_file_id=customer_file_id)]
    if not accounts:
        return {}
    return {str(centre.id): f"{centre.code} · {centre.name}" for centre in party_queries.cost_centres(account_ids=accounts)}


def _conditions(customer_file_id: uuid.UUID, filters: records.FleetFilters) -> tuple[str, list[Any]]:
    conditions = ["p.customer_file_id = %s", "p.parent_id IS NULL"]
    parameters: list[Any] = [customer_file_id]
    for column, value in (("p.state", filters.state), ("p.offering_code", filters.offering_code)):
        if value:
            conditions.append(f"{column} = %s")
            parameters.append(value)
    if filters.cost_centre_id == "none":
        conditions.append("p.cost_centre_id IS NULL")
    elif filters.cost_centre_id:
        conditions.append("p.cost_centre_id::text = %s")
        parameters.append(filters.cost_centre_id)
    if filters.has_option:
        conditions.append("EXISTS (SELECT 1 FROM inventory_product part WHERE part.parent_id = p.id AND part.offering_code = %s)")
        parameters.append(filters.has_option)
    if filters.text.strip():
        clause, values = _text_condition(filters.text)
        conditions.append(clause)
        parameters += values
    return " AND ".join(conditions), parameters


def _text_condition(wanted: str) -> tuple[str, list[Any]]:
    """Find by label, or by digits of a number or SIM however they are written."""
    label = "p.label_key LIKE %s"
    values: list[Any] = [f"%{like(policies.label_key(wanted))}%"]
    digits = digits_of(wanted)
    if not digits:
        return label, values
    found = (
        "EXISTS (SELECT 1 FROM inventory_resource_assignment a"
        " LEFT JOIN inventory_number_resource number ON number.id = a.number_id"
        " LEFT JOIN inventory_sim_resource sim ON sim.id = a.sim_id"
        " WHERE a.product_id = p.id AND a.end_at IS NULL AND (number.msisdn LIKE %s OR sim.iccid LIKE %s))"
    )
    return f"({label} OR {found})", [*values, f"%{digits}%", f"%{digits}%"]


def like(wanted: str) -> str:
    """Return the text with the wildcards of LIKE made literal."""
    return wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def digits_of(wanted: str) -> str:
    """Return the digits of a number however it is written, without its national zero or country code; "" if it is none.

    06 12 34 and +33 6 12 34 both give 61234, which +3361234… contains.
    """
    kept = "".join(character for character in wanted if character not in " .-/()_\u00a0\u202f")
    plain = kept.removeprefix("+")
    if not plain.isascii() or not plain.isdigit() or len(plain) < 3:
        return ""
    if plain.startswith("0033"):
        return plain[4:].removeprefix("0")
    if kept.startswith("+33") or (plain.startswith("33") and len(plain) == 11):
        return plain[2:].removeprefix("0")
    return plain.removeprefix("0")
