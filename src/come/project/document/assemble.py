"""Complete the framework's document: parameters, bodies, answers, refusals, and how to prove who calls."""

from __future__ import annotations

import re
from typing import Any

from come.project.document import answers, requests
from come.project.document.shapes import COUNT, TEXT, many, ref

ROOT = "/tmf-api/"
# Each address of a list or of an act: what it speaks of, and the filters that it takes. The address of one resource
# (with an identifier) speaks of the same.
RESOURCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "productCatalogManagement/v4/productOffering": (
        "ProductOffering",
        ("id", "name", "lifecycleStatus", "version", "isBundle", "isSellable", "category.id", "productSpecification.id", "sort"),
    ),
    "productCatalogManagement/v4/productOfferingPrice": (
        "ProductOfferingPrice",
        ("id", "name", "priceType", "lifecycleStatus", "version", "sort"),
    ),
    "productCatalogManagement/v4/productSpecification": (
        "ProductSpecification",
        ("id", "name", "brand", "productNumber", "lifecycleStatus", "sort"),
    ),
    "party/v4/organization": ("Organization", ("id", "tradingName", "organizationIdentification.identificationId", "status")),
    "party/v4/individual": (
        "Individual",
        ("id", "givenName", "familyName", "contactMedium.characteristic.emailAddress", "relatedParty.id"),
    ),
    "customerManagement/v4/customer": ("Customer", ("id", "name", "status", "engagedParty.id")),
    "accountManagement/v4/billingAccount": ("BillingAccount", ("id", "name", "relatedParty.id")),
    "quoteManagement/v4/quote": ("Quote", ("id", "state", "externalId", "relatedParty.id")),
    "productOrderingManagement/v4/productOrder": ("ProductOrder", ("state", "externalId", "relatedParty.id")),
    "productOrderingManagement/v4/productOrder/{order_id}/productOrderItem": ("ProductOrderItem", ("state",)),
    "productOrderingManagement/v4/cancelProductOrder": ("CancelProductOrder", ()),
    "productInventory/v4/product": (
        "Product",
        ("id", "status", "billingAccount.id", "relatedParty.id", "productOffering.id", "msisdn"),
    ),
    "usageManagement/v4/usage": ("Usage", ("product.id", "cycle", "usageType", "status")),
    "usageManagement/v4/usageSpecification": ("UsageSpecification", ("name",)),
    "customerBillManagement/v4/customerBill": ("CustomerBill", ("state", "billNo", "billingAccount.id", "category")),
    "customerBillManagement/v4/appliedCustomerBillingRate": ("AppliedCustomerBillingRate", ("bill.id",)),
    "troubleTicket/v4/troubleTicket": ("TroubleTicket", ("severity", "status")),
}
_NEEDED = {("usageManagement/v4/usage", "product.id")}
_WRITES = {"post": "Create", "patch": "Update"}
_REFUSALS = {
    400: "Malformed: not JSON, an unknown parameter or attribute, a value of the wrong kind.",
    401: "No session and no valid key.",
    403: "The right is missing, the thing is another agency's, or a session wrote without its token against other sites.",
    404: "Nothing of that identifier, for this caller.",
    409: "The state of the thing forbids the act, or this Idempotency-Key came with another body.",
    413: "The body is too large.",
    415: "The body does not say that it is JSON.",
    422: "A rule of the trade refuses; every obstacle is in `errors`.",
}
_READ_REFUSALS, _DELETE_REFUSALS = (400, 401, 403, 404), (400, 401, 403, 404, 409, 422)


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with all that the framework cannot know; raises KeyError for an address that nobody described."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            _complete(path.partition(ROOT)[2], method, operation)
    document["components"] = {
        "schemas": answers.SCHEMAS | requests.REQUESTS,
        "responses": {str(status): _refusal(said) for status, said in _REFUSALS.items()},
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer", "description": "A key of `come token create`, or of one's account page."},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Writes also need X-CSRFToken."},
        },
    }
    document["security"] = [{"key": []}, {"session": []}]
    document["servers"] = [{"url": "/"}]
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    is_one = path.endswith("}")
    folder = path.rpartition("/")[0] if is_one else path
    name, filters = RESOURCES[folder]
    verb = {"get": "retrieve" if is_one else "list", "post": "create", "patch": "patch", "delete": "delete"}[method]
    operation["operationId"] = f"{verb}{name}"
    operation["parameters"] = [_identifier(one) for one in re.findall(r"\{(\w+)\}", path)]
    refusals: tuple[int, ...] = _READ_REFUSALS
    if method == "get":
        operation["parameters"] += [_FIELDS] if is_one else [_FIELDS, *_PAGING, *(_filter(folder, one) for one in filters)]
    else:
        operation["parameters"].append(_KEY)
        refusals = _DELETE_REFUSALS
    if method in _WRITES:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref(f"{name}_{_WRITES[method]}")}}}
        refusals = tuple(_REFUSALS)
    operation["responses"] = _answers(name, method, is_one=is_one) | {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in refusals
    }


def _answers(name: str, method: str, *, is_one: bool) -> dict[str, Any]:
    body = {"application/json": {"schema": ref(name)}}
    if method == "delete":
        return {"204": {"description": "Withdrawn."}} if name == "ProductOffering" else {}
    if method == "post":
        located = {} if name == "CancelProductOrder" else {"headers": {"Location": {"schema": TEXT, "required": True}}}
        return {"201": {"description": "Made.", "content": body, **located}}
    if is_one:
        return {"200": {"description": "The resource.", "content": body}}
    counts = {
        "X-Total-Count": {"schema": COUNT, "required": True, "description": "How many there are in all."},
        "X-Result-Count": {"schema": COUNT, "required": True, "description": "How many this page has."},
    }
    page = {"application/json": {"schema": many(ref(name))}}
    return {"200": {"description": "One page.", "headers": counts, "content": page}}


def _refusal(said: str) -> dict[str, Any]:
    return {"description": said, "content": {"application/problem+json": {"schema": ref("Error")}}}


def _identifier(name: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "required": True, "schema": TEXT}


def _filter(folder: str, name: str) -> dict[str, Any]:
    return {"in": "query", "name": name, "required": (folder, name) in _NEEDED, "schema": TEXT}


_FIELDS = {
    "in": "query",
    "name": "fields",
    "schema": TEXT,
    "description": "Attributes of the first level, with commas; id, href and @type stay.",
}
_PAGING = (
    {"in": "query", "name": "offset", "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0}},
    {
        "in": "query",
        "name": "limit",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 100},
        "description": "At most 1000 are given.",
    },
)
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": 80},
    "description": "The same key acts once and is answered the same; with another body it is refused (409).",
}
