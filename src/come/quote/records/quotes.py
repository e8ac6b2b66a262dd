"""Quotes as frozen values: the whole, a row of a list, what a document says, who accepted. No Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal

from come.quote.records import fleet as fleet_records, lines, prices

Volumes = Mapping[str, tuple[lines.NegotiatedVolume, ...]]
"""What an agreement makes of the usage that offers include, by offering."""


@dataclasses.dataclass(frozen=True, slots=True)
class Signatory:
    """Who accepts for the customer, as typed."""

    name: str
    role: str = ""
    email: str = ""


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
    totals: prices.Totals
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
    totals: prices.Totals
    patterns: tuple[lines.PatternRecord, ...]
    change: fleet_records.ChangeSummary | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentInput:
    """Everything that the quote's document shows; frozen, so that the same quote gives the same bytes."""

    quote: QuoteRecord
    customer: DocumentCustomer
    seller_email: str
    operator_name: str
    patterns: tuple[lines.PatternRecord, ...]
    lines: tuple[lines.LineRecord, ...]
    terms: tuple[str, ...]
    issued_at: dt.datetime
    # `quote`, `order_form` (once accepted) or `summary` (what a small firm is given before it accepts).
    kind: str = "quote"
    alternatives: tuple[AlternativeRecord, ...] = ()
    change: fleet_records.ChangeSummary | None = None
    # What the law guarantees this customer: the rule in words, and where it is written.
    legal: tuple[tuple[str, str], ...] = ()
    waived_months: int = 0
    # The volumes that the agreement negotiates, by offering.
    volumes: Volumes = dataclasses.field(default_factory=dict)
