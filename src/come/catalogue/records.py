"""The catalogue as frozen values: what queries return, what pricing kernels and screens read. No Django here.

Amounts are euros excluding tax (Decimal, up to six decimals). Periods are days `[valid_from, valid_to)`, `valid_to`
None = open. A percentage is a reduction in points: 15 means 15 % less than the list price.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from decimal import Decimal


class OfferingKind(enum.StrEnum):
    """What an offering is, for decomposition, filters and clauses that speak of "all plans"."""

    PLAN = "plan"
    DATA_PLAN = "data_plan"
    M2M = "m2m"
    DEVICE = "device"
    ACCESSORY = "accessory"
    OPTION = "option"
    POOL = "pool"
    SIP_TRUNK = "sip_trunk"
    NUMBER_BLOCK = "number_block"
    BUNDLE = "bundle"
    DISCOUNT = "discount"
    SERVICE = "service"


class PriceType(enum.StrEnum):
    """How a price is charged; usage is priced by the tariff that the offering names."""

    ONE_OFF = "one_off"
    RECURRING = "recurring"
    INSTALMENT = "instalment"
    DEPOSIT = "deposit"
    USAGE = "usage"


class LifecycleStatus(enum.StrEnum):
    """Where an offering version stands on a given day; scheduled, live and retired follow from its dates."""

    DRAFT = "draft"
    REVIEW = "review"
    SCHEDULED = "scheduled"
    LIVE = "live"
    RETIRED = "retired"


class RuleKind(enum.StrEnum):
    """What a compatibility rule says of its source."""

    REQUIRES = "requires"
    EXCLUDES = "excludes"
    CARDINALITY = "cardinality"
    REPLACES = "replaces"


class ClauseKind(enum.StrEnum):
    """How a clause makes its price: a new amount, or a reduction of the list price in points."""

    AMOUNT = "amount"
    PERCENTAGE = "percentage"


class ClauseTarget(enum.StrEnum):
    """What a clause speaks of, from the most precise to the widest."""

    PRICE = "price"
    OFFERING = "offering"
    OFFERING_KIND = "offering_kind"
    TARIFF_ZONE = "tariff_zone"


@dataclasses.dataclass(frozen=True, slots=True)
class PriceRecord:
    """One price of an offering version. `instalment_count` × `amount` is the whole price of an instalment plan.

    `cost_eur` is what it costs the operator, when known. `in_advance` tells whether a recurring price is billed before its month.
    """

    code: str
    price_type: str
    amount: Decimal
    name_fr: str
    tax_category: str
    nature: str
    instalment_count: int | None = None
    instalment_frequency: str = "month"
    commitment_months: int | None = None
    cost_eur: Decimal | None = None
    in_advance: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class AllowanceRecord:
    """Usage that the offering includes each cycle. One `code` is one allowance, whatever the offerings that feed it.

    `quantity` is in `unit` (seconds, bytes, events). `scope`: `line` (its own), `account_shared` (one quantity for the
    account), `pool_per_line` (quantity × number of lines, shared). Lower `priority` is consumed first. Empty `zones`
    means every zone of the service. `destination_zones` and `origin_zones` restrict where a call goes to and comes from.
    """

    code: str
    name_fr: str
    service: str
    quantity: int
    unit: str
    scope: str
    zones: tuple[str, ...] = ()
    origin_zones: tuple[str, ...] = ()
    priority: int = 100


@dataclasses.dataclass(frozen=True, slots=True)
class EarlyTerminationStep:
    """From `from_month` (0 = signature) on, leaving costs `percentage` of the remaining recurring fees."""

    from_month: int
    percentage: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class TermRecord:
    """Commitment of an offering: its length, notice, and the cost of leaving early by month reached."""

    commitment_months: int
    notice_days: int
    early_termination: tuple[EarlyTerminationStep, ...] = ()
    text_fr: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class BundleMemberRecord:
    """One place in a bundle: how many of `code` may, must and by default do fill it."""

    code: str
    minimum: int
    maximum: int
    default: int


@dataclasses.dataclass(frozen=True, slots=True)
class CharacteristicRecord:
    """A fact about the product (`values` has one value) or a choice to make (`is_configurable`)."""

    name: str
    name_fr: str
    value_type: str
    values: tuple[str, ...]
    unit: str = ""
    is_configurable: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class SpecificationRecord:
    """The technical product behind offerings (TM Forum ProductSpecification)."""

    id: uuid.UUID
    code: str
    name_fr: str
    description_fr: str
    brand: str
    characteristics: tuple[CharacteristicRecord, ...]
    lifecycle_status: str
    updated_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class DiscountTierRecord:
    """One step of a `discount` offering: from `minimum_quantity` units of its targets, `percentage` or `amount` off each.

    Targets are offering codes or, where `target_codes` is empty, every offering of `target_kinds`.
    """

    minimum_quantity: int
    price_type: str
    percentage: Decimal | None
    amount: Decimal | None
    target_kinds: tuple[str, ...]
    target_codes: tuple[str, ...]
    text_fr: str


@dataclasses.dataclass(frozen=True, slots=True)
class OfferingRecord:
    """One dated version of what may be sold."""

    id: uuid.UUID
    code: str
    version: int
    name_fr: str
    description_fr: str
    kind: str
    segments: tuple[str, ...]
    valid_from: dt.date
    valid_to: dt.date | None
    lifecycle_status: str
    prices: tuple[PriceRecord, ...]
    allowances: tuple[AllowanceRecord, ...] = ()
    tariff_code: str | None = None
    terms: tuple[TermRecord, ...] = ()
    characteristics: tuple[CharacteristicRecord, ...] = ()
    members: tuple[BundleMemberRecord, ...] = ()
    discount_tiers: tuple[DiscountTierRecord, ...] = ()
    specification_code: str = ""
    needs_msisdn: bool = False
    needs_sim: bool = False
    needs_device: bool = False
    is_sellable_alone: bool = True
    minimum_fleet: int | None = None
    maximum_fleet: int | None = None
    territories: tuple[str, ...] = ()
    minimum_installed: int | None = None
    maximum_installed: int | None = None
    edited_by_id: uuid.UUID | None = None
    edited_by_name: str = ""
    updated_at: dt.datetime | None = None

    def price(self, code: str) -> PriceRecord | None:
        """Return the price of that code, or None."""
        return next((price for price in self.prices if price.code == code), None)

    def prices_of(self, price_type: str) -> tuple[PriceRecord, ...]:
        """Return the prices of one type."""
        return tuple(price for price in self.prices if price.price_type == price_type)

    @property
    def commitment_months(self) -> int:
        """Return the longest commitment of its terms, 0 when there is none."""
        return max((term.commitment_months for term in self.terms), default=0)


@dataclasses.dataclass(frozen=True, slots=True)
class RuleRecord:
    """A compatibility rule and the French sentence that explains it.

    `requires`: with the source, at least `minimum` (1) of the targets. `excludes`: with the source, none of the targets.
    `cardinality`: with the source, the count of the targets (the source itself counts when it is among them) stays within
    `minimum` and `maximum`. `replaces`: taking the source removes the targets. `scope` is `line` (what one line
    holds) or `quote` (everything that is offered or installed together). In a snapshot, codes are those of offerings:
    a rule written for a whole kind (`kind:option`) comes once per offering of it.
    """

    code: str
    kind: str
    source_code: str
    target_codes: tuple[str, ...]
    minimum: int | None
    maximum: int | None
    message_fr: str
    scope: str = "line"


@dataclasses.dataclass(frozen=True, slots=True)
class CatalogueSnapshot:
    """Everything that may be sold on one day; `version_hash` is the same as long as nothing of it changes."""

    at: dt.date
    version_hash: str
    offerings: Mapping[str, OfferingRecord]
    rules: tuple[RuleRecord, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ClauseRecord:
    """One negotiated price of an agreement, with the sentence that is cited on quotes and bills.

    `target_kind` says which fields count: `price` (offering_code, price_code), `offering` (offering_code, price_type),
    `offering_kind` (offering_kind, price_type), `tariff_zone` (tariff_code or every tariff, service, zone_code, and origin_zone_code
    beside a called zone). A negotiated usage amount is for a minute, a message or a megabyte.
    `minimum_quantity`: the clause applies from that many units; among several, the highest reached wins.
    """

    number: str
    kind: str
    target_kind: str
    text_fr: str
    offering_code: str | None = None
    price_code: str | None = None
    price_type: str | None = None
    offering_kind: str | None = None
    tariff_code: str | None = None
    service: str | None = None
    zone_code: str | None = None
    origin_zone_code: str | None = None
    amount: Decimal | None = None
    percentage: Decimal | None = None
    minimum_quantity: int | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class AgreementRecord:
    """A framework agreement of one legal unit. `state`: draft, signed, ended (whether it is in force follows from its dates)."""

    id: uuid.UUID
    reference: str
    name: str
    legal_unit_id: uuid.UUID
    valid_from: dt.date
    valid_to: dt.date | None
    state: str
    clauses: tuple[ClauseRecord, ...]
    signed_date: dt.date | None = None
    template_code: str = ""

    def is_in_force(self, day: dt.date) -> bool:
        """Tell whether its prices apply on that day."""
        return self.state == "signed" and self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclasses.dataclass(frozen=True, slots=True)
class AgreementTemplateRecord:
    """Clauses prepared for a family of negotiations; signing one copies them into an agreement."""

    code: str
    name_fr: str
    description_fr: str
    duration_months: int
    clauses: tuple[ClauseRecord, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ZoneRecord:
    """A set of destinations (`destination`) or of visited countries (`roaming`) that are priced alike."""

    code: str
    kind: str
    name_fr: str


@dataclasses.dataclass(frozen=True, slots=True)
class PrefixRecord:
    """The longest of these international prefixes (digits, no plus) that starts a called number gives its zone.

    A prefix that starts with # is compared with national short numbers.
    """

    prefix: str
    zone_code: str
    name_fr: str
    country: str
    valid_from: dt.date
    valid_to: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class NetworkRecord:
    """A mobile network that a line may visit, by its mobile country and network codes."""

    mcc: str
    mnc: str
    name_fr: str
    country: str
    zone_code: str
    valid_from: dt.date
    valid_to: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class TimeBandRecord:
    """A slice of the week in a calendar: `days` among mon…sun and holiday, from `start_minute` to `end_minute` of the day."""

    calendar_code: str
    band_code: str
    name_fr: str
    days: tuple[str, ...]
    start_minute: int
    end_minute: int


@dataclasses.dataclass(frozen=True, slots=True)
class HolidayRecord:
    """A public holiday, on which a calendar's `holiday` bands apply."""

    calendar_code: str
    day: dt.date
    name_fr: str


@dataclasses.dataclass(frozen=True, slots=True)
class TariffRecord:
    """A family of usage prices; what it does not price itself is priced as in `based_on`."""

    code: str
    name_fr: str
    calendar_code: str
    based_on: str | None = None
    description_fr: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class RateRecord:
    """One usage price: `price_eur` for each `price_quantity` units (seconds, bytes, events), and how units are counted.

    Empty `band_code` means every hour. Usage is counted by `first_increment` once, then by `next_increment`.
    `minimum_charge_eur` and `maximum_charge_eur` bound one event's charge.
    """

    tariff_code: str
    service: str
    origin_zone: str
    destination_zone: str
    band_code: str
    price_eur: Decimal
    price_quantity: int
    first_increment: int
    next_increment: int
    valid_from: dt.date
    valid_to: dt.date | None = None
    connection_fee_eur: Decimal = Decimal(0)
    minimum_charge_eur: Decimal = Decimal(0)
    maximum_charge_eur: Decimal | None = None
    rounding: str = "micro_eur_half_up"


@dataclasses.dataclass(frozen=True, slots=True)
class UsageTables:
    """The reference data of rating for a period, as rows in the columns of docs/formats/pricebook.md."""

    columns: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, tuple[tuple[object, ...], ...]]
