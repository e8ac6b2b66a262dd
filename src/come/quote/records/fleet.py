"""What a quote on lines of the fleet is made of: what each line has, what it would have, what that changes. No Django here.

Amounts are euros excluding tax, exact, for one line.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from come.quote.records import prices

ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True, slots=True)
class InstalledPrice:
    """A price that runs on a line when the quote takes it."""

    code: str
    name_fr: str
    price_type: str
    amount: Decimal
    list_amount: Decimal
    clause_number: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class InstalledOffering:
    """The plan of a line, or a part under it, with its running prices."""

    code: str
    version: int
    name_fr: str
    kind: str
    prices: tuple[InstalledPrice, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class InstalledLine:
    """A line as it was when the quote took it: `offerings` starts with its plan; its commitment is `[start, end)`."""

    offerings: tuple[InstalledOffering, ...]
    commitment_start_date: dt.date | None = None
    commitment_end_date: dt.date | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the offerings that it has, the plan first."""
        return tuple(offering.code for offering in self.offerings)

    def sum_of(self, price_type: str) -> Decimal:
        """Return what its running prices of a type add up to."""
        return sum((price.amount for one in self.offerings for price in one.prices if price.price_type == price_type), ZERO)

    def as_json(self) -> dict[str, Any]:
        """Return it as the quote keeps it."""
        return {
            "offerings": [
                dataclasses.asdict(one)
                | {
                    "prices": [
                        dataclasses.asdict(price) | {"amount": str(price.amount), "list_amount": str(price.list_amount)}
                        for price in one.prices
                    ]
                }
                for one in self.offerings
            ],
            "commitment_start_date": self.commitment_start_date.isoformat() if self.commitment_start_date else None,
            "commitment_end_date": self.commitment_end_date.isoformat() if self.commitment_end_date else None,
        }

    @staticmethod
    def from_json(kept: dict[str, Any]) -> InstalledLine:
        """Return a line as the quote kept it."""
        return InstalledLine(
            offerings=tuple(
                InstalledOffering(
                    one["code"],
                    one["version"],
                    one["name_fr"],
                    one["kind"],
                    tuple(
                        InstalledPrice(**{**price, "amount": Decimal(price["amount"]), "list_amount": Decimal(price["list_amount"])})
                        for price in one["prices"]
                    ),
                )
                for one in kept["offerings"]
            ),
            commitment_start_date=_day(kept["commitment_start_date"]),
            commitment_end_date=_day(kept["commitment_end_date"]),
        )


def _day(written: str | None) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


@dataclasses.dataclass(frozen=True, slots=True)
class TerminationFee:
    """What leaving before the end costs: the share of the fees that remain, and the rule that limits it when one does."""

    amount: Decimal
    percentage: Decimal
    months_remaining: int
    reason_fr: str
    is_capped: bool = False
    legal_source: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class LineDifference:
    """What a quote changes on one line, and nothing else.

    `sold` are the price codes `(offering, price)` that start; `kept`, `repriced`, `added` and `ended` name offerings. What is paid
    once is `one_off` (fee included), `deposit` beside it. `commitment_end_date` is the new end of the line's commitment.
    """

    action: str
    monthly_before: Decimal
    monthly_after: Decimal
    instalments_before: Decimal = ZERO
    instalments_after: Decimal = ZERO
    one_off: Decimal = ZERO
    deposit: Decimal = ZERO
    list_monthly_after: Decimal = ZERO
    financed: Decimal = ZERO
    kept: tuple[str, ...] = ()
    repriced: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    sold: tuple[tuple[str, str], ...] = ()
    fee: TerminationFee | None = None
    commitment_start_date: dt.date | None = None
    commitment_end_date: dt.date | None = None
    commitment_months: int = 0
    is_recommitted: bool = False

    @property
    def monthly(self) -> Decimal:
        """Return what changes each month."""
        return self.monthly_after + self.instalments_after - self.monthly_before - self.instalments_before

    @property
    def is_nothing(self) -> bool:
        """Tell whether the line stays as it is."""
        return self.action == "modify" and not (self.added or self.ended or self.repriced or self.is_recommitted)


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Lines that have the same, would have the same, and so change alike; `plan_code` is empty for lines that end."""

    action: str
    alternative: str
    count: int
    before: InstalledLine | None
    plan_code: str
    plan_name_fr: str
    added_names_fr: tuple[str, ...]
    ended_names_fr: tuple[str, ...]
    difference: LineDifference
    example_label: str = ""
    line_ids: tuple[uuid.UUID, ...] = ()
    # The prices that start on each of these lines, with the clause behind each.
    prices: tuple[prices.PricedComponent, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeSummary:
    """What a quote changes on the fleet, in all: sums of every touched line."""

    groups: tuple[ChangeGroup, ...]
    monthly_before: Decimal
    monthly_after: Decimal
    one_off: Decimal
    deposit: Decimal
    fees: Decimal
    changed: int
    terminated: int
    unchanged: int
    added: int

    @property
    def monthly(self) -> Decimal:
        """Return what changes each month."""
        return self.monthly_after - self.monthly_before


@dataclasses.dataclass(frozen=True, slots=True)
class TakenLine:
    """A line of the fleet brought into a quote: its identity, and what it has."""

    product_id: uuid.UUID
    cells: dict[str, str]
    before: InstalledLine
