"""What the home page says of agreements: to whom, when, and to nobody else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from come.catalogue import commands, queries, records
from come.party import models as party_models

TODAY = dt.date(2026, 11, 2)
START = dt.date(2026, 1, 1)
LAST_WARNED = TODAY + dt.timedelta(days=queries.WARNED_DAYS)
CLAUSE = records.ClauseRecord(
    "1", "percentage", "offering_kind", "10 %.", offering_kind="plan", price_type="recurring", percentage=Decimal(10)
)


@pytest.fixture(autouse=True)
def _demo(db, demo):
    pass


@pytest.fixture
def signed(world, at):
    def made(valid_to, valid_from=START):
        answer = commands.create_agreement(
            name="Accord",
            legal_unit_id=world.company.legal_unit_id,
            clauses=[CLAUSE],
            valid_from=valid_from,
            valid_to=valid_to,
            signed_date=START,
            actor=world.people["mona"],
            at=at,
        )
        return answer.reference

    return made


def _ending(world, name="alice"):
    return [(one.reference, one.valid_to) for one in queries.agreements_due(viewer=world.people[name], today=TODAY).ending]


def test_an_agreement_is_said_to_end_ninety_days_before(world, signed):
    soon, last = signed(TODAY + dt.timedelta(days=1)), signed(LAST_WARNED)
    signed(LAST_WARNED + dt.timedelta(days=1))
    signed(TODAY)
    signed(None)
    signed(LAST_WARNED, valid_from=TODAY + dt.timedelta(days=1))

    assert _ending(world) == [(soon, TODAY + dt.timedelta(days=1)), (last, LAST_WARNED)]


def test_a_seller_is_told_of_their_own_customers_a_manager_of_all(world, signed):
    reference = signed(LAST_WARNED)
    party_models.CustomerFile.objects.update(owner_id=world.people["mona"].staff_id)

    assert _ending(world) == []
    assert _ending(world, "mona") == [(reference, LAST_WARNED)]


def test_another_agency_is_told_nothing(world, signed):
    signed(LAST_WARNED)

    assert _ending(world, "charlie") == []


def test_texts_wait_for_those_who_write_agreements(world, at):
    mona = world.people["mona"]
    reference, text_id = commands.write_agreement(
        name="Flotte",
        legal_unit_id=world.company.legal_unit_id,
        valid_from=TODAY,
        template_code="ACC-FLOTTE-GRAND-COMPTE",
        actor=mona,
        at=at,
    )
    assert queries.agreements_due(viewer=mona, today=TODAY).waiting == ()
    commands.submit_text(text_id=text_id, actor=mona, at=at)

    (one,) = queries.agreements_due(viewer=world.people["petra"], today=TODAY).waiting

    assert (one.reference, one.number, one.state, one.name, one.edited_by_name) == (reference, 0, "review", "Flotte", mona.name)
    assert queries.agreements_due(viewer=world.people["alice"], today=TODAY).waiting == ()
    page = world.client("petra").get("/catalogue/fragments/accords/").content.decode()
    assert "Flotte" in page
    assert str(text_id) in page


def test_the_home_page_asks_for_it(world):
    for login in ("alice", "mona", "paul"):
        assert "/catalogue/fragments/accords/" in world.client(login).get("/").content.decode()
    assert world.client("alice").get("/catalogue/fragments/accords/").status_code == 200


def test_a_constant_number_of_statements(world, signed, django_assert_max_num_queries):
    for days in range(1, 9):
        signed(TODAY + dt.timedelta(days=days))

    with django_assert_max_num_queries(4):
        assert len(queries.agreements_due(viewer=world.people["mona"], today=TODAY).ending) == 8
