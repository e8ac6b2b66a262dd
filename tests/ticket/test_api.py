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


def _patch(client, reference, **body):
    return client.patch(f"{TICKETS}/{reference}", json.dumps(body), content_type="application/json")


@pytest.fixture
def handled(client):
    """Return the reference of Alice's incident, and the client of Sam, who repairs."""
    reference = _post(client, {"description": "Le parc reste blanc.", "severity": "major", "ticketType": "incident"}).json()["id"]
    sam = Client()
    person = staff_models.StaffMember.objects.get(login="sam")
    person.roles = ["support", "api_client"]
    person.save()
    sam.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return reference, sam


def test_the_whole_life_goes_through_the_door_in_the_standard_s_words(client, handled):
    reference, sam = handled
    taken = _patch(
        sam, reference, status="inProgress", expectedResolutionDate="2099-01-01T09:00:00Z", note=[{"text": "Vu."}, {"text": "Lu."}]
    )
    assert (taken.status_code, taken.json()["status"], taken.json()["expectedResolutionDate"]) == (
        200,
        "inProgress",
        "2099-01-01T09:00:00Z",
    )
    assert _patch(sam, reference, expectedResolutionDate="2099-01-02T09:00:00Z", statusChangeReason="Pièce").status_code == 200
    assert _patch(sam, reference, status="pending", statusChangeReason="On attend").json()["status"] == "pending"
    assert _patch(sam, reference, status="resolved", statusChangeReason="Réparé").json()["status"] == "resolved"
    again = _patch(client, reference, status="acknowledged", statusChangeReason="Toujours blanc").json()
    assert (again["status"], again["expectedResolutionDate"], again["resolutionDate"]) == ("acknowledged", None, None)
    assert [change["status"] for change in again["statusChange"]] == ["acknowledged", "inProgress", "pending", "resolved", "acknowledged"]
    assert {"Vu.", "Lu."} <= {note["text"] for note in again["note"]}
    assert _patch(sam, reference, status="rejected", statusChangeReason="Voulu").json()["status"] == "rejected"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "inProgress"}, 422),
        ({"status": "inProgress", "expectedResolutionDate": "demain"}, 400),
        ({"status": "inProgress", "expectedResolutionDate": "2099-01-01T09:00:00"}, 400),
        ({"status": "closed", "statusChangeReason": "x"}, 422),
        ({"status": "unknown", "statusChangeReason": "x"}, 422),
        ({"status": "held"}, 422),
        ({"name": "autre"}, 400),
        ({"note": [{}]}, 400),
        ({"note": "x"}, 400),
    ],
)
def test_what_the_life_forbids_is_refused_and_nothing_moves(client, handled, body, status):
    reference, sam = handled
    before = client.get(f"{TICKETS}/{reference}").json()
    assert _patch(sam, reference, **body).status_code == status
    assert client.get(f"{TICKETS}/{reference}").json() == before


def test_a_seller_handles_no_incident_through_the_door(client, handled):
    reference, _ = handled
    assert _patch(client, reference, status="rejected", statusChangeReason="x").status_code == 403
    assert _patch(client, "INC-2026-999999", status="rejected", statusChangeReason="x").status_code == 404


def test_the_list_is_filtered_by_severity(client, handled):
    assert client.get(TICKETS, {"severity": "major"})["X-Total-Count"] == "1"
    assert client.get(TICKETS, {"severity": "minor"})["X-Total-Count"] == "0"
