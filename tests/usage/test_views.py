"""Screens and API of usage: totals, causes, a line's usage down to the sentence; refusals change nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django import urls
from django.core.files import uploadedfile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import fleet_world
from come.shared import identifiers
from come.staff import models as staff_models
from come.usage import commands, models, queries
from usage_world import AT, SYSTEM, record


def client_of(actor) -> Client:
    client = Client()
    client.force_login(staff_models.StaffMember.objects.get(id=actor.staff_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def rated(world, write_file) -> fleet_world.World:
    lines = [record("V1", seconds=61), record("S1", service="sms", seconds=0), record("X1", msisdn=identifiers.test_msisdn(900))]
    commands.ingest_file(path=write_file(lines), actor=SYSTEM, at=AT)
    commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT)
    return world


def page(client, name, *args, **query):
    response = client.get(urls.reverse(name, args=args), query)
    assert response.status_code == 200, response.content[:2000]
    return response.content.decode()


def test_the_intake_page_shows_files_totals_and_causes(rated):
    body = page(client_of(rated.sam), "usage:intake")
    assert "usage.csv" in body
    assert "Aucune ligne n’avait ce numéro à cet instant." in body
    assert "Recycler" in body
    assert "Recycler" not in page(client_of(rated.alice), "usage:intake")


def test_the_intake_page_costs_the_same_however_many_files(rated, write_file):
    client = client_of(rated.sam)
    page(client, "usage:intake")
    with CaptureQueriesContext(connection) as before:
        page(client, "usage:intake")
    for number in range(3):
        commands.ingest_file(
            path=write_file([record(f"N{number}")], name=f"n{number}.csv"), actor=SYSTEM, at=AT + dt.timedelta(hours=number)
        )
    with CaptureQueriesContext(connection) as after:
        page(client, "usage:intake")
    assert len(after) == len(before)


def test_empty_screens_say_what_to_do(world):
    assert "Déposez un fichier d’usage" in page(client_of(world.sam), "usage:intake")
    assert "Aucune consommation" in page(client_of(world.sam), "usage:home_intake")
    line_id = fleet_world.new_line(world, 0).line_id
    assert "Aucune consommation valorisée" in page(client_of(world.alice), "usage:line_usage", line_id)


def test_a_line_is_read_down_to_the_sentence(rated):
    alice, line_id = client_of(rated.alice), fleet_world.new_line(rated, 0).line_id
    assert "Appels · " in page(alice, "usage:line_usage", line_id)
    body = page(alice, "usage:line_records", line_id)
    assert "+3361234••••" in body
    assert "+33612345678" not in body
    assert "61\u202fs" not in body
    assert "61 s" in page(alice, "usage:explanation", line_id, cycle="2026-10", record="V1")


def test_an_explanation_opened_alone_is_a_whole_page(rated):
    alice, line_id = client_of(rated.alice), fleet_world.new_line(rated, 0).line_id
    query = {"cycle": "2026-10", "record": "V1"}
    whole = page(alice, "usage:explanation", line_id, **query)
    assert "<title>Pourquoi ce prix\u00a0? · " in whole.replace("\u202f", "\u00a0")
    assert f'href="{urls.reverse("usage:line_records", args=[line_id])}"' in whole
    part = alice.get(urls.reverse("usage:explanation", args=[line_id]), query, headers={"HX-Request": "true"}).content.decode()
    assert "<title>" not in part
    assert "61 s" in part


def test_recycling_says_how_many_found_their_line(rated):
    answer = client_of(rated.sam).post(urls.reverse("usage:recycle"), follow=True).content.decode()
    assert "Enregistrements qui ont trouvé leur ligne\u00a0: 0 sur 1." in answer.replace("\u202f", "\u00a0")


def test_another_agency_sees_nothing_of_the_line(rated):
    charlie, line_id = client_of(rated.charlie), fleet_world.new_line(rated, 0).line_id
    for name in ("usage:line_usage", "usage:line_records", "usage:explanation"):
        assert charlie.get(urls.reverse(name, args=[line_id]), {"cycle": "2026-10", "record": "V1"}).status_code == 404


def test_a_file_is_dropped_by_those_who_may(world, write_file):
    content = write_file([record("V1")]).read_bytes()

    def drop(client):
        return client.post(urls.reverse("usage:upload"), {"usage_file": uploadedfile.SimpleUploadedFile("mine.csv", content)})

    assert drop(client_of(world.alice)).status_code == 403
    assert models.UsageFile.objects.count() == 0
    assert drop(client_of(world.sam)).status_code == 303
    assert models.UsageFile.objects.values_list("name", "accepted").get() == ("mine.csv", 1)


def test_rating_is_asked_for_from_the_screen(rated):
    sam = client_of(rated.sam)
    assert sam.post(urls.reverse("usage:rate"), {"cycle": "2026-10"}).status_code == 303
    assert sam.post(urls.reverse("usage:rate"), {"cycle": "1999-01"}).status_code == 404
    assert client_of(rated.alice).post(urls.reverse("usage:rate"), {"cycle": "2026-10"}).status_code == 403
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'usage.rate_cycle'")
        assert len(cursor.fetchall()) == 1


def test_the_api_pages_and_explains(rated):
    alice, line_id = client_of(rated.alice), fleet_world.new_line(rated, 0).line_id
    base = "/tmf-api/usageManagement/v4"
    answer = alice.get(f"{base}/usage", {"product.id": str(line_id), "limit": 1})
    assert (answer.status_code, answer["X-Total-Count"], answer["X-Result-Count"]) == (200, "2", "1")
    body = answer.json()[0]
    assert body["@type"] == "Usage"
    one = alice.get(f"{base}/usage/{body['id']}").json()
    assert one["description"].startswith(("Appel vers", "SMS vers"))
    assert alice.get(f"{base}/usage").status_code == 400
    assert client_of(rated.charlie).get(f"{base}/usage", {"product.id": str(line_id)}).status_code == 404
    assert [item["id"] for item in alice.get(f"{base}/usageSpecification").json()] == ["voice", "sms", "mms", "data"]


def test_one_cause_of_two_cycles_is_said_once_with_its_sum(world, write_file):
    unknown = identifiers.test_msisdn(900)
    lines = [
        record("S1", msisdn=unknown, start="2026-09-12T10:00:00Z"),
        record("S2", msisdn=unknown, start="2026-10-12T10:00:00Z"),
        record("S3", msisdn=unknown, start="2026-10-13T10:00:00Z"),
    ]
    commands.ingest_file(path=write_file(lines), actor=SYSTEM, at=AT)
    assert queries.waiting_by_cause(viewer=world.sam) == [("Aucune ligne n’avait ce numéro à cet instant.", 3)]
    body = page(client_of(world.sam), "usage:home_intake")
    assert body.count("Aucune ligne n’avait ce numéro à cet instant.") == 1
    assert "3 enregistrements en suspens\u00a0:" in body
