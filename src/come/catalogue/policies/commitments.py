"""What a company promised to reach, period by period, and what is due when it does not."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterator
from decimal import Decimal

from come.catalogue import records
from come.shared import formatting, money, period, text

_MONTHS = {records.CommitmentPeriod.MONTH: 1, records.CommitmentPeriod.QUARTER: 3, records.CommitmentPeriod.YEAR: 12}
_WHOLE = Decimal(100)
PERIOD_NAMES_FR = {
    records.CommitmentPeriod.MONTH: text.noop("par mois"),
    records.CommitmentPeriod.QUARTER: text.noop("par trimestre"),
    records.CommitmentPeriod.YEAR: text.noop("par an"),
}
"""Periods are counted from the first day of the commitment, not of the calendar."""


def commitment_periods(
    commitment: records.CommitmentRecord, *, valid_from: dt.date, valid_to: dt.date | None, until: dt.date
) -> Iterator[records.CommitmentPeriodRecord]:
    """Yield the periods of a commitment that began by a day, oldest first; the agreement's own days are given.

    The first starts with the commitment, the last one may be cut by its end: `minimum` is then reduced by the days that are left
    (to the micro-euro) for a revenue, and kept for a number of lines, which is measured on the last day.
    """
    start = max(commitment.valid_from or valid_from, valid_from)
    ends = [day for day in (commitment.valid_to, valid_to) if day is not None]
    last = min(ends, default=dt.date.max)
    months = _MONTHS[records.CommitmentPeriod(commitment.period)]
    number = 0
    first = start
    while first <= until and first < last:
        following = period.add_months(start, months * (number + 1))
        end = min(following, last)
        minimum = commitment.minimum
        if end < following and commitment.kind == records.CommitmentKind.REVENUE:
            share = Decimal((end - first).days) / Decimal((following - first).days)
            minimum = (minimum * share).quantize(money.MICRO, rounding=decimal.ROUND_HALF_UP)
        yield records.CommitmentPeriodRecord(first, end, minimum)
        number, first = number + 1, following


def commitment_state(
    commitment: records.CommitmentRecord, measured: records.CommitmentPeriodRecord, *, reached: Decimal, on: dt.date
) -> records.CommitmentState:
    """Return where a commitment stands in a period, from what was counted there: lines at work, or euros billed.

    What is missing costs `unit_amount` a line, or itself; the whole of that cost is due (`difference`), a part of it
    (`percentage`), or nothing. Nothing is due before the period is over.
    """
    missing = max(measured.minimum - reached, Decimal(0))
    worth = missing * (commitment.unit_amount or Decimal(0)) if commitment.kind == records.CommitmentKind.VOLUME else missing
    match records.ShortfallRule(commitment.shortfall_rule):
        case records.ShortfallRule.DIFFERENCE:
            owed = worth
        case records.ShortfallRule.PERCENTAGE:
            owed = (worth * (commitment.percentage or Decimal(0)) / _WHOLE).quantize(money.MICRO, rounding=decimal.ROUND_HALF_UP)
        case records.ShortfallRule.NONE:
            owed = Decimal(0)
    return records.CommitmentState(commitment, measured, reached, missing, owed, is_over=measured.end_date <= on)


def commitment_rule_fr(commitment: records.CommitmentRecord) -> text.T:
    """Return what happens when a commitment is missed, in a sentence."""
    is_volume = commitment.kind == records.CommitmentKind.VOLUME
    points = formatting.percent(commitment.percentage)
    amount = formatting.money_exact(commitment.unit_amount)
    match records.ShortfallRule(commitment.shortfall_rule):
        case records.ShortfallRule.DIFFERENCE if is_volume:
            return text.T("Chaque ligne manquante est facturée {amount} HT.", amount=amount)
        case records.ShortfallRule.DIFFERENCE:
            return text.T("Ce qui manque est facturé en entier.")
        case records.ShortfallRule.PERCENTAGE if is_volume:
            return text.T("Chaque ligne manquante est facturée {percentage} de {amount} HT.", percentage=points, amount=amount)
        case records.ShortfallRule.PERCENTAGE:
            return text.T("{percentage} de ce qui manque est facturé.", percentage=points)
        case _:
            return text.T("Rien n’est facturé si l’engagement n’est pas tenu.")
