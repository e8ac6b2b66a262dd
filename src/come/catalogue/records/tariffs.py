"""How usage is priced: zones, numbers, networks, hours, rates. No Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from decimal import Decimal


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
