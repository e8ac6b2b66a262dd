"""A whole catalogue as read from its folder, and the words that its files may use."""

from __future__ import annotations

import dataclasses
import datetime as dt

from come.catalogue import records

FORMAT = "come-catalogue-1"
CURRENCY = "EUR"
SERVICES = ("voice", "sms", "mms", "data")
UNITS = {"voice": "seconds", "sms": "events", "mms": "events", "data": "bytes"}
SCOPES = ("line", "account_shared", "pool_per_line")
SEGMENTS = ("pro", "pme", "enterprise", "public")
TAX_CATEGORIES = ("standard", "reduced", "exempt")
NATURES = ("service", "goods")
FREQUENCIES = ("month",)
ROUNDINGS = ("micro_eur_half_up",)
CLAUSE_QUANTITIES = {"voice": 60, "sms": 1, "mms": 1, "data": 1_000_000}
"""What a negotiated usage price pays for: a minute, a message, a megabyte."""
INCOMING = "INCOMING"
"""The destination of what a line receives."""
TERRITORIES = ("metropole", "guadeloupe", "martinique", "guyane", "reunion", "mayotte")
"""Where a site may stand for an offer limited to some places; an offer that names none is sold everywhere."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
ZONE_KINDS = ("destination", "roaming")
SCOPES_OF_RULES = ("line", "quote")
APPROVALS = ("draft", "review", "approved")
PRICE_TYPES = tuple(item.value for item in records.PriceType if item is not records.PriceType.USAGE)
KINDS = tuple(item.value for item in records.OfferingKind)


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """What the folder is: the format's name, the operator, the currency of every amount."""

    format: str
    operator: str
    currency: str
    home_zone: str = ""
    contract_zone: str = "Europe/Paris"
    description_fr: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class SpecificationContent:
    """A technical product, as written in a file."""

    code: str
    name_fr: str
    description_fr: str
    brand: str
    characteristics: tuple[records.CharacteristicRecord, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class OfferingContent:
    """One version of an offering, as written in a file."""

    code: str
    version: int
    name_fr: str
    description_fr: str
    kind: str
    specification: str
    segments: tuple[str, ...]
    valid_from: dt.date
    valid_to: dt.date | None
    approval: str
    tariff: str | None
    needs_msisdn: bool
    needs_sim: bool
    needs_device: bool
    is_sellable_alone: bool
    minimum_fleet: int | None
    maximum_fleet: int | None
    is_free: bool
    prices: tuple[records.PriceRecord, ...]
    allowances: tuple[records.AllowanceRecord, ...]
    terms: tuple[records.TermRecord, ...]
    characteristics: tuple[records.CharacteristicRecord, ...]
    members: tuple[records.BundleMemberRecord, ...]
    discount_tiers: tuple[records.DiscountTierRecord, ...]
    territories: tuple[str, ...] = ()
    minimum_installed: int | None = None
    maximum_installed: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RuleContent:
    """A compatibility rule and its period, as written in a file."""

    code: str
    kind: str
    source: str
    targets: tuple[str, ...]
    minimum: int | None
    maximum: int | None
    scope: str
    valid_from: dt.date
    valid_to: dt.date | None
    message_fr: str


@dataclasses.dataclass(frozen=True, slots=True)
class CatalogueContent:
    """Everything that a folder describes."""

    header: Header
    specifications: tuple[SpecificationContent, ...] = ()
    offerings: tuple[OfferingContent, ...] = ()
    rules: tuple[RuleContent, ...] = ()
    bands: tuple[records.TimeBandRecord, ...] = ()
    holidays: tuple[records.HolidayRecord, ...] = ()
    zones: tuple[records.ZoneRecord, ...] = ()
    tariffs: tuple[records.TariffRecord, ...] = ()
    prefixes: tuple[records.PrefixRecord, ...] = ()
    networks: tuple[records.NetworkRecord, ...] = ()
    rates: tuple[records.RateRecord, ...] = ()
    agreement_templates: tuple[records.AgreementTemplateRecord, ...] = ()
