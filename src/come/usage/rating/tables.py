"""The price book's tables: the documented columns (docs/formats/pricebook.md), their types, which are required.

A price book is a folder with one CSV or Parquet file per table. This module is the only place that names a column.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

TEXT = "VARCHAR"
WHOLE = "BIGINT"
DAY = "DATE"
INSTANT = "TIMESTAMP"
EXACT = "DECIMAL(9,6)"

ANY = "ANY"
INCOMING = "INCOMING"
SHORT_NUMBER_MARK = "#"
SERVICES = ("voice", "sms", "mms", "data")
UNITS = {"voice": "seconds", "sms": "events", "mms": "events", "data": "bytes"}
SCOPES = ("line", "account_shared", "pool_per_line")
ROUNDING = "micro_eur_half_up"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: optional ones may be missing from the file, nullable ones empty in a row."""

    name: str
    kind: str
    is_nullable: bool = False
    is_optional: bool = False


def _required(name: str, kind: str) -> Column:
    return Column(name, kind)


def _nullable(name: str, kind: str) -> Column:
    return Column(name, kind, is_nullable=True)


def _optional(name: str, kind: str) -> Column:
    return Column(name, kind, is_nullable=True, is_optional=True)


_DAYS_OF_VALIDITY = (_required("valid_from", DAY), _nullable("valid_to", DAY))

TABLES: Mapping[str, tuple[Column, ...]] = {
    "parameters": (_required("name", TEXT), _required("value", TEXT)),
    "zones": (_required("zone_code", TEXT), _required("kind", TEXT), _required("name_fr", TEXT)),
    "prefixes": (_required("prefix", TEXT), _required("zone_code", TEXT), *_DAYS_OF_VALIDITY),
    "networks": (_required("mccmnc", TEXT), _required("zone_code", TEXT), _optional("country", TEXT), *_DAYS_OF_VALIDITY),
    "bands": (
        _required("calendar_code", TEXT),
        _required("band_code", TEXT),
        _required("name_fr", TEXT),
        _required("days", TEXT),
        _required("start_minute", WHOLE),
        _required("end_minute", WHOLE),
    ),
    "holidays": (_required("calendar_code", TEXT), _required("day", DAY)),
    "tariffs": (
        _required("tariff_code", TEXT),
        _required("name_fr", TEXT),
        _required("calendar_code", TEXT),
        _nullable("based_on", TEXT),
    ),
    "rates": (
        _required("tariff_code", TEXT),
        _required("service", TEXT),
        _required("origin_zone", TEXT),
        _required("destination_zone", TEXT),
        _nullable("band_code", TEXT),
        _required("price_micro_eur", WHOLE),
        _required("price_quantity", WHOLE),
        _required("first_increment", WHOLE),
        _required("next_increment", WHOLE),
        _required("connection_fee_micro_eur", WHOLE),
        _required("minimum_charge_micro_eur", WHOLE),
        _nullable("maximum_charge_micro_eur", WHOLE),
        *_DAYS_OF_VALIDITY,
    ),
    "allowances": (
        _required("allowance_code", TEXT),
        _required("name_fr", TEXT),
        _required("service", TEXT),
        _required("unit", TEXT),
        _required("scope", TEXT),
        _required("priority", WHOLE),
        _nullable("destination_zones", TEXT),
        _nullable("origin_zones", TEXT),
    ),
    "subscriptions": (
        _nullable("line_id", TEXT),
        _nullable("msisdn", TEXT),
        _required("account_id", TEXT),
        _required("company_id", TEXT),
        _required("precedence", WHOLE),
        _nullable("tariff_code", TEXT),
        _nullable("allowance_code", TEXT),
        _nullable("quantity", WHOLE),
        _required("valid_from", INSTANT),
        _nullable("valid_to", INSTANT),
    ),
    "overrides": (
        _required("scope", TEXT),
        _required("scope_id", TEXT),
        _nullable("tariff_code", TEXT),
        _nullable("service", TEXT),
        _nullable("origin_zone", TEXT),
        _nullable("destination_zone", TEXT),
        _required("kind", TEXT),
        _nullable("price_micro_eur", WHOLE),
        _nullable("price_quantity", WHOLE),
        _nullable("percentage", EXACT),
        _required("clause", TEXT),
        *_DAYS_OF_VALIDITY,
        _optional("list_price_micro_eur", WHOLE),
        _optional("list_price_quantity", WHOLE),
    ),
}
OPTIONAL_TABLES = frozenset({"networks", "holidays", "allowances", "overrides"})


def names(table: str) -> tuple[str, ...]:
    """Return the column names of a table, in order."""
    return tuple(column.name for column in TABLES[table])
