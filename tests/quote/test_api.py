"""TM Forum 648: mandatory and forbidden attributes, states, paging, fields, and the same refusals as the screens."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django import test
from django.db import connection
from django.test.utils import CaptureQueriesContext

import fleet_world as fw
from come.quote import models
from come.shared import clock, identifiers
from come.staff import models as staff_models, queries as staff_queries

ROOT = "/tmf-api/quoteManagement/v4/quote"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


@pytest.fixture
def call(scene):
    """Return a function that calls the API with a person's key."""

    def called(method, path="", body=None, actor=None, **headers):
        actor = actor or scene.world.alice
        token = f"key-of-{actor.name}"
        staff_models.ApiToken.objects.get_or_create(
            token_hash=staff_queries.token_hash(token),
            defaults={"staff_member_id": actor.staff_id, "name": "essai", "created_at": fw.AT - dt.timedelta(days=1)},
        )
        return test.Client(headers={"Authorization": f"Bearer {token}"} | headers).generic(
            method, f"{ROOT}{path}", json.dumps(body) if body is not None else b"", content_type="application/json"
        )

    return called


def order(**given):
    values = {
        "relatedParty": [{"id": "CLI-2026-000001", "role": "customer", "@referredType": "Customer"}],
        "quoteItem": [{"id": "1", "action": "add", "productOffering": {"id": "MOB-50"}, "quantity": 12}],
    }
    return values | given


def test_a_quote_is_made_priced_and_located(call):
    number = identifiers.test_msisdn(4)
    items = [
        {"id": "A", "action": "add", "productOffering": {"id": "MOB-50"}, "quantity": 12},
        {
            "id": "B",
            "action": "add",
            "product": {
                "productOffering": {"id": "MOB-5"},
                "productCharacteristic": [{"name": "msisdn", "value": number}, {"name": "userLabel", "value": "Anne"}],
            },
            "quoteItem": [
                {"id": "B1", "action": "add", "productOffering": {"id": "OPT-SEC"}},
                {"id": "B2", "action": "add", "productOffering": {"id": "TEL-A9"}},
            ],
        },
    ]
    answer = call("POST", body=order(quoteItem=items, description="Flotte", externalId="EXT-1"))
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["Location"] == body["href"] == f"http://testserver{ROOT}/{body['id']}"
    assert (body["state"], body["version"], body["description"], body["externalId"], body["@type"]) == (
        "inProgress",
        "1",
        "Flotte",
        "EXT-1",
        "Quote",
    )
    first, second = body["quoteItem"]
    assert (first["id"], first["quantity"], first["state"]) == ("A", 12, "inProgress")
    assert first["quoteItemPrice"][0]["price"]["dutyFreeAmount"] == {"unit": "EUR", "value": 16.9}
    assert first["quoteItemPrice"][0]["priceAlteration"][0]["price"]["dutyFreeAmount"]["value"] == -3.1
    assert {one["name"]: one["value"] for one in second["product"]["productCharacteristic"]} == {
        "msisdn": "06 39 98 00 04",
        "userLabel": "Anne",
    }
    assert [one["productOffering"]["id"] for one in second["quoteItem"]] == ["OPT-SEC", "TEL-A9"]
    assert [one["price"]["dutyFreeAmount"]["value"] for one in body["quoteTotalPrice"]] == [120.0, 214.7, 12.5]


def test_an_item_that_cannot_be_sold_stays_pending_with_its_reason(call):
    items = [
        {"id": "1", "action": "add", "productOffering": {"id": "RIEN"}},
        {"id": "2", "action": "add", "productOffering": {"id": "MOB-5"}},
    ]
    body = call("POST", body=order(quoteItem=items)).json()
    assert [one["state"] for one in body["quoteItem"]] == ["pending", "inProgress"]
    assert body["quoteItem"][0]["note"][0]["text"].startswith("« RIEN » n’est pas une offre en vente.")
    refused = call("PATCH", f"/{body['id']}", {"state": "approved"})
    assert (refused.status_code, refused.json()["code"]) == (422, "quote.lines_to_correct")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quoteItem": []}, "tmf.mandatory_attribute"),
        ({"relatedParty": []}, "tmf.mandatory_attribute"),
        ({"state": "approved"}, "tmf.forbidden_attribute"),
        ({"href": "http://x"}, "tmf.forbidden_attribute"),
        ({"quoteDate": "2026-01-01"}, "tmf.forbidden_attribute"),
        ({"validFor": {}}, "tmf.forbidden_attribute"),
        ({"quoteTotalPrice": []}, "tmf.forbidden_attribute"),
        ({"authorization": []}, "tmf.forbidden_attribute"),
        ({"couleur": "bleu"}, "tmf.unsupported_attribute"),
        ({"quoteItem": [{"action": "add", "productOffering": {"id": "MOB-5"}}]}, "tmf.invalid_item"),
        ({"quoteItem": [{"id": "1", "productOffering": {"id": "MOB-5"}}]}, "tmf.invalid_item"),
        ({"quoteItem": [{"id": "1", "action": "add"}]}, "tmf.invalid_item"),
        ({"quoteItem": [{"id": "1", "action": "modify", "productOffering": {"id": "MOB-5"}}]}, "tmf.invalid_item"),
        ({"quoteItem": [{"id": "1", "action": "add", "productOffering": {"id": "MOB-5"}, "quantity": 0}]}, "tmf.invalid_item"),
        ({"quoteItem": [{"id": "1", "action": "add", "productOffering": {"id": "MOB-5"}, "quoteItemPrice": []}]}, "tmf.invalid_item"),
        ({"quoteItem": ["x"]}, "tmf.invalid_item"),
    ],
)
def test_what_the_profile_forbids_is_refused_and_named(call, change, code):
    answer = call("POST", body=order(**change))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["reason"]
    assert models.Quote.objects.count() == 0


def test_every_mistake_of_the_items_is_said_at_once(call):
    answer = call("POST", body=order(quoteItem=[{"id": "1", "action": "add"}, {"productOffering": {"id": "MOB-5"}, "quantity": "deux"}]))
    assert [error["path"] for error in answer.json()["errors"]] == [
        "quoteItem/0/productOffering",
        "quoteItem/1/id",
        "quoteItem/1/action",
        "quoteItem/1/quantity",
    ]


def test_the_life_of_a_quote_by_patch(call):
    reference = call("POST", body=order()).json()["id"]
    assert call("PATCH", f"/{reference}", {"description": "Autre nom"}).json()["description"] == "Autre nom"
    sent = call("PATCH", f"/{reference}", {"state": "approved"}).json()
    assert (sent["state"], sent["quoteItem"][0]["state"]) == ("approved", "approved")
    refused = call("PATCH", f"/{reference}", {"state": "accepted"})
    assert (refused.status_code, refused.json()["code"]) == (422, "quote.no_signatory")
    signed = {"state": "accepted", "relatedParty": [{"id": "x", "role": "signatory", "name": "Anne Durand"}]}
    body = call("PATCH", f"/{reference}", signed).json()
    assert body["state"] == "accepted"
    assert [one["name"] for one in body["relatedParty"] if one["role"] == "signatory"] == ["Anne Durand"]
    assert call("PATCH", f"/{reference}", {"state": "cancelled"}).status_code == 409
    assert call("PATCH", f"/{reference}", {"state": "inProgress"}).status_code == 409
    assert call("PATCH", f"/{reference}", {"state": "brouillon"}).status_code == 400
    assert call("PATCH", f"/{reference}", {"version": "2"}).status_code == 400
    assert call("POST", body={"id": reference, "quoteItem": order()["quoteItem"]}).status_code == 422


def test_the_id_of_a_sent_quote_makes_a_new_version(call):
    reference = call("POST", body=order()).json()["id"]
    call("PATCH", f"/{reference}", {"state": "approved"})
    items = [{"id": "9", "action": "add", "productOffering": {"id": "MOB-5"}, "quantity": 2}]
    body = call("POST", body={"id": reference, "quoteItem": items}).json()
    assert (body["id"], body["version"], body["state"]) == (reference, "2", "inProgress")
    assert [(one["id"], one["quantity"]) for one in body["quoteItem"]] == [("9", 2)]


def test_lists_page_filter_and_select(call):
    for number in range(3):
        call("POST", body=order(externalId=f"E{number}"))
    answer = call("GET", "?limit=2&fields=state,quoteItem")
    assert (answer.headers["X-Total-Count"], answer.headers["X-Result-Count"]) == ("3", "2")
    assert set(answer.json()[0]) == {"id", "href", "@type", "state", "quoteItem"}
    assert [one["externalId"] for one in call("GET", "?externalId=E1").json()] == ["E1"]
    assert call("GET", "?state=approved").json() == []
    assert len(call("GET", "?relatedParty.id=CLI-2026-000001").json()) == 3
    assert call("GET", "?couleur=bleu").status_code == 400
    assert call("GET", "?limit=beaucoup").status_code == 400
    assert call("GET", "/DEV-0").status_code == 404
    assert call("DELETE", "/DEV-0").status_code == 405
    assert call("DELETE", "/DEV-0").json()["code"] == "shared.method_not_allowed"


def test_a_list_costs_the_same_whatever_its_length(call):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert call("GET").status_code == 200
        return len(captured)

    call("POST", body=order())
    statements()
    one = statements()
    for _ in range(3):
        call("POST", body=order())
    assert statements() == one


def test_a_replayed_post_makes_one_quote(call):
    answers = [call("POST", body=order(), **{"Idempotency-Key": "k1"}).json() for _ in range(2)]
    assert answers[0]["id"] == answers[1]["id"]
    assert answers[0]["quoteItem"] == answers[1]["quoteItem"]
    assert models.Quote.objects.count() == 1


def test_charlie_is_refused(call, scene):
    reference = call("POST", body=order()).json()["id"]
    charlie = scene.world.charlie
    assert call("GET", f"/{reference}", actor=charlie).status_code == 403
    assert call("GET", actor=charlie).json() == []
    assert call("PATCH", f"/{reference}", {"state": "cancelled"}, actor=charlie).status_code == 403
    assert call("POST", body=order(), actor=charlie).status_code == 403
    assert call("PATCH", f"/{reference}", {"state": "cancelled"}, actor=scene.world.sam).status_code == 403
    assert models.Quote.objects.get().state == "inProgress"
    assert test.Client().get(ROOT).status_code == 401
