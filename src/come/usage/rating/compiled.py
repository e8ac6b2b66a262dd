"""Turn a loaded price book into small integer tables for one stretch of time, so that rating is a few equality joins.

Tables made (all temporary): `zone`, `tariff`, `lineage`, `rate` (one row per epoch in which it is valid), `prefix`, `network`,
`line_span` (a line's constant stretch: contract and allowance set), `layer`, `contract`, `override_rule`, `band`, `band_minute`,
`band_run`, `allowance`, `allowance_set`, `bucket`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import zoneinfo
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from come.usage.rating import calendars, pricebook, tables

FOREVER_US = 253_402_300_799_000_000
ANY_INDEX = 0
INCOMING_INDEX = 1
# Widths of the packed price key: contract 24, service 2, origin 11, destination 13, epoch 12 bits.
MAXIMUM_CONTRACTS = 1 << 24
MAXIMUM_ORIGINS = 1 << 11
MAXIMUM_ZONES = 1 << 13
MAXIMUM_EPOCHS = 1 << 12
_MARGIN_DAYS = 9
_SEPARATOR = "\x1f"


@dataclasses.dataclass(frozen=True, slots=True)
class Compiled:
    """What the compilation found, as far as SQL texts need it."""

    zone: zoneinfo.ZoneInfo
    home_zone_index: int
    epochs: tuple[calendars.Epoch, ...]
    months: tuple[tuple[str, int, int], ...]
    prefix_lengths: tuple[int, ...]
    allowance_levels: int
    has_bands: bool


class PriceBookTooLarge(ValueError):  # noqa: N818 - the fact, as people say it
    """The book has more zones, epochs or contracts than the packed keys can hold."""


def put(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[tuple[str, pa.DataType]], rows: Sequence[Sequence[Any]]
) -> None:
    """Create a temporary table from Python rows (small tables only)."""
    transposed = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [pa.array(list(values), type=kind) for values, (_, kind) in zip(transposed, columns, strict=True)]
    connection.register("put_rows", pa.Table.from_arrays(arrays, names=[column for column, _ in columns]))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM put_rows")
    connection.unregister("put_rows")


def compile_book(connection: duckdb.DuckDBPyConnection, *, start_at: dt.datetime, end_at: dt.datetime) -> Compiled:
    """Compile the loaded and checked book for records that start in `[start_at, end_at)` (aware instants).

    Raises PriceBookTooLarge when its keys do not fit.
    """
    parameters = dict(connection.execute("SELECT name, value FROM book_parameters").fetchall())
    zone = zoneinfo.ZoneInfo(parameters.get("contract_zone", "Europe/Paris"))
    first, last = int(start_at.timestamp()), max(int(start_at.timestamp()), int(end_at.timestamp()) - 1)
    epochs = tuple(calendars.epochs(first_second=first, last_second=last, days=_changing_days(connection), zone=zone))
    months = tuple(calendars.months(first_second=first, last_second=last, zone=zone))
    put(connection, "epoch", [("epoch", pa.int32()), ("day", pa.date32())], [(item.number, item.day) for item in epochs])
    _zones(connection)
    _tariffs(connection)
    lengths = _prefixes(connection)
    _lines(connection, months)
    _contracts(connection)
    levels = _allowances(connection, months)
    has_bands = _bands(connection, zone, first, last)
    compiled = Compiled(
        zone=zone,
        home_zone_index=_one(connection, "SELECT zone_index FROM zone WHERE zone_code = ?", parameters["home_zone"]),
        epochs=epochs,
        months=months,
        prefix_lengths=lengths,
        allowance_levels=levels,
        has_bands=has_bands,
    )
    _check_sizes(connection, compiled)
    return compiled


def _one(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> int:
    row = pricebook.one(connection, query, list(values))
    return 0 if row is None or row[0] is None else int(row[0])


def _check_sizes(connection: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    sizes = (
        (len(compiled.epochs), MAXIMUM_EPOCHS, "epochs"),
        (_one(connection, "SELECT count(*) FROM zone"), MAXIMUM_ORIGINS, "zones"),
        (_one(connection, "SELECT count(*) FROM contract"), MAXIMUM_CONTRACTS, "contracts"),
    )
    for size, maximum, what in sizes:
        if size >= maximum:
            msg = f"the price book has {size} {what}; at most {maximum - 1} can be rated together"
            raise PriceBookTooLarge(msg)


def _changing_days(connection: duckdb.DuckDBPyConnection) -> list[dt.date]:
    dated = ("prefixes", "networks", "rates", "overrides")
    parts = [f"SELECT {column} AS day FROM book_{table}" for table in dated for column in ("valid_from", "valid_to")]
    return [
        day for (day,) in connection.execute(f"SELECT DISTINCT day FROM ({' UNION ALL '.join(parts)}) WHERE day IS NOT NULL").fetchall()
    ]


def _valid(alias: str) -> str:
    return f"{alias}.valid_from <= epoch.day AND (epoch.day < {alias}.valid_to OR {alias}.valid_to IS NULL)"


def _zones(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE zone AS
        SELECT CAST({ANY_INDEX} AS INTEGER) AS zone_index, '{tables.ANY}' AS zone_code
        UNION ALL SELECT {INCOMING_INDEX}, '{tables.INCOMING}'
        UNION ALL SELECT CAST(row_number() OVER (ORDER BY zone_code) + {INCOMING_INDEX} AS INTEGER), zone_code FROM book_zones
        WHERE zone_code NOT IN ('{tables.ANY}', '{tables.INCOMING}')""",
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE network AS
        SELECT n.mccmnc, epoch.epoch, zone.zone_index AS origin_index
        FROM book_networks n JOIN zone ON zone.zone_code = n.zone_code JOIN epoch ON {_valid("n")}""",
    )


def _tariffs(connection: duckdb.DuckDBPyConnection) -> None:
    services = " ".join(f"WHEN '{name}' THEN {index}" for index, name in enumerate(tables.SERVICES))
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE tariff AS
        SELECT CAST(row_number() OVER (ORDER BY tariff_code) - 1 AS INTEGER) AS tariff_index, tariff_code, calendar_code, based_on
          FROM book_tariffs""",
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE lineage AS
        WITH RECURSIVE chain AS (
          SELECT tariff_code AS origin_code, tariff_code, 0 AS depth FROM tariff
          UNION ALL
          SELECT chain.origin_code, tariff.based_on, depth + 1 FROM chain JOIN tariff USING (tariff_code) WHERE tariff.based_on IS NOT NULL
        ) SELECT origin_code, tariff_code, depth FROM chain""",
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE rate AS
        SELECT r.row_number AS rate_id, tariff.tariff_index, CAST(CASE r.service {services} END AS INTEGER) AS service_index,
               o.zone_index AS origin_index, d.zone_index AS destination_index, coalesce(r.band_code, '') AS band_code, epoch.epoch,
               r.price_micro_eur, r.price_quantity, r.first_increment, r.next_increment, r.connection_fee_micro_eur,
               r.minimum_charge_micro_eur, r.maximum_charge_micro_eur
        FROM book_rates r JOIN tariff USING (tariff_code) JOIN zone o ON o.zone_code = r.origin_zone
        JOIN zone d ON d.zone_code = r.destination_zone JOIN epoch ON {_valid("r")}""",
    )


def _prefixes(connection: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    # An international number is written "+33…"; prefixes get the same mark so that one comparison serves both kinds.
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE prefix AS
        SELECT CASE WHEN p.prefix LIKE '{tables.SHORT_NUMBER_MARK}%' THEN p.prefix ELSE '+' || p.prefix END AS prefix,
               epoch.epoch, zone.zone_index AS destination_index
        FROM book_prefixes p JOIN zone ON zone.zone_code = p.zone_code JOIN epoch ON {_valid("p")}""",
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE known_prefix AS
        SELECT DISTINCT CASE WHEN prefix LIKE '{tables.SHORT_NUMBER_MARK}%' THEN prefix ELSE '+' || prefix END AS prefix
          FROM book_prefixes""",
    )
    rows = connection.execute("SELECT DISTINCT length(prefix) FROM known_prefix ORDER BY 1 DESC").fetchall()
    return tuple(int(length) for (length,) in rows)


def _lines(connection: duckdb.DuckDBPyConnection, months: Sequence[tuple[str, int, int]]) -> None:
    start_us, end_us = months[0][1] * 1_000_000, months[-1][2] * 1_000_000
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE term AS
        SELECT line_id, msisdn, account_id, company_id, precedence, tariff_code, allowance_code, quantity,
               epoch_us(valid_from) AS start_us, coalesce(epoch_us(valid_to), {FOREVER_US}) AS end_us
        FROM book_subscriptions
        WHERE epoch_us(valid_from) < {end_us} AND coalesce(epoch_us(valid_to), {FOREVER_US}) > {start_us}""",
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE line_term AS
        SELECT line_id, msisdn, account_id, company_id, precedence, tariff_code, allowance_code, start_us, end_us, true AS is_own
        FROM term WHERE line_id IS NOT NULL
        UNION ALL
        SELECT l.line_id, l.msisdn, l.account_id, l.company_id, t.precedence, t.tariff_code, t.allowance_code,
               greatest(l.start_us, t.start_us), least(l.end_us, t.end_us), false
        FROM (SELECT line_id, msisdn, account_id, any_value(company_id) AS company_id, min(start_us) AS start_us, max(end_us) AS end_us
              FROM term WHERE line_id IS NOT NULL GROUP BY ALL) l
        JOIN term t ON t.line_id IS NULL AND t.account_id = l.account_id AND t.start_us < l.end_us AND l.start_us < t.end_us""",
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE raw_span AS
        WITH points AS (
          SELECT line_id, msisdn, start_us AS at_us FROM line_term UNION SELECT line_id, msisdn, end_us FROM line_term
        ), spans AS (
          SELECT line_id, msisdn, at_us AS start_us, lead(at_us) OVER (PARTITION BY line_id, msisdn ORDER BY at_us) AS end_us FROM points
        )
        SELECT s.line_id, s.msisdn, s.start_us, s.end_us, any_value(t.account_id) AS account_id, any_value(t.company_id) AS company_id,
               coalesce(string_agg(DISTINCT printf('%010d|%s', CAST(1000000000 - t.precedence AS BIGINT), t.tariff_code), chr(31)
                 ORDER BY printf('%010d|%s', CAST(1000000000 - t.precedence AS BIGINT), t.tariff_code))
                 FILTER (t.tariff_code IS NOT NULL), '') AS layers_key,
               coalesce(string_agg(DISTINCT t.allowance_code, chr(31) ORDER BY t.allowance_code), '') AS allowances_key
        FROM spans s JOIN line_term t ON t.line_id = s.line_id AND t.msisdn = s.msisdn AND t.start_us <= s.start_us AND t.end_us >= s.end_us
        WHERE s.end_us IS NOT NULL
        GROUP BY s.line_id, s.msisdn, s.start_us, s.end_us HAVING bool_or(t.is_own)""",
    )


def _contracts(connection: duckdb.DuckDBPyConnection) -> None:
    for name, column in (("line", "line_id"), ("account", "account_id"), ("company", "company_id")):
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE {name} AS
            SELECT CAST(row_number() OVER (ORDER BY {column}) - 1 AS INTEGER) AS {name}_index, {column}
            FROM (SELECT DISTINCT {column} FROM raw_span)""",
        )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE contract AS
        SELECT CAST(row_number() OVER (ORDER BY layers_key, account_scope, company_scope) - 1 AS INTEGER) AS contract_index, *
        FROM (SELECT DISTINCT layers_key, coalesce(a.scope_id, '') AS account_scope, coalesce(c.scope_id, '') AS company_scope
              FROM raw_span s
              LEFT JOIN (SELECT DISTINCT scope_id FROM book_overrides WHERE scope = 'account') a ON a.scope_id = s.account_id
              LEFT JOIN (SELECT DISTINCT scope_id FROM book_overrides WHERE scope = 'company') c ON c.scope_id = s.company_id)""",
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE allowance_set AS
        SELECT CAST(row_number() OVER (ORDER BY allowances_key) - 1 AS INTEGER) AS set_index, allowances_key
        FROM (SELECT DISTINCT allowances_key FROM raw_span)""",
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE line_span AS
        SELECT CAST(substr(s.msisdn, 2) AS BIGINT) AS msisdn, s.start_us, s.end_us, line.line_index, account.account_index,
          company.company_index,
               contract.contract_index, allowance_set.set_index, s.layers_key = '' AS is_without_tariff
        FROM raw_span s JOIN line USING (line_id) JOIN account USING (account_id) JOIN company USING (company_id)
        JOIN allowance_set USING (allowances_key)
        LEFT JOIN (SELECT DISTINCT scope_id FROM book_overrides WHERE scope = 'account') a ON a.scope_id = s.account_id
        LEFT JOIN (SELECT DISTINCT scope_id FROM book_overrides WHERE scope = 'company') c ON c.scope_id = s.company_id
        JOIN contract ON contract.layers_key = s.layers_key AND contract.account_scope = coalesce(a.scope_id, '')
          AND contract.company_scope = coalesce(c.scope_id, '')""",
    )
    _layers(connection)
    _overrides(connection)


def _layers(connection: duckdb.DuckDBPyConnection) -> None:
    rows = []
    for (key,) in connection.execute("SELECT DISTINCT layers_key FROM contract WHERE layers_key <> ''").fetchall():
        parts = [part.split("|", 1) for part in key.split(_SEPARATOR)]
        lowest = parts[-1][0]
        rows += [(key, rank, code, rank_text == lowest) for rank, (rank_text, code) in enumerate(parts)]
    put(
        connection, "layer", [("layers_key", pa.string()), ("rank", pa.int32()), ("layer_code", pa.string()), ("is_plan", pa.bool_())], rows
    )
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE contract_tariff AS
        SELECT contract.contract_index, layer.rank, lineage.depth, layer.layer_code, layer.is_plan, tariff.tariff_index, tariff.tariff_code
        FROM contract JOIN layer USING (layers_key) JOIN lineage ON lineage.origin_code = layer.layer_code
        JOIN tariff ON tariff.tariff_code = lineage.tariff_code""",
    )


def _overrides(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE override_rule AS
        SELECT o.row_number AS override_id, o.scope, o.scope_id, o.tariff_code, o.service, origin.zone_index AS origin_index,
               destination.zone_index AS destination_index, o.kind, o.price_micro_eur, o.price_quantity,
               CAST(o.percentage * 10000 AS BIGINT) AS reduction_ppm, o.clause, epoch.epoch,
               o.list_price_micro_eur, o.list_price_quantity,
               CASE o.scope WHEN 'account' THEN 32 ELSE 0 END + CASE WHEN o.tariff_code IS NOT NULL THEN 16 ELSE 0 END
               + CASE WHEN o.destination_zone IS NOT NULL THEN 8 ELSE 0 END + CASE WHEN o.origin_zone IS NOT NULL THEN 4 ELSE 0 END
               + CASE WHEN o.service IS NOT NULL THEN 2 ELSE 0 END + CASE WHEN o.list_price_micro_eur IS NOT NULL THEN 1 ELSE 0 END
                 AS weight
        FROM book_overrides o JOIN epoch ON {_valid("o")}
        LEFT JOIN zone origin ON origin.zone_code = o.origin_zone LEFT JOIN zone destination
          ON destination.zone_code = o.destination_zone""",
    )


def _allowances(connection: duckdb.DuckDBPyConnection, months: Sequence[tuple[str, int, int]]) -> int:
    catalogue = {
        str(row[0]): row
        for row in connection.execute(
            "SELECT allowance_code, service, scope, priority, destination_zones, origin_zones FROM book_allowances",
        ).fetchall()
    }
    sets = [
        (int(index), [code for code in key.split(_SEPARATOR) if code])
        for index, key in connection.execute("SELECT set_index, allowances_key FROM allowance_set").fetchall()
    ]
    levels = _levels(catalogue, [codes for _, codes in sets])
    order = {code: index for index, code in enumerate(sorted(catalogue))}
    zones = dict(connection.execute("SELECT zone_code, zone_index FROM zone").fetchall())
    put(
        connection,
        "allowance",
        [
            ("allowance_index", pa.int32()),
            ("allowance_code", pa.string()),
            ("service_index", pa.int32()),
            ("scope", pa.string()),
            ("level", pa.int32()),
            ("has_destinations", pa.bool_()),
            ("has_origins", pa.bool_()),
        ],
        [
            (order[code], code, tables.SERVICES.index(row[1]), row[2], levels.get(code, 0), bool(row[4]), bool(row[5]))
            for code, row in catalogue.items()
        ],
    )
    restrictions = [
        (order[code], kind, zones[name])
        for code, row in catalogue.items()
        for kind, listed in (("destination", row[4]), ("origin", row[5]))
        for name in (listed or "").split()
        if name in zones
    ]
    put(connection, "allowance_zone", [("allowance_index", pa.int32()), ("kind", pa.string()), ("zone_index", pa.int32())], restrictions)
    put(
        connection,
        "set_member",
        [("set_index", pa.int32()), ("allowance_index", pa.int32())],
        [(index, order[code]) for index, codes in sets for code in codes],
    )
    _buckets(connection, months)
    return max(levels.values(), default=-1) + 1


def _levels(catalogue: dict[str, Any], sets: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return for each allowance the pass in which it is consumed: after every one that some line consumes before it.

    One total order, (priority, code), rules all lines, so that consuming pass by pass over all records equals
    consuming record by record, shared pools included.
    """
    before: dict[str, set[str]] = {}
    for codes in {tuple(codes) for codes in sets}:
        ordered = sorted(codes, key=lambda code: (catalogue[code][3], code))
        for first, second in itertools.combinations(ordered, 2):
            if catalogue[first][1] == catalogue[second][1]:
                before.setdefault(second, set()).add(first)
    used = sorted({code for codes in sets for code in codes}, key=lambda code: (catalogue[code][3], code))
    levels: dict[str, int] = {}
    for code in used:
        levels[code] = 1 + max((levels[earlier] for earlier in before.get(code, ())), default=-1)
    return levels


def _buckets(connection: duckdb.DuckDBPyConnection, months: Sequence[tuple[str, int, int]]) -> None:
    put(
        connection,
        "month",
        [("month_index", pa.int32()), ("cycle", pa.string()), ("start_us", pa.int64()), ("end_us", pa.int64())],
        [(index, cycle, start * 1_000_000, end * 1_000_000) for index, (cycle, start, end) in enumerate(months)],
    )
    # `owner_index` is the line's for its own allowances, the account's for shared ones.
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE bucket AS
        WITH row_of AS (
          SELECT a.allowance_index, a.scope, m.month_index, t.line_id, t.account_id, t.quantity
          FROM term t JOIN allowance a ON a.allowance_code = t.allowance_code
          JOIN month m ON t.start_us < m.end_us AND m.start_us < t.end_us
        ), account_row AS (
          SELECT allowance_index, scope, month_index, account_id,
                 coalesce(sum(quantity) FILTER (line_id IS NOT NULL), 0) AS line_sum,
                 coalesce(max(quantity) FILTER (line_id IS NOT NULL), 0) AS line_max,
                 coalesce(sum(quantity) FILTER (line_id IS NULL), 0) AS own_sum
          FROM row_of GROUP BY ALL
        )
        SELECT allowance_index, month_index, line.line_index AS owner_index, CAST(sum(quantity) AS BIGINT) AS quantity
        FROM (
          SELECT allowance_index, month_index, line_id, quantity FROM row_of WHERE scope = 'line' AND line_id IS NOT NULL
          UNION ALL
          SELECT r.allowance_index, r.month_index, l.line_id, r.quantity
          FROM row_of r JOIN (SELECT DISTINCT line_id, account_id FROM term WHERE line_id IS NOT NULL) l USING (account_id)
          WHERE r.scope = 'line' AND r.line_id IS NULL
        ) JOIN line USING (line_id) GROUP BY ALL
        UNION ALL
        SELECT allowance_index, month_index, account.account_index,
               CAST(own_sum + CASE scope WHEN 'pool_per_line' THEN line_sum ELSE line_max END AS BIGINT)
        FROM account_row JOIN account USING (account_id) WHERE scope <> 'line'""",
    )


def _bands(connection: duckdb.DuckDBPyConnection, zone: zoneinfo.ZoneInfo, first: int, last: int) -> bool:
    rows = connection.execute("SELECT calendar_code, band_code, days, start_minute, end_minute FROM book_bands").fetchall()
    holidays: dict[str, set[dt.date]] = {}
    for calendar, day in connection.execute("SELECT calendar_code, day FROM book_holidays").fetchall():
        holidays.setdefault(calendar, set()).add(day)
    one_day = dt.timedelta(days=1)
    first_day, last_day = calendars.local_day(first, zone) - one_day, calendars.local_day(last, zone) + one_day * _MARGIN_DAYS
    by_calendar = calendars.parse_bands(rows)
    names = sorted({band.code for bands in by_calendar.values() for band in bands})
    runs = []
    for index, calendar in enumerate(sorted(by_calendar)):
        found = calendars.runs(
            bands=by_calendar[calendar], holidays=frozenset(holidays.get(calendar, ())), first_day=first_day, last_day=last_day, zone=zone
        )
        runs += [(index, run.start_second, run.end_second, names.index(run.band_code) + 1) for run in found]
    put(connection, "calendar", [("calendar_index", pa.int32()), ("calendar_code", pa.string())], list(enumerate(sorted(by_calendar))))
    put(
        connection,
        "band",
        [("band_index", pa.int32()), ("band_code", pa.string())],
        [(0, ""), *((index + 1, name) for index, name in enumerate(names))],
    )
    put(
        connection,
        "band_run",
        [("calendar_index", pa.int32()), ("start_second", pa.int64()), ("end_second", pa.int64()), ("band_index", pa.int32())],
        runs,
    )
    # One row per minute that somebody may be called in, for the calendars that change with the hour.
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE band_minute AS
        SELECT CAST(calendar_index AS BIGINT) * 4294967296 + minute AS minute_key, band_index, end_second
        FROM (SELECT calendar_index, band_index, end_second, unnest(range(start_second // 60, end_second // 60)) AS minute
          FROM band_run)""",
    )
    return bool(_one(connection, "SELECT count(*) FROM rate WHERE band_code <> ''"))
