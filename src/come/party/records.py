"""Companies and customer files as frozen values: what commands take and queries return. No Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid


@dataclasses.dataclass(frozen=True, slots=True)
class CustomerFileRecord:
    """What other packages need of a customer file: who it is, who follows it, what an invoice must say."""

    id: uuid.UUID
    reference: str
    name: str
    legal_name: str
    siren: str
    siret: str
    vat_number: str
    legal_unit_id: uuid.UUID
    establishment_id: uuid.UUID | None
    agency_id: uuid.UUID
    agency_name: str
    owner_id: uuid.UUID | None
    owner_name: str
    segment: str
    state: str
    size_category: str
    is_provisional: bool
    street: str
    postcode: str
    city: str
    country: str


@dataclasses.dataclass(frozen=True, slots=True)
class CostCentreRecord:
    """The customer's own cut of its bill."""

    id: uuid.UUID
    billing_account_id: uuid.UUID
    code: str
    name: str


@dataclasses.dataclass(frozen=True, slots=True)
class BillingAccountRecord:
    """Who pays, how, under which references; `customer` is the file's identity today."""

    id: uuid.UUID
    reference: str
    name: str
    currency: str
    payment_means: str
    iban: str
    mandate_reference: str
    mandate_signed_on: dt.date | None
    purchase_order_number: str
    vat_territory: str
    endpoint_scheme: str
    endpoint_id: str
    payment_term_days: int
    email: str
    street: str
    postcode: str
    city: str
    country: str
    is_split_by_cost_centre: bool
    customer: CustomerFileRecord
    cost_centres: tuple[CostCentreRecord, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RegistryEstablishment:
    """An establishment as the national registry publishes it; masked fields are empty for partial diffusion.

    `is_active` is of the establishment, `is_unit_active` of its company; a closed establishment may reopen.
    """

    siren: str
    siret: str
    legal_name: str
    legal_form: str
    naf: str
    size_category: str
    sign: str
    is_head_office: bool
    is_active: bool
    is_unit_active: bool
    street: str
    postcode: str
    city: str
    insee_commune: str
    diffusion: str
    vat_number: str
    created_on: dt.date | None
    registry_date: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A company that may be the one being created, with the score that adds up its reasons."""

    customer_file_reference: str
    name: str
    siren: str
    city: str
    agency_name: str
    is_visible: bool
    score: float
    reasons: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class EstablishmentRow:
    """One establishment of a company to load."""

    siret: str
    is_head_office: bool
    sign: str
    street: str
    postcode: str
    city: str
    insee_commune: str = ""
    is_active: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class ContactRow:
    """One person of the customer; `name` is how they are called, the two others are known when somebody gave them apart."""

    name: str
    role: str
    phone: str = ""
    email: str = ""
    given_name: str = ""
    family_name: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class AccountRow:
    """One billing account to load, with its cost centres (code, name)."""

    name: str
    siret: str = ""
    payment_means: str = "transfer"
    iban: str = ""
    mandate_reference: str = ""
    mandate_signed_on: dt.date | None = None
    purchase_order_number: str = ""
    vat_territory: str = "FR"
    payment_term_days: int = 30
    email: str = ""
    is_split_by_cost_centre: bool = False
    cost_centres: tuple[tuple[str, str], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company to load with its head office, its other places, one customer file and its accounts."""

    siren: str
    legal_name: str
    legal_form: str
    naf: str
    size_category: str
    establishments: tuple[EstablishmentRow, ...]
    segment: str
    agency_id: uuid.UUID
    owner_id: uuid.UUID | None
    usual_name: str = ""
    old_names: tuple[str, ...] = ()
    contacts: tuple[ContactRow, ...] = ()
    accounts: tuple[AccountRow, ...] = ()
    state: str = "active"


@dataclasses.dataclass(frozen=True, slots=True)
class LoadedCompany:
    """What a load made of one row."""

    siren: str
    legal_unit_id: uuid.UUID
    customer_file_id: uuid.UUID
    customer_file_reference: str
    agency_id: uuid.UUID
    billing_account_ids: tuple[uuid.UUID, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class EstablishmentRecord:
    """One place of a company."""

    id: uuid.UUID
    siret: str
    sign: str
    is_head_office: bool
    state: str
    street: str
    postcode: str
    city: str
    country: str


@dataclasses.dataclass(frozen=True, slots=True)
class ContactRecord:
    """One person of the customer."""

    id: uuid.UUID
    name: str
    role: str
    phone: str
    email: str
    given_name: str
    family_name: str


@dataclasses.dataclass(frozen=True, slots=True)
class NameRecord:
    """A name that the company bears or bore."""

    kind: str
    value: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class CompanyPage:
    """Everything that the company's page shows of its identity."""

    customer: CustomerFileRecord
    perimeter: str
    created_at: dt.datetime
    legal_form: str
    naf: str
    unit_state: str
    diffusion: str
    source: str
    source_date: dt.date | None
    establishments: tuple[EstablishmentRecord, ...]
    contacts: tuple[ContactRecord, ...]
    names: tuple[NameRecord, ...]
    accounts: tuple[BillingAccountRecord, ...]
    sibling_references: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CustomerRow:
    """One row of the list of customers."""

    id: uuid.UUID
    reference: str
    name: str
    legal_name: str
    siren: str
    city: str
    segment: str
    state: str
    agency_name: str
    owner_name: str
    is_provisional: bool


@dataclasses.dataclass(frozen=True, slots=True)
class RegistryFigures:
    """What a state of the registry holds."""

    legal_units: int
    establishments: int
    active_establishments: int
    as_of: dt.date | None

    @property
    def closed_share(self) -> float:
        """Return the share of closed establishments, 0 to 1."""
        return 1 - self.active_establishments / self.establishments if self.establishments else 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class OrganizationRecord:
    """A company with its names, its open places and the visible files on it."""

    id: uuid.UUID
    siren: str
    legal_name: str
    legal_form: str
    naf: str
    size_category: str
    is_active: bool
    vat_number: str
    diffusion: str
    source_date: dt.date | None
    names: tuple[NameRecord, ...]
    establishments: tuple[EstablishmentRecord, ...]
    customer_file_ids: tuple[uuid.UUID, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person of a customer, with the customer."""

    contact: ContactRecord
    customer_file_id: uuid.UUID
    customer_name: str
    legal_unit_id: uuid.UUID


@dataclasses.dataclass(frozen=True, slots=True)
class CustomerWithAccounts:
    """A customer file with the accounts that pay for it, as (id, reference, name)."""

    customer: CustomerFileRecord
    perimeter: str
    created_at: dt.datetime
    accounts: tuple[tuple[uuid.UUID, str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class FollowedPlace:
    """A file that is open on an establishment; its reference and name are told to those who may see it."""

    siret: str
    perimeter: str
    reference: str
    name: str
    agency_name: str
    is_visible: bool
