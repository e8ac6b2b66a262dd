"""Facts about people, agencies and keys."""

from __future__ import annotations

import dataclasses
import uuid

from come.shared import events


@dataclasses.dataclass(frozen=True)
class AgencyCreated(events.Event):
    """An agency was opened."""

    agency_id: uuid.UUID
    code: str


@dataclasses.dataclass(frozen=True)
class StaffMemberCreated(events.Event):
    """A person may sign in."""

    staff_id: uuid.UUID
    login: str


@dataclasses.dataclass(frozen=True)
class StaffMemberChanged(events.Event):
    """A person's roles, agencies or contact details changed."""

    staff_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class StaffMemberDeactivated(events.Event):
    """A person may no longer sign in."""

    staff_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class StaffMemberReactivated(events.Event):
    """A person may sign in again."""

    staff_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class PasswordChanged(events.Event):
    """A person chose a new password."""

    staff_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class ApiTokenIssued(events.Event):
    """A key to the HTTP API was given."""

    token_id: uuid.UUID
    staff_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class ApiTokenRevoked(events.Event):
    """A key to the HTTP API was withdrawn."""

    staff_id: uuid.UUID
    token_id: uuid.UUID
