"""The sums of an invoice: each line rounded once, VAT rounded once per rate on the summed base, half up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from come.billing.invoicing import document
from come.shared import money

_POINTS = Decimal(100)


def line_net_exact(
    *,
    quantity: Decimal,
    unit_price: Decimal,
    price_quantity: Decimal = Decimal(1),
    adjustments: Iterable[document.Adjustment] = (),
) -> Decimal:
    """Return a line's amount before rounding: quantity × price / base quantity, less allowances, plus charges."""
    gross = quantity * unit_price
    if price_quantity != 1:
        gross /= price_quantity
    return gross + sum((_signed(item) for item in adjustments), Decimal(0))


def tax_sums(
    *,
    lines: Iterable[document.Line],
    adjustments: Iterable[document.Adjustment] = (),
) -> tuple[document.TaxSum, ...]:
    """Return the VAT breakdown: bases are sums of rounded amounts, the tax is rounded once per category and rate.

    Sorted by falling rate. Raises ValueError for a document allowance without its VAT. Source: BOFiP (tax on the base
    of each rate), EN 16931 BR-CO-17 whose tolerance we do not use.
    """
    bases: dict[document.Tax, Decimal] = defaultdict(Decimal)
    for line in lines:
        bases[line.tax] += line.net_amount
    for item in adjustments:
        if item.tax is None:
            msg = "an allowance on the document needs its VAT"
            raise ValueError(msg)
        bases[item.tax] += _signed(item)
    return tuple(tax_sum(tax=tax, base_amount=bases[tax]) for tax in sorted(bases, key=_order))


def tax_sum(*, tax: document.Tax, base_amount: Decimal) -> document.TaxSum:
    """Return one row of the breakdown, exact and rounded side by side."""
    exact = base_amount * tax.rate / _POINTS
    return document.TaxSum(tax=tax, base_amount=base_amount, tax_amount=money.round_bill(exact), tax_amount_exact=exact)


def totals(
    *,
    lines: Sequence[document.Line],
    adjustments: Sequence[document.Adjustment] = (),
    sums: Sequence[document.TaxSum],
    prepaid_amount: Decimal = Decimal("0.00"),
) -> document.Totals:
    """Return the document's totals (BT-106 to BT-115): sums of rounded amounts, nothing is rounded again."""
    lines_amount = sum((line.net_amount for line in lines), Decimal("0.00"))
    allowances = sum((item.amount for item in adjustments if not item.is_charge), Decimal("0.00"))
    charges = sum((item.amount for item in adjustments if item.is_charge), Decimal("0.00"))
    net = lines_amount - allowances + charges
    tax = sum((row.tax_amount for row in sums), Decimal("0.00"))
    return document.Totals(
        lines_amount=lines_amount,
        allowances_amount=allowances,
        charges_amount=charges,
        net_amount=net,
        tax_amount=tax,
        gross_amount=net + tax,
        prepaid_amount=prepaid_amount,
        due_amount=net + tax - prepaid_amount,
    )


def share_cents(*, exact_amounts: Sequence[Decimal]) -> list[Decimal]:
    """Return cents for each exact amount, such that they sum to the rounded exact sum.

    This is how a line of the invoice is shared over the phone lines that it groups: each share is within one cent of
    its exact amount and nothing is lost. Amounts of both signs are shared sign by sign against their own sums, then
    the difference of rounding goes to the largest amount.
    """
    rounded_total = money.round_line(sum(exact_amounts, Decimal(0)))
    shares = [Decimal("0.00")] * len(exact_amounts)
    for sign in (1, -1):
        indexes = [index for index, amount in enumerate(exact_amounts) if amount * sign > 0]
        if not indexes:
            continue
        weights = [abs(exact_amounts[index]) for index in indexes]
        part = money.round_line(sum(weights, Decimal(0)))
        for index, share in zip(indexes, money.allocate(part, weights), strict=True):
            shares[index] = sign * share
    difference = rounded_total - sum(shares, Decimal(0))
    if difference:
        largest = max(range(len(shares)), key=lambda index: abs(exact_amounts[index]))
        shares[largest] += difference
    return shares


def by_rate(sums: Iterable[document.TaxSum]) -> Mapping[Decimal, Decimal]:
    """Return the tax per rate, for ledgers and controls."""
    found: dict[Decimal, Decimal] = defaultdict(Decimal)
    for row in sums:
        found[row.tax.rate] += row.tax_amount
    return dict(found)


def _signed(item: document.Adjustment) -> Decimal:
    return item.amount if item.is_charge else -item.amount


def _order(tax: document.Tax) -> tuple[Decimal, str, str]:
    return (-tax.rate, tax.category, tax.exemption_code)
