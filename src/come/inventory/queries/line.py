"""One line: what it has, what it was, what it was at a given instant."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from come.inventory import models, records
from come.party import queries as party_queries
from come.shared import actor as actors, obstacles, text
from come.staff import policies as rights


def line(*, product_id: uuid.UUID, viewer: actors.Actor) -> records.LineRecord:
    """Return a line with its resources, parts, prices and history (seven statements).

    A part's id leads to its line. A line of another agency is not found.
    """
    product = models.Product.objects.filter(id=product_id).first()
    if product is not None and product.parent_id is not None:
        product = models.Product.objects.filter(id=product.parent_id).first()
    if product is None or not rights.can_see(viewer, product.agency_id):
        raise obstacles.not_found(text.T("La ligne"), product_id)
    return _record(product)


def _record(product: models.Product) -> records.LineRecord:
    centres = {}
    if product.billing_account_id:
        centres = {
            centre.id: f"{centre.code} · {centre.name}" for centre in party_queries.cost_centres(account_ids=[product.billing_account_id])
        }
    parts = list(models.Product.objects.filter(parent=product).order_by("activated_at", "name_fr"))
    names = {product.id: product.name_fr} | {part.id: part.name_fr for part in parts}
    return records.LineRecord(
        id=product.id,
        customer_file_id=product.customer_file_id,
        agency_id=product.agency_id,
        billing_account_id=product.billing_account_id,
        offering_code=product.offering_code,
        offering_version=product.offering_version,
        name_fr=product.name_fr,
        kind=product.kind,
        user_label=product.user_label,
        cost_centre_id=str(product.cost_centre_id or ""),
        cost_centre_code=centres.get(product.cost_centre_id, "") if product.cost_centre_id else "",
        state=product.state,
        state_reason=product.state_reason,
        created_at=product.created_at,
        activated_at=product.activated_at,
        terminated_at=product.terminated_at,
        commitment_end_date=product.commitment_end_date,
        agreement_reference=product.agreement_reference,
        order_item_ref=product.order_item_ref,
        resources=_resources(product.id),
        parts=tuple(
            records.LinePart(part.id, part.offering_code, part.name_fr, part.kind, part.state, part.activated_at) for part in parts
        ),
        prices=_prices(names),
        states=line_history(product_id=product.id),
        past_offerings=tuple(
            records.PastOffering(*row)
            for row in models.ProductOffering.objects.filter(product=product)
            .order_by("-end_at")
            .values_list("name_fr", "start_at", "end_at")
        ),
    )


def _resources(product_id: uuid.UUID) -> tuple[records.LineResource, ...]:
    rows = (
        models.ResourceAssignment.objects.filter(product_id=product_id)
        .select_related("number", "sim", "device")
        .order_by("kind", "-start_at")
    )
    found = []
    for row in rows:
        identifier, detail = _named(row)
        found.append(records.LineResource(row.kind, identifier, detail, row.start_at, row.end_at))
    return tuple(found)


def _named(row: models.ResourceAssignment) -> tuple[str, str]:
    if row.number is not None:
        return row.number.msisdn, row.number.kind
    if row.sim is not None:
        return row.sim.iccid, row.sim.kind
    if row.device is not None:
        return row.device.imei, row.device.model_code
    raise AssertionError


def _prices(names: dict[uuid.UUID, str]) -> tuple[records.LinePrice, ...]:
    rows = models.ProductPrice.objects.filter(product_id__in=list(names)).order_by("price_type", "start_date", "id")
    return tuple(
        records.LinePrice(
            product_id=row.product_id,
            product_name_fr=names[row.product_id],
            code=row.code,
            name_fr=row.name_fr,
            price_type=row.price_type,
            amount=row.amount_exact,
            list_amount=row.list_amount_exact,
            instalment_count=row.instalment_count,
            start_date=row.start_date,
            end_date=row.end_date,
            agreement_reference=row.agreement_reference,
            clause_number=row.clause_number,
            clause_text=row.clause_text,
            reason_fr=row.reason_fr,
        )
        for row in rows
    )


def line_history(*, product_id: uuid.UUID) -> tuple[records.LineState, ...]:
    """Return the states of a product over time, newest first (one statement)."""
    rows = models.ProductState.objects.filter(product_id=product_id).order_by("-start_at", "-id")
    return tuple(records.LineState(row.state, row.reason, row.start_at, row.end_at, row.actor_name) for row in rows)


_AS_OF = """
SELECT p.id, coalesce(st.state, ''), coalesce(max(past.offering_code), p.offering_code), p.user_label,
       coalesce(max(n.msisdn), ''), coalesce(max(s.iccid), ''), coalesce(max(d.imei), '')
FROM inventory_product p
LEFT JOIN inventory_product_state st ON st.product_id = p.id AND st.start_at <= %(at)s AND (st.end_at IS NULL OR st.end_at > %(at)s)
LEFT JOIN inventory_resource_assignment a ON a.product_id = p.id AND a.start_at <= %(at)s AND (a.end_at IS NULL OR a.end_at > %(at)s)
LEFT JOIN inventory_product_offering past ON past.product_id = p.id AND past.start_at <= %(at)s AND past.end_at > %(at)s
LEFT JOIN inventory_number_resource n ON n.id = a.number_id
LEFT JOIN inventory_sim_resource s ON s.id = a.sim_id
LEFT JOIN inventory_device_resource d ON d.id = a.device_id
WHERE p.id = ANY(%(ids)s) GROUP BY p.id, st.state ORDER BY p.id
"""


def as_of(*, product_ids: Sequence[uuid.UUID], at: dt.datetime) -> list[records.LineAsOf]:
    """Return what lines were at one instant, past or present (one statement); a line not yet born has an empty state."""
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF, {"at": at, "ids": list(product_ids)})
        return [records.LineAsOf(row[0], at, *row[1:]) for row in cursor.fetchall()]


def lines(
    *,
    viewer: actors.Actor,
    filters: dict[str, Any] | None = None,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[dict[str, Any]], int]:
    """Return one page of lines with their number, SIM and prices as plain values, and the total (four statements).

    `filters`: id, state, customer_file_id, billing_account_id, offering_code, msisdn. For machines (TMF637).
    """
    rows = models.Product.objects.filter(parent=None)
    if not viewer.sees_all_agencies:
        rows = rows.filter(agency_id__in=viewer.agency_ids)
    for name, value in (filters or {}).items():
        if name == "msisdn":
            rows = rows.filter(assignments__number__msisdn=value, assignments__end_at=None)
        else:
            rows = rows.filter(**{name: value})
    total = rows.count()
    page = list(rows.order_by("id")[offset : offset + limit])
    identifiers = [product.id for product in page]
    held = models.ResourceAssignment.objects.filter(product_id__in=identifiers, end_at=None).select_related("number", "sim", "device")
    resources: dict[uuid.UUID, dict[str, str]] = {}
    for row in held.order_by("id"):
        resources.setdefault(row.product_id, {}).setdefault(row.kind, _named(row)[0])
    prices: dict[uuid.UUID, list[models.ProductPrice]] = {}
    for price in models.ProductPrice.objects.filter(Q(product_id__in=identifiers) | Q(product__parent_id__in=identifiers)).select_related(
        "product"
    ):
        prices.setdefault(price.product.parent_id or price.product_id, []).append(price)
    return [_plain(product, resources.get(product.id, {}), prices.get(product.id, [])) for product in page], total


def _plain(product: models.Product, resources: dict[str, str], prices: list[models.ProductPrice]) -> dict[str, Any]:
    return {
        "id": product.id,
        "state": product.state,
        "name_fr": product.name_fr,
        "offering_code": product.offering_code,
        "offering_version": product.offering_version,
        "user_label": product.user_label,
        "customer_file_id": product.customer_file_id,
        "billing_account_id": product.billing_account_id,
        "created_at": product.created_at,
        "activated_at": product.activated_at,
        "terminated_at": product.terminated_at,
        "agreement_reference": product.agreement_reference,
        "order_item_ref": product.order_item_ref,
        "resources": resources,
        "prices": [
            {
                "code": price.code,
                "name_fr": price.name_fr,
                "price_type": price.price_type,
                "amount": price.amount_exact,
                "clause_number": price.clause_number,
            }
            for price in prices
        ],
    }


def stock_levels(*, agency_id: uuid.UUID | None = None) -> dict[str, int]:
    """Return how many numbers and SIMs are available, per kind ("number/mobile", "sim/esim"…) (two statements)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'number/' || kind, count(*) FROM inventory_number_resource WHERE state = 'available' GROUP BY kind")
        levels = dict(cursor.fetchall())
        cursor.execute(
            "SELECT 'sim/' || kind, count(*) FROM inventory_sim_resource"
            " WHERE state = 'available' AND (%s::uuid IS NULL OR agency_id = %s OR agency_id IS NULL) GROUP BY kind",
            [agency_id, agency_id],
        )
        return levels | dict(cursor.fetchall())
