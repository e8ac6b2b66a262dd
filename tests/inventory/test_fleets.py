"""The list of fleets: the biggest first, only those of one's agencies."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client, utils

import fleet_world as fw
from come.inventory import commands, queries, records
from come.shared import actor as actors, obstacles
from come.staff import models as staff_models

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> fw.World:
    built = fw.build()
    commands.install_lines(lines=[fw.new_line(built, number) for number in range(5)], actor=fw.SYSTEM, at=fw.AT)
    commands.change_state(product_ids=[fw.new_line(built, 0).line_id], to="suspended", reason="essai", actor=fw.SYSTEM, at=fw.AT)
    return built


def test_a_fleet_is_counted_by_state(world):
    found, total = queries.fleets(viewer=world.alice)
    assert total == 1
    assert found == [records.FleetSummary("CLI-2026-000001", "Boulangeries du Rhône", "Lyon", "Lyon Part-Dieu", 5, 4, 1, 0)]


def test_charlie_sees_nothing_of_lyon_and_support_sees_all(world):
    assert queries.fleets(viewer=world.charlie) == ([], 0)
    assert queries.fleets(viewer=world.sam)[1] == 1


def test_a_person_without_the_right_is_refused(world):
    nobody = actors.Actor(staff_id=uuid.uuid4(), name="Personne")
    with pytest.raises(obstacles.NotAllowed):
        queries.fleets(viewer=nobody)


def test_a_name_narrows_the_list(world):
    assert queries.fleets(viewer=world.alice, text="boulangeries")[1] == 1
    assert queries.fleets(viewer=world.alice, text="charpentes") == ([], 0)


def test_the_statements_do_not_grow_with_the_fleets(world):
    with utils.CaptureQueriesContext(connection) as asked:
        queries.fleets(viewer=world.alice, text="boulangeries")
    assert len(asked) <= 5


def test_the_page_shows_it(world):
    client = Client()
    client.force_login(staff_models.StaffMember.objects.get(login="alice"), backend="django.contrib.auth.backends.ModelBackend")
    body = client.get("/parc/").content.decode()
    assert "Boulangeries du Rhône" in body
    assert 'href="/parc/CLI-2026-000001/"' in body
    assert "Aucun parc pour «\u00a0charpentes\u00a0»" in client.get("/parc/?q=charpentes").content.decode()


def test_a_quote_is_offered_to_those_who_may_write_one(world):
    def body(login: str, address: str) -> str:
        client = Client()
        client.force_login(staff_models.StaffMember.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
        return client.get(address).content.decode()

    for address in ("/parc/CLI-2026-000001/", "/parc/CLI-2026-000001/?q=personne"):
        assert 'href="/devis/nouveau/?client=CLI-2026-000001"' in body("alice", address)
        assert "/devis/nouveau/" not in body("sam", address)


def test_an_empty_fleet_proposes_a_quote_to_those_who_may_write_one():
    fw.build()

    def body(login: str) -> str:
        client = Client()
        client.force_login(staff_models.StaffMember.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
        return client.get("/parc/CLI-2026-000001/").content.decode()

    assert "Faire un devis" in body("alice")
    assert "Faire un devis" not in body("sam")
