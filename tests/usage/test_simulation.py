"""A past month with other usage prices: exact totals, nothing written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django import test
from django.contrib import auth

from come.catalogue import commands as catalogue_commands, queries as catalogue_queries, records as catalogue
from come.party import models as party_models
from come.shared import clock, obstacles
from come.staff import commands as staff_commands
from come.usage import commands, models, queries
from usage_world import AT, SYSTEM, record

CYCLE = "2026-10"


def _rate(price: str, **given) -> catalogue.RateRecord:
    values = {
        "tariff_code": "T-BASE", "service": "sms", "origin_zone": "R-FR", "destination_zone": "FR-MOBILE", "band_code": "",
        "price_eur": Decimal(price), "price_quantity": 1, "first_increment": 1, "next_increment": 1, "valid_from": dt.date(2026, 12, 1),
    }  # fmt: skip
    return catalogue.RateRecord(**(values | given))


@pytest.fixture
def month(world, write_file):
    lines = [record(f"S{number}", line=number % 2, service="sms", seconds=0, start=f"2026-10-1{number}T10:00:00Z") for number in range(4)]
    commands.ingest_file(path=write_file(lines), actor=SYSTEM, at=AT)
    return world


def _simulate(month, rates, **given):
    return queries.simulate_tariff(cycle=CYCLE, rates=rates, viewer=SYSTEM, **given)


def test_totals_before_and_after_to_the_micro_euro(month):
    steps = []

    found = _simulate(month, [_rate("0.10")], on_progress=lambda done, total: steps.append((done, total)))

    # Four messages at 0.06 today, at 0.10 with the prices tried.
    assert (found.before_micro_eur, found.after_micro_eur, found.difference_micro_eur) == (240_000, 400_000, 160_000)
    assert (found.records_in, found.rated_before, found.rated_after) == (4, 4, 4)
    assert (found.customers, found.changed_customers, found.cheaper) == (1, 1, ())
    (one,) = found.dearer
    assert (one.events, one.before_micro_eur, one.after_micro_eur) == (4, 240_000, 400_000)
    assert steps == [(0, 2), (1, 2), (2, 2)]


def test_a_formula_is_worked_out_on_the_prices_tried(month):
    company = party_models.CustomerFile.objects.get(id=month.company)
    half = catalogue.ClauseRecord(
        "6.1", "formula", "tariff_zone", "Moitié.", tariff_code="T-BASE", service="sms", zone_code="FR-MOBILE", formula="liste / 2"
    )
    catalogue_commands.create_agreement(
        name="Accord",
        legal_unit_id=company.legal_unit_id,
        clauses=[half],
        valid_from=dt.date(2026, 1, 1),
        signed_date=dt.date(2026, 1, 1),
        actor=SYSTEM,
        at=AT,
    )

    found = _simulate(month, [_rate("0.10")])

    # Four messages at half of 0.06 today, at half of 0.10 with the prices tried.
    assert (found.before_micro_eur, found.after_micro_eur) == (120_000, 200_000)


def test_it_says_what_rating_would_say(month):
    found = _simulate(month, [_rate("0.01", service="mms")])

    answer = commands.rate_cycle(cycle=CYCLE, actor=SYSTEM, at=AT)

    assert found.before_micro_eur == found.after_micro_eur == answer.charge_micro_eur
    assert found.changed_customers == 0


def test_nothing_is_written(month):
    _simulate(month, [_rate("0.10")])

    assert (models.RatingRun.objects.count(), models.LineCharge.objects.count()) == (0, 0)


def test_one_customer_alone(month):
    reference = month.company_reference

    assert _simulate(month, [_rate("0.02")], customer_reference=reference).difference_micro_eur == -160_000


def test_a_tariff_that_does_not_exist_yet_is_tried_on_the_lines_of_its_base(month):
    new = catalogue.TariffRecord("TAR-NEW", "Nouveau", "STANDARD", based_on="T-BASE")

    assert _simulate(month, [_rate("0.10", tariff_code="TAR-NEW")], tariffs=[new]).difference_micro_eur == 160_000


@pytest.mark.parametrize(("cycle", "rates", "code"), [(CYCLE, [], "same_prices"), ("2026-09", [_rate("0.10")], "no_usage")])
def test_nothing_to_simulate_is_said(month, cycle, rates, code):
    with pytest.raises(obstacles.Refusal) as refused:
        queries.simulate_tariff(cycle=cycle, rates=rates, viewer=SYSTEM)
    assert refused.value.code == f"usage.simulation_{code}"


def test_a_seller_simulates_nothing(month):
    with pytest.raises(obstacles.NotAllowed):
        queries.simulate_tariff(cycle=CYCLE, rates=[_rate("0.10")], viewer=month.alice)


class TestOnScreen:
    @pytest.fixture
    def draft(self, month):
        base = catalogue_queries.offering_versions(code="MOB-ILL-50", at=dt.date(2026, 11, 2))[-1]
        offering_id = catalogue_commands.new_version(offering_id=base.id, valid_from=dt.date(2026, 12, 1), actor=SYSTEM, at=AT)
        sheet = catalogue_queries.sheet(offering_id=offering_id, viewer=SYSTEM, today=dt.date(2026, 11, 2))
        typed = {**sheet.typed, "offering": {**sheet.typed["offering"], "tariff": "T-BASE"}}
        row = {"service": "sms", "origin_zone": "R-FR", "destination_zone": "FR-MOBILE", "price_eur": "0,10", "price_quantity": "1"}
        typed["rates"] = [{**row, "counting": "1/1"}]
        answer = catalogue_commands.save_sheet(offering_id=offering_id, typed=typed, seen=sheet.revision, actor=SYSTEM, at=AT)
        assert answer.problems == ()
        return offering_id

    def test_the_prices_of_a_draft_are_simulated_in_the_background(self, draft):
        made = commands.request_simulation(offering_id=draft, cycle=CYCLE, actor=SYSTEM, at=AT)
        assert queries.latest_simulation(offering_id=draft, viewer=SYSTEM).state == "waiting"

        commands.run_simulation(simulation_id=made, actor=SYSTEM, at=AT)

        found = queries.latest_simulation(offering_id=draft, viewer=SYSTEM)
        assert (found.state, found.done, found.total) == ("done", 2, 2)
        assert (found.simulation.before_micro_eur, found.simulation.after_micro_eur) == (240_000, 400_000)
        assert found.simulation.dearer[0].difference_micro_eur == 160_000

    def test_a_refusal_is_kept_for_who_asked(self, draft):
        made = commands.request_simulation(offering_id=draft, cycle="2026-01", actor=SYSTEM, at=AT)

        commands.run_simulation(simulation_id=made, actor=SYSTEM, at=AT)

        found = queries.latest_simulation(offering_id=draft, viewer=SYSTEM)
        assert (found.state, found.simulation) == ("failed", None)
        assert "Aucune consommation de 2026-01" in found.failure

    def test_the_screen_asks_and_then_shows_both_totals(self, draft, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: AT)
        client = self._client()
        address = f"/consommation/simulation/{draft}/"
        asked = client.post(address, {"cycle": CYCLE, "customer": ""})
        assert "Simulation en cours" in asked.content.decode()
        found = queries.latest_simulation(offering_id=draft, viewer=SYSTEM)

        commands.run_simulation(simulation_id=found.id, actor=SYSTEM, at=AT)

        page = client.get(address).content.decode()
        assert "0,24" in page
        assert "0,40" in page
        assert "Boulangeries du Rhône" in page
        assert "pas visible" in client.post(address, {"cycle": "2020-01"}).content.decode()

    def test_a_seller_sees_no_simulation(self, month, draft):
        client = test.Client()
        client.force_login(auth.get_user_model().objects.get(login="alice"), backend="django.contrib.auth.backends.ModelBackend")
        assert client.get(f"/consommation/simulation/{draft}/").status_code == 403

    @staticmethod
    def _client():
        staff_commands.create_staff_member(
            login="paula",
            display_name="Paula Prix",
            roles=["pricing_manager"],
            agency_ids=(),
            password="quatre mots sans rapport",
            actor=SYSTEM,
            at=AT,
        )
        client = test.Client()
        client.force_login(auth.get_user_model().objects.get(login="paula"), backend="django.contrib.auth.backends.ModelBackend")
        return client
