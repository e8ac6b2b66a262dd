"""Prices as frozen values: patterns, what is conceded, what was decided and why, sums. Euros excluding tax, exact. No Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from decimal import Decimal
from typing import NamedTuple

from come.catalogue import records as catalogue
from come.shared import obstacles

ZERO = Decimal(0)


class PriceLevel(enum.StrEnum):
    """Who decided a price, from the strongest to the weakest: the written precedence."""

    LINE_OPTION = "line_option"
    LINE_PLAN = "line_plan"
    CUSTOMER = "customer"
    AGREEMENT = "agreement"
    BUNDLE = "bundle"
    FLEET = "fleet"
    LIST = "list"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Pattern:
    """What lines sold alike have in common; `option_codes` are sorted. 10,000 lines are a few patterns.

    `concessions` are the numbers of what was conceded to these lines, sorted: lines that pay differently are sold differently.
    """

    plan_code: str
    option_codes: tuple[str, ...] = ()
    device_code: str = ""
    bundle_code: str = ""
    alternative: str = ""
    concessions: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Return every offering that a line of this pattern holds, the main one first."""
        found = (self.plan_code, *self.option_codes, self.device_code)
        return found if all(found) else tuple(filter(None, found))


@dataclasses.dataclass(frozen=True, slots=True)
class Concession:
    """A price granted beside the agreement: to one option of a line, to the whole of a line, or to the customer.

    At the line levels it holds for the patterns that list its clause's number; at the customer level for every line.
    """

    level: PriceLevel
    clause: catalogue.ClauseRecord


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """A price that a seller asks to concede: on `plan`, `device` or an option's code; points off, or euros excluding tax."""

    target: str
    kind: str
    value: Decimal
    reason: str
    is_for_customer: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class ConcessionRow:
    """One concession as people read it, with the lines that it touches."""

    number: str
    level: str
    name_fr: str
    said: str
    reason: str
    made_by_name: str
    made_at: dt.datetime
    line_count: int


@dataclasses.dataclass(frozen=True, slots=True)
class PricedComponent:
    """One price of a line: what the list says, what was agreed, and the clause or reason behind it."""

    offering_code: str
    offering_version: int
    price_code: str
    price_type: str
    name_fr: str
    nature: str
    tax_category: str
    list_amount: Decimal
    amount: Decimal
    level: str
    clause_number: str | None
    clause_text: str
    reason_fr: str
    instalment_count: int | None = None
    cost: Decimal | None = None
    offering_name_fr: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a quote, a pattern or a line: paid once, each month, each month of an instalment plan, held as deposit.

    `over_commitment` is what the customer pays if nothing changes until the commitments end; `list_monthly` what the months
    would cost at list prices; `margin_monthly` is None when one cost is not known.
    """

    one_off: Decimal = ZERO
    monthly: Decimal = ZERO
    instalments_monthly: Decimal = ZERO
    deposit: Decimal = ZERO
    over_commitment: Decimal = ZERO
    list_monthly: Decimal = ZERO
    margin_monthly: Decimal | None = ZERO

    def times(self, quantity: int) -> Totals:
        """Return these sums for that many lines."""
        margin = None if self.margin_monthly is None else self.margin_monthly * quantity
        return Totals(
            self.one_off * quantity,
            self.monthly * quantity,
            self.instalments_monthly * quantity,
            self.deposit * quantity,
            self.over_commitment * quantity,
            self.list_monthly * quantity,
            margin,
        )

    def plus(self, other: Totals) -> Totals:
        """Return the sum of both."""
        margin = None if self.margin_monthly is None or other.margin_monthly is None else self.margin_monthly + other.margin_monthly
        return Totals(
            self.one_off + other.one_off,
            self.monthly + other.monthly,
            self.instalments_monthly + other.instalments_monthly,
            self.deposit + other.deposit,
            self.over_commitment + other.over_commitment,
            self.list_monthly + other.list_monthly,
            margin,
        )


class PricedPattern(NamedTuple):
    """A pattern with its components and sums for one line, or the obstacles that forbid to sell it so."""

    pattern: Pattern
    quantity: int
    components: tuple[PricedComponent, ...]
    line_totals: Totals
    commitment_months: int
    obstacles: tuple[obstacles.Obstacle, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PricedQuote:
    """Every pattern priced, and the sums of those that can be sold."""

    patterns: tuple[PricedPattern, ...]
    totals: Totals


@dataclasses.dataclass(frozen=True, slots=True)
class PriceChange:
    """What a quote would cost on another day, beside what it says: the sums of the quote, then those of that day."""

    day: dt.date
    quoted: Totals
    today: Totals
    withdrawn: tuple[str, ...]
    is_agreement_over: bool

    @property
    def monthly_difference(self) -> Decimal:
        """Return what changes each month, in euros."""
        return self.today.monthly + self.today.instalments_monthly - self.quoted.monthly - self.quoted.instalments_monthly

    @property
    def one_off_difference(self) -> Decimal:
        """Return what changes once, in euros."""
        return self.today.one_off - self.quoted.one_off
