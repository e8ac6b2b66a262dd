"""The law as dated parameters: whom it protects, from when, and what it makes of the fee for leaving early."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from come.catalogue import records as catalogue
from come.quote.policies import fleet_changes, legal
from come.quote.records import fleet as fleet_records
from come.shared import period

SIGNED = dt.date(2026, 3, 1)
SCHEDULE = (catalogue.EarlyTerminationStep(0, Decimal(100)), catalogue.EarlyTerminationStep(12, Decimal(30)))
TERM = catalogue.TermRecord(24, 30, SCHEDULE)


def line(monthly="10.00", start=SIGNED, end=dt.date(2028, 3, 1)):
    price = fleet_records.InstalledPrice("ABO", "Abonnement", "recurring", Decimal(monthly), Decimal(monthly))
    return fleet_records.InstalledLine((fleet_records.InstalledOffering("P", 1, "Forfait", "line", (price,)),), start, end)


@pytest.mark.parametrize(
    ("segment", "size", "day", "cap"),
    [
        ("pme", "", dt.date(2022, 12, 31), Decimal(25)),
        ("pme", "", dt.date(2023, 1, 1), Decimal(20)),
        ("pro", "MIC", dt.date(2026, 1, 1), Decimal(20)),
        ("enterprise", "", dt.date(2026, 1, 1), None),
        ("enterprise", "MIC", dt.date(2026, 1, 1), Decimal(20)),
        ("pme", "ETI", dt.date(2026, 1, 1), None),
    ],
)
def test_whom_the_exit_cap_protects(segment, size, day, cap):
    assert legal.value(legal.in_force(segment=segment, size=size, day=day), "early_exit_cap") == cap


def test_every_parameter_says_where_it_is_written():
    for one in legal.parameters():
        assert one.source
        assert one.text_fr.endswith(".")
        assert one.valid_to is None or one.valid_from < one.valid_to


@pytest.mark.parametrize(
    ("day", "months", "percentage", "amount"),
    [
        (dt.date(2026, 3, 1), 24, 100, "240.00"),
        (dt.date(2026, 3, 2), 23, 100, "230.00"),
        (dt.date(2027, 2, 28), 12, 100, "120.00"),
        (dt.date(2027, 3, 1), 12, 30, "36.00"),
        (dt.date(2028, 2, 29), 0, 30, "0.00"),
    ],
)
def test_the_fee_follows_the_schedule_of_the_term(day, months, percentage, amount):
    fee = fleet_changes.termination_fee(before=line(), day=day, terms=[TERM])
    assert (fee.months_remaining, fee.percentage, fee.amount, fee.is_capped) == (months, percentage, Decimal(amount), False)


def test_the_law_lowers_the_fee_after_a_year_and_says_so():
    caps = legal.in_force(segment="pme", size="", day=SIGNED)
    before, after = (
        fleet_changes.termination_fee(before=line(), day=day, terms=[TERM], caps=caps)
        for day in (dt.date(2027, 2, 28), dt.date(2027, 3, 1))
    )
    assert (before.amount, before.is_capped) == (Decimal("120.00"), False)
    assert (after.amount, after.percentage, after.is_capped, after.legal_source) == (
        Decimal("24.00"), Decimal(20), True, "Code de la consommation, L224-28",
    )  # fmt: skip


def test_nothing_is_due_without_commitment_or_after_it():
    assert fleet_changes.termination_fee(before=line(end=None), day=SIGNED, terms=[TERM]) is None
    assert fleet_changes.termination_fee(before=line(), day=dt.date(2028, 3, 1), terms=[TERM]) is None


@given(
    start=st.dates(dt.date(2023, 1, 1), dt.date(2027, 1, 1)),
    months=st.integers(1, 36),
    reached=st.integers(0, 1_200),
    monthly=st.decimals(0, 900, places=2),
)
def test_the_fee_never_passes_what_is_left_and_the_cap_never_raises_it(start, months, reached, monthly):
    end = period.add_months(start, months)
    day = start + dt.timedelta(days=reached)
    before = line(str(monthly), start, end)
    caps = legal.in_force(segment="pme", size="", day=start)
    plain = fleet_changes.termination_fee(before=before, day=day, terms=[TERM])
    capped = fleet_changes.termination_fee(before=before, day=day, terms=[TERM], caps=caps)
    assert (plain is None) == (capped is None) == (day >= end)
    if plain is not None:
        left = fleet_changes.whole_months(day, end)
        assert 0 <= capped.amount <= plain.amount <= monthly * left
        assert period.add_months(day, left) <= end or left == 0
