"""Look into a rating's result: the names of its codes, and the portions of one record with the state of each allowance."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
from typing import Any

import duckdb

from come.shared import text
from come.usage.rating import calendars, explain, pricebook, tables, values

_PORTIONS = "SELECT * FROM read_parquet({source}) WHERE record_id = ? {line} ORDER BY portion_number"
_EARLIER = """SELECT start_at, record_id, portion_number, units FROM read_parquet({source})
    WHERE allowance_code = ? AND cycle = ? AND start_at <= ? AND {owner} = ?"""
# The quantity of an allowance for its owner in one month, as rule 8 of docs/formats/pricebook.md counts it.
_QUANTITY = """WITH held AS (
      SELECT line_id, quantity FROM book_subscriptions
      WHERE allowance_code = ? AND account_id = ? AND epoch_us(valid_from) < ? AND (valid_to IS NULL OR epoch_us(valid_to) > ?)
    ) SELECT coalesce(sum(quantity) FILTER (line_id = ? OR line_id IS NULL), 0), coalesce(sum(quantity) FILTER (line_id IS NOT NULL), 0),
             coalesce(max(quantity) FILTER (line_id IS NOT NULL), 0), coalesce(sum(quantity) FILTER (line_id IS NULL), 0) FROM held"""


@dataclasses.dataclass(frozen=True, slots=True)
class Names:
    """What the codes of a price book mean to people."""

    home_zone: str
    contract_zone: str
    zones: dict[str, str]
    bands: dict[str, str]
    tariffs: dict[str, str]
    allowances: dict[str, str]
    scopes: dict[str, str]

    def zone(self, service: str, origin: str, destination: str) -> tuple[str, str]:
        """Return the zone's code and French name: destination at home, origin for data, both for calls abroad."""
        if service == "data" or not destination:
            return origin, self.zones.get(origin, origin)
        if origin == self.home_zone:
            return destination, self.zones.get(destination, destination)
        return f"{origin}/{destination}", text.T(
            "{destination} depuis {origin}",
            destination=self.zones.get(destination, destination),
            origin=self.zones.get(origin, origin),
        )


def names_of(folder: pathlib.Path) -> Names:
    """Return the names of a price book folder."""
    with duckdb.connect() as engine:
        pricebook.load(engine, folder)

        def pairs(query: str) -> dict[str, str]:
            return {str(key): str(value) for key, value in engine.execute(query).fetchall()}

        parameters = pairs("SELECT name, value FROM book_parameters")
        return Names(
            home_zone=parameters["home_zone"],
            contract_zone=parameters.get("contract_zone", "Europe/Paris"),
            zones=pairs("SELECT zone_code, name_fr FROM book_zones") | {tables.INCOMING: text.T("Appels reçus")},
            bands=pairs("SELECT band_code, any_value(name_fr) FROM book_bands GROUP BY band_code"),
            tariffs=pairs("SELECT tariff_code, name_fr FROM book_tariffs"),
            allowances=pairs("SELECT allowance_code, name_fr FROM book_allowances"),
            scopes=pairs("SELECT allowance_code, scope FROM book_allowances"),
        )


def parts_of(*, rated: pathlib.Path, book: pathlib.Path, names: Names, record_id: str, line_id: str = "") -> list[explain.Part]:
    """Return the portions of one record (of one line, when given), in order; none when it was not rated."""
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        line = "AND line_id = ?" if line_id else ""
        result = engine.execute(_PORTIONS.format(source=pricebook.literal(rated), line=line), [record_id, *([line_id] if line_id else [])])
        columns = [item[0] for item in result.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
        if any(row["allowance_code"] for row in rows):
            pricebook.load(engine, book)
        return [_part(engine, rated, row, names) for row in rows]


def _part(engine: duckdb.DuckDBPyConnection, rated: pathlib.Path, row: dict[str, Any], names: Names) -> explain.Part:
    before, quantity = _allowance_use(engine, rated, row, names) if row["allowance_code"] else (None, None)
    kept = {name: row[name] for name in explain.Part.__dataclass_fields__ if name in row}
    kept |= {"start_at": row["start_at"].replace(tzinfo=dt.UTC), "clause": row["clause"] or ""}
    return explain.Part(
        **kept,
        origin_name=names.zones.get(row["origin_zone"], row["origin_zone"]),
        destination_name=names.zones.get(row["destination_zone"], row["destination_zone"] or ""),
        is_abroad=row["origin_zone"] != names.home_zone,
        tariff_name=names.tariffs.get(row["tariff_code"], row["tariff_code"]),
        band_name=names.bands.get(row["band_code"], row["band_code"] or ""),
        allowance_name=names.allowances.get(row["allowance_code"], row["allowance_code"] or ""),
        allowance_used_before=before,
        allowance_quantity=quantity,
    )


def _allowance_use(engine: duckdb.DuckDBPyConnection, rated: pathlib.Path, row: dict[str, Any], names: Names) -> tuple[int, int]:
    """Return what the allowance had given before this portion, and its whole quantity that month."""
    scope = names.scopes[row["allowance_code"]]
    owner = "line_id" if scope == "line" else "account_id"
    earlier = engine.execute(
        _EARLIER.format(source=pricebook.literal(rated), owner=owner),
        [row["allowance_code"], row["cycle"], row["start_at"], row[owner]],
    ).fetchall()
    place = (row["start_at"], values.record_key(row["record_id"]), row["portion_number"])
    before = sum(units for start, record_id, number, units in earlier if (start, values.record_key(record_id), number) < place)
    return int(before), _quantity(engine, row, scope, names)


def _quantity(engine: duckdb.DuckDBPyConnection, row: dict[str, Any], scope: str, names: Names) -> int:
    start, end = calendars.month_bounds(row["cycle"], names.contract_zone)
    values = [row["allowance_code"], row["account_id"], end * 1_000_000, start * 1_000_000, row["line_id"]]
    found = engine.execute(_QUANTITY, values).fetchall()[0]
    own, line_sum, line_max, account_sum = (int(value) for value in found)
    if scope == "line":
        return own
    return account_sum + (line_sum if scope == "pool_per_line" else line_max)
