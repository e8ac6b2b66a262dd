"""Commitments: their periods, what is missing, what it costs; checked in files, written with the agreement."""

# ruff: noqa: E501 - lines of catalogue files are shown as they are written

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

import small_catalogue
from come.catalogue import commands, policies, queries, records
from come.catalogue.files import content, differing, reading, writing
from come.shared import obstacles

START = dt.date(2026, 1, 15)
LINES = records.CommitmentRecord(
    "9.1", "volume", "all", "quarter", Decimal(100), "difference", "Cent lignes au moins.", unit_amount=Decimal("4.50")
)
EUROS = records.CommitmentRecord(
    "9.2", "revenue", "all", "year", Decimal(12_000), "percentage", "Douze mille euros par an.", percentage=Decimal(40)
)


def periods(commitment, until, valid_to=None):
    found = policies.commitment_periods(commitment, valid_from=START, valid_to=valid_to, until=until)
    return [(one.start_date, one.end_date, one.minimum) for one in found]


def test_periods_are_counted_from_the_first_day_of_the_commitment():
    assert periods(LINES, dt.date(2026, 7, 14)) == [
        (START, dt.date(2026, 4, 15), 100),
        (dt.date(2026, 4, 15), dt.date(2026, 7, 15), 100),
    ]
    later = dataclasses.replace(LINES, valid_from=dt.date(2026, 3, 31), period="month")
    assert [start for start, _, _ in periods(later, dt.date(2026, 6, 30))] == [
        dt.date(2026, 3, 31),
        dt.date(2026, 4, 30),
        dt.date(2026, 5, 31),
        dt.date(2026, 6, 30),
    ]
    assert periods(LINES, START - dt.timedelta(days=1)) == []


def test_a_period_cut_by_the_end_asks_for_its_days_of_revenue_and_for_all_its_lines():
    end = dt.date(2026, 3, 1)
    assert periods(LINES, dt.date(2027, 1, 1), end) == [(START, end, Decimal(100))]
    # 45 days of the 365 from 15 January 2026 to 15 January 2027: 12 000 × 45 / 365.
    assert periods(EUROS, dt.date(2027, 1, 1), end) == [(START, end, Decimal("1479.452055"))]


def state(commitment, reached, on=dt.date(2027, 1, 15)):
    (first, *_) = policies.commitment_periods(commitment, valid_from=START, valid_to=None, until=on)
    return policies.commitment_state(commitment, first, reached=Decimal(reached), on=on)


@pytest.mark.parametrize(
    ("commitment", "reached", "missing", "owed"),
    [
        (LINES, 100, 0, "0"),
        (LINES, 140, 0, "0"),
        (LINES, 97, 3, "13.50"),
        (LINES, 0, 100, "450"),
        (dataclasses.replace(LINES, shortfall_rule="percentage", percentage=Decimal("33.333")), 97, 3, "4.499955"),
        (dataclasses.replace(LINES, shortfall_rule="none", unit_amount=None), 97, 3, "0"),
        (EUROS, "11999.99", "0.01", "0.004"),
        (EUROS, 12_000, 0, "0"),
        (EUROS, "2000", "10000", "4000"),
        (dataclasses.replace(EUROS, shortfall_rule="difference", percentage=None), "2000", "10000", "10000"),
    ],
)
def test_what_is_missing_costs(commitment, reached, missing, owed):
    found = state(commitment, reached)

    assert (found.missing, found.owed, found.is_held, found.is_over) == (Decimal(missing), Decimal(owed), not Decimal(missing), True)


def test_nothing_is_over_before_its_last_day():
    assert not state(LINES, 0, on=dt.date(2026, 4, 14)).is_over
    assert state(LINES, 0, on=dt.date(2026, 4, 15)).is_over


_amounts = st.decimals(min_value=1, max_value=10**6, places=2)


@given(_amounts, _amounts, _amounts, st.sampled_from(list(records.ShortfallRule)), st.integers(0, 100), st.booleans())
def test_more_reached_never_costs_more_and_never_more_than_what_is_missing(minimum, reached, more, rule, points, is_volume):
    commitment = dataclasses.replace(
        LINES if is_volume else EUROS, minimum=minimum, shortfall_rule=rule.value, unit_amount=Decimal(7) if is_volume else None,
        percentage=Decimal(points),
    )  # fmt: skip
    before, after = state(commitment, reached), state(commitment, reached + more)

    assert 0 <= after.owed <= before.owed <= before.missing * (7 if is_volume else 1)
    assert before.is_held == (reached >= minimum)
    assert not (before.is_held and before.owed)


@given(st.sampled_from([LINES, EUROS, dataclasses.replace(LINES, period="month")]), st.integers(0, 2000), st.integers(1, 2000))
def test_periods_follow_each_other_without_hole(commitment, until, length):
    end = START + dt.timedelta(days=length)
    found = periods(commitment, START + dt.timedelta(days=until), end)

    assert found[0][0] == START
    assert [one[1] for one in found[:-1]] == [one[0] for one in found[1:]]
    assert found[-1][1] <= end
    assert all(0 < minimum <= commitment.minimum for _, _, minimum in found)


COMMITMENTS = """\
    commitments:
      - {number: "9.1", kind: volume, period: month, minimum: 50, shortfall_rule: difference, unit_amount: 4.50, text_fr: Cinquante lignes.}
      - {number: "9.2", kind: revenue, target_kind: offering_kind, offering_kind: plan, period: year, minimum: 9000.00, shortfall_rule: percentage, percentage: 40, text_fr: Neuf mille euros.}
"""
FORMULA = """\
      - {number: "4", kind: formula, target_kind: price, offering_code: PLAN-B, price_code: ABO, minimum_quantity: 10, formula: "arrondi(liste * 0,8; 2)", text_fr: Un cinquième de moins.}
      - {number: "5", kind: quantity, target_kind: allowance, allowance_code: DATA, allowance_quantity: 2000, allowance_scope: pool_per_line, text_fr: Le double partagé.}
"""


def folder(clauses=FORMULA, commitments=COMMITMENTS):
    return {**small_catalogue.FILES, "agreements.yaml": small_catalogue.FILES["agreements.yaml"] + clauses + commitments}


def test_everything_negotiated_is_read_and_written_alike():
    assert small_catalogue.check(folder()) == []
    given_, read = reading.read_files({path: text.encode() for path, text in folder().items()})
    assert read.found == []
    again, _ = reading.read_files(writing.write_files(given_))
    assert again.agreement_templates == given_.agreement_templates
    (template,) = given_.agreement_templates
    assert [one.number for one in template.commitments] == ["9.1", "9.2"]
    assert (template.clauses[-2].formula, template.clauses[-1].allowance_quantity) == ("arrondi(liste * 0,8; 2)", 2000)

    cheaper = dataclasses.replace(template, commitments=(dataclasses.replace(template.commitments[0], minimum=Decimal(60)),))
    changes = differing.differences(given_, dataclasses.replace(given_, agreement_templates=(cheaper,)))
    assert ("commitments[9.1].minimum", "50.00", "60.00") in {(one.path, one.before, one.after) for one in changes}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("minimum: 50", "minimum: 0", "commitment.value"),
        ("minimum: 50", "minimum: 50.5", "commitment.value"),
        (", unit_amount: 4.50", "", "commitment.value"),
        ("shortfall_rule: difference", "shortfall_rule: none", "commitment.value"),
        (", percentage: 40", "", "commitment.value"),
        ("percentage: 40", "percentage: 140", "commitment.value"),
        ("offering_kind: plan, period", "offering_code: PLAN-B, period", "commitment.value"),
        ("target_kind: offering_kind, offering_kind: plan", "target_kind: offering, offering_code: GIRAFE", "reference.unknown"),
        ("period: month", "period: week", "value.choice"),
        ('number: "9.1"', 'number: "1"', "code.duplicate"),
        ("liste * 0,8", "liste * * 0,8 % prix", "clause.formula"),
        ("liste * 0,8", "liste - 100", "clause.formula"),
        ("liste * 0,8", "liste * 1,2", "clause.dearer"),
        (', formula: "arrondi(liste * 0,8; 2)"', "", "clause.value"),
        ("allowance_code: DATA", "allowance_code: GIRAFE", "reference.unknown"),
        ("kind: quantity", "kind: amount", "clause.value"),
        ("allowance_quantity: 2000", "allowance_quantity: 2000, minimum_quantity: 5", "clause.value"),
        ("minimum_quantity: 10", "minimum_quantity: 10, allowance_scope: line", "clause.target"),
    ],
)
def test_each_mistake_is_found(before, after, code):
    files = folder()
    text = files["agreements.yaml"]
    assert text.count(before) >= 1
    found = {problem.code for problem in small_catalogue.check(files | {"agreements.yaml": text.replace(before, after, 1)})}
    assert f"catalogue.{code}" in found


def test_every_mistake_of_a_formula_is_said_with_its_place():
    files = folder()
    wrong = files["agreements.yaml"].replace("liste * 0,8", "lisste * 0,8 % remise")
    said = [str(one.message) for one in small_catalogue.check(files | {"agreements.yaml": wrong}) if one.code == "catalogue.clause.formula"]
    assert sorted(int(sentence.split("signe ")[1].split()[0]) for sentence in said) == [9, 22, 24]


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
def test_an_agreement_takes_the_commitments_of_its_template_or_those_given(world, at):
    given_ = {
        "name": "X",
        "legal_unit_id": world.company.legal_unit_id,
        "template_code": "ACC-FLOTTE-GRAND-COMPTE",
        "valid_from": START,
        "actor": world.people["mona"],
        "at": at,
    }
    made = commands.create_agreement(**given_, commitments=[LINES, EUROS])
    assert queries.agreement(reference=made.reference).commitments == (LINES, EUROS)

    with pytest.raises(obstacles.Refusal) as refused:
        commands.create_agreement(
            **given_, commitments=[dataclasses.replace(LINES, unit_amount=None), dataclasses.replace(EUROS, number="4.1")]
        )
    assert {(one.code, one.path) for one in refused.value.obstacles} == {
        ("catalogue.commitment.value", "commitments:1"),
        ("catalogue.code.duplicate", "clauses"),
    }
    assert content.COMMITMENT.field("minimum") is not None
