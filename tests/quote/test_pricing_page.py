"""The worked example of docs/pricing.md is what the kernel makes of it."""

from __future__ import annotations

import pathlib
from decimal import Decimal

import pytest

import quote_worlds as worlds
from come.quote import pricing, records

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "pricing.md"
PLAN = worlds.offering("MOB-50", "plan", [worlds.price("ABO", "20.00")])
OPTION = worlds.offering("OPT-SEC", "option", [worlds.price("ABO", "2.00")])
AGREED = worlds.agreement(
    worlds.clause("4.2", "amount", "price", "18.90", offering_code="MOB-50", price_code="ABO"),
    worlds.clause("4.3", "amount", "price", "16.90", offering_code="MOB-50", price_code="ABO", minimum_quantity=10),
    worlds.clause("5.4", "formula", "price", "max(1; liste - quantite / 100)", offering_code="OPT-SEC", price_code="ABO"),
)
LEVEL = records.PriceLevel
MONTHLY = {"price_type": "recurring"}
CONCEDED = (
    records.Concession(LEVEL.CUSTOMER, worlds.clause("C1", "percentage", "offering_kind", "5", offering_kind="plan", **MONTHLY)),
    records.Concession(LEVEL.LINE_PLAN, worlds.clause("C2", "percentage", "offering", "10", offering_code="MOB-50", **MONTHLY)),
    records.Concession(LEVEL.LINE_OPTION, worlds.clause("C3", "amount", "offering", "1", offering_code="OPT-SEC", **MONTHLY)),
)


def line(*numbers):
    return records.Pattern("MOB-50", ("OPT-SEC",), concessions=numbers)


def priced(quantities, agreement=AGREED, concessions=()):
    return pricing.price_quote(
        quantities=quantities, snapshot=worlds.snapshot(PLAN, OPTION), agreement=agreement, segment="pme", concessions=concessions
    )


def both(one):
    """Return the two prices of a line with what made them."""
    return [(component.amount, component.clause_number or component.level) for component in one.components]


def test_the_rows_of_the_table():
    (alone,) = priced({line(): 40}, agreement=None).patterns
    (few,) = priced({line(): 9}).patterns
    (many,) = priced({line(): 40}).patterns
    every, second, third = priced({line(): 38, line("C2"): 1, line("C3"): 1}, concessions=CONCEDED).patterns

    assert both(alone) == [(Decimal("20.00"), "list"), (Decimal("2.00"), "list")]
    assert both(few) == [(Decimal("18.90"), "4.2"), (Decimal("1.91"), "5.4")]
    assert both(many) == [(Decimal("16.90"), "4.3"), (Decimal("1.60"), "5.4")]
    assert both(every) == [(Decimal("16.055"), "C1"), (Decimal("1.60"), "5.4")]
    assert both(second) == [(Decimal("15.21"), "C2"), (Decimal("1.60"), "5.4")]
    assert both(third) == [(Decimal("16.055"), "C1"), (Decimal("1.00"), "C3")]


def test_the_month_of_the_whole_quote_is_the_page_s():
    found = priced({line(): 38, line("C2"): 1, line("C3"): 1}, concessions=CONCEDED)

    assert found.totals.monthly == Decimal("704.755")
    page = PAGE.read_text(encoding="utf-8")
    for said in ("704,755 €", "16,055", "15,21", "1,91", "1,60", "18,90", "38 × 17,655 + 16,81 + 17,055"):
        assert said in page


@pytest.mark.parametrize("formula", ["liste - 100", "1 / (quantite - 40)"])
def test_a_formula_that_makes_no_price_is_an_obstacle_of_the_line(formula):
    agreement = worlds.agreement(worlds.clause("9", "formula", "price", formula, offering_code="OPT-SEC", price_code="ABO"))

    (found,) = priced({line(): 40}, agreement=agreement).patterns

    assert [one.code for one in found.obstacles] == ["quote.clause_without_price"]
    assert (found.components, found.line_totals.monthly) == ((), 0)
