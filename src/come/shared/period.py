"""Half-open periods `[start, end)` of instants and of days; `end` null means open."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import zoneinfo
from typing import Self

PARIS = zoneinfo.ZoneInfo("Europe/Paris")


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """Aware instants from `start` (included) to `end` (excluded, None = open)."""

    start: dt.datetime
    end: dt.datetime | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            msg = "a period needs aware instants"
            raise ValueError(msg)
        if self.end is not None and self.end < self.start:
            msg = "a period cannot end before it starts"
            raise ValueError(msg)

    def contains(self, instant: dt.datetime) -> bool:
        """Tell whether the instant lies in the period."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def overlaps(self, other: Period) -> bool:
        """Tell whether the two periods share at least one instant."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)


@dataclasses.dataclass(frozen=True, slots=True)
class DayPeriod:
    """Calendar days from `start` (included) to `end` (excluded, None = open)."""

    start: dt.date
    end: dt.date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            msg = "a period cannot end before it starts"
            raise ValueError(msg)

    @property
    def days(self) -> int:
        """Return the number of days; raises ValueError for an open period."""
        if self.end is None:
            msg = "an open period has no length"
            raise ValueError(msg)
        return (self.end - self.start).days

    @property
    def last_day(self) -> dt.date:
        """Return the last day included; raises ValueError for an open or empty period."""
        if self.end is None or self.end == self.start:
            msg = "no last day in an open or empty period"
            raise ValueError(msg)
        return self.end - dt.timedelta(days=1)

    def contains(self, day: dt.date) -> bool:
        """Tell whether the day lies in the period."""
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: DayPeriod) -> bool:
        """Tell whether the two periods share at least one day."""
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)

    def intersect(self, other: DayPeriod) -> Self | None:
        """Return the days that both hold, or None."""
        if not self.overlaps(other):
            return None
        ends = [end for end in (self.end, other.end) if end is not None]
        both = type(self)(max(self.start, other.start), min(ends) if ends else None)
        return None if both.end == both.start else both

    def instants(self, zone: dt.tzinfo = PARIS) -> Period:
        """Return the instants of these days on the calendar of `zone`, in UTC."""
        return Period(day_start(self.start, zone), None if self.end is None else day_start(self.end, zone))

    @property
    def cycle(self) -> str:
        """Return the month's name as a cycle, "2026-10"."""
        return f"{self.start:%Y-%m}"


def month(year: int, month_number: int) -> DayPeriod:
    """Return the days of one calendar month."""
    start = dt.date(year, month_number, 1)
    return DayPeriod(start, start + dt.timedelta(days=calendar.monthrange(year, month_number)[1]))


def parse_cycle(cycle: str) -> DayPeriod:
    """Return the days of a cycle written "2026-10"; raises ValueError when it is written otherwise."""
    parsed = dt.datetime.strptime(cycle, "%Y-%m")  # noqa: DTZ007 - a month, not an instant
    return month(parsed.year, parsed.month)


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day `months` later, or that month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month_number = divmod(index, 12)
    last = calendar.monthrange(year, month_number + 1)[1]
    return dt.date(year, month_number + 1, min(day.day, last))


def previous_cycle(cycle: str) -> str:
    """Return the cycle before, "2026-10" -> "2026-09"."""
    return f"{add_months(parse_cycle(cycle).start, -1):%Y-%m}"


def day_start(day: dt.date, zone: dt.tzinfo = PARIS) -> dt.datetime:
    """Return the first instant of a day on the calendar of `zone`, in UTC."""
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(dt.UTC)


def local_day(instant: dt.datetime, zone: dt.tzinfo = PARIS) -> dt.date:
    """Return the day on which an instant falls on the calendar of `zone`."""
    return instant.astimezone(zone).date()
