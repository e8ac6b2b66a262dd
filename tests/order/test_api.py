"""The TM Forum 622 and 637 doors."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import fleet_world as fw
from come.catalogue import models as catalogue_models
from come.order import jobs, models
from come.party import models as party_models
from come.shared import identifiers
from come.staff import models as staff_models

ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"


@pytest.fixture
def client(world):
    return _client(world.alice)


def _client(actor):
    client = Client()
    client.force_login(staff_models.StaffMember.objects.get(id=actor.staff_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _body(world, count, **given):
    items = [
        {
            "id": str(n),
            "action": "add",
            "productOffering": {"id": "NV-PRO-20"},
            "productOrderItem": [{"id": "o", "action": "add", "productOffering": {"id": "NV-OPT-MONDE"}}],
            "product": {"productCharacteristic": [{"name": "userLabel", "value": f"Camion {n}"}]},
        }
        for n in range(1, count + 1)
    ]
    parties = [{"id": world.company_reference, "role": "customer", "@referredType": "Customer"}]
    return {"relatedParty": parties, "productOrderItem": items} | given


def _post(client, body, **headers):
    return client.post(ORDERS, json.dumps(body), content_type="application/json", headers=headers)


def test_an_order_of_lines_is_priced_taken_and_read_back(client, world):
    fw.stock(3)
    answer = _post(client, _body(world, 2, externalId="EXT-7"))
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert answer["Location"] == made["href"]
    assert (made["state"], made["externalId"], len(made["productOrderItem"])) == ("acknowledged", "EXT-7", 2)
    order = models.ProductOrder.objects.get()
    jobs.drain(order_id=order.id)
    read = client.get(f"{ORDERS}/{made['id']}").json()
    assert (read["state"], read["productOrderItem"][0]["state"]) == ("completed", "completed")
    traits = {trait["name"]: trait["value"] for trait in read["productOrderItem"][0]["product"]["productCharacteristic"]}
    assert traits == {"msisdn": identifiers.test_msisdn(0), "iccid": identifiers.test_iccid(0), "userLabel": "Camion 1"}
    products = client.get("/tmf-api/productInventory/v4/product", {"msisdn": "06 39 98 00 00"})
    assert (products["X-Total-Count"], products["X-Result-Count"]) == ("1", "1")
    (product,) = products.json()
    assert (product["status"], product["id"]) == ("active", read["productOrderItem"][0]["product"]["id"])
    assert {price["name"]: price["price"]["dutyFreeAmount"]["value"] for price in product["productPrice"]} == {
        "Prix NV-PRO-20-M": 19.9,
        "Prix NV-PRO-20-MES": 10.0,
        "Prix NV-OPT-MONDE-M": 5.0,
    }
    one = client.get(f"/tmf-api/productInventory/v4/product/{product['id']}", {"fields": "status"}).json()
    assert set(one) == {"id", "href", "@type", "status"}


def test_the_same_call_with_the_same_key_is_one_order(client, world):
    body = _body(world, 1)
    first = _post(client, body, **{"Idempotency-Key": "call-1"})
    again = _post(client, body, **{"Idempotency-Key": "call-1"})
    assert first.json()["id"] == again.json()["id"]
    other = _post(client, _body(world, 2), **{"Idempotency-Key": "call-1"})
    assert other.status_code == 409
    assert models.ProductOrder.objects.count() == 1


def test_every_mistake_is_named_at_once_and_nothing_is_ordered(client, world):
    body = _body(world, 3, surprise=1)
    assert _post(client, body).json()["code"] == "tmf.unsupported_attribute"
    body = _body(world, 3)
    body["productOrderItem"][0] = {"id": "1", "action": "delete", "productOffering": {}}
    body["productOrderItem"][1]["colour"] = "red"
    body["requestedStartDate"] = "demain"
    answer = _post(client, body)
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == [
        "productOrderItem/0/action",
        "productOrderItem/0/productOffering/id",
        "productOrderItem/1",
        "requestedStartDate",
    ]
    body = _body(world, 2)
    body["productOrderItem"][1]["product"]["productCharacteristic"] = [{"name": "msisdn", "value": "0612"}]
    answer = _post(client, body)
    assert (answer.status_code, [error["path"] for error in answer.json()["errors"]]) == (422, ["productOrderItem/1/msisdn"])
    body = _body(world, 1)
    body["productOrderItem"][0]["productOffering"]["id"] = "NV-INCONNU"
    assert _post(client, body).status_code == 422
    assert client.post(ORDERS, "{", content_type="application/json").status_code == 400
    assert models.ProductOrder.objects.count() == 0


def test_charlie_neither_orders_for_a_company_of_lyon_nor_reads_its_orders(client, world):
    made = _post(client, _body(world, 1)).json()
    charlie = _client(world.charlie)
    assert _post(charlie, _body(world, 1)).status_code == 403
    assert charlie.get(f"{ORDERS}/{made['id']}").status_code == 404
    assert charlie.get(ORDERS)["X-Total-Count"] == "0"
    assert charlie.get("/tmf-api/productInventory/v4/product")["X-Total-Count"] == "0"
    assert Client().get(ORDERS).status_code == 401


def test_orders_are_listed_filtered_and_a_typo_is_refused(client, world):
    _post(client, _body(world, 1, externalId="A"))
    _post(client, _body(world, 1, externalId="B"))
    answer = client.get(ORDERS, {"externalId": "B", "fields": "state"})
    assert (answer["X-Total-Count"], answer.json()[0]["state"]) == ("1", "acknowledged")
    assert client.get(ORDERS, {"relatedParty.id": world.company_reference, "limit": 1})["X-Result-Count"] == "1"
    assert client.get(ORDERS, {"stat": "held"}).status_code == 400
    assert client.get(ORDERS, {"limit": "beaucoup"}).status_code == 400


def test_an_order_is_cancelled_by_its_task(client, world):
    made = _post(client, _body(world, 2)).json()
    address = "/tmf-api/productOrderingManagement/v4/cancelProductOrder"
    body = {"productOrder": {"id": made["id"]}, "cancellationReason": "Erreur"}
    answer = client.post(address, json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["state"], answer.json()["cancelledItemCount"]) == (201, "done", 2)
    assert client.get(f"{ORDERS}/{made['id']}").json()["state"] == "cancelled"
    again = client.post(address, json.dumps(body), content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (422, "order.point_of_no_return")


@pytest.mark.slow
def test_ten_thousand_lines_are_one_order_and_are_read_by_page(client, world):
    body = _body(world, 10_000)
    with CaptureQueriesContext(connection) as captured:
        answer = _post(client, body)
    assert answer.status_code == 201
    assert len(captured) < 60
    made = answer.json()
    assert (made["productOrderItemCount"], len(made["productOrderItem"])) == (10_000, 10_000)
    assert models.OrderPattern.objects.count() == 1
    page = client.get(f"{ORDERS}/{made['id']}/productOrderItem", {"state": "acknowledged", "offset": 9_990, "limit": 100})
    assert (page["X-Total-Count"], page["X-Result-Count"]) == ("10000", "10")
    assert [item["id"] for item in page.json()] == [str(n) for n in range(9_991, 10_001)]
    assert len(client.get(ORDERS).json()[0]["productOrderItem"]) == 100


def _agree(reference, legal_unit_id, day, amount, member=None):
    made = catalogue_models.Agreement.objects.create(
        reference=reference,
        name="Accord",
        legal_unit_id=legal_unit_id,
        valid_from=dt.date(2026, 1, 1),
        state="signed",
        signed_date=day,
        created_at=fw.AT,
        updated_at=fw.AT,
    )
    catalogue_models.AgreementClause.objects.create(
        agreement=made,
        position=0,
        number="4.2",
        kind="amount",
        target_kind="price",
        text_fr="Prix.",
        offering_code="NV-PRO-20",
        price_code="NV-PRO-20-M",
        amount=amount,
    )
    if member is not None:
        catalogue_models.AgreementMember.objects.create(agreement=made, legal_unit_id=member, valid_from=day)


def _monthly():
    """Return what the plan of each order costs a month."""
    patterns = models.OrderPattern.objects.values_list("frozen", flat=True)
    return {one["amount"] for frozen in patterns for one in frozen["offerings"][0]["prices"] if one["price_type"] == "recurring"}


def test_without_an_agreement_named_its_own_comes_before_its_group_s(client, world):
    fw.stock(3)
    company = party_models.CustomerFile.objects.get(id=world.company)
    head = party_models.LegalUnit.objects.create(legal_name="Groupe Germinal", created_at=fw.AT)
    _agree("ACC-2026-000001", head.id, dt.date(2026, 9, 1), "18.00", member=company.legal_unit_id)
    assert _post(client, _body(world, 1)).status_code == 201
    assert _monthly() == {"18.000000"}
    _agree("ACC-2026-000002", company.legal_unit_id, dt.date(2026, 1, 1), "19.00")
    assert _post(client, _body(world, 1)).status_code == 201
    assert _monthly() == {"18.000000", "19.000000"}
