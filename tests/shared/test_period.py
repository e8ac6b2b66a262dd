"""Periods are half-open, days are the contract zone's, clock changes included."""

import datetime as dt

import hypothesis
import pytest
from hypothesis import strategies as st

from come.shared import period

days = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31))


def test_the_day_of_the_autumn_clock_change_has_25_hours() -> None:
    day = period.DayPeriod(dt.date(2026, 10, 25), dt.date(2026, 10, 26)).instants()
    assert day.end is not None
    assert day.end - day.start == dt.timedelta(hours=25)


def test_the_day_of_the_spring_clock_change_has_23_hours() -> None:
    day = period.DayPeriod(dt.date(2026, 3, 29), dt.date(2026, 3, 30)).instants()
    assert day.end is not None
    assert day.end - day.start == dt.timedelta(hours=23)


def test_midnight_in_paris_belongs_to_the_new_day() -> None:
    assert period.local_day(dt.datetime(2026, 10, 31, 23, 0, tzinfo=dt.UTC)) == dt.date(2026, 11, 1)
    assert period.local_day(dt.datetime(2026, 10, 31, 22, 59, 59, tzinfo=dt.UTC)) == dt.date(2026, 10, 31)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2028, 1, 31), 1, dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 15), 1, dt.date(2027, 1, 15)),
        (dt.date(2026, 3, 31), -1, dt.date(2026, 2, 28)),
    ],
)
def test_months_are_added_on_the_calendar(day: dt.date, months: int, expected: dt.date) -> None:
    assert period.add_months(day, months) == expected


@hypothesis.given(days, days, days, days)
def test_the_intersection_is_what_both_contain(a: dt.date, b: dt.date, c: dt.date, d: dt.date) -> None:
    first = period.DayPeriod(min(a, b), max(a, b))
    second = period.DayPeriod(min(c, d), max(c, d))
    both = first.intersect(second)
    expected = max(0, (min(max(a, b), max(c, d)) - max(min(a, b), min(c, d))).days)
    assert (0 if both is None else both.days) == expected


def test_a_cycle_is_its_month() -> None:
    assert period.parse_cycle("2026-02").days == 28
    assert period.parse_cycle("2026-02").cycle == "2026-02"
    assert period.previous_cycle("2026-01") == "2025-12"
    with pytest.raises(ValueError, match="unconverted"):
        period.parse_cycle("2026-13")


def test_a_period_needs_aware_instants() -> None:
    with pytest.raises(ValueError, match="aware"):
        period.Period(dt.datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test
