"""Installed lines as quotes take them: what each has and pays, and what a fleet is made of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from come.inventory import policies, records
from come.party import queries as party_queries
from come.shared import actor as actors

_LINES = """
SELECT p.id, p.customer_file_id, p.agency_id, p.user_label, p.state, coalesce(max(number.msisdn), ''), p.billing_account_id,
       p.cost_centre_id,
       CASE WHEN p.commitment_end_date IS NULL THEN NULL
            ELSE coalesce(p.commitment_start_date, (p.activated_at AT TIME ZONE 'Europe/Paris')::date) END,
       p.commitment_end_date
  FROM inventory_product p
  LEFT JOIN inventory_resource_assignment a ON a.product_id = p.id AND a.kind = 'number' AND a.end_at IS NULL
  LEFT JOIN inventory_number_resource number ON number.id = a.number_id
 WHERE p.parent_id IS NULL AND p.id = ANY(%(lines)s)
 GROUP BY p.id ORDER BY p.label_key, p.id
"""
_OFFERINGS = """
SELECT coalesce(p.parent_id, p.id), p.offering_code, p.offering_version, p.name_fr, p.kind,
       coalesce(array_agg(ARRAY[price.code, price.name_fr, price.price_type, price.amount_exact::text, price.list_amount_exact::text,
                                price.clause_number] ORDER BY price.id) FILTER (WHERE price.id IS NOT NULL), '{}')
  FROM inventory_product p
  LEFT JOIN inventory_product_price price ON price.product_id = p.id AND price.price_type IN ('recurring', 'instalment')
   AND price.start_date <= %(day)s AND (price.end_date IS NULL OR price.end_date > %(day)s)
 WHERE (p.id = ANY(%(lines)s) OR (p.parent_id = ANY(%(lines)s) AND p.state = ANY(%(live)s)))
 GROUP BY p.id ORDER BY p.parent_id NULLS FIRST, p.offering_code, p.id
"""
_PROFILES = """
WITH composed AS (
    SELECT line.id, line.offering_code AS plan, max(line.name_fr) AS plan_name,
           coalesce(array_agg(part.offering_code ORDER BY part.offering_code) FILTER (WHERE part.kind = ANY(%(options)s)), '{}') AS options,
           coalesce(array_agg(part.name_fr ORDER BY part.offering_code) FILTER (WHERE part.kind = ANY(%(options)s)), '{}') AS option_names,
           coalesce(max(part.offering_code) FILTER (WHERE part.kind = 'device'), '') AS device,
           coalesce(max(part.name_fr) FILTER (WHERE part.kind = 'device'), '') AS device_name
      FROM inventory_product line
      LEFT JOIN inventory_product part ON part.parent_id = line.id AND part.state = ANY(%(live)s)
     WHERE line.customer_file_id = %(customer)s AND line.parent_id IS NULL AND line.state = ANY(%(live)s)
     GROUP BY line.id)
SELECT plan, max(plan_name), options, max(option_names), device, max(device_name), count(*)
  FROM composed GROUP BY plan, options, device ORDER BY count(*) DESC, plan, options, device LIMIT %(limit)s
"""
OPTION_KINDS = ("accessory", "number_block", "option", "service")


def fleet_lines(*, line_ids: Sequence[uuid.UUID], day: dt.date) -> list[records.FleetLine]:
    """Return lines with what they have and pay on a day, by label (three statements). The caller checks agencies."""
    given: dict[str, Any] = {"lines": list(line_ids), "day": day, "live": list(policies.LIVE_STATES)}
    with connection.cursor() as cursor:
        cursor.execute(_LINES, given)
        heads = cursor.fetchall()
        cursor.execute(_OFFERINGS, given)
        held: dict[uuid.UUID, list[records.HeldOffering]] = {}
        for line_id, code, version, name, kind, prices in cursor.fetchall():
            held.setdefault(line_id, []).append(records.HeldOffering(code, version, name, kind, _prices(prices)))
    accounts = sorted({row[6] for row in heads if row[6]})
    centres = {centre.id: centre.code for centre in party_queries.cost_centres(account_ids=accounts)} if accounts else {}
    return [_line(row, centres, held) for row in heads]


def _line(row: Sequence[Any], centres: Mapping[Any, str], held: Mapping[uuid.UUID, list[records.HeldOffering]]) -> records.FleetLine:
    line_id, customer_id, agency_id, label, state, msisdn, _account, centre_id, since, until = row
    return records.FleetLine(
        id=line_id,
        customer_file_id=customer_id,
        agency_id=agency_id,
        user_label=label,
        state=state,
        msisdn=msisdn,
        cost_centre_code=centres.get(centre_id, ""),
        commitment_start_date=since,
        commitment_end_date=until,
        offerings=tuple(held.get(line_id, ())),
    )


def _prices(rows: Sequence[Sequence[Any]]) -> tuple[records.RunningPrice, ...]:
    return tuple(
        records.RunningPrice(code, name, kind, Decimal(amount), Decimal(listed), clause)
        for code, name, kind, amount, listed, clause in rows
    )


def fleet_profiles(*, customer_file_id: uuid.UUID, viewer: actors.Actor, limit: int = 20) -> list[records.FleetProfile]:
    """Return what the live lines of a customer are made of, the most frequent first (two statements); raises NotAllowed."""
    party_queries.customer_file(customer_file_id=customer_file_id, viewer=viewer)
    given: dict[str, Any] = {
        "customer": customer_file_id,
        "live": list(policies.LIVE_STATES),
        "options": list(OPTION_KINDS),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PROFILES, given)
        return [
            records.FleetProfile(plan, name, tuple(options), tuple(option_names), device, device_name, count)
            for plan, name, options, option_names, device, device_name, count in cursor.fetchall()
        ]
