"""Exact money: decimals until a named rounding point, never a binary float.

Two rounding points exist, both HALF_UP to the cent: `round_line` (the amount shown on a line) and `round_bill`
(VAT per rate and totals). Whatever is rounded keeps its exact value beside it.
"""

from __future__ import annotations

import dataclasses
import decimal
from collections.abc import Sequence
from decimal import Decimal

CENT = Decimal("0.01")
MICRO = Decimal("0.000001")
_MICRO_PER_EURO = 1_000_000


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in one currency; arithmetic across currencies and with floats is refused."""

    amount: Decimal
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            msg = f"money needs a Decimal, not {type(self.amount).__name__}"
            raise TypeError(msg)
        if not self.amount.is_finite():
            msg = "money needs a finite amount"
            raise ValueError(msg)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def times(self, factor: Decimal | int) -> Money:
        """Return the amount multiplied, exactly."""
        if isinstance(factor, float):
            msg = "money is never multiplied by a float"
            raise TypeError(msg)
        return Money(self.amount * factor, self.currency)

    def rounded(self) -> Money:
        """Return the amount at the line rounding point."""
        return Money(round_line(self.amount), self.currency)

    def _same(self, other: Money) -> Decimal:
        if not isinstance(other, Money) or other.currency != self.currency:
            msg = "money adds to money of the same currency only"
            raise TypeError(msg)
        return other.amount


def round_line(amount: Decimal) -> Decimal:
    """Round a line's amount to the cent, half up (0.125 -> 0.13, -0.125 -> -0.13)."""
    return amount.quantize(CENT, rounding=decimal.ROUND_HALF_UP)


def round_bill(amount: Decimal) -> Decimal:
    """Round an amount of the bill as a whole (VAT per rate, totals) to the cent, half up."""
    return amount.quantize(CENT, rounding=decimal.ROUND_HALF_UP)


def micro(amount: Decimal) -> int:
    """Return euros as integer micro-euros; raises ValueError when it is not exact."""
    scaled = amount * _MICRO_PER_EURO
    whole = int(scaled)
    if scaled != whole:
        msg = f"{amount} is finer than a micro-euro"
        raise ValueError(msg)
    return whole


def from_micro(amount_micro_eur: int) -> Decimal:
    """Return integer micro-euros as euros, exact, with six decimals."""
    return Decimal(amount_micro_eur).scaleb(-6)


def allocate(total: Decimal, weights: Sequence[Decimal | int], unit: Decimal = CENT) -> list[Decimal]:
    """Share `total` in proportion to `weights`, in whole `unit`s whose sum is the total exactly.

    The largest remainders receive the missing units, the earlier share first where remainders are equal.
    Raises ValueError when the weights are negative or sum to zero, or the total is no whole number of units.
    """
    if any(weight < 0 for weight in weights) or not sum(weights, Decimal(0)):
        msg = "shares need weights that are positive and not all zero"
        raise ValueError(msg)
    units = total / unit
    if units != units.to_integral_value():
        msg = f"{total} is not a whole number of {unit}"
        raise ValueError(msg)
    whole_units = abs(int(units))
    sign = -1 if units < 0 else 1
    scale = sum((Decimal(weight) for weight in weights), Decimal(0))
    with decimal.localcontext(prec=60):
        exact = [Decimal(whole_units) * Decimal(weight) / scale for weight in weights]
    floors = [int(share) for share in exact]
    missing = whole_units - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda index: (floors[index] - exact[index], index))
    for index in by_remainder[:missing]:
        floors[index] += 1
    return [unit * (sign * share) for share in floors]
