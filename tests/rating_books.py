"""Price books and records for rating tests: one small fixed book, and random ones."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from come.usage.rating import kernel, pricebook, schema, tables, values

Book = Mapping[str, Sequence[dict[str, Any]]]
START = dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC)
END = dt.datetime(2026, 10, 31, 23, tzinfo=dt.UTC)


def rows(table: str, *given: dict[str, Any]) -> list[dict[str, Any]]:
    """Complete rows: what is not given is null, validity is open."""
    defaults: dict[str, Any] = dict.fromkeys(tables.names(table))
    if table == "subscriptions":
        defaults |= {
            "valid_from": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
            "company_id": "company",
            "account_id": "account",
            "precedence": 10,
        }
    elif "valid_from" in defaults:
        defaults |= {"valid_from": dt.date(2020, 1, 1)}
    if "name_fr" in defaults:
        defaults["name_fr"] = "nom"
    if table == "rates":
        defaults |= {
            "origin_zone": "FR",
            "destination_zone": "ANY",
            "price_quantity": 60,
            "first_increment": 1,
            "next_increment": 1,
            "connection_fee_micro_eur": 0,
            "minimum_charge_micro_eur": 0,
        }
    return [defaults | row for row in given]


def write_book(folder: pathlib.Path, book: Book) -> str:
    """Write a book as the folder that the kernel reads."""
    plain = {name: [tuple(_naive(row[column]) for column in tables.names(name)) for row in book.get(name, ())] for name in tables.TABLES}
    return pricebook.write(folder, plain)


def _naive(value: Any) -> Any:
    return value.astimezone(dt.UTC).replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def write_records(path: pathlib.Path, records: Sequence[values.Record]) -> None:
    """Write records as the event log holds them."""
    columns = {
        "record_id": (pa.string(), [item.record_id for item in records]),
        "record_key": (pa.int64(), [item.record_key for item in records]),
        "service": (pa.string(), [item.service for item in records]),
        "direction": (pa.string(), [item.direction for item in records]),
        "served_msisdn": (pa.int64(), [int(item.served_msisdn[1:]) for item in records]),
        "other_party": (pa.string(), [item.other_party for item in records]),
        "start_at": (pa.timestamp("us"), [_naive(item.start_at) for item in records]),
        "duration_seconds": (pa.int64(), [item.duration_seconds for item in records]),
        "volume_bytes": (pa.int64(), [item.volume_bytes for item in records]),
        "visited_network": (pa.string(), [item.visited_network for item in records]),
    }
    assert tuple(columns) == tuple(name for name, _ in schema.RECORD_COLUMNS)
    pq.write_table(pa.table({name: pa.array(values, type=kind) for name, (kind, values) in columns.items()}), path)


def rate_with_kernel(
    folder: pathlib.Path,
    book: Book,
    records: Sequence[values.Record],
    *,
    start_at: dt.datetime = START,
    end_at: dt.datetime = END,
) -> tuple[list[values.Portion], list[values.Suspended], kernel.Totals]:
    """Rate with the SQL kernel and read its files back as the reference's values."""
    folder.mkdir(parents=True, exist_ok=True)
    write_book(folder / "book", book)
    write_records(folder / "records.parquet", records)
    rater = kernel.Rater(pricebook_folder=folder / "book", start_at=start_at, end_at=end_at, workspace=folder, threads=1)
    totals = rater.rate(
        records=[folder / "records.parquet"], rated_path=folder / "rated.parquet", suspense_path=folder / "suspense.parquet"
    )
    rater.close()
    fields = tuple(values.Portion.__dataclass_fields__)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT {', '.join(fields)} FROM read_parquet('{folder}/rated.parquet') ORDER BY record_id, portion_number"
        ).fetchall()
        left = connection.execute(f"SELECT record_id, reason FROM read_parquet('{folder}/suspense.parquet') ORDER BY record_id").fetchall()
    return [values.Portion(*row) for row in found], [values.Suspended(*row) for row in left], totals


def sorted_portions(portions: Sequence[values.Portion]) -> list[values.Portion]:
    return sorted(portions, key=lambda item: (item.record_id, item.portion_number))


# Random books: few names, so that records meet prices, holes and rivals often.

ZONES = ("FR", "UK", "US")
_days = st.sampled_from([dt.date(2020, 1, 1), dt.date(2026, 10, 10), dt.date(2026, 10, 25), dt.date(2026, 11, 1)])
_instants = st.sampled_from(
    [
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 10, 12, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),
    ]
)
_services = st.sampled_from(tables.SERVICES)


def _without_rivals(given: list[dict[str, Any]], key: Sequence[str]) -> list[dict[str, Any]]:
    """Keep, for each key, rows whose validities do not overlap."""
    kept: list[dict[str, Any]] = []
    for row in given:
        if row["valid_to"] is not None and row["valid_to"] <= row["valid_from"]:
            row["valid_to"] = None
        rivals = [other for other in kept if all(other[name] == row[name] for name in key)]
        if all(
            (row["valid_to"] is not None and row["valid_to"] <= other["valid_from"])
            or (other["valid_to"] is not None and other["valid_to"] <= row["valid_from"])
            for other in rivals
        ):
            kept.append(row)
    return kept


def _table(name: str, key: Sequence[str], maximum: int, **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(columns), max_size=maximum).map(lambda given: _without_rivals(rows(name, *given), key))


def _optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


_bands = st.sampled_from(
    [
        rows(
            "bands",
            {"calendar_code": "CAL", "band_code": "HP", "days": "mon tue wed thu fri", "start_minute": 480, "end_minute": 1140},
            {"calendar_code": "CAL", "band_code": "HC", "days": "mon tue wed thu fri", "start_minute": 0, "end_minute": 480},
            {"calendar_code": "CAL", "band_code": "HC", "days": "mon tue wed thu fri", "start_minute": 1140, "end_minute": 1440},
            {"calendar_code": "CAL", "band_code": "HC", "days": "sat sun holiday", "start_minute": 0, "end_minute": 1440},
        ),
        # A change of band inside the hour that the clock repeats.
        rows(
            "bands",
            {
                "calendar_code": "CAL",
                "band_code": "HP",
                "days": "mon tue wed thu fri sat sun holiday",
                "start_minute": 150,
                "end_minute": 1440,
            },
            {
                "calendar_code": "CAL",
                "band_code": "HC",
                "days": "mon tue wed thu fri sat sun holiday",
                "start_minute": 0,
                "end_minute": 150,
            },
        ),
    ]
)
_ONE_BAND = rows(
    "bands",
    {"calendar_code": "ALL", "band_code": "TOUT", "days": "mon tue wed thu fri sat sun holiday", "start_minute": 0, "end_minute": 1440},
)
_rates = _table(
    "rates",
    ("tariff_code", "service", "origin_zone", "destination_zone", "band_code"),
    14,
    tariff_code=st.sampled_from(["BASE", "PLAN", "OPTION"]),
    service=_services,
    origin_zone=st.sampled_from([*ZONES, "ANY"]),
    destination_zone=st.sampled_from([*ZONES, "ANY", "ANY", "INCOMING"]),
    band_code=st.sampled_from([None, None, "HP", "HC"]),
    price_micro_eur=st.one_of(st.just(70_001), st.integers(0, 400_000)),
    price_quantity=st.sampled_from([1, 7, 60, 1000, 1_000_000]),
    first_increment=st.sampled_from([1, 30, 60, 1000]),
    next_increment=st.sampled_from([1, 7, 60, 1000]),
    connection_fee_micro_eur=st.sampled_from([0, 0, 150_001]),
    minimum_charge_micro_eur=st.sampled_from([0, 0, 40_000]),
    maximum_charge_micro_eur=st.sampled_from([None, None, 50_000, 1_000_000]),
    valid_from=_days,
    valid_to=_optional(_days),
).map(lambda given: [row for row in given if row["tariff_code"] != "BASE" or row["band_code"] is None])
_overrides = _table(
    "overrides",
    ("scope", "scope_id", "tariff_code", "service", "origin_zone", "destination_zone", "list_price_micro_eur"),
    5,
    scope=st.sampled_from(["account", "company"]),
    scope_id=st.sampled_from(["account-1", "company-1"]),
    tariff_code=st.sampled_from([None, "PLAN", "BASE", "OPTION"]),
    service=_optional(_services),
    origin_zone=st.sampled_from([None, *ZONES]),
    destination_zone=st.sampled_from([None, *ZONES]),
    kind=st.sampled_from(["amount", "amount", "percentage", "percentage", "refused"]),
    price_micro_eur=st.integers(0, 100_000),
    price_quantity=st.sampled_from([1, 60, 7]),
    percentage=st.decimals(0, 100, places=4),
    clause=st.uuids().map(str),
    valid_from=_days,
    valid_to=_optional(_days),
    list_price_micro_eur=st.sampled_from([None, None, None, 70_001]),
).map(lambda given: [row | {"list_price_quantity": None if row["list_price_micro_eur"] is None else 60} for row in given])


@st.composite
def books(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Draw a whole consistent book."""
    prefixes = _table(
        "prefixes",
        ("prefix",),
        8,
        prefix=st.sampled_from(["3", "33", "336", "3361", "44", "#36", "#3646"]),
        zone_code=st.sampled_from(ZONES),
        valid_from=_days,
        valid_to=_optional(_days),
    )
    allowances = []
    for code in draw(st.sets(st.sampled_from(["A", "B", "C", "D"]))):
        service = draw(_services)
        allowances += rows(
            "allowances",
            {
                "allowance_code": code,
                "name_fr": code,
                "service": service,
                "unit": tables.UNITS[service],
                "scope": draw(st.sampled_from(tables.SCOPES)),
                "priority": draw(st.integers(1, 3)),
                "destination_zones": draw(st.sampled_from([None, "FR", "FR UK"])),
                "origin_zones": draw(st.sampled_from([None, "FR"])),
            },
        )
    return {
        "parameters": rows("parameters", {"name": "home_zone", "value": "FR"}, {"name": "currency", "value": "EUR"}),
        "zones": rows("zones", *({"zone_code": code, "kind": "destination", "name_fr": code} for code in ZONES)),
        "prefixes": draw(prefixes),
        "networks": rows(
            "networks", {"mccmnc": "23410", "zone_code": "UK"}, {"mccmnc": "310004", "zone_code": "US", "valid_to": dt.date(2026, 10, 25)}
        ),
        "bands": draw(_bands) + _ONE_BAND,
        "holidays": rows("holidays", {"calendar_code": "CAL", "day": dt.date(2026, 10, 26)}),
        "tariffs": rows(
            "tariffs",
            {"tariff_code": "BASE", "calendar_code": "ALL"},
            {"tariff_code": "PLAN", "calendar_code": "CAL", "based_on": "BASE"},
            {"tariff_code": "OPTION", "calendar_code": "CAL"},
        ),
        "rates": [],
        "allowances": allowances,
        "subscriptions": _subscriptions(draw, [row["allowance_code"] for row in allowances]),
        "overrides": draw(_overrides),
    } | _rates_that_fit(draw)


def _rates_that_fit(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    fixed = rows(
        "rates",
        *(
            {"tariff_code": "BASE", "service": service, "origin_zone": "ANY", "price_micro_eur": 70_001, "price_quantity": 60}
            for service in tables.SERVICES
        ),
    )
    drawn = [
        dict(
            row,
            maximum_charge_micro_eur=None
            if row["maximum_charge_micro_eur"] is None
            else max(row["maximum_charge_micro_eur"], row["minimum_charge_micro_eur"]),
        )
        for row in draw(_rates)
    ]
    is_complete = draw(st.booleans())
    known = {(row["tariff_code"], row["service"], row["origin_zone"], row["destination_zone"]) for row in drawn}
    return {"rates": drawn + ([row for row in fixed if ("BASE", row["service"], "ANY", "ANY") not in known] if is_complete else [])}


def _subscriptions(draw: st.DrawFn, allowance_codes: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number in range(1, 4):
        line = {
            "line_id": f"line-{number}",
            "msisdn": f"+3361200000{number}",
            "account_id": f"account-{(number + 1) // 2}",
            "company_id": f"company-{(number + 1) // 2}",
        }
        found += rows(
            "subscriptions",
            line | {"tariff_code": draw(st.sampled_from(["PLAN", "PLAN", "BASE", None])), "valid_from": draw(_instants), "valid_to": None},
        )
        for _ in range(draw(st.integers(0, 3))):
            found += rows("subscriptions", line | _term(draw, allowance_codes))
    for _ in range(draw(st.integers(0, 1))):
        found += rows("subscriptions", {"account_id": "account-1", "company_id": "company-1"} | _term(draw, allowance_codes))
    return [row for row in found if row["tariff_code"] or row["allowance_code"]]


def _term(draw: st.DrawFn, allowance_codes: list[str]) -> dict[str, Any]:
    start, end = draw(_instants), draw(_optional(_instants))
    return {
        "precedence": draw(st.sampled_from([10, 20, 30])),
        "tariff_code": draw(st.sampled_from([None, "OPTION", "BASE"])),
        "allowance_code": draw(st.sampled_from([None, *allowance_codes, *allowance_codes])),
        "quantity": draw(st.sampled_from([0, 1, 61, 500, 5000])),
        "valid_from": start,
        "valid_to": end if end is not None and end > start else None,
    }


# Around midnight of the months, the changes of band, and both sides of the repeated hour of 25 October 2026.
def _seconds(first: dt.datetime, last: dt.datetime) -> st.SearchStrategy[dt.datetime]:
    span = int((last - first).total_seconds())
    return st.integers(0, span).map(lambda seconds: first + dt.timedelta(seconds=seconds))


_starts = st.one_of(
    _seconds(START, END - dt.timedelta(seconds=1)),
    _seconds(dt.datetime(2026, 10, 24, 23, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, 3, tzinfo=dt.UTC)),
    st.sampled_from(
        [
            dt.datetime(2026, 10, 9, 16, 59, 30, tzinfo=dt.UTC),
            dt.datetime(2026, 10, 9, 5, 59, 59, 500_000, tzinfo=dt.UTC),
            dt.datetime(2026, 10, 25, 0, 59, 59, tzinfo=dt.UTC),
        ]
    ),
)


@st.composite
def usage(draw: st.DrawFn) -> list[values.Record]:
    """Draw records whose ids are all different."""
    count = draw(st.integers(1, 14))
    return [
        values.Record(
            record_id=f"R{number}",
            service=draw(_services),
            direction=draw(st.sampled_from(["out", "out", "out", "in"])),
            served_msisdn=draw(st.sampled_from(["+33612000001", "+33612000001", "+33612000002", "+33612000003", "+33699999999"])),
            other_party=draw(st.sampled_from(["+33612345678", "+33145000000", "+442071234567", "+3", "3646", "3699", "+12025550100"])),
            start_at=draw(_starts),
            duration_seconds=draw(st.sampled_from([0, 1, 59, 60, 61, 179, 180, 3_599, 20_000])),
            volume_bytes=draw(st.sampled_from([0, 1, 999, 1_000_000, 123_456_789])),
            visited_network=draw(st.sampled_from([None, None, None, "23410", "310004", "99999"])),
        )
        for number in range(count)
    ]
