"""Quotes as frozen values. Amounts are euros excluding tax, exact; no Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from come.shared import obstacles

ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Pattern:
    """What lines sold alike have in common; `option_codes` are sorted. 10,000 lines are a few patterns."""

    plan_code: str
    option_codes: tuple[str, ...] = ()
    device_code: str = ""
    bundle_code: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Return every offering that a line of this pattern holds, the main one first."""
        return tuple(code for code in (self.plan_code, *self.option_codes, self.device_code) if code)


@dataclasses.dataclass(frozen=True, slots=True)
class PricedComponent:
    """One price of a line: what the list says, what was agreed, and the clause or reason behind it."""

    offering_code: str
    offering_version: int
    price_code: str
    price_type: str
    name_fr: str
    nature: str
    list_amount: Decimal
    amount: Decimal
    clause_number: str | None
    clause_text: str
    reason_fr: str
    instalment_count: int | None = None
    cost: Decimal | None = None


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


@dataclasses.dataclass(frozen=True, slots=True)
class PricedPattern:
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
class AcceptedLine:
    """One accepted line as the order takes it: the same id, the same prices."""

    stable_id: uuid.UUID
    position: int
    plan_code: str
    option_codes: tuple[str, ...]
    device_code: str | None
    user_label: str
    msisdn: str | None
    rio: str | None
    iccid: str | None
    cost_centre: str | None
    components: tuple[PricedComponent, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class AcceptedQuote:
    """An accepted quote as the order takes it."""

    quote_id: uuid.UUID
    reference: str
    version: int
    customer_file_id: uuid.UUID
    legal_unit_id: uuid.UUID
    agency_id: uuid.UUID
    billing_account_id: uuid.UUID | None
    agreement_id: uuid.UUID | None
    lines: tuple[AcceptedLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Issue:
    """Why one cell of a line cannot stay so."""

    column: str
    code: str
    message: str
    next_step: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class LineRecord:
    """One line of the grid: its cells as typed, its sums, what is wrong."""

    stable_id: uuid.UUID
    position: int
    cells: dict[str, str]
    plan_name_fr: str
    monthly: Decimal | None
    one_off: Decimal | None
    issues: tuple[Issue, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PatternRecord:
    """One pattern as the quote's page and document show it."""

    id: int
    plan_code: str
    plan_name_fr: str
    option_codes: tuple[str, ...]
    option_names_fr: tuple[str, ...]
    device_code: str
    device_name_fr: str
    bundle_code: str
    quantity: int
    commitment_months: int
    totals: Totals
    components: tuple[PricedComponent, ...]
    issues: tuple[Issue, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class QuoteRecord:
    """A quote's head."""

    id: uuid.UUID
    reference: str
    version: int
    versions: int
    title: str
    state: str
    customer_file_id: uuid.UUID
    customer_reference: str
    customer_name: str
    agency_id: uuid.UUID
    seller_id: uuid.UUID | None
    seller_name: str
    agreement_id: uuid.UUID | None
    agreement_reference: str
    agreement_name: str
    billing_account_id: uuid.UUID | None
    billing_account_reference: str
    valid_until: dt.date
    line_count: int
    issue_count: int
    totals: Totals
    created_at: dt.datetime
    sent_at: dt.datetime | None
    accepted_at: dt.datetime | None
    accepted_by: str
    document_sha256: str
    token: str
    revision: int


@dataclasses.dataclass(frozen=True, slots=True)
class QuoteRow:
    """One row of the list of quotes."""

    id: uuid.UUID
    reference: str
    version: int
    title: str
    state: str
    customer_name: str
    customer_reference: str
    seller_name: str
    line_count: int
    issue_count: int
    monthly: Decimal
    one_off: Decimal
    valid_until: dt.date
    updated_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentInput:
    """Everything that the quote's document shows; frozen, so that the same quote gives the same bytes."""

    quote: QuoteRecord
    customer_legal_name: str
    customer_siren: str
    customer_street: str
    customer_postcode: str
    customer_city: str
    seller_email: str
    agency_name: str
    patterns: tuple[PatternRecord, ...]
    lines: tuple[LineRecord, ...]
    terms: tuple[str, ...]
    issued_at: dt.datetime
