"""A quote's head."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from come.quote import models, records
from come.shared import actor as actors, obstacles
from come.staff import policies as rights


def quote(
    *,
    viewer: actors.Actor,
    reference: str | None = None,
    version: int | None = None,
    quote_id: uuid.UUID | None = None,
) -> records.QuoteRecord:
    """Return a quote by id, or by reference (its last version unless one is asked). Raises NotFound or NotAllowed."""
    rights.require(viewer, "quote.read")
    rows = _rows()
    if quote_id is not None:
        row = rows.filter(id=quote_id).first()
    else:
        rows = rows.filter(reference=reference, **({"version": version} if version else {}))
        row = rows.order_by("-version").first()
    if row is None:
        raise obstacles.not_found("Le devis", reference or quote_id or "")
    rights.require_agency(viewer, row.agency_id, f"Le devis {row.reference}")
    return record(row)


def quote_by_token(*, token: str) -> records.QuoteRecord:
    """Return the quote whose customer holds this token. Raises NotFound."""
    row = _rows().filter(token=token).exclude(token="").first() if token else None
    if row is None:
        raise obstacles.not_found("Le devis", "")
    return record(row)


def quote_id_of(*, reference: str, viewer: actors.Actor) -> uuid.UUID:
    """Return the id of a reference's last version. Raises NotFound or NotAllowed."""
    return quote(reference=reference, viewer=viewer).id


def versions(*, reference: str, viewer: actors.Actor) -> list[records.QuoteRecord]:
    """Return every version of a reference that the viewer may see, newest first."""
    rights.require(viewer, "quote.read")
    rows = _rows().filter(reference=reference).order_by("-version")
    return [record(row) for row in rows if rights.can_see(viewer, row.agency_id)]


def _rows() -> QuerySet[models.Quote]:
    count = (
        models.Quote.objects.filter(reference=OuterRef("reference"))
        .order_by()
        .values("reference")
        .annotate(count=Count("id"))
        .values("count")
    )
    document = models.QuoteDocument.objects.filter(quote=OuterRef("pk"), kind="quote").values("sha256")[:1]
    return models.Quote.objects.select_related("customer_file", "seller", "billing_account", "acceptance").annotate(
        version_count=Subquery(count),
        document_sha256=Subquery(document),
    )


def totals(row: Any) -> records.Totals:
    """Return the sums kept on a quote or on a pattern."""
    return records.Totals(
        row.one_off_exact,
        row.monthly_exact,
        row.instalments_monthly_exact,
        row.deposit_exact,
        row.over_commitment_exact,
        row.list_monthly_exact,
        row.margin_monthly_exact,
    )


def record(row: Any) -> records.QuoteRecord:
    """Return the frozen head of a row made by this module."""
    acceptance = getattr(row, "acceptance", None)
    return records.QuoteRecord(
        id=row.id,
        reference=row.reference,
        version=row.version,
        versions=row.version_count,
        title=row.title,
        state=row.state,
        customer_file_id=row.customer_file_id,
        customer_reference=row.customer_file.reference,
        customer_name=row.customer_file.name,
        agency_id=row.agency_id,
        seller_id=row.seller_id,
        seller_name=row.seller.display_name if row.seller else "",
        agreement_id=row.agreement_id,
        agreement_reference=row.agreement_reference,
        agreement_name=row.agreement_name,
        billing_account_id=row.billing_account_id,
        billing_account_reference=row.billing_account.reference if row.billing_account else "",
        valid_until=row.valid_until,
        line_count=row.line_count,
        issue_count=row.issue_count,
        totals=totals(row),
        created_at=row.created_at,
        sent_at=row.sent_at,
        accepted_at=acceptance.accepted_at if acceptance else None,
        accepted_by=acceptance.signatory_name if acceptance else "",
        document_sha256=row.document_sha256 or "",
        token=row.token,
        revision=row.revision,
    )
