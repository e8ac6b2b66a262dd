"""Negotiated allowances: exact free quantities by the kernel and by the reference, and the rows that say so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import rating_books as books
from come.usage.rating import negotiation, reference, tables, values

GO = 1_000_000_000
EVERY_DAY = "mon tue wed thu fri sat sun holiday"
CLAUSE = "ACC-2026-000001 §7.1"


def subscription(line: int | None, allowance: str | None, quantity: int | None, tariff: str | None = None) -> tuple[Any, ...]:
    (row,) = books.rows(
        "subscriptions",
        {
            "line_id": None if line is None else f"line-{line}",
            "msisdn": None if line is None else f"+3361200000{line}",
            "account_id": "account-1",
            "company_id": "company-1",
            "tariff_code": tariff,
            "allowance_code": allowance,
            "quantity": quantity,
        },
    )
    return tuple(row[name] for name in tables.names("subscriptions"))


def allowance(scope: str) -> tuple[Any, ...]:
    (row,) = books.rows("allowances", {"allowance_code": "DATA", "service": "data", "unit": "bytes", "scope": scope, "priority": 1})
    return tuple(row[name] for name in tables.names("allowances"))


def plan(line: int, quantity: int = 10 * GO) -> list[negotiation.Brought]:
    """Return a line with its plan, which includes ten gigabytes."""
    return [negotiation.Brought("MOB-10", subscription(line, "DATA", quantity, "PLAN"))]


def option(line: int) -> list[negotiation.Brought]:
    return [negotiation.Brought("OPT-5", subscription(line, "DATA", 5 * GO))]


POOL = [negotiation.Brought("POOL-100", subscription(None, "DATA", 100 * GO))]
OFFER: negotiation.Key = ("company-1", "DATA", "MOB-10")
WHOLE: negotiation.Key = ("company-1", "DATA", None)


def free(brought: list[negotiation.Brought], terms: dict[negotiation.Key, negotiation.Terms], used: dict[int, int], tmp_path: Any,
         scope: str = "line") -> dict[str, int]:  # fmt: skip
    """Rate a month of data, by the kernel and by the reference, and return what each line had for nothing."""
    allowances, rows = negotiation.negotiated([allowance(scope)], brought, terms)
    book = {
        "parameters": books.rows("parameters", {"name": "home_zone", "value": "FR"}, {"name": "currency", "value": "EUR"}),
        "zones": books.rows("zones", {"zone_code": "FR", "kind": "roaming"}),
        "bands": books.rows(
            "bands",
            {
                "calendar_code": "ALL",
                "band_code": "T",
                "days": "mon tue wed thu fri sat sun holiday",
                "start_minute": 0,
                "end_minute": 1440,
            },
        ),
        "tariffs": books.rows("tariffs", {"tariff_code": "PLAN", "calendar_code": "ALL"}),
        "rates": books.rows("rates", {"tariff_code": "PLAN", "service": "data", "price_micro_eur": 2000, "price_quantity": 1_000_000}),
        "allowances": [dict(zip(tables.names("allowances"), row, strict=True)) for row in allowances],
        "subscriptions": [dict(zip(tables.names("subscriptions"), row, strict=True)) for row in rows],
    }
    records = [
        values.Record(
            f"R{line}", "data", "out", f"+3361200000{line}", "", dt.datetime(2026, 10, line, 12, tzinfo=dt.UTC), 0, quantity, None
        )
        for line, quantity in used.items()
    ]
    expected, waiting = reference.rate(book=book, records=records)
    found, _, _ = books.rate_with_kernel(tmp_path, book, records)
    assert waiting == []
    assert found == books.sorted_portions(expected)
    given: dict[str, int] = {}
    for portion in found:
        if portion.allowance_code is not None:
            assert portion.allowance_code == f"DATA {CLAUSE}" or not terms
            given[portion.line_id] = given.get(portion.line_id, 0) + portion.units
    return given


def clause(quantity: int, scope: str | None = None) -> negotiation.Terms:
    return negotiation.Terms(quantity * GO, scope, CLAUSE)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, {"line-1": 10 * GO, "line-2": 10 * GO}),
        ({OFFER: clause(20)}, {"line-1": 20 * GO, "line-2": 20 * GO}),
        ({WHOLE: clause(20)}, {"line-1": 20 * GO, "line-2": 20 * GO}),
        # Twenty gigabytes for the whole account: the first to use them.
        ({WHOLE: clause(20, "account_shared")}, {"line-1": 20 * GO}),
        # Twenty for each line, put together: forty, of which the first line takes thirty.
        ({OFFER: clause(20, "pool_per_line")}, {"line-1": 30 * GO, "line-2": 10 * GO}),
    ],
)
def test_what_each_line_has_for_nothing(terms, expected, tmp_path):
    assert free(plan(1) + plan(2), terms, {1: 30 * GO, 2: 30 * GO}, tmp_path) == expected


def test_another_company_s_terms_change_nothing():
    brought = plan(1) + plan(2)
    found = negotiation.negotiated([allowance("line")], brought, {("company-2", "DATA", None): clause(20)})
    assert found == ([allowance("line")], [one.row for one in brought])


def test_the_offer_named_changes_and_the_other_stays():
    allowances, rows = negotiation.negotiated([allowance("line")], plan(1) + option(1), {OFFER: clause(20)})

    assert [(row[6], row[7]) for row in rows] == [("DATA " + CLAUSE, 20 * GO), ("DATA", 5 * GO)]
    assert [(row[0], row[1]) for row in allowances] == [("DATA", "nom"), ("DATA " + CLAUSE, f"nom ({CLAUSE})")]


def test_the_whole_allowance_is_given_once_however_many_offers_bring_it(tmp_path):
    assert free(plan(1) + option(1), {WHOLE: clause(20)}, {1: 90 * GO}, tmp_path) == {"line-1": 20 * GO}


def test_a_pool_of_the_account_is_negotiated_alike(tmp_path):
    lines = [negotiation.Brought("MOB-0", subscription(line, None, None, "PLAN")) for line in (1, 2)]
    terms = {("company-1", "DATA", "POOL-100"): clause(150)}
    used = {1: 100 * GO, 2: 100 * GO}
    assert free(lines + POOL, {}, used, tmp_path / "list", "account_shared") == {"line-1": 100 * GO}
    assert free(lines + POOL, terms, used, tmp_path / "clause", "account_shared") == {"line-1": 100 * GO, "line-2": 50 * GO}
    assert free(plan(1) + plan(2) + POOL, {WHOLE: clause(70)}, used, tmp_path / "whole", "account_shared") == {"line-1": 70 * GO}
