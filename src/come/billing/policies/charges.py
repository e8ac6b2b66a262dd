"""Which charges a price makes in one billing: the one calculator of periods, shared by every kind of price.

A price knows up to which day it has been charged. Each billing charges from there to its target (the end of the next
cycle for prices in advance, of this one for prices in arrears), month by month, and gives back what was charged beyond
the day on which the price ended. Nothing is charged twice, nor forgotten, whatever the order of events.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from decimal import Decimal

from come.billing import records
from come.inventory import records as inventory_records
from come.shared import money, period


class Proration(enum.StrEnum):
    """How a part of a month is charged."""

    ACTUAL_DAYS = "actual_days"
    THIRTY_DAYS = "thirty_days"
    NONE = "none"


_THIRTY = 30
_ONE_DAY = dt.timedelta(days=1)


def charges(
    *,
    item: inventory_records.ChargeItem,
    progress: records.Progress,
    cycle: records.CycleDays,
    proration: Proration = Proration.ACTUAL_DAYS,
) -> list[records.Charge]:
    """Return what this price costs in this billing; raises ValueError for a price type that nobody taught us."""
    match item.price_type:
        case "recurring":
            return list(_recurring(item, progress, cycle, proration))
        case "one_off" | "deposit":
            return list(_once(item, progress, cycle))
        case "instalment":
            return list(_instalments(item, progress, cycle))
    msg = f"no rule charges a price of type {item.price_type}"
    raise ValueError(msg)


def _recurring(
    item: inventory_records.ChargeItem,
    progress: records.Progress,
    cycle: records.CycleDays,
    proration: Proration,
) -> Iterator[records.Charge]:
    target = cycle.next_end_date if item.in_advance else cycle.end_date
    through = _charged_through(item, progress, cycle)
    if item.end_date is not None and item.end_date <= cycle.opening_date and item.start_date < cycle.opening_date:
        return
    if item.end_date is not None and item.end_date < through:
        for start, end in _months(max(item.end_date, item.start_date), through):
            yield _part(item, "reversal", start, end, proration, through=item.end_date)
        return
    stop = target if item.end_date is None else min(item.end_date, target)
    for start, end in _months(through, stop):
        yield _part(item, "recurring", start, end, proration, through=end)


def _charged_through(item: inventory_records.ChargeItem, progress: records.Progress, cycle: records.CycleDays) -> dt.date:
    if progress.charged_through_date is not None:
        return progress.charged_through_date
    if item.start_date >= cycle.opening_date:
        return item.start_date
    return cycle.opening_advance_date if item.in_advance else cycle.opening_date


def _months(start: dt.date, end: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Cut days at the calendar's months."""
    while start < end:
        stop = min(end, period.add_months(start.replace(day=1), 1))
        yield start, stop
        start = stop


def _part(
    item: inventory_records.ChargeItem,
    kind: str,
    start: dt.date,
    end: dt.date,
    proration: Proration,
    *,
    through: dt.date,
) -> records.Charge:
    days, month_days = shares(start=start, end=end, proration=proration)
    amount = prorated(item.amount_exact, days, month_days)
    return records.Charge(
        kind=kind,
        start_date=start,
        end_date=end,
        days=days,
        month_days=month_days,
        full_amount_exact=item.amount_exact,
        amount_exact=-amount if kind == "reversal" else amount,
        charged_through_date=through,
    )


def shares(*, start: dt.date, end: dt.date, proration: Proration) -> tuple[int, int]:
    """Return the days charged and the days of the month, for days of one calendar month."""
    month = period.month(start.year, start.month)
    days = (end - start).days
    match proration:
        case Proration.ACTUAL_DAYS:
            return days, month.days
        case Proration.THIRTY_DAYS:
            # A whole month is 30 thirtieths however long; a part counts its own days, never more than the month.
            return (_THIRTY if days == month.days else min(days, _THIRTY)), _THIRTY
        case Proration.NONE:
            return month.days, month.days


def prorated(amount: Decimal, days: int, month_days: int) -> Decimal:
    """Return the part of an amount that falls to some days, to the micro-euro, half up."""
    if days == month_days:
        return amount
    return (amount * days / month_days).quantize(money.MICRO, rounding="ROUND_HALF_UP")


def _once(
    item: inventory_records.ChargeItem,
    progress: records.Progress,
    cycle: records.CycleDays,
) -> Iterator[records.Charge]:
    if progress.charged_through_date is not None or not cycle.opening_date <= item.start_date < cycle.end_date:
        return
    day_after = item.start_date + _ONE_DAY
    yield records.Charge(
        kind=item.price_type,
        start_date=item.start_date,
        end_date=day_after,
        days=1,
        month_days=1,
        full_amount_exact=item.amount_exact,
        amount_exact=item.amount_exact,
        charged_through_date=day_after,
    )


def _instalments(
    item: inventory_records.ChargeItem,
    progress: records.Progress,
    cycle: records.CycleDays,
) -> Iterator[records.Charge]:
    count = item.instalment_count
    if not count:
        msg = f"the instalment price {item.code} has no number of instalments"
        raise ValueError(msg)
    done = progress.instalments_charged or _instalments_before(item, cycle.opening_date, count)
    for index in range(done, count):
        due = period.add_months(item.start_date, index)
        if due >= cycle.end_date or (item.end_date is not None and due >= item.end_date):
            return
        yield records.Charge(
            kind="instalment",
            start_date=due,
            end_date=due + _ONE_DAY,
            days=1,
            month_days=1,
            full_amount_exact=item.amount_exact,
            amount_exact=item.amount_exact,
            charged_through_date=due + _ONE_DAY,
            instalments_charged=index + 1,
        )


def _instalments_before(item: inventory_records.ChargeItem, opening: dt.date, count: int) -> int:
    return sum(1 for index in range(count) if period.add_months(item.start_date, index) < opening)
