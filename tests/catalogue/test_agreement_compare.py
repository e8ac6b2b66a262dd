"""Two agreements, or one on two days, side by side: each price that differs, in euros."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from come.catalogue import commands, models, queries, records

START = dt.date(2026, 1, 1)
TODAY = dt.date(2026, 11, 2)
AMENDED = dt.date(2027, 2, 1)


@pytest.fixture(autouse=True)
def _demo(db, demo):
    pass


def clause(number, kind, target, **values):
    return records.ClauseRecord(number=number, kind=kind, target_kind=target, text_fr=f"Clause {number}.", **values)


PLAN = clause("1", "amount", "price", offering_code="MOB-ILL-50", price_code="ABO", amount=Decimal(19))
PLAN_FROM_100 = clause("2", "amount", "price", offering_code="MOB-ILL-50", price_code="ABO", amount=Decimal(17), minimum_quantity=100)
EUROPE = clause(
    "3",
    "amount",
    "tariff_zone",
    service="voice",
    zone_code="EU-FIXE",
    origin_zone_code="R-FR",
    tariff_code="T-BASE",
    amount=Decimal("0.03"),
)
FLEET = records.CommitmentRecord("9", "volume", "all", "month", Decimal(50), "none", "Au moins 50 lignes.")


@pytest.fixture
def agreements(world, at):
    """Sign an agreement that is amended next year, and another one without clause on the plan."""

    def made(name, clauses, **given):
        answer = commands.create_agreement(
            name=name,
            legal_unit_id=world.company.legal_unit_id,
            clauses=clauses,
            valid_from=START,
            signed_date=START,
            actor=world.people["mona"],
            at=at,
            **given,
        )
        return answer.reference

    first = made("Amendé", [PLAN, PLAN_FROM_100, EUROPE], commitments=[FLEET])
    old = models.AgreementClause.objects.get(agreement__reference=first, number="1")
    old.valid_to = AMENDED
    old.save(update_fields=["valid_to"])
    old.pk, old.number, old.amount, old.valid_from, old.valid_to = None, "1/A1", Decimal("18.50"), AMENDED, None
    old.save(force_insert=True)
    return first, made("Autre", [EUROPE])


def _compared(one, other, before=TODAY, after=TODAY):
    sides = (queries.Side(queries.agreement(reference=reference), day) for reference, day in ((one, before), (other, after)))
    first, second = sides
    return queries.agreement_differences(before=first, after=second, listed_on=TODAY)


def _prices(found):
    return [
        (one.offering.code, one.minimum, one.listed, one.before, one.after, one.number_before, one.number_after) for one in found.prices
    ]


def test_a_day_and_the_day_after_an_amendment(agreements):
    found = _compared(agreements[0], agreements[0], TODAY, AMENDED)

    # From 100 lines on, clause 2 makes the price on both days.
    assert _prices(found) == [("MOB-ILL-50", 1, Decimal("22.90"), Decimal("19.000000"), Decimal("18.500000"), "1", "1/A1")]
    assert (found.rates, found.allowances, found.commitments, found.count) == ((), (), (), 1)


def test_the_same_day_differs_in_nothing(agreements):
    assert _compared(agreements[0], agreements[0]).count == 0


def test_without_a_clause_the_list_price_holds(agreements):
    found = _compared(*agreements)

    assert _prices(found) == [
        ("MOB-ILL-50", 1, Decimal("22.90"), Decimal("19.000000"), Decimal("22.90"), "1", ""),
        ("MOB-ILL-50", 100, Decimal("22.90"), Decimal("17.000000"), Decimal("22.90"), "2", ""),
    ]
    assert found.commitments == (("Au moins 50 lignes.", ""),)
    assert found.rates == ()


def test_usage_prices_and_volumes(agreements, world, at):
    other = commands.create_agreement(
        name="Usages",
        legal_unit_id=world.company.legal_unit_id,
        clauses=[
            clause("1", "percentage", "offering", offering_code="MOB-ILL-50", price_type="recurring", percentage=Decimal(0)),
        ],
        valid_from=START,
        signed_date=START,
        actor=world.people["mona"],
        at=at,
    )

    found = _compared(agreements[1], other.reference)

    assert ("T-BASE", Decimal("0.18"), Decimal("0.030000"), Decimal("0.18")) in {
        (one.rate.tariff_code, one.listed, one.before, one.after) for one in found.rates
    }
    assert found.prices == ()


def test_the_page_says_euros_to_those_who_see_both(agreements, world):
    first, second = agreements

    page = world.client("alice").get(f"/catalogue/accords/{first}/comparer/?du=2026-11-02&au=2027-02-01").content.decode()

    assert "18,50" in page
    assert "§ 1/A1" in page
    assert world.client("alice").get(f"/catalogue/accords/{first}/comparer/?avec={second}").status_code == 200
    assert world.client("charlie").get(f"/catalogue/accords/{first}/comparer/").status_code == 404
    assert world.client("alice").get(f"/catalogue/accords/{first}/comparer/?avec=ACC-2020-000001").status_code == 404


def test_its_cost_does_not_grow_with_the_clauses(agreements, world, at, django_assert_max_num_queries):
    one = queries.Side(queries.agreement(reference=agreements[0]), TODAY)
    other = queries.Side(queries.agreement(reference=agreements[1]), TODAY)
    queries.agreement_differences(before=one, after=other, listed_on=TODAY)

    with django_assert_max_num_queries(6):
        queries.agreement_differences(before=one, after=other, listed_on=TODAY)
