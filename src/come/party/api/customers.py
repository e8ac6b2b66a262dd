"""TM Forum 629, customer, version 4: a file on a company."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import ninja
from django import http

from come.party import commands, queries, records
from come.party.api import _doors as doors
from come.shared import actor as actors, text, tmf, web

router = ninja.Router(tags=["customer"])
_FILTERS = {"id": "id", "name": "name", "status": "state", "engagedParty.id": "organization"}


@router.get("/customer", summary="List customers")
def list_customers(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of customer files; filters: id, name, status, engagedParty.id."""
    caller, filters, page = doors.asked(request, _FILTERS)
    found, total = queries.customers_with_accounts(viewer=caller, filters=filters, offset=page.offset, limit=page.limit)
    return tmf.collection(request, [_customer(request, one) for one in found], total, response)


@router.get("/customer/{identifier}", summary="Read a customer")
def read_customer(request: http.HttpRequest, identifier: str) -> dict[str, Any]:
    """Return one customer file, by id or reference."""
    caller = doors.reader(request)
    return tmf.resource(request, _customer(request, doors.customer_page(identifier, caller)))


@router.post("/customer", response={201: dict[str, Any]}, summary="Open a customer file")
def create_customer(request: http.HttpRequest, response: http.HttpResponse) -> tuple[int, dict[str, Any]]:
    """Open a file on an organization (engagedParty), on its head office or the `siret` of the characteristics.

    Characteristics: segment (pme by default), siret, perimeter, agency (id, when the caller has several), differentBecause.
    """
    caller = doors.writer(request)
    body = tmf.json_body(request)
    tmf.unsupported_attributes(body, {"name", "engagedParty", "characteristic"})
    name, engaged = doors.attribute(body, "name", is_required=True), body.get("engagedParty")
    if not isinstance(engaged, dict):
        raise tmf.bad_request("tmf.missing_attribute", text.T("« {name} » est obligatoire.", name="engagedParty"))
    identifier = doors.attribute(engaged, "id", is_required=True)
    found, _ = queries.organizations(viewer=caller, filters={"id": identifier}, limit=1)
    company: records.OrganizationRecord = doors.first(found, text.T("L’organisation"), identifier)
    told = doors.characteristics(body, "characteristic")
    made = _open(company, name, told, caller)
    return doors.created(response, _customer(request, doors.customer_page(made.reference, caller)))


def _open(company: records.OrganizationRecord, name: str, told: Mapping[str, str], caller: actors.Actor) -> commands.CreatedFile:
    common: dict[str, Any] = {
        "name": name,
        "agency_id": _agency(told.get("agency", ""), caller),
        "owner_id": caller.staff_id,
        "segment": told.get("segment", "pme"),
        "different_because": told.get("differentBecause", ""),
        "actor": caller,
        "at": web.at(),
    }
    if not company.siren:
        return commands.create_provisional_file(legal_unit_id=company.id, **common)
    head = next((place.siret for place in company.establishments if place.is_head_office), "")
    return commands.create_customer_file(siret=told.get("siret", head), perimeter=told.get("perimeter", ""), **common)


def _agency(given: str, caller: actors.Actor) -> uuid.UUID:
    try:
        return uuid.UUID(given) if given else next(iter(sorted(caller.agency_ids)))
    except (ValueError, StopIteration):
        raise tmf.bad_request("tmf.bad_attribute", text.T("Dites l’agence du dossier (caractéristique « agency »).")) from None


@router.patch("/customer/{identifier}", summary="Rename a customer")
def patch_customer(request: http.HttpRequest, identifier: str) -> dict[str, Any]:
    """Change the usual name (merge patch); other attributes are set by acts of their own."""
    caller = doors.writer(request)
    body = tmf.json_body(request)
    refused = set(body) - {"name"}
    if refused:
        raise tmf.not_patchable(refused)
    found = doors.customer_page(identifier, caller)
    commands.rename_customer_file(
        customer_file_id=found.customer.id,
        name=doors.attribute(body, "name", is_required=True),
        actor=caller,
        at=web.at(),
    )
    return _customer(request, doors.customer_page(str(found.customer.id), caller))


@router.delete("/customer/{identifier}", summary="Refused: a customer is never erased")
def delete_customer(request: http.HttpRequest, identifier: str) -> None:
    """Refuse with 409."""
    caller = doors.writer(request)
    tmf.check_parameters(request)
    doors.customer_page(identifier, caller)
    raise doors.never_erased()


def _customer(request: http.HttpRequest, one: records.CustomerWithAccounts) -> dict[str, Any]:
    customer = one.customer
    told = (
        ("reference", customer.reference),
        ("segment", customer.segment),
        ("siret", customer.siret),
        ("perimeter", one.perimeter),
        ("agency", str(customer.agency_id)),
        ("isProvisional", "true" if customer.is_provisional else "false"),
    )
    return {
        "id": str(customer.id),
        "href": tmf.href(request, f"{doors.CUSTOMER}/{customer.id}"),
        "@type": "Customer",
        "name": customer.name,
        "status": customer.state,
        "validFor": {"startDateTime": one.created_at},
        "engagedParty": {
            "id": str(customer.legal_unit_id),
            "href": tmf.href(request, f"{doors.ORGANIZATION}/{customer.legal_unit_id}"),
            "name": customer.legal_name,
            "@referredType": "Organization",
        },
        "account": [
            {
                "id": str(identifier),
                "href": tmf.href(request, f"{doors.ACCOUNT}/{identifier}"),
                "name": name,
                "@referredType": "BillingAccount",
            }
            for identifier, _, name in one.accounts
        ],
        "contactMedium": [doors.postal(customer.street, customer.postcode, customer.city, customer.country)] if customer.city else [],
        "characteristic": [{"name": name, "value": value, "valueType": "string"} for name, value in told if value],
    }
