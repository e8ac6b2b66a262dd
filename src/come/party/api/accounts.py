"""TM Forum 666, billing account, version 4."""

from __future__ import annotations

from typing import Any

import ninja
from django import http

from come.party import commands, policies, queries, records
from come.party.api import _doors as doors
from come.shared import text, tmf, web

router = ninja.Router(tags=["account"])
_FILTERS = {"id": "id", "name": "name", "relatedParty.id": "customer"}


@router.get("/billingAccount", summary="List billing accounts")
def list_billing_accounts(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of billing accounts; filters: id, name, relatedParty.id."""
    caller, filters, page = doors.asked(request, _FILTERS)
    found, total = queries.visible_accounts(viewer=caller, filters=filters, offset=page.offset, limit=page.limit)
    return tmf.collection(request, [_account(request, one) for one in found], total, response)


@router.get("/billingAccount/{identifier}", summary="Read a billing account")
def read_billing_account(request: http.HttpRequest, identifier: str) -> dict[str, Any]:
    """Return one billing account, by id or reference."""
    caller = doors.reader(request)
    found, _ = queries.visible_accounts(viewer=caller, filters={"id": identifier}, limit=1)
    return tmf.resource(request, _account(request, doors.first(found, text.T("Le compte de facturation"), identifier)))


@router.post("/billingAccount", response={201: dict[str, Any]}, summary="Open a billing account")
def create_billing_account(request: http.HttpRequest, response: http.HttpResponse) -> tuple[int, dict[str, Any]]:
    """Open an account paid by transfer for a customer (relatedParty); direct debit needs a mandate, given on the screens."""
    caller = doors.writer(request)
    body = tmf.json_body(request)
    tmf.unsupported_attributes(body, {"name", "relatedParty", "characteristic"})
    name, related = doors.attribute(body, "name", is_required=True), doors.objects(body, "relatedParty")
    customers = [one for one in related if one.get("role", "customer") == "customer"]
    if len(customers) != 1:
        raise tmf.bad_request("tmf.missing_attribute", text.T("« relatedParty » désigne le client du compte, un seul."))
    customer = doors.customer_page(doors.attribute(customers[0], "id", is_required=True), caller).customer
    told = doors.characteristics(body, "characteristic")
    made = commands.create_billing_account(
        customer_file_id=customer.id,
        account=records.AccountRow(
            name=name,
            purchase_order_number=told.get("purchaseOrderNumber", ""),
            email=told.get("email", ""),
            vat_territory=policies.vat_territory(customer.postcode),
        ),
        actor=caller,
        at=web.at(),
    )
    return doors.created(response, _account(request, made))


def _account(request: http.HttpRequest, one: records.BillingAccountRecord) -> dict[str, Any]:
    told = (
        ("reference", one.reference),
        ("purchaseOrderNumber", one.purchase_order_number),
        ("vatTerritory", one.vat_territory),
        ("paymentTermDays", str(one.payment_term_days)),
        ("email", one.email),
    )
    return {
        "id": str(one.id),
        "href": tmf.href(request, f"{doors.ACCOUNT}/{one.id}"),
        "@type": "BillingAccount",
        "name": one.name,
        "accountType": "billing",
        "state": "active",
        "defaultPaymentMethod": {"name": one.payment_means, "@referredType": "PaymentMethod"},
        "relatedParty": [{"id": str(one.customer.id), "name": one.customer.name, "role": "customer", "@referredType": "Customer"}],
        "contact": [
            {
                "contactType": "billing",
                "contactMedium": [doors.postal(one.street, one.postcode, one.city, one.country)],
            },
        ],
        "characteristic": [{"name": name, "value": value, "valueType": "string"} for name, value in told if value],
    }
