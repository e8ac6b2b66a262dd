"""Build the price book of a cycle from the catalogue and the installed base, and freeze it."""

from __future__ import annotations

import datetime as dt
import functools
import shutil
import uuid
from collections.abc import Iterable
from typing import Any

from come.catalogue import queries as catalogue_queries
from come.inventory import queries as inventory_queries
from come.shared import period
from come.usage.intake import engine
from come.usage.queries import places
from come.usage.rating import detail, negotiation, pricebook, tables

# Calls run past the end of the month: the calendar must be known a little longer.
_MARGIN = dt.timedelta(days=10)


def rows_of(*, cycle: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return the tables of a cycle's price book, from today's catalogue and installed base, in the columns of `rating.tables`.

    A line whose terms name a tariff or an allowance that the catalogue does not have gets no tariff: its usage waits in suspense, all
    other lines are rated.
    """
    days = period.parse_cycle(cycle)
    assert days.end is not None
    found = catalogue_queries.usage_tables(start=days.start - _MARGIN, end=days.end + _MARGIN)
    rows: dict[str, list[tuple[Any, ...]]] = {
        name: [_in_order(name, found.columns[name], row) for row in table] for name, table in found.rows.items() if name in tables.TABLES
    }
    instants = days.instants()
    assert instants.end is not None
    given = _subscriptions(instants.start, instants.end, rows, days.start)
    clauses = catalogue_queries.allowance_clauses(start=days.start, end=days.end)
    rows["allowances"], rows["subscriptions"] = negotiation.negotiated(rows["allowances"], given, _terms(clauses))
    return rows


def overrides_of(*, cycle: str, rates: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return what agreements make of other usage prices than the catalogue's: a formula is worked out for each of them."""
    days = period.parse_cycle(cycle)
    assert days.end is not None
    place = [tables.names("rates").index(name) for name in ("service", "price_micro_eur", "price_quantity")]
    listed = [(str(row[place[0]]), int(row[place[1]]), int(row[place[2]])) for row in rates]
    found = catalogue_queries.usage_overrides(start=days.start - _MARGIN, end=days.end + _MARGIN, list_prices=listed)
    return [_in_order("overrides", catalogue_queries.OVERRIDE_COLUMNS, row) for row in found]


def _terms(clauses: Iterable[catalogue_queries.AllowanceClause]) -> dict[negotiation.Key, negotiation.Terms]:
    """Return what is negotiated of allowances in a month, by company, allowance and offering: the clause that holds last sets it whole."""
    found = sorted(clauses, key=lambda clause: clause.valid_from)
    return {
        (str(clause.legal_unit_id), clause.allowance_code, clause.offering_code): negotiation.Terms(
            clause.quantity, clause.scope, clause.citation
        )
        for clause in found
    }


def freeze(*, cycle: str) -> str:
    """Write the price book of a cycle as files that never change; return its content hash."""
    rows = rows_of(cycle=cycle)
    folder = places.books() / f"new-{uuid.uuid4().hex}"
    digest = pricebook.write(folder, rows)
    target = places.books() / digest
    if target.exists():
        shutil.rmtree(folder)
    else:
        folder.replace(target)
    return digest


def _in_order(name: str, columns: tuple[str, ...], row: tuple[Any, ...]) -> tuple[Any, ...]:
    given = dict(zip(columns, row, strict=True))
    return tuple(given.get(column) for column in tables.names(name))


def _subscriptions(start: dt.datetime, end: dt.datetime, rows: dict[str, list[tuple[Any, ...]]], day: dt.date) -> list[negotiation.Brought]:
    tariffs = {row[0] for row in rows["tariffs"]}
    allowances = {row[0] for row in rows["allowances"]}
    given = inventory_queries.usage_subscriptions(start=start, end=end)
    own = _own_quantities(day) if any(row[7] and row[8] is None for row in given) else {}
    broken = {
        row[0]
        for row in given
        if (row[5] and row[5] not in tariffs) or (row[7] and (row[7] not in allowances or (row[8] is None and row[7] not in own)))
    }
    found = []
    for line, msisdn, account, customer_file, legal_unit, tariff, precedence, allowance, quantity, valid_from, valid_to, offering in given:
        is_broken = line in broken
        made = (
            str(line) if line else None,
            msisdn or None,
            str(account),
            str(legal_unit or customer_file),
            precedence,
            None if is_broken else tariff or None,
            None if is_broken else allowance,
            (own.get(allowance) if quantity is None else quantity) if allowance and not is_broken else None,
            valid_from,
            valid_to,
        )
        found.append(negotiation.Brought(offering, made))
    return found


def _own_quantities(day: dt.date) -> dict[str, int]:
    snapshot = catalogue_queries.catalogue_snapshot(at=day)
    return {allowance.code: allowance.quantity for offering in snapshot.offerings.values() for allowance in offering.allowances}


def number_spans(*, start: dt.datetime, end: dt.datetime) -> list[engine.NumberSpan]:
    """Return which number was on a line of which company during `[start, end)`."""
    spans: dict[tuple[str, str, str], tuple[dt.datetime, dt.datetime | None]] = {}
    for line, msisdn, _, customer_file, legal_unit, _, _, _, _, valid_from, valid_to, _ in inventory_queries.usage_subscriptions(
        start=start, end=end
    ):
        if line is None:
            continue
        key = (msisdn, str(legal_unit or customer_file), str(line))
        if key not in spans:
            spans[key] = (valid_from, valid_to)
            continue
        first, last = spans[key]
        spans[key] = (min(first, valid_from), None if last is None or valid_to is None else max(last, valid_to))
    return [engine.NumberSpan(msisdn, company, first, last) for (msisdn, company, _), (first, last) in spans.items()]


@functools.lru_cache(maxsize=32)
def names(digest: str) -> detail.Names:
    """Return the names of a frozen price book (it never changes: read once)."""
    return detail.names_of(places.books() / digest)
