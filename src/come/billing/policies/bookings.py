"""How an issued bill is booked: the customer's account against revenue and VAT; debit equals credit, always."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from come.billing import records
from come.billing.invoicing import document
from come.shared import formatting

JOURNAL = "VE"
JOURNAL_NAME = "Ventes"
CUSTOMERS = ("411000", "Clients")
REVENUE = {"service": ("706000", "Prestations de services"), "goods": ("707000", "Ventes de marchandises")}
DEPOSITS = ("419700", "Clients, dépôts reçus")
VAT = ("445710", "TVA collectée")


def entry_lines(
    *,
    lines: Iterable[records.InvoiceLine],
    tax_sums: Iterable[document.TaxSum],
    gross_amount: Decimal,
    customer_number: str,
    customer_name: str,
) -> list[records.LedgerLine]:
    """Return the balanced lines of one bill; raises ValueError when they do not balance."""
    revenue: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        account = DEPOSITS if line.vat_category == "O" else REVENUE[line.nature]
        revenue[account] = revenue.get(account, Decimal("0.00")) + line.net_amount
    booked = [_side(CUSTOMERS, gross_amount, is_debit=True, customer=(customer_number, customer_name))]
    booked += [_side(account, amount, is_debit=False) for account, amount in sorted(revenue.items()) if amount]
    for row in tax_sums:
        if row.tax_amount:
            name = f"{VAT[1]} {formatting.percent(row.tax.rate)}"
            booked.append(_side((VAT[0], name), row.tax_amount, is_debit=False))
    if sum((line.debit - line.credit for line in booked), Decimal(0)):
        msg = "the booking of a bill must balance"
        raise ValueError(msg)
    return booked


def _side(account: tuple[str, str], amount: Decimal, *, is_debit: bool, customer: tuple[str, str] = ("", "")) -> records.LedgerLine:
    # A negative amount goes to the other side: debits and credits are positive.
    goes_to_debit = is_debit == (amount >= 0)
    zero = Decimal("0.00")
    return records.LedgerLine(
        account_number=account[0],
        account_name=account[1],
        auxiliary_number=customer[0],
        auxiliary_name=customer[1],
        debit=abs(amount) if goes_to_debit else zero,
        credit=zero if goes_to_debit else abs(amount),
    )
