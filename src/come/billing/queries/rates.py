"""Read the parts of bills as frozen values."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Sequence

from come.billing import models, records
from come.billing.invoicing import document

RATE_FIELDS = tuple(field.name for field in dataclasses.fields(records.Rate))
LINE_FIELDS = tuple(field.name for field in dataclasses.fields(records.InvoiceLine))
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
        records.ComparedKey(
            line_id=rate.line_id,
            kind=rate.kind,
            offering_code=rate.offering_code,
            price_code=rate.price_code if rate.kind != "usage" else f"{rate.service}/{rate.zone_code}",
            name_fr=rate.name_fr,
            full_amount_exact=rate.full_amount_exact,
            days=rate.days,
            amount=rate.amount,
            user_label=rate.user_label,
            msisdn=rate.msisdn,
        )
        for rate in rates
    ]
