"""What a quote changes on the fleet: alike lines once, counted from what they had when the quote took them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.inventory import queries as inventory_queries, records as inventory
from come.party import queries as party_queries
from come.quote import models, records
from come.quote.policies import fleet_changes, legal, tables
from come.quote.queries import reading, sold
from come.quote.records import fleet as fleet_records
from come.shared import period

_GROUPS = """
SELECT l.action, l.alternative, l.pattern_id, i.before, count(*), min(l.user_label), array_agg(l.stable_id)
  FROM quote_line l LEFT JOIN quote_installed i ON i.quote_id = l.quote_id AND i.product_id = l.product_id
 WHERE l.quote_id = %s GROUP BY l.action, l.alternative, l.pattern_id, i.before ORDER BY min(l.position)
"""
PricedParts = tuple[records.Pattern, Sequence[records.PricedComponent], int, records.Totals, str]
Priced = Mapping[int, PricedParts]
_KEPT = "SELECT product_id, before FROM quote_installed WHERE quote_id = %s"


def taken_lines(*, line_ids: Sequence[uuid.UUID], day: dt.date) -> list[tuple[inventory.FleetLine, fleet_records.TakenLine]]:
    """Return lines of the fleet as a quote takes them: their cells, and what they have (three statements)."""
    return [(line, _taken(line)) for line in inventory_queries.fleet_lines(line_ids=line_ids, day=day)]


def _taken(line: inventory.FleetLine) -> fleet_records.TakenLine:
    options = [one.code for one in line.offerings[1:] if one.kind in {"option", "service", "number_block", "accessory"}]
    device = next((one.code for one in line.offerings[1:] if one.kind == "device"), "")
    given = {
        tables.USER_LABEL: line.user_label[:120],
        tables.PLAN: line.offerings[0].code,
        tables.OPTIONS: "; ".join(options),
        tables.DEVICE: device,
        tables.MSISDN: line.msisdn,
        tables.COST_CENTRE: line.cost_centre_code,
    }
    return fleet_records.TakenLine(line.id, {column: value for column, value in given.items() if value}, installed(line))


def installed(line: inventory.FleetLine) -> fleet_records.InstalledLine:
    """Return what a line has, as the quote keeps it."""
    return fleet_records.InstalledLine(
        offerings=tuple(
            fleet_records.InstalledOffering(
                one.code,
                one.version,
                one.name_fr,
                one.kind,
                tuple(
                    fleet_records.InstalledPrice(
                        price.code, price.name_fr, price.price_type, price.amount, price.list_amount, price.clause_number
                    )
                    for price in one.prices
                ),
            )
            for one in line.offerings
        ),
        commitment_start_date=line.commitment_start_date,
        commitment_end_date=line.commitment_end_date,
    )


def kept_lines(quote_id: uuid.UUID) -> dict[uuid.UUID, fleet_records.InstalledLine]:
    """Return the lines of the fleet as a quote kept them (one statement)."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [quote_id])
        return {key: fleet_records.InstalledLine.from_json(reading.decoded(before)) for key, before in cursor.fetchall()}


def moved_lines(*, quote_id: uuid.UUID, day: dt.date) -> list[str]:
    """Return the names of the lines that have changed in the fleet since the quote took them."""
    kept = kept_lines(quote_id)
    present = {line.id: (line, taken) for line, taken in taken_lines(line_ids=list(kept), day=day)}
    return sorted(
        present[key][0].user_label or present[key][0].msisdn or str(key) if key in present else str(key)
        for key, before in kept.items()
        if key not in present or present[key][0].state == "terminated" or present[key][1].before != before
    )


def held_by_quote(head: Any) -> dict[str, int]:
    """Return how many of each offering the lines that a quote changes or ends hold: they are not held beside what it sells."""
    counts: dict[str, int] = {}
    for line in kept_lines(head.id).values():
        for code in line.codes:
            counts[code] = counts.get(code, 0) + 1
    return counts


def groups(
    head: Any,
    priced: Priced,
    day: dt.date,
) -> list[tuple[fleet_records.ChangeGroup, records.Totals | None]]:
    """Return the lines of a quote that change alike; new lines come with their totals instead of a difference that counts.

    `priced` gives, by id, each pattern with its prices, its commitment, the sums of a line and the name of its plan.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [head.id])
        rows = cursor.fetchall()
    kept = [fleet_records.InstalledLine.from_json(reading.decoded(row[3])) if row[3] else None for row in rows]
    terms = _terms([before for row, before in zip(rows, kept, strict=True) if before and row[0] == "terminate"], day)
    size = party_queries.customer_files(ids=[head.customer_file_id])[head.customer_file_id].size_category
    found: list[tuple[fleet_records.ChangeGroup, records.Totals | None]] = []
    for (action, letter, pattern_id, _before, _count, label, line_ids), before in zip(rows, kept, strict=True):
        if pattern_id is None and action != "terminate":
            continue
        pattern, components, months, totals, name = priced.get(pattern_id, (None, (), 0, records.Totals(), ""))
        if before is None or action == "add":
            found.append((_new_group(letter, line_ids, pattern, components, name, totals, label), totals))
            continue
        since = before.commitment_start_date or day
        change = fleet_changes.difference(
            action=action,
            kind=head.kind,
            before=before,
            wanted=pattern,
            components=components,
            commitment_months=months,
            day=day,
            terms=terms.get((before.offerings[0].code, before.offerings[0].version), ()),
            caps=legal.in_force(segment=head.segment, size=size, day=since),
        )
        found.append((_group(action, letter, line_ids, before, change, components, name, label), None))
    return found


def differences(head: Any, priced: Priced, day: dt.date) -> dict[uuid.UUID, fleet_records.LineDifference]:
    """Return what a quote changes on each line of the fleet, by the line's id in the quote."""
    return {line_id: one.difference for one, totals in groups(head, priced, day) if totals is None for line_id in one.line_ids}


def _new_group(  # noqa: PLR0917 - the parts of a group, side by side
    letter: str,
    line_ids: Sequence[uuid.UUID],
    pattern: records.Pattern | None,
    components: Sequence[records.PricedComponent],
    name: str,
    totals: records.Totals,
    label: str,
) -> fleet_records.ChangeGroup:
    change = fleet_records.LineDifference(
        action="add",
        monthly_before=Decimal(0),
        monthly_after=totals.monthly,
        instalments_after=totals.instalments_monthly,
        one_off=totals.one_off,
        deposit=totals.deposit,
        added=pattern.codes if pattern else (),
    )
    names = tuple(dict.fromkeys(one.offering_name_fr for one in components))
    return fleet_records.ChangeGroup(
        "add",
        letter,
        len(line_ids),
        None,
        pattern.plan_code if pattern else "",
        name,
        names,
        (),
        change,
        label,
        tuple(line_ids),
        tuple(components),
    )


def _group(  # noqa: PLR0917 - as above
    action: str,
    letter: str,
    line_ids: Sequence[uuid.UUID],
    before: fleet_records.InstalledLine,
    change: fleet_records.LineDifference,
    components: Sequence[records.PricedComponent],
    name: str,
    label: str,
) -> fleet_records.ChangeGroup:
    names = {one.offering_code: one.offering_name_fr for one in components}
    had = {one.code: one.name_fr for one in before.offerings}
    return fleet_records.ChangeGroup(
        action=action,
        alternative=letter,
        count=len(line_ids),
        before=before,
        plan_code="" if action == "terminate" else next(iter(change.kept + change.added), ""),
        plan_name_fr=name or before.offerings[0].name_fr,
        added_names_fr=tuple(names.get(code, code) for code in change.added),
        ended_names_fr=tuple(had[code] for code in change.ended if code in had),
        difference=change,
        example_label=label,
        line_ids=tuple(line_ids),
        prices=tuple(one for one in components if (one.offering_code, one.price_code) in set(change.sold)),
    )


def _terms(lines: Iterable[fleet_records.InstalledLine], day: dt.date) -> dict[tuple[str, int], tuple[catalogue.TermRecord, ...]]:
    """Return the terms that the plans of these lines were sold with, by code and version."""
    wanted = {(line.offerings[0].code, line.offerings[0].version) for line in lines if line.commitment_end_date}
    found: dict[tuple[str, int], tuple[catalogue.TermRecord, ...]] = {}
    for code in sorted({code for code, _version in wanted}):
        for version in catalogue_queries.offering_versions(code=code, at=day):
            found[code, version.version] = version.terms
    return found


def stored_patterns(patterns: Iterable[records.PatternRecord]) -> dict[int, PricedParts]:
    """Return the patterns of a quote as they are kept, ready for `groups`."""
    return {
        one.id: (
            records.Pattern(one.plan_code, one.option_codes, one.device_code, one.bundle_code),
            one.components,
            one.commitment_months,
            one.totals,
            one.plan_name_fr,
        )
        for one in patterns
    }


def fleet_change(*, quote_id: uuid.UUID, alternative: str | None = None) -> fleet_records.ChangeSummary:
    """Return what a quote changes on the fleet, at its own prices, for one alternative or all. The caller checks the right to see it."""
    head = models.Quote.objects.get(id=quote_id)
    priced = stored_patterns(sold.patterns(quote_id=quote_id))
    found = [one for one, _ in groups(head, priced, day_of(head)) if alternative is None or one.alternative == alternative]
    return summary(found)


def touched(quote_id: uuid.UUID) -> int:
    """Return how many lines a quote on the fleet adds, changes or ends."""
    change = fleet_change(quote_id=quote_id)
    return change.added + change.changed + change.terminated


def day_of(head: Any) -> dt.date:
    """Return the day from which a quote on the fleet counts: that of its prices."""
    if head.sent_at is not None:
        return period.local_day(head.sent_at)
    priced: dt.date = head.priced_date
    return priced


def summary(found: Sequence[fleet_records.ChangeGroup]) -> fleet_records.ChangeSummary:
    """Return the sums of groups."""
    zero = Decimal(0)

    def total(amount: Any) -> Decimal:
        return sum((amount(one.difference) * one.count for one in found), zero)

    def count(wanted: Any) -> int:
        return sum(one.count for one in found if wanted(one))

    return fleet_records.ChangeSummary(
        groups=tuple(found),
        monthly_before=total(lambda one: one.monthly_before + one.instalments_before),
        monthly_after=total(lambda one: one.monthly_after + one.instalments_after),
        one_off=total(lambda one: one.one_off),
        deposit=total(lambda one: one.deposit),
        fees=total(lambda one: one.fee.amount if one.fee else zero),
        changed=count(lambda one: one.action == "modify" and not one.difference.is_nothing),
        terminated=count(lambda one: one.action == "terminate"),
        unchanged=count(lambda one: one.difference.is_nothing),
        added=count(lambda one: one.action == "add"),
    )
