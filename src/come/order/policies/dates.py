"""Working days of France, Monday to Friday without public holidays (Code du travail L3133-1); pure."""

from __future__ import annotations

import datetime as dt
import functools

_SATURDAY = 5
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))


@functools.cache
def public_holidays(year: int) -> frozenset[dt.date]:
    """Return the eleven public holidays of metropolitan France."""
    easter = _easter(year)
    moving = {easter + dt.timedelta(days=days) for days in (1, 39, 50)}
    return frozenset({dt.date(year, month, day) for month, day in _FIXED} | moving)


def _easter(year: int) -> dt.date:
    """Return Easter Sunday of the Gregorian calendar (Butcher's algorithm, 1876)."""
    golden = year % 19
    century, year_of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century + 8) // 25
    moon = (19 * golden + century - leap_centuries - (century - correction + 1) // 3 + 15) % 30
    leaps, rest = divmod(year_of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - moon - rest) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return dt.date(year, month, day + 1)


def is_working_day(day: dt.date) -> bool:
    """Tell whether an order may move on that day."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


def after_working_days(day: dt.date, count: int) -> dt.date:
    """Return the working day that comes `count` working days after `day`; for 0, the day itself or the next working one."""
    current = day
    while not is_working_day(current):
        current += dt.timedelta(days=1)
    for _ in range(count):
        current += dt.timedelta(days=1)
        while not is_working_day(current):
            current += dt.timedelta(days=1)
    return current
