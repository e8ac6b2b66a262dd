"""Agreements: clauses checked, signed, and what they make of list prices."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from come.catalogue import commands, models, policies, queries, records
from come.shared import models as shared_models, obstacles

TODAY = dt.date(2026, 11, 2)
START = dt.date(2026, 1, 1)


def clause(number="1", kind="percentage", target="offering_kind", **values):
    return records.ClauseRecord(number=number, kind=kind, target_kind=target, text_fr=f"Clause {number}.", **values)


PLANS_10 = clause("1", offering_kind="plan", price_type="recurring", percentage=Decimal(10))
OFFER_15 = clause("2", target="offering", offering_code="MOB-ILL-50", price_type="recurring", percentage=Decimal(15))
PRICE_19 = clause("3", "amount", "price", offering_code="MOB-ILL-50", price_code="ABO", amount=Decimal(19))
PRICE_17_FROM_100 = clause("4", "amount", "price", offering_code="MOB-ILL-50", price_code="ABO", amount=Decimal(17), minimum_quantity=100)
ENDED = clause("5", "amount", "price", offering_code="MOB-ILL-50", price_code="ABO", amount=Decimal(1), valid_to=TODAY)


def _for_plan(clauses, quantity=1, code="MOB-ILL-50"):
    found = policies.clause_for_price(
        clauses, offering_code=code, offering_kind="plan", price_code="ABO", price_type="recurring", quantity=quantity, on=TODAY
    )
    return found.number if found else None


@pytest.mark.parametrize(
    ("clauses", "quantity", "number"),
    [
        ([], 1, None),
        ([PLANS_10], 1, "1"),
        ([PLANS_10, OFFER_15], 1, "2"),
        ([PLANS_10, OFFER_15, PRICE_19], 1, "3"),
        ([PRICE_17_FROM_100, PRICE_19], 99, "3"),
        ([PRICE_17_FROM_100, PRICE_19], 100, "4"),
        ([PRICE_17_FROM_100], 99, None),
        ([ENDED, PLANS_10], 1, "1"),
    ],
)
def test_the_most_precise_clause_reached_makes_the_price(clauses, quantity, number):
    assert _for_plan(clauses, quantity) == number


def test_a_clause_on_another_offer_says_nothing():
    assert _for_plan([PRICE_19], code="MOB-ILL-20") is None


EU = clause("6", "amount", "tariff_zone", service="voice", zone_code="EU-FIXE", amount=Decimal("0.05"))
EU_ECO = clause("7", "amount", "tariff_zone", service="voice", zone_code="EU-FIXE", tariff_code="T-ECO", amount=Decimal("0.04"))
EU_FROM_FR = clause("8", "amount", "tariff_zone", service="voice", zone_code="EU-FIXE", origin_zone_code="R-FR", amount=Decimal("0.03"))
BASE_FROM_FR = dataclasses.replace(EU_FROM_FR, tariff_code="T-BASE")
FROM_Z1 = clause("9", "percentage", "tariff_zone", service="voice", zone_code="R-Z1", percentage=Decimal(30))


@pytest.mark.parametrize(
    ("tariff", "origin", "destination", "number"),
    [
        ("T-BASE", "R-FR", "EU-FIXE", "8"),
        ("T-BASE", "R-EU", "EU-FIXE", "6"),
        ("T-ECO", "R-FR", "EU-FIXE", "7"),
        ("T-BASE", "R-Z1", "EU-FIXE", "6"),
        ("T-BASE", "R-Z1", "Z3", "9"),
        ("T-BASE", "R-FR", "Z3", None),
    ],
)
def test_the_clause_of_a_usage_price(tariff, origin, destination, number):
    found = policies.clause_for_rate(
        [FROM_Z1, EU, EU_FROM_FR, EU_ECO], tariff_code=tariff, service="voice", origin_zone=origin, destination_zone=destination, on=TODAY
    )

    assert (found.number if found else None) == number


amounts = st.decimals(min_value=0, max_value=100_000, places=6, allow_nan=False, allow_infinity=False)


@given(amounts, st.decimals(min_value=0, max_value=100, places=3))
def test_a_percentage_never_raises_a_price_and_keeps_six_decimals(amount, percentage):
    reduced = policies.negotiated_amount(listed=amount, clause=clause(percentage=percentage), quantity=1)

    assert 0 <= reduced <= amount
    assert reduced == reduced.quantize(Decimal("0.000001"))
    assert abs(reduced - amount * (100 - percentage) / 100) <= Decimal("0.0000005")


@given(amounts, amounts)
def test_an_amount_is_what_it_says(listed, amount):
    assert policies.negotiated_amount(listed=listed, clause=clause(kind="amount", amount=amount), quantity=1) == amount


def test_fifteen_percent_of_an_odd_price():
    assert policies.negotiated_amount(listed=Decimal("22.90"), clause=OFFER_15, quantity=1) == Decimal("19.465000")


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
class TestCommands:
    def test_an_agreement_from_a_template(self, world, at):
        answer = commands.create_agreement(
            name="Accord flotte",
            legal_unit_id=world.company.legal_unit_id,
            template_code="ACC-FLOTTE-GRAND-COMPTE",
            valid_from=START,
            signed_date=START,
            actor=world.people["mona"],
            at=at,
        )

        record = queries.agreement(reference=answer.reference)
        assert answer.reference.startswith("ACC-2026-")
        assert (record.valid_from, record.valid_to, record.state) == (START, dt.date(2029, 1, 1), "signed")
        assert record.is_in_force(TODAY)
        assert not record.is_in_force(dt.date(2029, 1, 1))
        assert [item.number for item in record.clauses][:3] == ["4.1", "4.2", "4.3"]
        subjects = shared_models.EventLog.objects.get(name="AgreementSigned").subjects
        assert subjects == [f"agreement:{record.id}", f"legal_unit:{world.company.legal_unit_id}"]

    def test_a_draft_is_not_in_force_until_it_is_signed(self, world, at):
        mona = world.people["mona"]
        made = commands.create_agreement(
            name="Brouillon", legal_unit_id=world.company.legal_unit_id, clauses=[PLANS_10], valid_from=START, actor=mona, at=at
        )
        units = [world.company.legal_unit_id]
        assert queries.agreements(legal_unit_ids=units, at=TODAY) == []

        commands.sign_agreement(reference=made.reference, signed_date=TODAY, actor=mona, at=at)

        assert [record.reference for record in queries.agreements(legal_unit_ids=units, at=TODAY)] == [made.reference]
        with pytest.raises(obstacles.Conflict):
            commands.sign_agreement(reference=made.reference, signed_date=TODAY, actor=mona, at=at)

    def test_a_replayed_request_makes_one_agreement(self, world, at):
        actor = world.people["mona"].with_request("r-1")
        made = [
            commands.create_agreement(
                name="Une fois", legal_unit_id=world.company.legal_unit_id, clauses=[PLANS_10], valid_from=START, actor=actor, at=at
            )
            for _ in range(2)
        ]

        assert made[0] == made[1]
        assert models.Agreement.objects.count() == 1

    def test_every_mistake_of_the_clauses_at_once(self, world, at):
        clauses = [
            clause("1", offering_kind="plan", price_type="recurring", percentage=Decimal(120)),
            clause("1", "amount", "price", offering_code="GIRAFE", price_code="ABO", amount=Decimal(1)),
            clause("3", "amount", "price", offering_code="MOB-ILL-50", price_code="RIEN", amount=Decimal(1)),
            clause("4", "amount", "offering_kind", offering_kind="m2m", price_type="recurring", amount=Decimal(1)),
            clause("5", "percentage", "tariff_zone", service="voice", zone_code="LUNE", percentage=Decimal(5)),
            clause("6", "percentage", "offering", percentage=Decimal(5)),
        ]

        with pytest.raises(obstacles.Refusal) as refused:
            commands.create_agreement(
                name=" ",
                legal_unit_id=world.company.legal_unit_id,
                clauses=clauses,
                valid_from=START,
                valid_to=START,
                actor=world.people["mona"],
                at=at,
            )

        assert {(one.code, one.path) for one in refused.value.obstacles} == {
            ("catalogue.agreement.name", "name"),
            ("catalogue.period.reversed", "valid_to"),
            ("catalogue.code.duplicate", "clauses"),
            ("catalogue.value.percentage", "clauses:1"),
            ("catalogue.reference.unknown", "clauses:2"),
            ("catalogue.reference.unknown", "clauses:3"),
            ("catalogue.clause.value", "clauses:4"),
            ("catalogue.reference.unknown", "clauses:5"),
            ("catalogue.clause.target", "clauses:6"),
        }
        assert models.Agreement.objects.count() == 0

    def test_an_agreement_without_clause_is_refused(self, world, at):
        with pytest.raises(obstacles.Refusal) as refused:
            commands.create_agreement(
                name="Vide", legal_unit_id=world.company.legal_unit_id, valid_from=START, actor=world.people["mona"], at=at
            )

        assert [one.code for one in refused.value.obstacles] == ["catalogue.agreement.empty"]

    @pytest.mark.parametrize("name", ["alice", "charlie"])
    def test_a_seller_writes_no_agreement(self, world, at, name):
        with pytest.raises(obstacles.NotAllowed):
            commands.create_agreement(
                name="X", legal_unit_id=world.company.legal_unit_id, clauses=[PLANS_10], valid_from=START, actor=world.people[name], at=at
            )

        assert models.Agreement.objects.count() == 0

    def test_an_agreement_is_seen_by_the_agencies_of_the_company(self, world, at):
        made = commands.create_agreement(
            name="X", legal_unit_id=world.company.legal_unit_id, clauses=[PLANS_10], valid_from=START, actor=world.people["mona"], at=at
        )

        assert queries.visible_agreement(reference=made.reference, viewer=world.people["alice"]).reference == made.reference
        with pytest.raises(obstacles.NotFound):
            queries.visible_agreement(reference=made.reference, viewer=world.people["charlie"])
        with pytest.raises(obstacles.NotFound):
            queries.visible_agreement(agreement_id=uuid.uuid4(), viewer=world.people["alice"])

    def test_the_list_price_stands_beside_the_negotiated_one(self, world, at):
        made = commands.create_agreement(
            name="X",
            legal_unit_id=world.company.legal_unit_id,
            clauses=[PRICE_19, BASE_FROM_FR],
            valid_from=START,
            actor=world.people["mona"],
            at=at,
        )

        price, usage = queries.clause_lines(agreement=queries.agreement(reference=made.reference), at=TODAY)

        assert [(offering.code, listed, negotiated) for offering, _, listed, negotiated in price.prices] == [
            ("MOB-ILL-50", Decimal("22.90"), Decimal(19)),
        ]
        assert ("T-BASE", Decimal("0.18"), Decimal("0.03")) in {
            (rate.tariff_code, listed, negotiated) for rate, listed, negotiated in usage.rates
        }

    def test_clauses_of_one_price_read_as_a_table_of_volumes(self, world, at):
        made = commands.create_agreement(
            name="X",
            legal_unit_id=world.company.legal_unit_id,
            clauses=[
                PRICE_17_FROM_100,
                PLANS_10,
                PRICE_19,
                dataclasses.replace(PRICE_19, number="9", minimum_quantity=500, amount=Decimal(15)),
            ],
            valid_from=START,
            actor=world.people["mona"],
            at=at,
        )
        lines = queries.clause_lines(agreement=queries.agreement(reference=made.reference), at=TODAY)

        (table,) = queries.clause_tiers(lines=lines, at=TODAY)

        assert [(step.minimum, step.maximum, step.line.clause.number, step.line.prices[0][3]) for step in table] == [
            (1, 99, "3", Decimal(19)),
            (100, 499, "4", Decimal(17)),
            (500, None, "9", Decimal(15)),
        ]
        assert queries.clause_tiers(lines=[line for line in lines if line.clause.number in {"1", "3"}], at=TODAY) == []

    def test_a_usage_clause_is_an_override_of_the_price_book(self, world, at):
        made = commands.create_agreement(
            name="X",
            legal_unit_id=world.company.legal_unit_id,
            clauses=[PRICE_19, BASE_FROM_FR, FROM_Z1],
            valid_from=START,
            valid_to=dt.date(2027, 1, 1),
            signed_date=START,
            actor=world.people["mona"],
            at=at,
        )

        tables = queries.usage_tables(start=dt.date(2026, 10, 1), end=dt.date(2026, 11, 1))

        unit, end = str(world.company.legal_unit_id), dt.date(2027, 1, 1)
        assert tables.rows["overrides"] == (
            (
                "company",
                unit,
                "T-BASE",
                "voice",
                "R-FR",
                "EU-FIXE",
                "amount",
                30_000,
                60,
                None,
                f"{made.reference} §8",
                START,
                end,
                None,
                None,
            ),
            (
                "company",
                unit,
                None,
                "voice",
                "R-Z1",
                None,
                "percentage",
                None,
                None,
                Decimal(30),
                f"{made.reference} §9",
                START,
                end,
                None,
                None,
            ),
        )
        assert queries.usage_tables(start=end, end=dt.date(2027, 2, 1)).rows["overrides"] == ()
