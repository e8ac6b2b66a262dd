"""Offers written on screen: nothing typed is lost, mistakes stand beside their field, two people make it live."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from django.db import connection

from come.catalogue import commands, models, queries
from come.catalogue.files import sheets
from come.shared import models as shared_models, obstacles

TODAY = dt.date(2026, 11, 2)
NEXT_MONTH = dt.date(2026, 12, 1)
pytestmark = [pytest.mark.django_db]


def _sheet(offering_id, viewer):
    return queries.sheet(offering_id=offering_id, viewer=viewer, today=TODAY)


def _save(offering_id, actor, at, change):
    record = _sheet(offering_id, actor)
    typed = json.loads(json.dumps(record.typed))
    change(typed)
    return commands.save_sheet(offering_id=offering_id, typed=typed, seen=record.revision, actor=actor, at=at)


def _plan(typed):
    own = typed["offering"]
    own.update(
        kind="plan",
        tariff="TAR-MOBILE-PRO" if "TAR-MOBILE-PRO" in _TARIFFS else _TARIFFS[0],
        needs_msisdn="true",
        needs_sim="true",
        prices=[{"price_type": "recurring", "amount": "19,90", "tax_category": "standard", "nature": "service", "in_advance": "true"}],
        allowances=[{"service": "data", "quantity": "20", "measure": "Go", "scope": "line", "priority": "100"}],
        terms=[{"commitment_months": "24", "notice_days": "30", "early_termination": "0: 100; 12: 25"}],
    )


_TARIFFS: list[str] = []


@pytest.fixture(autouse=True)
def _tariffs(demo):
    _TARIFFS[:] = models.Tariff.objects.order_by("code").values_list("code", flat=True)


@pytest.fixture
def draft(paul, at):
    offering_id = commands.create_draft(name="Forfait Chantier", kind="plan", actor=paul, at=at)
    _save(offering_id, paul, at, _plan)
    return offering_id


class TestReading:
    def test_what_is_typed_as_people_type_it(self, draft, paul):
        content = queries.offering_content(offering_id=draft)

        (price,) = content.prices
        assert (price.code, price.name_fr, str(price.amount)) == ("ABO", "Abonnement", "19.900000")
        (allowance,) = content.allowances
        assert (allowance.code, allowance.quantity, allowance.unit) == ("FORFAIT-CHANTIER-DATA", 20_000_000_000, "bytes")
        (term,) = content.terms
        assert [(step.from_month, str(step.percentage)) for step in term.early_termination] == [(0, "100.000"), (12, "25.000")]
        assert _sheet(draft, paul).problems == ()

    def test_every_version_in_force_reads_back_as_it_is(self, demo):
        known = queries.catalogue_content()
        for offering in known.offerings:
            said, reading = sheets.read(sheets.typed_of(offering))
            assert reading.found == [], offering.code
            assert said.offerings == (dataclasses.replace(offering, approval="draft"),)

    def test_every_version_in_force_is_sound_as_a_sheet(self, demo):
        known = queries.catalogue_content()
        code = "MOB-ILL-50"
        offering = next(one for one in known.offerings if one.code == code and one.valid_to is None)
        typed = sheets.typed_of(offering, queries.own_rules(code=code, day=TODAY))
        assert sheets.judged(known=known, typed=sheets.completed(typed), today=offering.valid_from).problems == ()


class TestSaving:
    def test_mistakes_are_kept_and_said_at_their_field(self, draft, paul, at):
        def wrong(typed):
            typed["offering"]["prices"][0]["amount"] = "dix euros"
            typed["offering"]["valid_from"] = ""
            typed["offering"]["terms"][0]["early_termination"] = "0: 130"

        answer = _save(draft, paul, at, wrong)

        assert {(one.file, one.code) for one in answer.problems} == {
            ("offering.prices.0.amount", "catalogue.value.number"),
            ("offering.valid_from", "catalogue.key.missing"),
        }
        assert _sheet(draft, paul).typed["offering"]["prices"][0]["amount"] == "dix euros"
        # What the tables say is the last sound thing.
        assert str(queries.offering_content(offering_id=draft).prices[0].amount) == "19.900000"

    def test_rules_of_files_hold_on_screen(self, draft, paul, at):
        def wrong(typed):
            typed["offering"]["terms"][0]["early_termination"] = "0: 130"
            typed["rules"] = [{"kind": "requires", "targets": "GIRAFE", "scope": "line", "message_fr": "Il faut une girafe."}]

        answer = _save(draft, paul, at, wrong)

        assert {(one.file, one.code) for one in answer.problems} == {
            ("offering.terms.0.early_termination", "catalogue.value.percentage"),
            ("rules.0.targets", "catalogue.reference.unknown"),
        }

    def test_a_save_that_changes_nothing_records_nothing(self, draft, paul, at):
        before = shared_models.EventLog.objects.count()
        revision = _sheet(draft, paul).revision

        answer = _save(draft, paul, at, dict)

        assert answer.revision == revision
        assert shared_models.EventLog.objects.count() == before

    def test_each_save_is_one_event_with_what_changed(self, draft, paul, at):
        _save(draft, paul, at, lambda typed: typed["offering"].update(description_fr="Pour les chantiers"))

        last = shared_models.EventLog.objects.filter(subjects__contains=[f"offering:{draft}"]).order_by("-id").first()
        assert (last.name, last.after) == ("OfferingEdited", {"offering.description_fr": "Pour les chantiers"})
        assert last.before == {"offering.description_fr": ""}

    def test_somebody_elses_edit_is_never_overwritten(self, draft, paul, petra, at):
        seen = _sheet(draft, paul).revision
        _save(draft, petra, at, lambda typed: typed["offering"].update(description_fr="De Petra"))

        with pytest.raises(obstacles.Conflict) as refused:
            commands.save_sheet(offering_id=draft, typed=_sheet(draft, paul).typed, seen=seen, actor=paul, at=at)

        assert refused.value.code == "catalogue.sheet_changed"
        assert _sheet(draft, paul).typed["offering"]["description_fr"] == "De Petra"

    def test_a_seller_neither_reads_nor_writes_a_sheet(self, draft, alice, at):
        with pytest.raises(obstacles.NotAllowed):
            _sheet(draft, alice)
        with pytest.raises(obstacles.NotAllowed):
            commands.save_sheet(offering_id=draft, typed={}, seen=1, actor=alice, at=at)
        assert models.OfferingSheet.objects.get(offering_id=draft).edited_by_name == "Paul"


class TestLife:
    def test_every_author_needs_a_second_person(self, draft, paul, petra, at, system):
        _save(draft, petra, at, lambda typed: typed["offering"].update(description_fr="Relu"))
        commands.submit_for_review(offering_id=draft, actor=paul, at=at)
        for author in (paul, petra):
            with pytest.raises(obstacles.Refusal) as refused:
                commands.publish_offering(offering_id=draft, actor=author, at=at)
            assert refused.value.code == "catalogue.second_person"
        assert models.Offering.objects.get(id=draft).approval == "review"

        third = dataclasses.replace(petra, staff_id=system.staff_id, name="Renée")
        commands.publish_offering(offering_id=draft, actor=third, at=at)

        assert "FORFAIT-CHANTIER" in queries.catalogue_snapshot(at=TODAY).offerings

    def test_a_draft_with_mistakes_is_not_handed_over(self, draft, paul, at):
        _save(draft, paul, at, lambda typed: typed["offering"].update(prices=[]))

        with pytest.raises(obstacles.Refusal) as refused:
            commands.submit_for_review(offering_id=draft, actor=paul, at=at)

        assert [(one.code, one.path) for one in refused.value.obstacles] == [("catalogue.price.missing", "offering")]
        assert models.Offering.objects.get(id=draft).approval == "draft"

    def test_what_is_in_review_does_not_change_until_it_is_sent_back(self, draft, paul, petra, at):
        commands.submit_for_review(offering_id=draft, actor=paul, at=at)
        with pytest.raises(obstacles.Refusal) as refused:
            _save(draft, paul, at, lambda typed: typed["offering"].update(description_fr="Trop tard"))
        assert refused.value.code == "catalogue.in_review"

        commands.send_back(offering_id=draft, reason="Le prix manque de centimes", actor=petra, at=at)

        _save(draft, paul, at, lambda typed: typed["offering"].update(description_fr="À temps"))
        assert queries.offering_content(offering_id=draft).description_fr == "À temps"

    def test_publishing_brings_rules_and_usage_prices_of_a_new_tariff(self, draft, paul, petra, at):
        base = models.Tariff.objects.filter(based_on=None).order_by("code").first()

        def more(typed):
            typed["offering"]["tariff"] = sheets.NEW_TARIFF
            typed["tariff"] = {"name_fr": "Tarif chantier", "calendar_code": base.calendar_code, "based_on": base.code}
            typed["rates"] = [
                {
                    "service": "sms", "origin_zone": "ANY", "destination_zone": "ANY", "band_code": "", "price_eur": "0,05",
                    "price_quantity": "1", "counting": "1/1", "connection_fee_eur": "0", "minimum_charge_eur": "0",
                },
            ]  # fmt: skip
            typed["rules"] = [{"kind": "excludes", "targets": "MOB-ILL-50", "scope": "quote", "message_fr": "L’un ou l’autre."}]

        answer = _save(draft, paul, at, more)
        assert answer.problems == ()
        assert not models.Tariff.objects.filter(code="TAR-FORFAIT-CHANTIER").exists()
        connection.check_constraints()
        commands.submit_for_review(offering_id=draft, actor=paul, at=at)

        commands.publish_offering(offering_id=draft, actor=petra, at=at)

        connection.check_constraints()
        assert queries.offering_content(offering_id=draft).tariff == "TAR-FORFAIT-CHANTIER"
        rate = models.Rate.objects.get(tariff_id="TAR-FORFAIT-CHANTIER")
        assert (str(rate.price_eur), rate.first_increment, rate.next_increment, rate.valid_from) == ("0.050000", 1, 1, TODAY)
        rule = models.CompatibilityRule.objects.get(source="FORFAIT-CHANTIER")
        assert (rule.code, rule.kind, rule.valid_from) == ("FORFAIT-CHANTIER-R1", "excludes", TODAY)

    def test_a_new_version_ends_the_one_before_on_its_first_day(self, paul, petra, at):
        old = models.Offering.objects.get(code="MOB-ILL-50", valid_to=None)
        offering_id = commands.new_version(offering_id=old.id, valid_from=NEXT_MONTH, actor=paul, at=at)
        record = _sheet(offering_id, paul)
        assert (record.problems, record.ends_version) == ((), old.version)
        _save(offering_id, paul, at, lambda typed: typed["offering"]["prices"][0].update(amount="27,50"))
        commands.submit_for_review(offering_id=offering_id, actor=paul, at=at)

        commands.publish_offering(offering_id=offering_id, actor=petra, at=at)

        assert models.Offering.objects.get(id=old.id).valid_to == NEXT_MONTH
        assert queries.offering(code="MOB-ILL-50", at=dt.date(2026, 11, 30)).version == old.version
        assert str(queries.offering(code="MOB-ILL-50", at=NEXT_MONTH).prices[0].amount) == "27.500000"
        names = shared_models.EventLog.objects.filter(subjects__contains=[f"offering:{old.id}"]).values_list("name", flat=True)
        assert "OfferingRetired" in names

    def test_one_version_is_prepared_at_a_time_and_never_for_the_past(self, paul, at):
        old = models.Offering.objects.get(code="MOB-ILL-50", valid_to=None)
        with pytest.raises(obstacles.Refusal) as refused:
            commands.new_version(offering_id=old.id, valid_from=TODAY - dt.timedelta(days=1), actor=paul, at=at)
        assert refused.value.code == "catalogue.version.in_past"
        commands.new_version(offering_id=old.id, valid_from=NEXT_MONTH, actor=paul, at=at)
        with pytest.raises(obstacles.Refusal) as refused:
            commands.new_version(offering_id=old.id, valid_from=NEXT_MONTH, actor=paul, at=at)
        assert refused.value.code == "catalogue.version.waiting"

    def test_a_rule_dropped_by_a_new_version_ends_with_the_old_one(self, paul, petra, at):
        rule = models.CompatibilityRule.objects.filter(valid_to=None, source__startswith="OPT-").order_by("code").first()
        old = models.Offering.objects.get(code=rule.source, valid_to=None, approval="approved")
        offering_id = commands.new_version(offering_id=old.id, valid_from=NEXT_MONTH, actor=paul, at=at)
        _save(offering_id, paul, at, lambda typed: typed.update(rules=[one for one in typed["rules"] if one["code"] != rule.code]))
        commands.submit_for_review(offering_id=offering_id, actor=paul, at=at)
        commands.publish_offering(offering_id=offering_id, actor=petra, at=at)

        assert models.CompatibilityRule.objects.get(code=rule.code).valid_to == NEXT_MONTH

    def test_a_copy_is_another_offer_with_allowances_of_its_own(self, draft, paul, at):
        copied = commands.copy_offering(offering_id=draft, name="Forfait Atelier", actor=paul, at=at)

        content = queries.offering_content(offering_id=copied)
        assert (content.code, content.version, content.approval) == ("FORFAIT-ATELIER", 1, "draft")
        assert content.allowances[0].code == "FORFAIT-ATELIER-DATA"
        assert _sheet(copied, paul).problems == ()


def test_the_trial_snapshot_holds_the_drafts_and_their_rules(draft, paul, at):
    _save(
        draft,
        paul,
        at,
        lambda typed: typed.update(
            rules=[{"kind": "excludes", "targets": "kind:device", "scope": "line", "message_fr": "Carte SIM seule."}],
        ),
    )

    found = queries.trial_snapshot(offering_id=draft, viewer=paul, at=TODAY)

    assert "FORFAIT-CHANTIER" in found.offerings
    assert "FORFAIT-CHANTIER" not in queries.catalogue_snapshot(at=TODAY).offerings
    (rule,) = [one for one in found.rules if one.source_code == "FORFAIT-CHANTIER"]
    devices = {record.code for record in found.offerings.values() if record.kind == "device"}
    assert (rule.kind, set(rule.target_codes)) == ("excludes", devices)


def test_somebodys_unfinished_draft_stops_no_import(paul, at, demo_files):
    commands.create_draft(name="Inachevée", kind="plan", actor=paul, at=at)

    assert commands.check_catalogue(files=demo_files, at=at) == []
