"""Read the parts of bills as frozen values."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum

from come.billing import models, records
from come.billing.invoicing import document

RATE_FIELDS = tuple(field.name for field in dataclasses.fields(records.Rate))
LINE_FIELDS = tuple(field.name for field in dataclasses.fields(records.InvoiceLine))
_COMPARED_FIELDS = (
    "line_id", "kind", "offering_code", "price_code", "name_fr", "full_amount_exact", "days", "amount", "service", "zone_code",
)  # fmt: skip
_TAX_FIELDS = ("category", "rate", "exemption_reason", "exemption_code", "base_amount", "tax_amount", "tax_amount_exact")


def rates_of(*, bill_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[records.Rate]]:
    """Return the rates of these bills, in the order in which they were computed (one statement)."""
    found: dict[uuid.UUID, list[records.Rate]] = defaultdict(list)
    rows = models.AppliedCustomerBillingRate.objects.filter(bill_id__in=bill_ids).order_by("id").values_list("bill_id", *RATE_FIELDS)
    for bill_id, *values in rows:
        found[bill_id].append(records.Rate(*values))
    return found


def lines_of(*, bill_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[records.InvoiceLine]]:
    """Return the invoice lines of these bills, by number (one statement)."""
    found: dict[uuid.UUID, list[records.InvoiceLine]] = defaultdict(list)
    rows = models.InvoiceLine.objects.filter(bill_id__in=bill_ids).order_by("bill_id", "number").values_list("bill_id", *LINE_FIELDS)
    for bill_id, *values in rows:
        found[bill_id].append(records.InvoiceLine(*values))
    return found


def tax_sums_of(*, bill_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[document.TaxSum]]:
    """Return the VAT breakdown of these bills (one statement)."""
    found: dict[uuid.UUID, list[document.TaxSum]] = defaultdict(list)
    rows = models.TaxItem.objects.filter(bill_id__in=bill_ids).order_by("bill_id", "position").values_list("bill_id", *_TAX_FIELDS)
    for bill_id, category, rate, reason, code, base, tax, exact in rows:
        found[bill_id].append(document.TaxSum(document.Tax(category, rate, reason, code), base, tax, exact))
    return found


def compared_keys(rates: Sequence[records.Rate]) -> list[records.ComparedKey]:
    """Return the rates at the grain at which two bills are compared."""
    return [
        _key(
            rate.line_id,
            rate.kind,
            rate.offering_code,
            rate.price_code,
            rate.name_fr,
            rate.full_amount_exact,
            rate.days,
            rate.amount,
            rate.service,
            rate.zone_code,
        )
        for rate in rates
    ]


def compared_of(*, bill_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[records.ComparedKey]]:
    """Return what these bills are compared by (one statement)."""
    found: dict[uuid.UUID, list[records.ComparedKey]] = defaultdict(list)
    for bill_id, *values in models.AppliedCustomerBillingRate.objects.filter(bill_id__in=bill_ids).values_list(
        "bill_id", *_COMPARED_FIELDS
    ):
        found[bill_id].append(_key(*values))
    return found


def _key(  # noqa: PLR0917 - the columns, in their order
    line_id: uuid.UUID | None,
    kind: str,
    offering_code: str,
    price_code: str,
    name_fr: str,
    full_amount_exact: Decimal,
    days: int,
    amount: Decimal,
    service: str,
    zone_code: str,
) -> records.ComparedKey:
    code = f"{service}/{zone_code}" if kind == "usage" else price_code
    return records.ComparedKey(line_id, kind, offering_code, code, name_fr, full_amount_exact, days, amount)


def section_sums(*, bill_id: uuid.UUID) -> dict[str, Decimal]:
    """Return a bill's amount by section (one statement, summed by the database)."""
    rows = (
        models.AppliedCustomerBillingRate.objects.filter(bill_id=bill_id)
        .values_list("section")
        .annotate(total=Sum("amount"))
        .order_by("section")
    )
    return dict(rows)
