"""Incidents as frozen values. No Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """A thing that an incident touches: kind and key as in the event log ("company", "order", "line")."""

    kind: str
    key: uuid.UUID
    label: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class TicketEventRecord:
    """One thing said of an incident."""

    kind: str
    at: dt.datetime
    actor_name: str
    sentence: str
    status_before: str
    status_after: str
    promised_after_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class TicketRecord:
    """An incident as lists and pages show it."""

    id: uuid.UUID
    reference: str
    title: str
    description: str
    signature: str
    ticket_type: str
    severity: str
    status: str
    origin: str
    owner_name: str
    owner_team: str
    opened_by_name: str
    opened_at: dt.datetime
    status_since_at: dt.datetime
    promised_at: dt.datetime | None
    resolved_at: dt.datetime | None
    resolution: str
    subscriber_count: int
    subject_counts: dict[str, int]
    is_subscribed: bool
    last_news: str
    last_news_at: dt.datetime

    def is_late(self, at: dt.datetime) -> bool:
        """Tell whether the promised date is past and the incident still open."""
        return self.promised_at is not None and self.resolved_at is None and self.promised_at < at


@dataclasses.dataclass(frozen=True, slots=True)
class TicketPage:
    """An incident with its whole story."""

    ticket: TicketRecord
    events: tuple[TicketEventRecord, ...]
    subjects: tuple[Subject, ...]
    subscribers: tuple[str, ...]
    context: dict[str, Any]
    asks_me: bool = False
    answers: tuple[tuple[str, bool], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class SimilarTicket:
    """An incident that speaks of the same thing as a sentence."""

    ticket: TicketRecord
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class Notice:
    """One change of an incident, told to one person."""

    reference: str
    title: str
    kind: str
    sentence: str
    at: dt.datetime
    role: str
    asks_repair: bool


@dataclasses.dataclass(frozen=True, slots=True)
class PublicTicket:
    """What everyone may know of an incident: no title, no name, no customer."""

    reference: str
    area: str
    severity: str
    status: str
    sentence: str
    opened_at: dt.datetime
    promised_at: dt.datetime | None
    resolved_at: dt.datetime | None
    follower_count: int


@dataclasses.dataclass(frozen=True, slots=True)
class PublicState:
    """What is down, and what was repaired lately, at an instant."""

    at: dt.datetime
    down: tuple[PublicTicket, ...]
    repaired: tuple[PublicTicket, ...]
    kept_promise_share: float | None
