"""What may be sold: offerings with all that belongs to them, rules, and the whole of one day. No Django here."""

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
