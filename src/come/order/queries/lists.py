"""Lists of orders: those in trouble first, with their cause and what to do."""

from __future__ import annotations

import uuid
from typing import Any

from django import urls
from django.db import connection

from come.order import models, records
from come.order.policies import rules, states
from come.order.queries import detail
from come.party import queries as party_queries
from come.shared import actor as actors, search, text as texts

_ROWS = """
SELECT o.id, o.reference, o.kind, o.state, o.state_since_at, o.customer_file_id, o.ordered_at, o.ordered_by_name, o.line_count,
       coalesce(progress.done, 0), coalesce(progress.held, 0), promise.promised_date, coalesce(promise.was_moved, false),
       cause.cause_code, cause.adapter, cause.due_at, cause.n, cause.msisdn, cause.iccid
FROM order_product_order o
LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE i.state = 'completed') AS done, count(*) FILTER (WHERE i.state = 'held') AS held
                   FROM order_product_order_item i WHERE i.order_id = o.id) progress ON true
LEFT JOIN LATERAL (SELECT p.promised_date, p.previous_date IS NOT NULL AS was_moved FROM order_promise p
                   WHERE p.order_id = o.id AND p.item_id IS NULL ORDER BY p.made_at DESC, p.id DESC LIMIT 1) promise ON true
LEFT JOIN LATERAL (SELECT s.cause_code, s.adapter, min(s.due_at) AS due_at, count(*) AS n,
                          min(coalesce(nullif(i.msisdn, ''), i.wanted_msisdn)) AS msisdn,
                          min(coalesce(nullif(i.iccid, ''), i.wanted_iccid)) AS iccid
                   FROM order_step s JOIN order_product_order_item i ON i.id = s.item_id
                   WHERE s.order_id = o.id AND s.state = 'held'
                   GROUP BY s.cause_code, s.adapter ORDER BY min(s.due_at) LIMIT 1) cause ON true
WHERE {where} ORDER BY {order} LIMIT %s OFFSET %s
"""
_IS_TROUBLED = "EXISTS (SELECT 1 FROM order_step s WHERE s.order_id = o.id AND s.state = 'held')"


def orders(
    *,
    viewer: actors.Actor,
    state: str = "",
    text: str = "",
    customer_file_id: uuid.UUID | None = None,
    is_troubled: bool = False,
    is_open: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[records.OrderRow], int]:
    """Return one page of visible orders, troubled ones first, then the latest, and the total (three statements)."""
    where, parameters = _visible(viewer)
    if state:
        where, parameters = f"{where} AND o.state = %s", [*parameters, state]
    if customer_file_id is not None:
        where, parameters = f"{where} AND o.customer_file_id = %s", [*parameters, customer_file_id]
    if is_troubled:
        where = f"{where} AND {_IS_TROUBLED}"
    if is_open:
        where, parameters = f"{where} AND o.state = ANY(%s)", [*parameters, list(states.OPEN_ORDER_STATES)]
    if text.strip():
        named = [company.id for company in party_queries.customers(viewer=viewer, text=text.strip(), limit=200)[0]]
        where = f"{where} AND (o.reference ILIKE %s OR o.quote_reference ILIKE %s OR o.external_id = %s OR o.customer_file_id = ANY(%s))"
        parameters = [*parameters, f"%{text.strip()}%", f"%{text.strip()}%", text.strip(), named]
    return _page(where, parameters, f"NOT {_IS_TROUBLED}, o.ordered_at DESC, o.id", offset, limit)


def orders_in_trouble(*, viewer: actors.Actor, limit: int = 8) -> tuple[list[records.OrderRow], int]:
    """Return the visible orders that something holds, the most urgent first, with cause and next step (three statements)."""
    where, parameters = _visible(viewer)
    return _page(
        f"{where} AND o.state = ANY(%s) AND {_IS_TROUBLED}", [*parameters, list(states.OPEN_ORDER_STATES)], "cause.due_at, o.id", 0, limit
    )


def promised_orders(*, viewer: actors.Actor, limit: int = 8) -> tuple[list[records.OrderRow], int]:
    """Return the visible open orders by promised date, the nearest first (three statements)."""
    where, parameters = _visible(viewer)
    return _page(f"{where} AND o.state = ANY(%s)", [*parameters, list(states.OPEN_ORDER_STATES)], "promise.promised_date, o.id", 0, limit)


def company_orders(*, customer_file_id: uuid.UUID, viewer: actors.Actor, limit: int = 10) -> tuple[list[records.OrderRow], int]:
    """Return a company's latest orders, troubled ones first (four statements); a company of another agency is not found."""
    party_queries.customer_file(customer_file_id=customer_file_id, viewer=viewer)
    return orders(viewer=viewer, customer_file_id=customer_file_id, limit=limit)


def _visible(viewer: actors.Actor) -> tuple[str, list[Any]]:
    return "(%s OR o.agency_id = ANY(%s))", [viewer.sees_all_agencies, list(viewer.agency_ids)]


def _page(where: str, parameters: list[Any], order: str, offset: int, limit: int) -> tuple[list[records.OrderRow], int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM order_product_order o WHERE {where}", parameters)
        (total,) = cursor.fetchone()
        cursor.execute(_ROWS.format(where=where, order=order), [*parameters, limit, offset])
        rows = cursor.fetchall()
    companies = party_queries.customer_files(ids={row[5] for row in rows}, viewer=None) if rows else {}
    return [_row(row, companies) for row in rows], int(total)


def _row(row: tuple[Any, ...], companies: dict[uuid.UUID, Any]) -> records.OrderRow:
    code, adapter, due_at, count, msisdn, iccid = row[13:]
    company = companies[row[5]]
    (order_id, reference, kind, state, since_at, company_id, ordered_at, ordered_by, lines, done, held, promised, was_moved) = row[:13]
    return records.OrderRow(
        id=order_id,
        reference=reference,
        kind=kind,
        state=state,
        state_since_at=since_at,
        customer_file_id=company_id,
        customer_name=company.name,
        customer_reference=company.reference,
        ordered_at=ordered_at,
        ordered_by_name=ordered_by,
        line_count=lines,
        done_count=done,
        held_count=held,
        promised_date=promised,
        was_promise_moved=was_moved,
        trouble=detail.cause_sentence(code, adapter, msisdn, iccid, count) if code else "",
        next_step=rules.next_step_sentence(code=code, adapter=adapter) if code else "",
        trouble_due_at=due_at,
    )


def orders_plain(*, viewer: actors.Actor, filters: dict[str, str], offset: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Return one page of visible orders as bare fields, oldest first, and the total, for machines (two statements).

    `filters`: state, external_id, customer (the file's reference or id; one that is not visible matches nothing).
    """
    rows = models.ProductOrder.objects.all()
    if not viewer.sees_all_agencies:
        rows = rows.filter(agency_id__in=viewer.agency_ids)
    for name, value in filters.items():
        if name == "customer":
            rows = rows.filter(customer_file__reference=value) if not _is_uuid(value) else rows.filter(customer_file_id=uuid.UUID(value))
        else:
            rows = rows.filter(**{name: value})
    return [dict(row) for row in rows.order_by("id").values()[offset : offset + limit]], rows.count()


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def search_hits(*, text: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    """Return the visible orders whose reference, or whose caller's own number, is the text (two statements)."""
    rows = models.ProductOrder.objects.filter(reference__icontains=text) | models.ProductOrder.objects.filter(external_id=text)
    if not viewer.sees_all_agencies:
        rows = rows.filter(agency_id__in=viewer.agency_ids)
    found = list(rows.order_by("-ordered_at")[:limit])
    companies = party_queries.customer_files(ids={row.customer_file_id for row in found}, viewer=None) if found else {}
    return [
        search.Hit(
            kind=texts.T("Commande"),
            title=row.reference,
            subtitle=texts.T("{company} · {count} lignes", company=companies[row.customer_file_id].name, count=row.line_count),
            url=urls.reverse("order:order", args=[row.reference]),
            badge=texts.T(states.ORDER_WORDS[row.state]),
            score=search.IDENTIFIER if row.reference.lower().endswith(text.lower()) else search.WORDS,
        )
        for row in found
    ]
