"""Commitments of agreements: what was counted, what is missing, what it costs, and who may read it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django import urls

import fleet_world as fw
from billing import billing_world
from come.billing import queries
from come.catalogue import models as catalogue_models
from come.inventory import commands as inventory_commands
from come.party import models as party_models
from come.shared import clock, obstacles

pytestmark = pytest.mark.django_db
SEPT_1 = dt.datetime(2026, 9, 1, 8, tzinfo=dt.UTC)
OCT_10 = dt.datetime(2026, 10, 10, 8, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 2)


@pytest.fixture
def world(monkeypatch, settings, tmp_path):
    settings.COME_HOME = tmp_path
    return billing_world.build(monkeypatch)


def agreement(world, *commitments, members=(), state="signed", start=dt.date(2026, 9, 1)):
    unit = party_models.CustomerFile.objects.get(id=world.fleet.company).legal_unit_id
    made = catalogue_models.Agreement.objects.create(
        reference="ACC-2026-000007",
        name="Accord-cadre",
        legal_unit_id=unit,
        valid_from=start,
        valid_to=dt.date(2027, 9, 1),
        state=state,
        signed_date=None if state == "draft" else start,
        created_at=SEPT_1,
        updated_at=SEPT_1,
    )
    for position, values in enumerate(commitments):
        catalogue_models.AgreementCommitment.objects.create(agreement=made, position=position, number=f"9.{position + 1}", **values)
    for member, first, last in members:
        catalogue_models.AgreementMember.objects.create(agreement=made, legal_unit_id=member, valid_from=first, valid_to=last)
    return made.reference


def volume(minimum, **given):
    values = {"kind": "volume", "target_kind": "all", "period": "month", "minimum": Decimal(minimum), "text_fr": "Lignes."}
    return values | {"shortfall_rule": "difference", "unit_amount": Decimal("4.50")} | given


def revenue(minimum, **given):
    values = {"kind": "revenue", "target_kind": "all", "period": "month", "minimum": Decimal(minimum), "text_fr": "Chiffre d’affaires."}
    return values | {"shortfall_rule": "percentage", "percentage": Decimal(40)} | given


def states(world, reference, viewer=None, on=TODAY):
    found = queries.commitment_states(reference=reference, viewer=viewer or world.fleet.alice, on=on)
    return [[(one.period.start_date, one.reached, one.missing, one.owed, one.is_over) for one in progress.states] for progress in found]


def test_lines_are_those_at_work_on_the_last_day_of_each_period(world):
    billing_world.install(world, 3, at=SEPT_1, prices=[billing_world.price("PLAN", "20.00")])
    billing_world.install(world, 2, first=10, at=OCT_10, prices=[billing_world.price("PLAN", "20.00")])
    reference = agreement(world, volume(10))

    assert states(world, reference) == [
        [
            (dt.date(2026, 11, 1), Decimal(5), Decimal(5), Decimal("22.50"), False),
            (dt.date(2026, 10, 1), Decimal(5), Decimal(5), Decimal("22.50"), True),
            (dt.date(2026, 9, 1), Decimal(3), Decimal(7), Decimal("31.50"), True),
        ]
    ]


def test_lines_of_an_offering_count_alone(world):
    billing_world.install(world, 3, at=SEPT_1, prices=[billing_world.price("PLAN", "20.00")])
    reference = agreement(
        world,
        volume(2, target_kind="offering", offering_code="NV-PRO-20"),
        volume(2, target_kind="offering", offering_code="NV-AUTRE"),
        start=dt.date(2026, 11, 1),
    )

    assert [[(reached, owed) for _, reached, _, owed, _ in found] for found in states(world, reference)] == [
        [(Decimal(3), Decimal(0))],
        [(Decimal(0), Decimal("9.00"))],
    ]


def test_a_line_taken_off_counts_until_its_last_day(world):
    billing_world.install(world, 2, at=SEPT_1, prices=[billing_world.price("PLAN", "20.00")])
    inventory_commands.change_state(product_ids=[billing_world.line_id(0)], to="terminated", reason="Fin", actor=fw.SYSTEM, at=OCT_10)

    assert [found[1] for found in states(world, agreement(world, volume(2)))[0]] == [Decimal(1), Decimal(1), Decimal(2)]


def test_revenue_is_what_was_billed_for_the_months_that_start_in_the_period(world):
    billing_world.install(
        world, 2, at=SEPT_1, prices=[billing_world.price("PLAN", "31.00"), billing_world.price("DEPOT", "100.00", "deposit")]
    )
    billing_world.used(world, 0, 1_234_567)
    billing_world.through_issue()
    reference = agreement(world, revenue(1000), revenue(1000, period="quarter", shortfall_rule="none", percentage=None))

    # The bill of October: two subscriptions of 31 € for September, October, and November in advance, 1,23 € of usage; no deposit.
    assert states(world, reference) == [
        [
            (dt.date(2026, 11, 1), Decimal(0), Decimal(1000), Decimal(400), False),
            (dt.date(2026, 10, 1), Decimal("187.23"), Decimal("812.77"), Decimal("325.108"), True),
            (dt.date(2026, 9, 1), Decimal(0), Decimal(1000), Decimal(400), True),
        ],
        [(dt.date(2026, 9, 1), Decimal("187.23"), Decimal("812.77"), Decimal(0), False)],
    ]


def test_a_company_of_the_group_counts_while_it_is_covered(world):
    billing_world.install(world, 3, at=SEPT_1, prices=[billing_world.price("PLAN", "20.00")])
    member = party_models.CustomerFile.objects.get(id=world.fleet.company).legal_unit_id
    head = party_models.LegalUnit.objects.create(legal_name="Groupe Germinal", created_at=SEPT_1)
    reference = agreement(world, volume(5), members=[(member, dt.date(2026, 9, 1), dt.date(2026, 10, 15))])
    catalogue_models.Agreement.objects.filter(reference=reference).update(legal_unit=head)

    assert [found[1] for found in states(world, reference)[0]] == [Decimal(0), Decimal(0), Decimal(3)]


def test_a_draft_has_promised_nothing_yet(world):
    assert states(world, agreement(world, volume(10), state="draft")) == [[]]


def test_the_page_shows_it_to_those_who_follow_the_company_alone(world, browse, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: billing_world.AT)
    billing_world.install(world, 3, at=SEPT_1, prices=[billing_world.price("PLAN", "20.00")])
    reference = agreement(world, volume(10), revenue(1000, target_kind="offering_kind", offering_kind="plan"))
    address = urls.reverse("billing:agreement_commitments", args=[reference])

    page = browse(world.fleet.alice).get(address)
    assert page.status_code == 200
    shown = page.content.decode()
    for said in ("Chaque ligne manquante est facturée", "Non tenu", "31,50", "40"):
        assert said in shown
    assert browse(world.fleet.charlie).get(address).status_code == 404
    administrator = dataclasses.replace(world.fleet.sam, roles=frozenset({"administrator"}))
    ruled = browse(administrator).get(address)
    assert ruled.status_code == 200
    assert "Chaque ligne manquante est facturée" in ruled.content.decode()
    assert "31,50" not in ruled.content.decode()
    with pytest.raises(obstacles.NotFound):
        queries.commitment_states(reference=reference, viewer=world.fleet.charlie, on=TODAY)
