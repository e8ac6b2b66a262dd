"""The contract's clock as plain integers: offsets, epochs of validity and runs of time bands, in UTC.

SQL engines never see a time zone: they compare integers that this module computed from the zone database, so that
every engine agrees across both clock changes.
"""

from __future__ import annotations

import bisect
import dataclasses
import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence

from come.usage.rating import tables

DAY_SECONDS = 86_400
DAY_MINUTES = 1_440
_ONE_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Band:
    """A slice of the local day, on the days named (mon…sun, holiday)."""

    code: str
    days: frozenset[str]
    start_minute: int
    end_minute: int


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """One band from `start_second` (included) to `end_second` (excluded), in seconds of the Unix epoch."""

    band_code: str
    start_second: int
    end_second: int


@dataclasses.dataclass(frozen=True, slots=True)
class Epoch:
    """A stretch without any change of validity, from its first local day and first instant on."""

    number: int
    day: dt.date
    start_second: int


def local_midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> int:
    """Return the first second of a local day, in seconds of the Unix epoch."""
    return int(dt.datetime.combine(day, dt.time(), tzinfo=zone).timestamp())


def local_day(second: int, zone: zoneinfo.ZoneInfo) -> dt.date:
    """Return the local day of an instant given in seconds of the Unix epoch."""
    return dt.datetime.fromtimestamp(second, zone).date()


def epochs(*, first_second: int, last_second: int, days: Iterable[dt.date], zone: zoneinfo.ZoneInfo) -> list[Epoch]:
    """Return the epochs that cover `[first_second, last_second]`, given every day on which a validity changes."""
    first, last = local_day(first_second, zone), local_day(last_second, zone)
    starts = [first, *sorted({day for day in days if first < day <= last})]
    return [Epoch(number, day, local_midnight(day, zone)) for number, day in enumerate(starts)]


def months(*, first_second: int, last_second: int, zone: zoneinfo.ZoneInfo) -> list[tuple[str, int, int]]:
    """Return (cycle "2026-10", first second, end second) of each local month that the stretch touches."""
    day = local_day(first_second, zone).replace(day=1)
    last = local_day(last_second, zone)
    found = []
    while day <= last:
        following = (day + dt.timedelta(days=32)).replace(day=1)
        found.append((f"{day:%Y-%m}", local_midnight(day, zone), local_midnight(following, zone)))
        day = following
    return found


def month_bounds(cycle: str, zone_name: str) -> tuple[int, int]:
    """Return the first second of a month ("2026-10") and that of the next, on the calendar of a zone."""
    year, month = (int(part) for part in cycle.split("-"))
    zone = zoneinfo.ZoneInfo(zone_name)
    return local_midnight(dt.date(year, month, 1), zone), local_midnight(dt.date(year + month // 12, month % 12 + 1, 1), zone)


def runs(
    *, bands: Sequence[Band], holidays: frozenset[dt.date], first_day: dt.date, last_day: dt.date, zone: zoneinfo.ZoneInfo
) -> list[Run]:
    """Return the runs of one calendar from `first_day` to `last_day` included, neighbours of one band merged.

    A band's minutes are those of the wall clock: on the day of 25 hours a repeated minute belongs to its band twice, on
    the day of 23 hours a missing minute belongs to none.
    """
    found: list[Run] = []
    for day in itertools.takewhile(lambda item: item <= last_day, (first_day + _ONE_DAY * count for count in itertools.count())):
        name = tables.HOLIDAY if day in holidays else tables.DAYS[day.weekday()]
        wanted = sorted((band for band in bands if name in band.days), key=lambda band: band.start_minute)
        for piece in _pieces(day, zone):
            _append_runs(found, wanted, piece)
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class _Piece:
    """A part of one local day with one offset: the clock shows minute 0 at `midnight_second` by that offset."""

    start_second: int
    end_second: int
    midnight_second: int


def _append_runs(found: list[Run], bands: Sequence[Band], piece: _Piece) -> None:
    for band in bands:
        start = max(piece.start_second, piece.midnight_second + band.start_minute * 60)
        end = min(piece.end_second, piece.midnight_second + band.end_minute * 60)
        if start >= end:
            continue
        if found and found[-1].band_code == band.code and found[-1].end_second == start:
            found[-1] = dataclasses.replace(found[-1], end_second=end)
        else:
            found.append(Run(band.code, start, end))


def _pieces(day: dt.date, zone: zoneinfo.ZoneInfo) -> list[_Piece]:
    start, end = local_midnight(day, zone), local_midnight(day + _ONE_DAY, zone)
    cuts = [start]
    if _offset(start, zone) != _offset(end - 1, zone):
        cuts.append(start + bisect.bisect_left(range(start, end), 1, key=lambda item: int(_offset(item, zone) != _offset(start, zone))))
    naive = int(dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC).timestamp())
    return [_Piece(first, last, naive - _offset(first, zone)) for first, last in itertools.pairwise([*cuts, end])]


def _offset(second: int, zone: zoneinfo.ZoneInfo) -> int:
    offset = dt.datetime.fromtimestamp(second, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def parse_bands(rows: Iterable[tuple[str, str, str, int, int]]) -> Mapping[str, list[Band]]:
    """Return the bands by calendar from rows (calendar_code, band_code, days, start_minute, end_minute)."""
    found: dict[str, list[Band]] = {}
    for calendar, code, days, start_minute, end_minute in rows:
        found.setdefault(calendar, []).append(Band(code, frozenset(days.split()), start_minute, end_minute))
    return found
