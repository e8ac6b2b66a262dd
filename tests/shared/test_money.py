"""Money is exact until a named point."""

from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from come.shared import money

cents = st.integers(-10_000_000, 10_000_000).map(lambda value: Decimal(value).scaleb(-2))
weights = st.lists(st.integers(0, 1_000_000), min_size=1, max_size=40).filter(any)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.125", "0.13"), ("-0.125", "-0.13"), ("0.124999", "0.12"), ("2.675", "2.68"), ("1", "1.00")],
)
def test_a_line_is_rounded_half_up(exact: str, rounded: str) -> None:
    assert str(money.round_line(Decimal(exact))) == rounded


@hypothesis.given(cents, weights)
def test_shares_sum_to_the_whole(total: Decimal, given_weights: list[int]) -> None:
    shares = money.allocate(total, given_weights)
    assert sum(shares) == total


@hypothesis.given(cents, weights)
def test_a_share_is_within_a_cent_of_its_exact_part(total: Decimal, given_weights: list[int]) -> None:
    shares = money.allocate(total, given_weights)
    for share, weight in zip(shares, given_weights, strict=True):
        assert abs(share * sum(given_weights) - total * weight) < Decimal("0.01") * sum(given_weights)


def test_no_weight_no_share() -> None:
    with pytest.raises(ValueError, match="not all zero"):
        money.allocate(Decimal("1.00"), [0, 0])


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        money.Money(1.5)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError):
        money.Money(Decimal(1)).times(1.5)  # type: ignore[arg-type]  # the point of the test


def test_currencies_do_not_add() -> None:
    with pytest.raises(TypeError):
        money.Money(Decimal(1), "EUR") + money.Money(Decimal(1), "CHF")


@hypothesis.given(st.integers(-(10**15), 10**15))
def test_micro_euros_round_trip(value: int) -> None:
    assert money.micro(money.from_micro(value)) == value


def test_finer_than_a_micro_euro_is_refused() -> None:
    with pytest.raises(ValueError, match="finer"):
        money.micro(Decimal("0.0000001"))
