"""What changes on a line of the fleet, what leaving early costs: only the difference is sold. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from come.catalogue import records as catalogue
from come.quote import records
from come.quote.policies import legal
from come.quote.records import fleet as fleet_records
from come.shared import formatting, money, obstacles, period, text

ZERO = Decimal(0)
# Parts that the cells of a line name: others (a share in a pool) follow the line untouched.
NAMED_KINDS = frozenset({"line", "option", "service", "number_block", "accessory", "device"})


def difference(
    *,
    action: str,
    kind: str,
    before: fleet_records.InstalledLine,
    wanted: records.Pattern | None,
    components: Sequence[records.PricedComponent],
    commitment_months: int,
    day: dt.date,
    terms: Sequence[catalogue.TermRecord] = (),
    caps: Sequence[legal.Parameter] = (),
) -> fleet_records.LineDifference:
    """Return what a quote changes on one line.

    `wanted` and `components` are what it would have if it were sold today (None and nothing when it ends). In a `change` quote
    what the line keeps keeps its prices; in a `renewal` its monthly prices become those of the day, and the commitment starts
    again. What it keeps is never charged its one-off prices, deposits or instalments a second time. `terms` are those that its
    plan was sold with, `caps` what the law says of them for this customer.
    """
    if action == "terminate" or wanted is None:
        return _ended(before, day, terms, caps)
    present, after = set(before.codes), wanted.codes
    kept = tuple(code for code in after if code in present)
    added = tuple(code for code in after if code not in present)
    ended = tuple(one.code for one in before.offerings if one.code not in after and one.kind in NAMED_KINDS)
    carried = [one for one in before.offerings if one.code not in ended]
    is_renewal = kind == "renewal"
    new_prices = [one for one in components if one.offering_code in added]
    repriced = _repriced(carried, components) if is_renewal else {}
    starting = [*new_prices, *(one for group in repriced.values() for one in group)]
    return fleet_records.LineDifference(
        action="modify",
        monthly_before=before.sum_of("recurring"),
        monthly_after=_running(carried, "recurring", set(repriced)) + _total(starting, "recurring"),
        instalments_before=before.sum_of("instalment"),
        instalments_after=before.sum_of("instalment") + _total(new_prices, "instalment"),
        one_off=_total(new_prices, "one_off"),
        deposit=_total(new_prices, "deposit"),
        list_monthly_after=_listed(carried, set(repriced))
        + sum((one.list_amount for one in starting if one.price_type == "recurring"), ZERO),
        financed=sum((one.amount * (one.instalment_count or 0) for one in new_prices if one.price_type == "instalment"), ZERO),
        kept=kept,
        repriced=tuple(sorted(repriced)),
        added=added,
        ended=ended,
        sold=tuple((one.offering_code, one.price_code) for one in starting),
        **_commitment(before, day, commitment_months, is_renewal=is_renewal, is_plan_new=bool(added) and after[0] in added),
    )


def _ended(
    before: fleet_records.InstalledLine,
    day: dt.date,
    terms: Sequence[catalogue.TermRecord],
    caps: Sequence[legal.Parameter],
) -> fleet_records.LineDifference:
    fee = termination_fee(before=before, day=day, terms=terms, caps=caps)
    return fleet_records.LineDifference(
        action="terminate",
        monthly_before=before.sum_of("recurring"),
        monthly_after=ZERO,
        instalments_before=before.sum_of("instalment"),
        # What a device still costs stays due: the device is theirs.
        instalments_after=before.sum_of("instalment"),
        one_off=fee.amount if fee else ZERO,
        ended=before.codes,
        fee=fee,
        commitment_start_date=before.commitment_start_date,
        commitment_end_date=before.commitment_end_date,
    )


def _repriced(
    carried: Sequence[fleet_records.InstalledOffering],
    components: Sequence[records.PricedComponent],
) -> dict[str, list[records.PricedComponent]]:
    """Return the monthly prices of the day of what is kept, for the offerings where one of them moves."""
    found: dict[str, list[records.PricedComponent]] = {}
    for one in carried:
        today = [component for component in components if component.offering_code == one.code and component.price_type == "recurring"]
        running = {price.code: price.amount for price in one.prices if price.price_type == "recurring"}
        if today and {component.price_code: component.amount for component in today} != running:
            found[one.code] = today
    return found


def _running(carried: Iterable[fleet_records.InstalledOffering], price_type: str, without: set[str]) -> Decimal:
    return sum((price.amount for one in carried if one.code not in without for price in one.prices if price.price_type == price_type), ZERO)


def _listed(carried: Iterable[fleet_records.InstalledOffering], without: set[str]) -> Decimal:
    return sum(
        (price.list_amount for one in carried if one.code not in without for price in one.prices if price.price_type == "recurring"), ZERO
    )


def _total(components: Iterable[records.PricedComponent], price_type: str) -> Decimal:
    return sum((one.amount for one in components if one.price_type == price_type), ZERO)


def _commitment(
    before: fleet_records.InstalledLine,
    day: dt.date,
    months: int,
    *,
    is_renewal: bool,
    is_plan_new: bool,
) -> dict[str, Any]:
    """Return the commitment after the change: a renewal or another plan starts it again, never ending it earlier; else it goes on."""
    old: dict[str, Any] = {"commitment_start_date": before.commitment_start_date, "commitment_end_date": before.commitment_end_date}
    if not months or not (is_renewal or is_plan_new):
        return old
    end = period.add_months(day, months)
    if before.commitment_end_date is not None and before.commitment_end_date >= end:
        return old
    return {"commitment_start_date": day, "commitment_end_date": end, "commitment_months": months, "is_recommitted": True}


def termination_fee(
    *,
    before: fleet_records.InstalledLine,
    day: dt.date,
    terms: Sequence[catalogue.TermRecord],
    caps: Sequence[legal.Parameter] = (),
) -> fleet_records.TerminationFee | None:
    """Return what ending a line on a day costs, None when nothing commits it any more.

    The schedule of its term gives the share of the monthly fees of the whole months that remain; the law may lower that share.
    An amount is rounded to the cent, half up: it is a price.
    """
    start, end = before.commitment_start_date, before.commitment_end_date
    if start is None or end is None or day >= end:
        return None
    remaining = whole_months(day, end)
    reached = whole_months(start, day)
    term = _term_of(start, end, terms)
    steps = term.early_termination if term is not None else ()
    share = max((step for step in steps if step.from_month <= reached), key=lambda step: step.from_month, default=None)
    percentage = share.percentage if share is not None else Decimal(100)
    cap = min(
        (one for one in caps if one.code == "early_exit_cap" and reached >= one.from_month),
        key=lambda one: one.value,
        default=None,
    )
    is_capped = cap is not None and cap.value < percentage
    if cap is not None and is_capped:
        percentage = cap.value
    fees = before.sum_of("recurring") * remaining
    amount = money.round_line(fees * percentage / 100)
    reason = text.T(
        "{percentage} % des {months} mois d’abonnement qui restent ({fees}).",
        percentage=formatting.number(percentage),
        months=remaining,
        fees=formatting.money(fees),
    )
    return fleet_records.TerminationFee(amount, percentage, remaining, reason, is_capped, cap.source if cap and is_capped else "")


def _term_of(start: dt.date, end: dt.date, terms: Sequence[catalogue.TermRecord]) -> catalogue.TermRecord | None:
    """Return the term that this commitment is: the one of its length, else the longest."""
    months = whole_months(start, end)
    exact = [term for term in terms if term.commitment_months == months]
    return next(iter(exact), max(terms, key=lambda term: term.commitment_months, default=None))


def whole_months(start: dt.date, end: dt.date) -> int:
    """Return how many whole months lie between two days, at least none."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and period.add_months(start, months) > end:
        months -= 1
    return max(months, 0)


def totals(groups: Iterable[tuple[int, records.Totals | fleet_records.LineDifference]]) -> records.Totals:
    """Return the sums of a quote on the fleet: new lines as they are sold, touched lines by what they will cost."""
    total = records.Totals(margin_monthly=None)
    for count, one in groups:
        total = total.plus((one if isinstance(one, records.Totals) else _line_totals(one)).times(count))
    return total


def _line_totals(one: fleet_records.LineDifference) -> records.Totals:
    over = one.one_off + one.financed + one.monthly_after * one.commitment_months
    return records.Totals(one.one_off, one.monthly_after, one.instalments_after, one.deposit, over, one.list_monthly_after, None)


def stale_obstacles(*, moved: Sequence[str]) -> list[obstacles.Obstacle]:
    """Return why a quote on the fleet cannot leave: lines have changed since it took them (named by what people call them)."""
    if not moved:
        return []
    return [
        obstacles.Obstacle(
            "quote.fleet_changed",
            obstacles.Severity.REFUSAL,
            text.T("{count} ligne(s) du parc ont changé depuis ce devis : {names}.", count=len(moved), names=", ".join(moved[:5])),
            text.T("Actualisez les prix : le devis reprend ce que ces lignes ont aujourd’hui."),
        ),
    ]


def nothing_obstacles(*, changed: int) -> list[obstacles.Obstacle]:
    """Return why a quote on the fleet cannot leave: it changes none of its lines."""
    if changed:
        return []
    return [
        obstacles.Obstacle(
            "quote.nothing_changes",
            obstacles.Severity.REFUSAL,
            text.T("Ce devis ne change rien sur les lignes choisies."),
            text.T("Changez un forfait, une option ou un terminal, ou résiliez une ligne."),
        ),
    ]
