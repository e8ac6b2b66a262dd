"""Facts about quotes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from come.shared import events


@dataclasses.dataclass(frozen=True)
class QuoteCreated(events.Event):
    """A draft was opened."""

    quote_id: uuid.UUID
    reference: str
    version: int


@dataclasses.dataclass(frozen=True)
class QuoteLinesChanged(events.Event):
    """Lines were added, edited or removed; `to_correct` lines of the quote have an obstacle."""

    quote_id: uuid.UUID
    reference: str
    added: int
    changed: int
    removed: int
    to_correct: int
    monthly_exact: Decimal


@dataclasses.dataclass(frozen=True)
class QuoteTermsChanged(events.Event):
    """Title, agreement, account, commitment or validity changed."""

    quote_id: uuid.UUID
    reference: str


@dataclasses.dataclass(frozen=True)
class QuotePriced(events.Event):
    """Prices were computed again on a new day, catalogue or agreement."""

    quote_id: uuid.UUID
    reference: str
    monthly_exact: Decimal


@dataclasses.dataclass(frozen=True)
class QuoteSent(events.Event):
    """A version was frozen and its document made."""

    quote_id: uuid.UUID
    reference: str
    version: int
    document_sha256: str


@dataclasses.dataclass(frozen=True)
class QuoteAccepted(events.Event):
    """The customer accepted a version."""

    quote_id: uuid.UUID
    reference: str
    version: int
    signatory_name: str
    channel: str
    document_sha256: str


@dataclasses.dataclass(frozen=True)
class QuoteClosed(events.Event):
    """The customer refused (rejected), or we withdrew (cancelled)."""

    quote_id: uuid.UUID
    reference: str
    version: int
    state: str
    reason: str


@dataclasses.dataclass(frozen=True)
class QuotePriceConceded(events.Event):
    """Prices were conceded to lines, or taken back (`numbers` empty)."""

    quote_id: uuid.UUID
    reference: str
    numbers: tuple[str, ...]
    line_count: int
    monthly_exact: Decimal


@dataclasses.dataclass(frozen=True)
class ApprovalAsked(events.Event):
    """Somebody was asked to approve what a quote concedes."""

    quote_id: uuid.UUID
    reference: str
    request_id: uuid.UUID
    level_code: str
    approver_name: str


@dataclasses.dataclass(frozen=True)
class ApprovalDecided(events.Event):
    """A request was approved, refused or withdrawn."""

    quote_id: uuid.UUID
    reference: str
    request_id: uuid.UUID
    state: str
    note: str


@dataclasses.dataclass(frozen=True)
class ApprovalHandedOn(events.Event):
    """A request goes to somebody else: handed on by the approver, or because it waited too long."""

    quote_id: uuid.UUID
    reference: str
    request_id: uuid.UUID
    from_name: str
    to_name: str


@dataclasses.dataclass(frozen=True)
class ApprovalsDelegated(events.Event):
    """While somebody is away, `[valid_from, valid_to)`, another answers what is asked of them."""

    absent_id: uuid.UUID
    delegate_id: uuid.UUID
    delegate_name: str
    valid_from: dt.date
    valid_to: dt.date


@dataclasses.dataclass(frozen=True)
class ApprovalDelegationEnded(events.Event):
    """Somebody answers for themselves again; the days are those that had been given."""

    absent_id: uuid.UUID
    delegate_id: uuid.UUID
    valid_from: dt.date
    valid_to: dt.date


@dataclasses.dataclass(frozen=True)
class QuoteLetterWritten(events.Event):
    """A letter about a quote waits to be posted: its link (`link`), a one-time code (`code`), a request (`approval`)."""

    quote_id: uuid.UUID
    reference: str
    letter_id: uuid.UUID
    kind: str
    recipient: str


@dataclasses.dataclass(frozen=True)
class QuoteLinkChanged(events.Event):
    """The customer's link was replaced by another, or closed."""

    quote_id: uuid.UUID
    reference: str
    is_revoked: bool
