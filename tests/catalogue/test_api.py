"""TMF620: what a machine reads and writes."""

from __future__ import annotations

import json

import pytest

from come.catalogue import models

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
BASE = "/tmf-api/productCatalogManagement/v4"


class Caller:
    """A signed-in client that speaks JSON."""

    def __init__(self, client):
        self.client = client

    def get(self, path, **query):
        return self.client.get(f"{BASE}{path}", query)

    def send(self, verb, path, body=None, **headers):
        return getattr(self.client, verb)(f"{BASE}{path}", json.dumps(body), content_type="application/json", headers=headers)


@pytest.fixture
def seller(world):
    return Caller(world.client("alice"))


@pytest.fixture
def pricing(world):
    return Caller(world.client("paul"))


def test_a_page_of_offerings_says_how_many_there_are(seller):
    answer = seller.get("/productOffering", limit=5, offset=10)

    assert answer.status_code == 200
    assert answer["X-Result-Count"] == "5"
    assert int(answer["X-Total-Count"]) > 70
    assert len(answer.json()) == 5
    for body in answer.json():
        assert {"id", "href", "name", "lastUpdate", "lifecycleStatus", "@type"} <= set(body)


def test_fields_keep_only_what_is_asked_for(seller):
    (body,) = seller.get("/productOffering", fields="name", limit=1).json()

    assert set(body) == {"id", "href", "@type", "name"}


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"category.id": "pool"}, {"POOL-DATA-100:1", "POOL-DATA-500:1", "POOL-DATA-2000:1"}),
        ({"lifecycleStatus": "Active"}, {"MOB-ILL-100:2"}),
        ({"name": "Novaline Illimité 50 Go", "lifecycleStatus": "Retired"}, {"MOB-ILL-50:1"}),
        ({"isBundle": "true"}, {"CONV-AGENCE:1"}),
        ({"productSpecification.id": "SPEC-ALTIA-A5"}, {"TEL-ALTIA-A5:1", "TEL-ALTIA-A5-24X:1"}),
    ],
)
def test_filters(seller, query, codes):
    assert {body["id"] for body in seller.get("/productOffering", **query).json()} == codes


@pytest.mark.parametrize("query", [{"nom": "x"}, {"limit": "dix"}, {"offset": "-1"}])
def test_an_unknown_or_wrong_parameter_is_refused(seller, query):
    answer = seller.get("/productOffering", **query)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert {"code", "reason"} <= set(answer.json())


def test_a_code_answers_with_the_version_of_the_day(seller):
    body = seller.get("/productOffering/MOB-ILL-50").json()

    assert (body["id"], body["version"], body["lifecycleStatus"]) == ("MOB-ILL-50:2", "2", "Launched")
    assert seller.get("/productOffering/MOB-ILL-50:1").json()["lifecycleStatus"] == "Retired"
    assert body["validFor"] == {"startDateTime": "2026-06-30T22:00:00+00:00"}
    assert [price["id"] for price in body["productOfferingPrice"]] == ["MOB-ILL-50:2:ABO", "MOB-ILL-50:2:MES"]


def test_a_price_is_a_number_with_its_period_and_tax(seller):
    body = seller.get("/productOfferingPrice/MOB-ILL-50:2:ABO").json()

    assert body["price"] == {"unit": "EUR", "value": 22.9}
    assert (body["priceType"], body["recurringChargePeriodType"], body["recurringChargePeriodLength"]) == ("recurring", "month", 1)
    assert body["tax"][0]["taxCategory"] == "standard"


def test_instalments_are_a_term_of_the_price(seller):
    body = seller.get("/productOfferingPrice/TEL-KESTREL-K12-24X:1:MENS").json()

    assert body["productOfferingTerm"][0]["duration"] == {"amount": 24, "units": "month"}


def test_prices_and_specifications_are_listed_and_sorted(seller):
    prices = seller.get("/productOfferingPrice", priceType="deposit").json()
    specifications = seller.get("/productSpecification", sort="-productNumber", limit=2).json()

    assert [price["id"] for price in prices] == ["SRV-DEPOT:1:DEPOT"]
    assert [body["productNumber"] for body in specifications] == ["SPEC-XOIP", "SPEC-SERVICE"]
    one = seller.get(f"/productSpecification/{specifications[0]['id']}").json()
    assert {item["name"] for item in one["productSpecCharacteristic"]} == {"codec", "registration"}


@pytest.mark.parametrize(
    "path", ["/productOffering/RIEN", "/productOfferingPrice/MOB-ILL-50:2:RIEN", "/productSpecification/RIEN", "/productOffering/MOB-SAT"]
)
def test_what_does_not_exist_or_is_a_draft_is_not_found(seller, path):
    answer = seller.get(path)

    assert answer.status_code == 404
    assert answer.json()["@type"] == "Error"


def test_a_draft_is_created_renamed_and_withdrawn(pricing):
    made = pricing.send("post", "/productOffering", {"name": "Forfait d’été", "category": [{"id": "plan"}]})

    assert made.status_code == 201
    body = made.json()
    assert made["Location"] == body["href"]
    assert (body["id"], body["lifecycleStatus"], body["category"][0]["id"]) == ("FORFAIT-D-ETE:1", "In design", "plan")
    renamed = pricing.send("patch", "/productOffering/FORFAIT-D-ETE:1", {"name": "Forfait d’hiver"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Forfait d’hiver")
    assert pricing.send("delete", "/productOffering/FORFAIT-D-ETE:1").status_code == 204
    assert models.Offering.objects.get(code="FORFAIT-D-ETE").approval == "withdrawn"


def test_a_replayed_creation_makes_one_draft(pricing):
    answers = [pricing.send("post", "/productOffering", {"name": "Une fois"}, **{"Idempotency-Key": "k-1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert models.Offering.objects.filter(name_fr="Une fois").count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": 12},
        {"name": "X", "couleur": "bleu"},
        {"name": "X", "id": "1"},
        {"name": "X", "lifecycleStatus": "Launched"},
        {"name": "X", "category": "plan"},
        {"name": "X", "validFor": {"startDateTime": "demain"}},
        {"name": "X", "isBundle": True},
    ],
)
def test_a_wrong_creation_is_refused_with_its_reason(pricing, body):
    count = models.Offering.objects.count()

    answer = pricing.send("post", "/productOffering", body)

    assert answer.status_code == 400
    assert answer.json()["reason"]
    assert models.Offering.objects.count() == count


def test_an_unknown_kind_is_refused(pricing):
    answer = pricing.send("post", "/productOffering", {"name": "X", "category": [{"id": "girafe"}]})

    assert (answer.status_code, answer.json()["code"]) == (422, "catalogue.kind")


def test_an_offer_without_price_is_not_published(world, pricing):
    pricing.send("post", "/productOffering", {"name": "Sans prix"})

    answer = Caller(world.client("petra")).send("patch", "/productOffering/SANS-PRIX:1", {"lifecycleStatus": "Launched"})

    assert (answer.status_code, answer.json()["code"]) == (422, "catalogue.price.missing")
    assert models.Offering.objects.get(code="SANS-PRIX").approval == "draft"


def test_what_is_on_sale_is_retired_but_never_erased(pricing):
    assert pricing.send("delete", "/productOffering/ACC-COQUE:1").status_code == 409
    answer = pricing.send("patch", "/productOffering/ACC-COQUE:1", {"lifecycleStatus": "Retired"})

    assert (answer.status_code, answer.json()["lifecycleStatus"]) == (200, "Retired")
    again = pricing.send("patch", "/productOffering/ACC-COQUE:1", {"lifecycleStatus": "Launched"})
    assert again.status_code == 409


def test_only_some_attributes_are_patched(pricing):
    answer = pricing.send("patch", "/productOffering/MOB-SAT:1", {"version": "3"})

    assert (answer.status_code, answer.json()["code"]) == (400, "tmf.not_patchable")


def test_a_seller_writes_nothing(seller):
    count = models.Offering.objects.count()

    assert seller.send("post", "/productOffering", {"name": "X"}).status_code == 403
    assert seller.send("patch", "/productOffering/ACC-COQUE:1", {"name": "X"}).status_code == 403
    assert seller.send("delete", "/productOffering/ACC-COQUE:1").status_code == 403
    assert seller.send("post", "/productSpecification", {"name": "X"}).status_code == 403
    assert models.Offering.objects.count() == count


def test_a_specification_is_created_and_renamed(pricing):
    made = pricing.send("post", "/productSpecification", {"name": "Borne radio", "brand": "Altia"})
    renamed = pricing.send("patch", f"/productSpecification/{made.json()['id']}", {"name": "Borne radio 5G"})

    assert (made.status_code, renamed.status_code, renamed.json()["name"]) == (201, 200, "Borne radio 5G")


def test_a_stranger_is_refused(client):
    assert client.get(f"{BASE}/productOffering").status_code == 401
