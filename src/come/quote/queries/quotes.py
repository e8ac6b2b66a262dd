"""Heads of quotes: one, a list, what the search box finds."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django import urls
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from come.quote import models, records
from come.quote.policies import states
from come.quote.queries import reading
from come.shared import actor as actors, obstacles, search, text as texts
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a quote among its versions."""

    version: int
    state: str
    sent_at: dt.datetime | None
    closing_reason: str


def quote(
    *,
    viewer: actors.Actor,
    reference: str | None = None,
    quote_id: uuid.UUID | None = None,
    version: int | None = None,
) -> records.QuoteRecord:
    """Return one quote by id or reference (its last version unless one is named), in one statement.

    Raises NotFound when there is none, NotAllowed when another agency follows it.
    """
    rights.require(viewer, "quote.read")
    rows = _heads()
    if reference is not None:
        rows = rows.filter(reference=reference).order_by("-version")
        rows = rows.filter(version=version) if version is not None else rows
    else:
        rows = rows.filter(id=quote_id)
    row = rows.first()
    if row is None:
        raise obstacles.not_found(texts.T("Le devis"), reference or quote_id)
    rights.require_agency(viewer, row.agency_id, texts.T("Le devis {reference}", reference=row.reference))
    return record(row)


def quote_by_token(*, token: str) -> records.QuoteRecord:
    """Return the quote of a customer's link, whoever holds it; raises NotFound."""
    row = _heads().filter(token=token).first() if token else None
    if row is None:
        raise obstacles.not_found(texts.T("Le devis"), texts.T("de ce lien"))
    return record(row)


def _heads() -> QuerySet[Any]:
    latest = models.Quote.objects.filter(reference=OuterRef("reference")).order_by("-version").values("version")[:1]
    return models.Quote.objects.select_related(
        "customer_file", "agency", "seller", "billing_account", "acceptance", "acceptance__recorded_by"
    ).annotate(
        latest_version=Subquery(latest),
        sha256=Subquery(models.QuoteDocument.objects.filter(quote=OuterRef("pk"), kind="quote").values("sha256")[:1]),
        can_undo=Exists(models.QuoteEdit.objects.filter(quote=OuterRef("pk"), state="done")),
    )


def record(row: Any) -> records.QuoteRecord:
    """Return the head of a row read by `_heads`."""
    return records.QuoteRecord(
        id=row.id,
        reference=row.reference,
        version=row.version,
        latest_version=row.latest_version,
        title=row.title,
        state=row.state,
        customer_file_id=row.customer_file_id,
        customer_reference=row.customer_file.reference,
        customer_name=row.customer_file.name,
        legal_unit_id=row.legal_unit_id,
        agency_id=row.agency_id,
        agency_name=row.agency.name,
        seller_id=row.seller_id,
        seller_name=row.seller.display_name if row.seller else "",
        agreement_id=row.agreement_id,
        agreement_reference=row.agreement_reference,
        agreement_name=row.agreement_name,
        billing_account_id=row.billing_account_id,
        billing_account_reference=row.billing_account.reference if row.billing_account else "",
        segment=row.segment,
        commitment_months=row.commitment_months,
        priced_date=row.priced_date,
        valid_until=row.valid_until,
        line_count=row.line_count,
        issue_count=row.issue_count,
        totals=reading.totals(row),
        catalogue_version_hash=row.catalogue_version_hash,
        created_at=row.created_at,
        updated_at=row.updated_at,
        sent_at=row.sent_at,
        decided_at=row.decided_at,
        closing_reason=row.closing_reason,
        acceptance=_acceptance(row),
        document_sha256=row.sha256 or "",
        token=row.token,
        revision=row.revision,
        external_id=row.external_id,
        can_undo=row.can_undo,
        kind=row.kind,
        alternatives=row.alternatives,
        token_expires_at=row.token_expires_at,
    )


def head_of(quote_id: uuid.UUID) -> records.QuoteRecord:
    """Return the head of a quote, whoever looks (one statement)."""
    return record(_heads().get(id=quote_id))


def _acceptance(row: Any) -> records.AcceptanceRecord | None:
    found = getattr(row, "acceptance", None)
    if found is None:
        return None
    return records.AcceptanceRecord(
        signatory_name=found.signatory_name,
        signatory_role=found.signatory_role,
        signatory_email=found.signatory_email,
        accepted_at=found.accepted_at,
        document_sha256=found.document_sha256,
        channel=found.channel,
        recorded_by_name=found.recorded_by.display_name if found.recorded_by else "",
        alternative=found.alternative,
    )


def versions(*, reference: str) -> list[VersionRow]:
    """Return every version of a reference, last first (one statement). The caller checks the right to see it."""
    rows = models.Quote.objects.filter(reference=reference).order_by("-version")
    return [VersionRow(*row) for row in rows.values_list("version", "state", "sent_at", "closing_reason")]


def quotes(
    *,
    viewer: actors.Actor,
    filters: records.QuoteFilters,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[records.QuoteRow], int]:
    """Return one page of the last versions of the quotes that a person sees, freshest first, and how many there are (two statements)."""
    rights.require(viewer, "quote.read")
    rows = _filtered(_visible(viewer), filters)
    total = rows.count()
    page = rows.select_related("customer_file", "seller").order_by("-updated_at", "-id")[offset : offset + limit]
    return [_row(row) for row in page], total


def expiring(*, viewer: actors.Actor, today: dt.date, days: int = 7, limit: int = 8) -> tuple[list[records.QuoteRow], int]:
    """Return the sent quotes that expire within some days, the nearest first, and how many there are (two statements).

    Those of the person who looks when they sell, else those of the agencies that they see.
    """
    rights.require(viewer, "quote.read")
    until = today + dt.timedelta(days=days)
    rows = _visible(viewer).filter(state=states.APPROVED, valid_until__gte=today, valid_until__lte=until)
    if "seller" in viewer.roles:
        rows = rows.filter(seller_id=viewer.staff_id)
    page = rows.select_related("customer_file", "seller").order_by("valid_until", "reference")[:limit]
    return [_row(row) for row in page], rows.count()


@dataclasses.dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter about a quote: to whom, what for, when it left (None while it waits)."""

    kind: str
    recipient: str
    subject_fr: str
    actor_name: str
    created_at: dt.datetime
    sent_at: dt.datetime | None
    last_error: str


def letters(*, quote_id: uuid.UUID) -> list[LetterRow]:
    """Return the letters about a quote to its customer, newest first (one statement). The caller checks the right to see it."""
    rows = models.QuoteLetter.objects.filter(quote_id=quote_id, kind__in=("link", "code")).order_by("-created_at", "-id")[:20]
    fields = ("kind", "recipient", "subject_fr", "actor_name", "created_at", "sent_at", "last_error")
    return [LetterRow(*row) for row in rows.values_list(*fields)]


def state_counts(*, viewer: actors.Actor, filters: records.QuoteFilters) -> dict[str, int]:
    """Return how many quotes are in each state under these filters, their own state left out (one statement)."""
    rows = _filtered(_visible(viewer), dataclasses.replace(filters, state="", is_open=False))
    return dict(rows.order_by().values_list("state").annotate(Count("id")))


def _visible(viewer: actors.Actor) -> QuerySet[models.Quote]:
    later = models.Quote.objects.filter(reference=OuterRef("reference"), version__gt=OuterRef("version"))
    rows = models.Quote.objects.filter(~Exists(later))
    agencies = rights.visible_agency_ids(viewer)
    return rows if agencies is None else rows.filter(agency_id__in=agencies)


def _filtered(rows: QuerySet[models.Quote], filters: records.QuoteFilters) -> QuerySet[models.Quote]:
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.is_open:
        rows = rows.filter(state__in=(states.IN_PROGRESS, states.PENDING, states.APPROVED))
    if filters.customer_file_id:
        rows = rows.filter(customer_file_id=filters.customer_file_id)
    if filters.seller_id:
        rows = rows.filter(seller_id=filters.seller_id)
    if filters.text:
        rows = rows.filter(_matches(filters.text))
    return rows


def _matches(wanted: str) -> Q:
    found = Q(reference__icontains=wanted) | Q(title__icontains=wanted) | Q(external_id=wanted)
    return found | Q(customer_file__name__icontains=wanted) | Q(customer_file__reference__iexact=wanted)


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
    """Return the visible quotes that the words name, by reference first (one statement)."""
    if not rights.can(viewer, "quote.read"):
        return []
    rows = _visible(viewer).filter(_matches(text)).select_related("customer_file").order_by("-updated_at")[:limit]
    return [_hit(row, text) for row in rows]


def _hit(row: models.Quote, wanted: str) -> search.Hit:
    is_named = row.reference.lower().endswith(wanted.lower()) or wanted.lower() in row.reference.lower()
    return search.Hit(
        kind=texts.T("Devis"),
        title=row.reference,
        subtitle=" · ".join(part for part in (row.customer_file.name, row.title) if part),
        url=urls.reverse("quote:quote", args=[row.reference]),
        badge=texts.T(states.NAMES_FR[row.state]),
        score=search.IDENTIFIER if is_named else search.WORDS,
    )
