"""Facts about companies and customer files."""

from __future__ import annotations

import dataclasses
import uuid

from come.shared import events


@dataclasses.dataclass(frozen=True)
class CustomerFileCreated(events.Event):
    """A customer file was opened."""

    customer_file_id: uuid.UUID
    reference: str
    siren: str


@dataclasses.dataclass(frozen=True)
class CompaniesLoaded(events.Event):
    """A set of companies came from a file."""

    count: int
    created: int


@dataclasses.dataclass(frozen=True)
class BillingAccountCreated(events.Event):
    """A customer file has a new account."""

    billing_account_id: uuid.UUID
    customer_file_id: uuid.UUID
    reference: str


@dataclasses.dataclass(frozen=True)
class CostCentreAdded(events.Event):
    """An account has a new cost centre."""

    cost_centre_id: uuid.UUID
    billing_account_id: uuid.UUID
    code: str


@dataclasses.dataclass(frozen=True)
class ContactPointAdded(events.Event):
    """A customer file has a new contact."""

    contact_point_id: uuid.UUID
    customer_file_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class CustomerFilePlaced(events.Event):
    """A provisional file found its establishment."""

    customer_file_id: uuid.UUID
    reference: str
    siret: str


@dataclasses.dataclass(frozen=True)
class CustomerFileRenamed(events.Event):
    """A customer file has another usual name."""

    customer_file_id: uuid.UUID
    reference: str


@dataclasses.dataclass(frozen=True)
class EstablishmentAdded(events.Event):
    """One more place of a company is known."""

    establishment_id: uuid.UUID
    customer_file_id: uuid.UUID
    siret: str


@dataclasses.dataclass(frozen=True)
class CompanyRegistered(events.Event):
    """A company is known, before any file."""

    legal_unit_id: uuid.UUID
    siren: str


@dataclasses.dataclass(frozen=True)
class CustomersWelcomed(events.Event):
    """Prospects became customers: something of theirs works."""

    customer_file_ids: tuple[uuid.UUID, ...]
