"""TM Forum 637, product inventory, version 4: what customers have. Read only: orders change it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import ninja
from django import http

from come.inventory import queries
from come.party import queries as party_queries
from come.shared import actor as actors, identifiers, obstacles, text, tmf
from come.staff import policies as rights

router = ninja.Router(tags=["productInventory"])
PATH = "/tmf-api/productInventory/v4/product"
# The standard's enum has a blank after "aborted"; both writings are read, the standard's is written.
_STANDARD_STATE = {"aborted": "aborted "}
_PRICE_TYPES = {"one_off": "oneTime", "recurring": "recurring", "instalment": "recurring", "deposit": "oneTime"}
_FILTERS = {
    "id": "id",
    "status": "state",
    "billingAccount.id": "billing_account_id",
    "relatedParty.id": "customer_file_id",
    "productOffering.id": "offering_code",
    "msisdn": "msisdn",
}


@router.get("/product", summary="List products")
def list_products(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of lines; filters: id, status, billingAccount.id, relatedParty.id, productOffering.id, msisdn."""
    caller = tmf.caller(request)
    rights.require(caller, "inventory.read")
    page = tmf.check_query(request, _FILTERS)
    filters = {_FILTERS[name]: _value(name, str(value), caller) for name, value in request.GET.items() if name in _FILTERS}
    rows, total = queries.lines(viewer=caller, filters=filters, offset=page.offset, limit=page.limit)
    return tmf.collection(request, [_body(request, row) for row in rows], total, response)


@router.get("/product/{product_id}", summary="Read a product")
def read_product(request: http.HttpRequest, product_id: str) -> dict[str, Any]:
    """Return one line."""
    caller = tmf.caller(request)
    rights.require(caller, "inventory.read")
    rows, _ = queries.lines(viewer=caller, filters={"id": _uuid(product_id)}, limit=1)
    if not rows:
        raise obstacles.not_found(text.T("Le produit"), product_id)
    return tmf.resource(request, _body(request, rows[0]))


def _value(name: str, value: str, caller: actors.Actor) -> Any:
    if name in ("id", "billingAccount.id"):
        return _uuid(value)
    if name == "status":
        return value.strip()
    if name == "msisdn":
        try:
            return identifiers.check_phone(value)
        except identifiers.InvalidIdentifier as error:
            raise tmf.bad_request("tmf.bad_msisdn", error.reason) from None
    if name == "relatedParty.id":
        return party_queries.customer_file(reference=value, viewer=caller).id if not _is_uuid(value) else uuid.UUID(value)
    return value


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def _uuid(value: str) -> uuid.UUID:
    if not _is_uuid(value):
        raise obstacles.not_found(text.T("Le produit"), value)
    return uuid.UUID(value)


def _body(request: http.HttpRequest, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "href": tmf.href(request, f"{PATH}/{row['id']}"),
        "@type": "Product",
        "name": row["name_fr"],
        "status": _STANDARD_STATE.get(row["state"], row["state"]),
        "isBundle": False,
        "creationDate": row["created_at"],
        "startDate": row["activated_at"],
        "terminationDate": row["terminated_at"],
        "productOffering": {"id": row["offering_code"], "name": row["name_fr"], "version": str(row["offering_version"])},
        "productCharacteristic": [
            {"name": name, "value": value, "valueType": "string"}
            for name, value in (
                ("msisdn", row["resources"].get("number", "")),
                ("iccid", row["resources"].get("sim", "")),
                ("imei", row["resources"].get("device", "")),
                ("userLabel", row["user_label"]),
            )
            if value
        ],
        "productPrice": [
            {
                "name": price["name_fr"],
                "priceType": _PRICE_TYPES[price["price_type"]],
                # The standard writes money as a JSON number; these decimals are exact in its shortest form.
                "price": {"dutyFreeAmount": {"unit": "EUR", "value": float(price["amount"])}},
                "@type": "ProductPrice",
            }
            for price in row["prices"]
        ],
        "relatedParty": [{"id": str(row["customer_file_id"]), "role": "customer", "@referredType": "Customer"}],
        "billingAccount": {"id": str(row["billing_account_id"])} if row["billing_account_id"] else None,
        "agreement": [{"id": row["agreement_reference"]}] if row["agreement_reference"] else [],
        "productOrderItem": [{"productOrderId": row["order_item_ref"].split("/")[0], "orderItemId": row["order_item_ref"].split("/")[-1]}]
        if row["order_item_ref"]
        else [],
    }
