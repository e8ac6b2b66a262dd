"""Facts about quotes."""

from __future__ import annotations

import dataclasses
import uuid

from come.shared import events


@dataclasses.dataclass(frozen=True)
class QuoteCreated(events.Event):
    """A draft was opened."""

    quote_id: uuid.UUID
    reference: str
    version: int


@dataclasses.dataclass(frozen=True)
class QuoteLinesChanged(events.Event):
    """Lines were added, edited or removed."""

    quote_id: uuid.UUID
    added: int
    changed: int
    removed: int
    with_issues: int


@dataclasses.dataclass(frozen=True)
class QuoteHeadChanged(events.Event):
    """Title, agreement, account or validity changed."""

    quote_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class QuoteSent(events.Event):
    """A version was frozen and its document made."""

    quote_id: uuid.UUID
    document_sha256: str


@dataclasses.dataclass(frozen=True)
class QuoteAccepted(events.Event):
    """The customer accepted a version."""

    quote_id: uuid.UUID
    signatory_name: str
    channel: str
    document_sha256: str


@dataclasses.dataclass(frozen=True)
class QuoteClosed(events.Event):
    """The customer refused, or we withdrew."""

    quote_id: uuid.UUID
    state: str
    reason: str
