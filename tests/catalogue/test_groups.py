"""An agreement covers the companies of a group: found on the day, in order of precedence, seen by whoever sees one of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from come.catalogue import commands, models, policies, queries, records
from come.party import models as party_models
from come.shared import models as shared_models, obstacles

TODAY = dt.date(2026, 11, 2)
START = dt.date(2026, 1, 1)
SPRING, AUTUMN = dt.date(2026, 4, 1), dt.date(2026, 10, 1)
PLANS_10 = records.ClauseRecord(
    "1", "percentage", "offering_kind", "Dix pour cent.", offering_kind="plan", price_type="recurring", percentage=Decimal(10)
)
UK = records.ClauseRecord("2", "percentage", "tariff_zone", "Europe.", service="voice", zone_code="EU-FIXE", percentage=Decimal(30))
HALF = records.ClauseRecord("3", "formula", "tariff_zone", "Moitié.", service="voice", zone_code="EU-FIXE", formula="liste / 2")


@pytest.fixture(autouse=True)
def _demo(db, demo):
    pass


@pytest.fixture
def sister(world, at):
    """Add a company of Lyon, in the same group."""
    lyon = next(iter(world.people["charlie"].agency_ids))
    unit = party_models.LegalUnit.objects.create(legal_name="Fonderies Ventôse", created_at=at)
    party_models.CustomerFile.objects.create(
        reference="CLI-2026-000043",
        legal_unit=unit,
        name="Fonderies Ventôse",
        agency_id=lyon,
        segment="enterprise",
        is_provisional=True,
        created_at=at,
    )
    return unit.id


def signed(world, at, unit, *, members=(), clauses=(PLANS_10,), signed_date=START, valid_from=START, name="Accord"):
    return commands.create_agreement(
        name=name,
        legal_unit_id=unit,
        clauses=list(clauses),
        members=list(members),
        valid_from=valid_from,
        signed_date=signed_date,
        actor=world.people["mona"],
        at=at,
    ).reference


def found(unit, day=TODAY):
    return [one.reference for one in queries.agreements(legal_unit_ids=[unit], at=day)]


def test_the_agreement_of_the_group_is_found_on_the_days_that_it_covers(world, at, sister):
    reference = signed(world, at, world.company.legal_unit_id, members=[records.MemberRecord(sister, SPRING, AUTUMN)])

    days = [START, SPRING - dt.timedelta(days=1), SPRING, AUTUMN - dt.timedelta(days=1), AUTUMN]
    assert [found(sister, day) == [reference] for day in days] == [False, False, True, True, False]
    assert [found(world.company.legal_unit_id, day) for day in days] == [[reference]] * 5
    record = queries.agreement(reference=reference)
    assert [record.covers(sister, day) for day in days] == [False, False, True, True, False]
    assert record.members == (records.MemberRecord(sister, SPRING, AUTUMN),)


def test_its_own_agreement_comes_before_its_group_s_then_the_last_signed(world, at, sister):
    member = records.MemberRecord(sister, START)
    group = signed(world, at, world.company.legal_unit_id, members=[member], signed_date=AUTUMN)
    newer = signed(world, at, world.company.legal_unit_id, members=[member], signed_date=TODAY, valid_from=START)
    old, recent = (signed(world, at, sister, signed_date=day) for day in (START, SPRING))

    assert found(sister) == [recent, old, newer, group]
    assert found(world.company.legal_unit_id) == [newer, group]


def test_why_it_applies_is_said(world, at, sister):
    record = queries.agreement(
        reference=signed(world, at, world.company.legal_unit_id, members=[records.MemberRecord(sister, START)], name="Groupe")
    )

    def said(unit):
        return str(policies.coverage_fr(record, legal_unit_id=unit, signatory_fr="Ateliers Brumaire")).replace("\u00a0", " ")

    assert said(world.company.legal_unit_id) == "Accord signé par cette entreprise."
    assert said(sister) == "Accord du groupe, signé par Ateliers Brumaire : il couvre cette entreprise."


def test_who_sees_a_company_of_the_group_sees_the_agreement(world, at, sister):
    alone = signed(world, at, world.company.legal_unit_id)
    shared = signed(world, at, world.company.legal_unit_id, members=[records.MemberRecord(sister, START)])
    charlie = world.people["charlie"]

    assert [one.reference for one in queries.visible_agreements(viewer=charlie)] == [shared]
    assert queries.visible_agreement(reference=shared, viewer=charlie).reference == shared
    with pytest.raises(obstacles.NotFound):
        queries.visible_agreement(reference=alone, viewer=charlie)
    assert [one.reference for one in queries.company_agreements(customer_reference="CLI-2026-000043", viewer=charlie)] == [shared]


def test_members_are_refused_all_at_once(world, at, sister):
    own = world.company.legal_unit_id
    members = [
        records.MemberRecord(own, START),
        records.MemberRecord(sister, START, AUTUMN),
        records.MemberRecord(sister, SPRING),
        records.MemberRecord(sister, dt.date(2025, 1, 1), dt.date(2025, 1, 1)),
    ]

    with pytest.raises(obstacles.Refusal) as refused:
        signed(world, at, own, members=members)

    assert [(one.code, one.path) for one in refused.value.obstacles] == [("catalogue.agreement.member", "members")] * 4
    assert models.Agreement.objects.count() == 0


def test_the_database_covers_a_company_once_a_day(world, at, sister):
    record = queries.agreement(reference=signed(world, at, world.company.legal_unit_id, members=[records.MemberRecord(sister, START)]))
    written = shared_models.EventLog.objects.get(name="AgreementCreated").after

    assert [member["legal_unit_id"] for member in written["members"]] == [str(sister)]
    assert models.AgreementMember.objects.filter(agreement_id=record.id).count() == 1


def overrides(day=AUTUMN):
    rows = queries.usage_tables(start=day, end=day + dt.timedelta(days=31)).rows["overrides"]
    return {(row[1], row[6], row[7], row[9], row[10].rpartition(" ")[2], row[11], row[12]) for row in rows}


def test_usage_of_the_group_is_priced_where_its_own_agreement_says_nothing(world, at, sister):
    own = world.company.legal_unit_id
    signed(world, at, own, members=[records.MemberRecord(sister, SPRING)], clauses=[UK])
    until = dt.date(2026, 10, 15)
    commands.create_agreement(
        name="Propre",
        legal_unit_id=sister,
        clauses=[dataclasses.replace(UK, number="9", percentage=Decimal(5))],
        valid_from=START,
        valid_to=until,
        signed_date=START,
        actor=world.people["mona"],
        at=at,
    )

    assert overrides() == {
        (str(own), "percentage", None, Decimal(30), "§2", START, None),
        (str(sister), "percentage", None, Decimal(5), "§9", START, until),
        (str(sister), "percentage", None, Decimal(30), "§2", until, None),
    }


def test_two_agreements_on_one_usage_never_stand_on_one_day(world, at):
    own = world.company.legal_unit_id
    signed(world, at, own, clauses=[UK], signed_date=SPRING)
    signed(world, at, own, clauses=[UK], signed_date=AUTUMN, valid_from=SPRING)

    assert {(row[5], row[6]) for row in overrides(dt.date(2026, 3, 15))} == {(START, SPRING), (SPRING, None)}


def test_a_formula_is_written_out_for_each_list_price_of_usage(world, at):
    signed(world, at, world.company.legal_unit_id, clauses=[HALF])

    tables = queries.usage_tables(start=AUTUMN, end=TODAY)
    listed = {(row[5], row[6]) for row in tables.rows["rates"] if row[1] == "voice"}
    made = {(row[13], row[14]): (row[6], row[7], row[8]) for row in tables.rows["overrides"]}
    assert made == {
        (price, units): ("amount", round(Decimal(price * 60) / units / 2), 60) for price, units in listed if (price * 60) % (2 * units) == 0
    } | {key: made[key] for key in listed if (key[0] * 60) % (2 * key[1])}
    assert made[180_000, 60] == ("amount", 90_000, 60)


spans = st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(1, 30))).map(
    lambda given: (START + dt.timedelta(days=given[0]), None if given[1] is None else START + dt.timedelta(days=given[0] + given[1]))
)


@given(spans, st.lists(spans, max_size=5))
def test_days_left_are_those_of_the_span_that_no_other_holds(span, taken):
    left = policies.days_left(span, taken)

    def holds(one, day):
        return one[0] <= day and (one[1] is None or day < one[1])

    for number in range(70):
        day = START + dt.timedelta(days=number)
        assert sum(holds(one, day) for one in left) == (holds(span, day) and not any(holds(one, day) for one in taken))
