"""What the party doors share: who calls, what was asked, attributes read strictly, one customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import http

from come.party import queries, records
from come.shared import actor as actors, obstacles, text, tmf
from come.staff import policies as rights

ORGANIZATION = "/tmf-api/party/v4/organization"
INDIVIDUAL = "/tmf-api/party/v4/individual"
CUSTOMER = "/tmf-api/customerManagement/v4/customer"
ACCOUNT = "/tmf-api/accountManagement/v4/billingAccount"
# What a party's status says: the national number confirmed it, or not yet.
UNCONFIRMED, CONFIRMED, CLOSED = "initialized", "validated", "closed"


def asked(request: http.HttpRequest, filters: Mapping[str, str]) -> tuple[actors.Actor, dict[str, str], tmf.Page]:
    """Return who reads, the filters by our names, and the window; raises a refusal for an unknown parameter or a missing right."""
    caller = reader(request)
    page = tmf.check_query(request, filters)
    return caller, {ours: request.GET[name] for name, ours in filters.items() if name in request.GET}, page


def reader(request: http.HttpRequest) -> actors.Actor:
    """Return who reads; raises NotAllowed without the right."""
    caller = tmf.caller(request)
    rights.require(caller, "customer.read")
    return caller


def writer(request: http.HttpRequest) -> actors.Actor:
    """Return who writes; raises NotAllowed without the right."""
    caller = tmf.caller(request)
    rights.require(caller, "api.write")
    rights.require(caller, "customer.write")
    return caller


def created(response: http.HttpResponse, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return the answer of a creation, its address in Location."""
    response["Location"] = body["href"]
    return 201, body


def attribute(body: Mapping[str, Any], name: str, *, is_required: bool = False) -> str:
    """Return a text attribute, stripped; raises a 400 refusal when it is none, or is missing and required."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise tmf.bad_request("tmf.bad_attribute", text.T("« {name} » doit être un texte.", name=name))
    if is_required and not value.strip():
        raise tmf.bad_request("tmf.missing_attribute", text.T("« {name} » est obligatoire.", name=name))
    return value.strip()


def objects(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return a list of objects; raises a 400 refusal when it is none."""
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise tmf.bad_request("tmf.bad_attribute", text.T("« {name} » doit être une liste d’objets.", name=name))
    return value


def characteristics(body: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return name-value characteristics as a dictionary."""
    return {attribute(item, "name", is_required=True): attribute(item, "value") for item in objects(body, name)}


def first(found: Sequence[Any], what: text.T, identifier: str) -> Any:
    """Return the first of what was found; raises NotFound."""
    if not found:
        raise obstacles.not_found(what, identifier)
    return found[0]


def never_erased() -> obstacles.Conflict:
    """Return the refusal of an erasure: what is known of a party is kept, its file is closed instead."""
    return obstacles.Conflict(
        obstacles.Obstacle(
            "party.never_erased",
            obstacles.Severity.REFUSAL,
            text.T("Une entreprise, un contact ou un client ne s’efface pas : factures et historique s’y rattachent."),
            text.T("Corrigez ce qui est faux ; ce qui a servi à facturer reste."),
        ),
    )


def postal(street: str, postcode: str, city: str, country: str) -> dict[str, Any]:
    """Return a postal address as a contact medium."""
    return {
        "mediumType": "postalAddress",
        "preferred": True,
        "characteristic": {"street1": street, "postCode": postcode, "city": city, "country": country},
    }


def customer_page(identifier: str, caller: actors.Actor) -> records.CustomerWithAccounts:
    """Return one visible customer by id or reference; raises NotFound."""
    found, _ = queries.customers_with_accounts(viewer=caller, filters={"id": identifier}, limit=1)
    one: records.CustomerWithAccounts = first(found, text.T("Le client"), identifier)
    return one
