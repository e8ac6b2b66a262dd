"""Quotes as frozen values. Amounts are euros excluding tax, exact; no Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from come.catalogue import records as catalogue
from come.quote import fleet_records
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
    imei: str | None
    email: str | None
    cost_centre: str | None
    site: str | None
    bundle_code: str | None
    commitment_months: int
    components: tuple[PricedComponent, ...]
    eid: str | None = None
    site_siret: str | None = None
    # For a line of the fleet: what to do to it, and what that changes.
    action: str = "add"
    product_id: uuid.UUID | None = None
    change: fleet_records.LineDifference | None = None


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
    agreement_reference: str
    accepted_at: dt.datetime
    lines: tuple[AcceptedLine, ...]
    kind: str = "new"


@dataclasses.dataclass(frozen=True, slots=True)
class Issue:
    """Why one cell of a line cannot stay so (`severity` obstacle), or what to look at (warning)."""

    column: str
    code: str
    message: str
    next_step: str = ""
    severity: str = "obstacle"

    @property
    def is_blocking(self) -> bool:
        """Tell whether the quote cannot be sent with it."""
        return self.severity != "warning"


@dataclasses.dataclass(frozen=True, slots=True)
class LineRecord:
    """One line as the grid and the document show it: its cells, the sums of one such line, what is wrong.

    `monthly`, `one_off` and `instalments_monthly` are None while the line cannot be priced.
    """

    stable_id: uuid.UUID
    position: int
    cells: dict[str, str]
    bundle_code: str
    commitment_months: int
    monthly: Decimal | None
    one_off: Decimal | None
    instalments_monthly: Decimal | None
    issues: tuple[Issue, ...]
    action: str = "add"
    alternative: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class LinePage:
    """A window on a quote's lines: `total` match the filters, `line_count` are in the quote, `issue_count` of them to correct."""

    rows: tuple[LineRecord, ...]
    total: int
    line_count: int
    issue_count: int
    revision: int


@dataclasses.dataclass(frozen=True, slots=True)
class Selection:
    """Which lines an act is about: these ids, or (None) all that match the filters; `issue_code` is a kind of issue, in its column."""

    stable_ids: tuple[uuid.UUID, ...] | None = None
    text: str = ""
    only_to_correct: bool = False
    issue_code: str = ""
    issue_column: str = ""
    alternative: str = ""

    @property
    def is_filtered(self) -> bool:
        """Tell whether some lines of the quote may be left out."""
        return self.stable_ids is not None or bool(self.text or self.only_to_correct or self.issue_code or self.alternative)


@dataclasses.dataclass(frozen=True, slots=True)
class NewLine:
    """Lines to add: their cells by column, how many alike, the bundle and the sender's item that they belong to."""

    cells: Mapping[str, str]
    quantity: int = 1
    bundle_code: str = ""
    item_ref: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Signatory:
    """Who accepts for the customer, as typed."""

    name: str
    role: str = ""
    email: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class PatternRecord:
    """One pattern as the quote's page and document show it; `totals` are for one line."""

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
class AcceptanceRecord:
    """Who accepted which document, when, by which way (`online`, `recorded`)."""

    signatory_name: str
    signatory_role: str
    signatory_email: str
    accepted_at: dt.datetime
    document_sha256: str
    channel: str
    recorded_by_name: str
    alternative: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class QuoteRecord:
    """A quote's head. `is_expired` and `is_superseded` complete the state for people; `revision` rises at each edit."""

    id: uuid.UUID
    reference: str
    version: int
    latest_version: int
    title: str
    state: str
    customer_file_id: uuid.UUID
    customer_reference: str
    customer_name: str
    legal_unit_id: uuid.UUID
    agency_id: uuid.UUID
    agency_name: str
    seller_id: uuid.UUID | None
    seller_name: str
    agreement_id: uuid.UUID | None
    agreement_reference: str
    agreement_name: str
    billing_account_id: uuid.UUID | None
    billing_account_reference: str
    segment: str
    commitment_months: int | None
    priced_date: dt.date
    valid_until: dt.date
    line_count: int
    issue_count: int
    totals: Totals
    catalogue_version_hash: str
    created_at: dt.datetime
    updated_at: dt.datetime
    sent_at: dt.datetime | None
    decided_at: dt.datetime | None
    closing_reason: str
    acceptance: AcceptanceRecord | None
    document_sha256: str
    token: str
    revision: int
    external_id: str
    can_undo: bool
    kind: str = "new"
    alternatives: Mapping[str, str] = dataclasses.field(default_factory=dict)
    token_expires_at: dt.datetime | None = None

    @property
    def is_latest(self) -> bool:
        """Tell whether no later version exists."""
        return self.version == self.latest_version


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
class QuoteFilters:
    """Which quotes are wanted; empty fields want all. `text`: reference, title or customer."""

    text: str = ""
    state: str = ""
    customer_file_id: uuid.UUID | None = None
    seller_id: uuid.UUID | None = None
    is_open: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentCustomer:
    """The customer as the document names it."""

    name: str
    legal_name: str
    reference: str
    siren: str
    street: str
    postcode: str
    city: str


@dataclasses.dataclass(frozen=True, slots=True)
class AlternativeRecord:
    """One offer of a quote that has several: its sums as if it were alone; `change` for a quote on the fleet."""

    letter: str
    name: str
    line_count: int
    totals: Totals
    patterns: tuple[PatternRecord, ...]
    change: fleet_records.ChangeSummary | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentInput:
    """Everything that the quote's document shows; frozen, so that the same quote gives the same bytes."""

    quote: QuoteRecord
    customer: DocumentCustomer
    seller_email: str
    operator_name: str
    patterns: tuple[PatternRecord, ...]
    lines: tuple[LineRecord, ...]
    terms: tuple[str, ...]
    issued_at: dt.datetime
    # `quote`, `order_form` (once accepted) or `summary` (what a small firm is given before it accepts).
    kind: str = "quote"
    alternatives: tuple[AlternativeRecord, ...] = ()
    change: fleet_records.ChangeSummary | None = None
    # What the law guarantees this customer: the rule in words, and where it is written.
    legal: tuple[tuple[str, str], ...] = ()
    waived_months: int = 0


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
