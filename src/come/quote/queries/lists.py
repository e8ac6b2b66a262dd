"""Lists of quotes, filtered by the agencies that a person sees."""

from __future__ import annotations

import uuid

from django import urls
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from come.quote import models, records
from come.quote.policies import states
from come.shared import actor as actors, formatting, search, text as texts
from come.staff import policies as rights

_SCORE_REFERENCE = 1_000
_SCORE_TITLE = 300


def quotes(
    *,
    viewer: actors.Actor,
    text: str = "",
    state: str = "",
    customer_file_id: uuid.UUID | None = None,
    is_mine: bool = False,
    is_open: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[records.QuoteRow], int]:
    """Return one page of the last versions that a person sees, most recent first, and how many (two statements)."""
    rights.require(viewer, "quote.read")
    rows = _visible(_last_versions(), viewer)
    if customer_file_id is not None:
        rows = rows.filter(customer_file_id=customer_file_id)
    if state:
        rows = rows.filter(state=state)
    if is_open:
        rows = rows.filter(state__in=(states.IN_PROGRESS, states.PENDING, states.APPROVED))
    if is_mine and viewer.staff_id:
        rows = rows.filter(seller_id=viewer.staff_id)
    if text:
        rows = rows.filter(Q(reference__icontains=text) | Q(title__icontains=text) | Q(customer_file__name__icontains=text))
    total = rows.count()
    return [_row(row) for row in rows.order_by("-updated_at")[offset : offset + limit]], total


def _last_versions() -> QuerySet[models.Quote]:
    last = (
        models.Quote.objects.filter(reference=OuterRef("reference"))
        .order_by()
        .values("reference")
        .annotate(last=Max("version"))
        .values("last")
    )
    return models.Quote.objects.filter(version=Subquery(last)).select_related("customer_file", "seller")


def _visible(rows: QuerySet[models.Quote], viewer: actors.Actor) -> QuerySet[models.Quote]:
    return rows if viewer.sees_all_agencies else rows.filter(agency_id__in=viewer.agency_ids)


def _row(row: models.Quote) -> records.QuoteRow:
    return records.QuoteRow(
        id=row.id,
        reference=row.reference,
        version=row.version,
        title=row.title,
        state=row.state,
        customer_name=row.customer_file.name,
        customer_reference=row.customer_file.reference,
        seller_name=row.seller.display_name if row.seller else "",
        line_count=row.line_count,
        issue_count=row.issue_count,
        monthly=row.monthly_exact + row.instalments_monthly_exact,
        one_off=row.one_off_exact,
        valid_until=row.valid_until,
        updated_at=row.updated_at,
    )


def search_hits(*, text: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    """Return the quotes whose reference or title the words name."""
    if not rights.can(viewer, "quote.read"):
        return []
    rows = _visible(_last_versions(), viewer).filter(Q(reference__icontains=text) | Q(title__icontains=text))
    return [
        search.Hit(
            kind=texts.T("Devis"),
            title=row.reference,
            subtitle=f"{row.customer_file.name} · {formatting.number(row.line_count)} lignes · {formatting.money(row.monthly_exact)} / mois",
            url=urls.reverse("quote:quote", args=[row.reference]),
            badge=texts.T(states.NAMES_FR[row.state]),
            score=_SCORE_REFERENCE if text.upper() in row.reference else _SCORE_TITLE,
        )
        for row in rows.order_by("-updated_at")[:limit]
    ]
