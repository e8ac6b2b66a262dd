"""Facts of incidents."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from come.shared import events


@dataclasses.dataclass(frozen=True)
class TicketOpened(events.Event):
    """An incident was opened, by a person or by the product."""

    ticket_id: uuid.UUID
    reference: str
    signature: str
    title: str


@dataclasses.dataclass(frozen=True)
class TicketJoined(events.Event):
    """A new case of a known cause joined its open incident."""

    ticket_id: uuid.UUID
    reference: str
    subject_count: int


@dataclasses.dataclass(frozen=True)
class TicketAccepted(events.Event):
    """Someone took the incident, with a promised date."""

    ticket_id: uuid.UUID
    reference: str
    promised_at: dt.datetime


@dataclasses.dataclass(frozen=True)
class TicketPromiseMoved(events.Event):
    """The promised date of an incident changed."""

    ticket_id: uuid.UUID
    reference: str
    promised_at: dt.datetime
    reason: str


@dataclasses.dataclass(frozen=True)
class TicketResolved(events.Event):
    """The cause is repaired; what it held is tried again."""

    ticket_id: uuid.UUID
    reference: str
    signature: str


@dataclasses.dataclass(frozen=True)
class TicketCommented(events.Event):
    """Something was said of an incident."""

    ticket_id: uuid.UUID
    reference: str


@dataclasses.dataclass(frozen=True)
class TicketStatusChanged(events.Event):
    """The incident waits, is held, refused, cancelled or closed."""

    ticket_id: uuid.UUID
    reference: str
    status: str
    reason: str


@dataclasses.dataclass(frozen=True)
class TicketRepairConfirmed(events.Event):
    """A person who was hurt says that the repair holds."""

    ticket_id: uuid.UUID
    reference: str


@dataclasses.dataclass(frozen=True)
class TicketReopened(events.Event):
    """A person who was hurt says that the repair does not hold."""

    ticket_id: uuid.UUID
    reference: str
    reason: str
