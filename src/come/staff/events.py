"""Facts about people and agencies."""

from __future__ import annotations

import dataclasses
import uuid

from come.shared import events


@dataclasses.dataclass(frozen=True)
class AgencyCreated(events.Event):
    """An agency opened."""

    agency_id: uuid.UUID
    code: str


@dataclasses.dataclass(frozen=True)
class StaffMemberCreated(events.Event):
    """A person may sign in."""

    staff_id: uuid.UUID
    login: str


@dataclasses.dataclass(frozen=True)
class PasswordChanged(events.Event):
    """A person chose a new password."""

    staff_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class ApiTokenIssued(events.Event):
    """A key to the HTTP API was given; only its hash is kept."""

    token_id: uuid.UUID
    staff_id: uuid.UUID
