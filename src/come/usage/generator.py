"""Make usage files that look like a month of a fleet: for demonstrations, tests and measurements.

Deterministic from a seed: the same lines, month, count and seed give the same files. Vectorised: a million records in a
few seconds. The files hold what real ones hold: late and repeated records, and a few numbers that nobody has.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from come.shared import period
from come.usage.intake import layout

Integers = npt.NDArray[np.int64]

# Shares of voice, SMS, MMS and data for each kind of line.
_MIX = {"mobile": (0.30, 0.17, 0.01, 0.52), "data": (0.0, 0.02, 0.0, 0.98), "m2m": (0.0, 0.10, 0.0, 0.90)}
# Called numbers: prefix (international), how many digits follow, share.
_DESTINATIONS = (
    ("336", 8, 0.42),
    ("337", 8, 0.16),
    ("331", 8, 0.14),
    ("334", 8, 0.11),
    ("332", 8, 0.08),
    ("33800", 6, 0.015),
    ("33899", 6, 0.003),
    ("32475", 6, 0.018),
    ("4915", 9, 0.015),
    ("4420", 8, 0.012),
    ("346", 8, 0.012),
    ("1212", 7, 0.008),
    ("2126", 8, 0.007),
)
# Networks visited abroad: the first ones most often.
_NETWORKS = ("20601", "26201", "21401", "22210", "20404", "23410", "22801", "310410")
_HOURS = (1, 1, 1, 1, 1, 2, 6, 20, 55, 80, 85, 80, 55, 60, 80, 85, 80, 75, 50, 25, 14, 9, 5, 2)
_ROAMING_LINES, _ROAMING_DAYS = 0.04, 4
_DUPLICATES, _UNKNOWN, _LATE = 0.001, 0.0004, 0.01


@dataclasses.dataclass(frozen=True, slots=True)
class GeneratorLine:
    """A line that makes usage: its number, its kind (mobile, data, m2m), and from when to when it is active."""

    msisdn: str
    kind: str = "mobile"
    active_from: dt.datetime | None = None
    active_to: dt.datetime | None = None


def generate(
    *,
    lines: Sequence[GeneratorLine | str],
    month: str,
    records: int,
    seed: int,
    out_dir: pathlib.Path,
    files: int = 4,
    source: str = "MSC1",
    unknown_msisdns: Sequence[str] = (),
) -> list[pathlib.Path]:
    """Write about `records` records of a month ("2026-10") in `files` usage files; return their paths in sequence order.

    One record in a thousand comes twice, one in a hundred arrives late (in the last file), four in ten thousand carry a number of
    no line (`unknown_msisdns`, else numbers of the range kept for fiction). Raises ValueError without lines.
    """
    if not lines:
        msg = "usage needs lines that make it"
        raise ValueError(msg)
    known = [GeneratorLine(line) if isinstance(line, str) else line for line in lines]
    random = np.random.default_rng(seed)
    table = _records(random, known, period.parse_cycle(month), records, source, unknown_msisdns)
    out_dir.mkdir(parents=True, exist_ok=True)
    return _write(table, out_dir, period.parse_cycle(month), max(files, 1), source, seed)


def _records(  # noqa: PLR0917 - one private caller
    random: np.random.Generator,
    lines: Sequence[GeneratorLine],
    days: period.DayPeriod,
    count: int,
    source: str,
    unknown_msisdns: Sequence[str],
) -> pa.Table:
    start, end = (
        int(instant.timestamp()) for instant in (days.instants().start, period.day_start(days.start + dt.timedelta(days=days.days)))
    )
    weights = random.lognormal(0.0, 0.8, len(lines)) * np.array([{"m2m": 0.2}.get(line.kind, 1.0) for line in lines])
    line = random.choice(len(lines), size=count, p=weights / weights.sum())
    kinds = list(_MIX)
    kind = np.array([kinds.index(item.kind) for item in lines], dtype=np.int64)[line]
    cumulated = np.cumsum(np.array([_MIX[name] for name in kinds]), axis=1)
    service = np.minimum((random.random(count)[:, None] >= cumulated[kind]).sum(axis=1), 3)
    at = _instants(random, lines, line, start, end, count)
    order = np.argsort(at, kind="stable")
    line, service, at = line[order], service[order], at[order]
    duration = np.where(service == 0, _call_seconds(random, count), np.where(service == 3, random.integers(1, 7200, count), 0))
    volume = np.where(service == 3, random.lognormal(14.4, 1.9, count).astype(np.int64), 0)
    numbers = np.array([int(item.msisdn.lstrip("+")) for item in lines], dtype=np.int64)[line]
    strangers = random.random(count) < _UNKNOWN
    pool = np.array([int(item.lstrip("+")) for item in unknown_msisdns] or range(33639989990, 33639990000), dtype=np.int64)
    numbers = np.where(strangers, random.choice(pool, count), numbers)
    late = (random.random(count) < _LATE).astype(np.int64)
    record_ids = np.char.add(f"{source}-{days.cycle}-", np.char.zfill(np.arange(count).astype(str), 9))
    table = pa.table(
        {
            "record_id": pa.array(record_ids),
            "service": pa.array(service),
            "served": pa.array(numbers),
            "other": pa.array(_other_parties(random, line, count)),
            "second": pa.array(at),
            "duration": pa.array(duration),
            "volume": pa.array(volume),
            "network": pa.array(_visited(random, lines, line, at, start, days.days)),
            "late": pa.array(late),
        },
    )
    repeated = np.flatnonzero(random.random(count) < _DUPLICATES)
    # Some repeats come in the same file, some in the last one.
    again = table.take(repeated).drop_columns(["late"]).append_column("late", pa.array(random.integers(0, 2, len(repeated))))
    return pa.concat_tables([table, again])


def _instants(  # noqa: PLR0917 - one private caller
    random: np.random.Generator,
    lines: Sequence[GeneratorLine],
    line: Integers,
    start: int,
    end: int,
    count: int,
) -> Integers:
    """Draw instants by the hour of the day, fewer at week-ends, inside the time in which the line is active."""
    days = (end - start) // 86_400
    first = dt.datetime.fromtimestamp(start, period.PARIS).date()
    by_day = np.array([0.35 if (first + dt.timedelta(days=index)).weekday() >= 5 else 1.0 for index in range(days)])
    by_hour = np.array(_HOURS, dtype=float)
    day = random.choice(days, size=count, p=by_day / by_day.sum())
    hour = random.choice(24, size=count, p=by_hour / by_hour.sum())
    at = start + day * 86_400 + hour * 3_600 + random.integers(0, 3_600, count)
    earliest = np.array(
        [start if item.active_from is None else max(start, int(item.active_from.timestamp()) + 1) for item in lines], dtype=np.int64
    )[line]
    latest = np.array([end if item.active_to is None else min(end, int(item.active_to.timestamp())) for item in lines], dtype=np.int64)[
        line
    ]
    inside = (at >= earliest) & (at < latest)
    span = np.maximum(latest - earliest, 1)
    moved: Integers = np.where(inside, at, earliest + (random.random(count) * span).astype(np.int64))
    return moved


def _call_seconds(random: np.random.Generator, count: int) -> Integers:
    """Draw the length of calls: many short ones, some long, one in twenty unanswered."""
    seconds = random.lognormal(4.4, 1.1, count).astype(np.int64) + 1
    answered: Integers = np.where(random.random(count) < 0.05, 0, np.minimum(seconds, 14_400))
    return answered


def _other_parties(random: np.random.Generator, line: Integers, count: int) -> Integers:
    """Draw called numbers: each line mostly calls some forty correspondents of its own."""
    correspondent = (line * 40 + random.integers(0, 40, count)) * 2_654_435_761 % (1 << 31)
    shares = np.cumsum([share for _, _, share in _DESTINATIONS])
    place = np.searchsorted(shares, (correspondent % 9_973) / 9_973 * shares[-1], side="right")
    base = np.array([int(prefix) * 10**digits for prefix, digits, _ in _DESTINATIONS], dtype=np.int64)[place]
    room = np.array([10**digits for _, digits, _ in _DESTINATIONS], dtype=np.int64)[place]
    found: Integers = base + correspondent % room
    return found


def _visited(  # noqa: PLR0917 - one private caller
    random: np.random.Generator, lines: Sequence[GeneratorLine], line: Integers, at: Integers, start: int, days: int
) -> npt.NDArray[np.str_]:
    """Draw the visited network: a few lines travel for some days in a row."""
    travels = random.random(len(lines)) < _ROAMING_LINES
    leaves = start + random.integers(0, max(days - _ROAMING_DAYS, 1), len(lines)) * 86_400
    network = random.choice(len(_NETWORKS), size=len(lines), p=np.array([30, 20, 15, 12, 8, 8, 5, 2]) / 100)
    away = travels[line] & (at >= leaves[line]) & (at < leaves[line] + _ROAMING_DAYS * 86_400)
    return np.where(away, np.array(_NETWORKS)[network[line]], "")


def _write(  # noqa: PLR0917 - one private caller
    table: pa.Table,
    out_dir: pathlib.Path,
    days: period.DayPeriod,
    files: int,
    source: str,
    seed: int,
) -> list[pathlib.Path]:
    paths = []
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("given", table)
        connection.execute(
            f"""CREATE TEMP TABLE made AS SELECT *, row_number() OVER (ORDER BY second, record_id, late) AS place,
            CASE WHEN late = 1 THEN {files - 1} ELSE CAST(least(floor((row_number() OVER (ORDER BY second, record_id,
              late) - 1) * {files} / (SELECT count(*) FROM given)), {files - 1}) AS INTEGER) END AS file
            FROM given""",
        )
        services = " ".join(f"WHEN {index} THEN '{name}'" for index, name in enumerate(layout.SERVICES))
        for number in range(files):
            path = out_dir / f"{source}_{days.cycle}_{number + 1:04d}.csv"
            count, seconds, octets = connection.execute(
                "SELECT count(*), coalesce(sum(duration), 0)::BIGINT, coalesce(sum(volume), 0)::BIGINT FROM made WHERE file = ?",
                [number],
            ).fetchall()[0]
            header = layout.header(source=f"{source}-{seed}", sequence=number + 1, created_at=f"{days.end}T04:00:00Z")
            # Written in an order that is nearly that of the events, as switches do: the sort key moves each record a little.
            connection.execute(
                f"""COPY (SELECT line FROM (
                  SELECT 0 AS part, 0 AS place, '{header}' AS line
                  UNION ALL
                  SELECT 1, place + (place * 7919) % 97, concat_ws(';', 'R', record_id, CASE service {services} END, 'out', '+' || served,
                    CASE WHEN service = 3 THEN '' ELSE '+' || other END, strftime(make_timestamp(second * 1000000), '%Y-%m-%dT%H:%M:%SZ'),
                    duration, volume, network) FROM made WHERE file = {number}
                  UNION ALL SELECT 2, 0, '{layout.trailer(count=count, duration_seconds=seconds, volume_bytes=octets)}'
                ) ORDER BY part, place, line) TO '{path}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01')""",
            )
            paths.append(path)
    return paths
