"""The TM Forum 621 door."""

from __future__ import annotations

import json

import pytest
from django.test import Client

import fleet_world as fw
from come.staff import models as staff_models
from come.ticket import models

pytestmark = pytest.mark.django_db
TICKETS = "/tmf-api/troubleTicket/v4/troubleTicket"


@pytest.fixture
def client():
    world = fw.build()
    client = Client()
    client.force_login(staff_models.StaffMember.objects.get(id=world.alice.staff_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _post(client, body):
    return client.post(TICKETS, json.dumps(body), content_type="application/json")


def test_an_incident_is_reported_listed_and_read_with_its_story(client):
    made = _post(client, {"description": "Le parc reste blanc.", "severity": "Major", "ticketType": "incident"})
    assert (made.status_code, made["Location"]) == (201, made.json()["href"])
    assert made.json()["status"] == "acknowledged"
    listed = client.get(TICKETS, {"status": "acknowledged", "fields": "severity"})
    assert (listed["X-Total-Count"], listed.json()[0]["severity"]) == ("1", "major")
    read = client.get(f"{TICKETS}/{made.json()['id']}").json()
    assert [note["text"] for note in read["note"]] == ["Incident signalé : Le parc reste blanc."]


def test_every_missing_attribute_is_named_and_nothing_is_opened(client):
    answer = _post(client, {"severity": " "})
    assert (answer.status_code, [error["path"] for error in answer.json()["errors"]]) == (400, ["description", "severity", "ticketType"])
    assert _post(client, {"description": "x", "severity": "huge", "ticketType": "incident"}).status_code == 400
    assert _post(client, {"description": "x", "severity": "major", "ticketType": "incident", "mood": 1}).status_code == 400
    assert client.get(f"{TICKETS}/INC-2026-999999").status_code == 404
    assert models.TroubleTicket.objects.count() == 0
