"""Sums are exact to the cent, rounded once, and nothing is lost when an amount is shared."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from billing.invoicing import samples
from come.billing.invoicing import document, totals
from come.shared import money

CENTS = st.integers(min_value=-10_000_000, max_value=10_000_000).map(lambda value: Decimal(value).scaleb(-2))
MICROS = st.integers(min_value=-5_000_000_000, max_value=5_000_000_000).map(lambda value: Decimal(value).scaleb(-6))
TAXES = st.sampled_from([samples.STANDARD, samples.REDUCED, samples.OVERSEAS, samples.EXEMPT])


def test_vat_is_rounded_once_per_rate_and_not_per_line() -> None:
    # 3 × 0.02 € at 20 %: per line 3 × 0.004 rounds to nothing, on the base 0.012 rounds to one cent.
    lines = tuple(samples.line(number, unit_price=Decimal("0.02")) for number in (1, 2, 3))
    assert totals.tax_sums(lines=lines) == (document.TaxSum(samples.STANDARD, Decimal("0.06"), Decimal("0.01"), Decimal("0.012")),)


def test_half_a_cent_of_vat_goes_up() -> None:
    row = totals.tax_sum(tax=samples.REDUCED, base_amount=Decimal("1.00"))
    assert (row.tax_amount, row.tax_amount_exact) == (Decimal("0.06"), Decimal("0.055"))


def test_a_line_is_quantity_by_price_by_base_less_allowance() -> None:
    exact = totals.line_net_exact(
        quantity=Decimal(1500),
        unit_price=Decimal("2.50"),
        price_quantity=Decimal(1000),
        adjustments=[document.Adjustment(Decimal("0.25"), "Remise")],
    )
    assert exact == Decimal("3.50")


def test_an_allowance_without_its_vat_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its VAT"):
        totals.tax_sums(lines=[samples.line()], adjustments=[document.Adjustment(Decimal(1), "Remise")])


def test_totals_of_a_mixed_invoice() -> None:
    lines = (samples.line(1, unit_price=Decimal("100.10")), samples.line(2, unit_price=Decimal("10.00"), tax=samples.OVERSEAS))
    adjustments = (document.Adjustment(Decimal("0.10"), "Remise", tax=samples.STANDARD),)
    sums = totals.tax_sums(lines=lines, adjustments=adjustments)
    assert totals.totals(lines=lines, adjustments=adjustments, sums=sums, prepaid_amount=Decimal("30.85")) == document.Totals(
        lines_amount=Decimal("110.10"),
        allowances_amount=Decimal("0.10"),
        charges_amount=Decimal("0.00"),
        net_amount=Decimal("110.00"),
        tax_amount=Decimal("20.85"),
        gross_amount=Decimal("130.85"),
        prepaid_amount=Decimal("30.85"),
        due_amount=Decimal("100.00"),
    )


@given(st.lists(st.tuples(CENTS, TAXES), min_size=1, max_size=40))
def test_bases_sum_to_the_net_and_each_tax_is_within_half_a_cent(amounts: list[tuple[Decimal, document.Tax]]) -> None:
    lines = [
        samples.line(number, quantity=Decimal(1 if amount >= 0 else -1), unit_price=abs(amount), tax=tax)
        for number, (amount, tax) in enumerate(amounts, start=1)
    ]
    sums = totals.tax_sums(lines=lines)
    found = totals.totals(lines=lines, sums=sums)
    assert sum((row.base_amount for row in sums), Decimal(0)) == found.net_amount == sum(amount for amount, _ in amounts)
    assert found.gross_amount - found.net_amount == found.tax_amount
    for row in sums:
        assert abs(row.tax_amount - row.base_amount * row.tax.rate / 100) <= Decimal("0.005")
        assert row.tax_amount.as_tuple().exponent == -2


@given(st.lists(MICROS, min_size=1, max_size=60))
def test_shares_in_cents_sum_to_the_rounded_whole(amounts: list[Decimal]) -> None:
    shares = totals.share_cents(exact_amounts=amounts)
    assert sum(shares, Decimal(0)) == money.round_line(sum(amounts, Decimal(0)))
    assert len(shares) == len(amounts)
    for share, exact in zip(shares, amounts, strict=True):
        assert abs(share - exact) <= Decimal("0.02")


@given(
    st.integers(min_value=1, max_value=5000), st.integers(min_value=0, max_value=99_999_999).map(lambda value: Decimal(value).scaleb(-6))
)
def test_equal_prices_are_shared_within_one_cent(count: int, price: Decimal) -> None:
    shares = totals.share_cents(exact_amounts=[price] * count)
    assert max(shares) - min(shares) <= Decimal("0.01")
    assert sum(shares) == money.round_line(price * count)
