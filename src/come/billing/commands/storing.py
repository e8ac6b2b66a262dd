"""Write computed bills: parts by COPY, bills by one update, a batch at a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from come.billing import models, records
from come.billing.policies import assembly
from come.shared import bulk

_RATE_FIELDS = tuple(field.name for field in dataclasses.fields(records.Rate))
_LINE_FIELDS = tuple(field.name for field in dataclasses.fields(records.InvoiceLine))
_TAX_COLUMNS = (
    "bill_id",
    "position",
    "category",
    "rate",
    "base_amount",
    "tax_amount_exact",
    "tax_amount",
    "exemption_reason",
    "exemption_code",
)
_BILL_FIELDS = (
    "state", "profile", "mode", "issue_date", "due_date", "start_date", "end_date", "net_amount_exact", "net_amount", "tax_amount",
    "gross_amount", "phone_lines", "previous_bill", "frozen", "computed_at", "customer_name", "proven_xml_sha256", "proof",
)  # fmt: skip


def clear(bills: Sequence[models.CustomerBill]) -> None:
    """Remove what an earlier computing left, and forget its proof."""
    ids = [bill.id for bill in bills]
    for table in (models.AppliedCustomerBillingRate, models.InvoiceLine, models.TaxItem):
        table.objects.filter(bill_id__in=ids)._raw_delete("default")  # noqa: SLF001 - one DELETE: nothing hangs below these tables
    for bill in bills:
        bill.proven_xml_sha256 = ""
        bill.proof = []
        bill.net_amount = bill.tax_amount = bill.gross_amount = records.ZERO
        bill.net_amount_exact = records.ZERO
        bill.phone_lines = 0


def write(bills: Sequence[models.CustomerBill], assembled: Sequence[tuple[models.CustomerBill, assembly.AssembledBill]]) -> None:
    """Save the bills and the parts of those that could be assembled."""
    models.CustomerBill.objects.bulk_update(bills, list(_BILL_FIELDS))
    bulk.copy_rows(table="billing_applied_rate", columns=("bill_id", *_RATE_FIELDS), rows=_rates(assembled))
    bulk.copy_rows(table="billing_invoice_line", columns=("bill_id", *_LINE_FIELDS), rows=_lines(assembled))
    bulk.copy_rows(table="billing_tax_item", columns=_TAX_COLUMNS, rows=_taxes(assembled))


def _rates(assembled: Sequence[tuple[models.CustomerBill, assembly.AssembledBill]]) -> Iterator[tuple[object, ...]]:
    for bill, made in assembled:
        for rate in made.rates:
            yield (bill.id, *(getattr(rate, name) for name in _RATE_FIELDS))


def _lines(assembled: Sequence[tuple[models.CustomerBill, assembly.AssembledBill]]) -> Iterator[tuple[object, ...]]:
    for bill, made in assembled:
        for line in made.lines:
            yield (bill.id, *(getattr(line, name) for name in _LINE_FIELDS))


def _taxes(assembled: Sequence[tuple[models.CustomerBill, assembly.AssembledBill]]) -> Iterator[tuple[object, ...]]:
    for bill, made in assembled:
        for position, row in enumerate(made.tax_sums, start=1):
            yield (
                bill.id,
                position,
                row.tax.category,
                row.tax.rate,
                row.base_amount,
                row.tax_amount_exact,
                row.tax_amount,
                row.tax.exemption_reason,
                row.tax.exemption_code,
            )
