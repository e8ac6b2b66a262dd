"""A folder is accepted whole or not at all, and comes out as it went in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from come.catalogue import commands, models, queries
from come.shared import ids, models as shared_models, obstacles

pytestmark = pytest.mark.django_db

PLAN = "offerings/mobile.yaml"


def test_export_gives_back_the_files_that_were_imported(demo_files, system, at):
    answer = commands.import_catalogue(files=demo_files, actor=system, at=at, publish=True)

    assert commands.export_catalogue() == demo_files
    assert answer.changed == 0
    assert answer.created > 900


def test_importing_the_same_files_again_changes_nothing(demo_files, system, at):
    first = commands.import_catalogue(files=demo_files, actor=system, at=at, publish=True)
    before = list(models.Offering.objects.order_by("id").values())

    again = commands.import_catalogue(files=demo_files, actor=system, at=at + dt.timedelta(hours=1), publish=True)

    assert (again.created, again.changed, again.unchanged) == (0, 0, first.created)
    assert list(models.Offering.objects.order_by("id").values()) == before


def test_a_replayed_request_imports_once(demo_files, system, at):
    actor = system.with_request("import-1")

    first = commands.import_catalogue(files=demo_files, actor=actor, at=at, publish=True)
    second = commands.import_catalogue(files=demo_files, actor=actor, at=at, publish=True)

    assert first == second
    assert models.CatalogueImport.objects.count() == 1


def test_a_replayed_request_with_other_files_is_a_conflict(demo_files, system, at):
    actor = system.with_request("import-1")
    commands.import_catalogue(files=demo_files, actor=actor, at=at, publish=True)

    with pytest.raises(obstacles.Conflict):
        commands.import_catalogue(files=demo_files, actor=actor, at=at, publish=False)

    assert models.CatalogueImport.objects.count() == 1


def test_every_mistake_is_said_and_nothing_is_imported(demo_files, system, at):
    wrong = demo_files[PLAN].replace(b"amount: 8.90", b"amount: -8.90").replace(b"tariff: T-ECO", b"tariff: T-ECCO", 1)

    with pytest.raises(commands.CatalogueRefused) as refused:
        commands.import_catalogue(files={**demo_files, PLAN: wrong}, actor=system, at=at, publish=True)

    # The plan with the negative price is left out, hence what named it too.
    found = {(problem.file, problem.code) for problem in refused.value.problems}
    assert (PLAN, "catalogue.value.negative") in found
    assert (PLAN, "catalogue.reference.unknown") in found
    assert all(problem.line > 0 for problem in refused.value.problems if problem.file == PLAN)
    assert models.Offering.objects.count() == 0
    assert models.Zone.objects.count() == 0
    assert models.CatalogueImport.objects.count() == 0


def test_without_publish_offers_are_drafts_that_nobody_can_sell(demo_files, system, at):
    commands.import_catalogue(files=demo_files, actor=system, at=at, publish=False)

    assert set(models.Offering.objects.values_list("approval", flat=True)) == {"draft"}
    assert queries.catalogue_snapshot(at=at.date()).offerings == {}


def test_an_import_without_publish_leaves_what_is_sold_as_it_is(demo_files, system, at):
    commands.import_catalogue(files=demo_files, actor=system, at=at, publish=True)

    again = commands.import_catalogue(files=demo_files, actor=system, at=at, publish=False)

    assert (again.created, again.changed) == (0, 0)


def test_a_version_that_was_sold_does_not_change(demo_files, system, at):
    commands.import_catalogue(files=demo_files, actor=system, at=at, publish=True)
    dearer = demo_files[PLAN].replace(b"amount: 8.90", b"amount: 9.90")

    with pytest.raises(commands.CatalogueRefused) as refused:
        commands.import_catalogue(files={**demo_files, PLAN: dearer}, actor=system, at=at, publish=True)

    assert [problem.code for problem in refused.value.problems] == ["catalogue.version.frozen"]
    assert refused.value.problems[0].file == PLAN
    assert queries.offering(code="MOB-ECO-2H", at=at.date()).price("ABO").amount == Decimal("8.90")


def test_a_new_price_is_a_new_version_after_the_end_of_the_old_one(demo_files, system, at):
    commands.import_catalogue(files=demo_files, actor=system, at=at, publish=True)
    text = demo_files[PLAN].decode()
    start = text.index("  - code: MOB-ECO-2H")
    end = text.index("  - code: MOB-ECO-5H")
    plan = text[start:end]
    ended = plan.replace("valid_from: 2024-01-01", "valid_from: 2024-01-01\n    valid_to: 2026-12-01")
    following = plan.replace("valid_from: 2024-01-01", "version: 2\n    valid_from: 2026-12-01").replace("amount: 8.90", "amount: 9.90")
    files = {**demo_files, PLAN: (text[:start] + ended + following + text[end:]).encode()}

    answer = commands.import_catalogue(files=files, actor=system, at=at, publish=True)

    assert (answer.created, answer.changed) == (1, 1)
    prices = [queries.offering(code="MOB-ECO-2H", at=day).price("ABO").amount for day in (dt.date(2026, 11, 30), dt.date(2026, 12, 1))]
    assert [str(amount.normalize()) for amount in prices] == ["8.9", "9.9"]


def test_the_import_is_recorded_with_its_files(demo_files, paul, at):
    answer = commands.import_catalogue(files=demo_files, actor=paul, at=at, publish=True)

    made = models.CatalogueImport.objects.get()
    assert made.id == answer.import_id
    assert made.imported_by_name == "Paul"
    assert set(made.files.values_list("path", flat=True)) == set(demo_files)
    event = shared_models.EventLog.objects.get(name="CatalogueImported")
    assert event.payload["created"] == answer.created
    assert f"catalogue:{made.id}" in event.subjects


def test_a_seller_may_not_import(demo_files, alice, at):
    with pytest.raises(obstacles.NotAllowed):
        commands.import_catalogue(files=demo_files, actor=alice, at=at, publish=False)

    assert models.Offering.objects.count() == 0


def test_a_check_writes_nothing(demo_files, at):
    assert commands.check_catalogue(files=demo_files, at=at) == []
    assert models.Offering.objects.count() == 0


def test_two_installations_give_a_version_the_same_id(demo_files, system, at):
    commands.import_catalogue(files=demo_files, actor=system, at=at, publish=True)

    assert models.Offering.objects.get(code="MOB-ILL-50", version=2).id == ids.derived("catalogue.offering", "MOB-ILL-50", 2)
