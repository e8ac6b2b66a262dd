"""TM Forum 632, individual, version 4: a contact of a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ninja
from django import http

from come.party import commands, queries, records
from come.party.api import _doors as doors
from come.shared import text, tmf, web

router = ninja.Router(tags=["party"])
_FILTERS = {
    "id": "id",
    "givenName": "given_name",
    "familyName": "family_name",
    "contactMedium.characteristic.emailAddress": "email",
    "relatedParty.id": "customer",
}


@router.get("/individual", summary="List individuals")
def list_individuals(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of contacts; filters: id, givenName, familyName, contactMedium…emailAddress, relatedParty.id."""
    caller, filters, page = doors.asked(request, _FILTERS)
    found, total = queries.persons(viewer=caller, filters=filters, offset=page.offset, limit=page.limit)
    return tmf.collection(request, [_individual(request, one) for one in found], total, response)


@router.get("/individual/{identifier}", summary="Read an individual")
def read_individual(request: http.HttpRequest, identifier: str) -> dict[str, Any]:
    """Return one contact."""
    caller = doors.reader(request)
    found, _ = queries.persons(viewer=caller, filters={"id": identifier}, limit=1)
    return tmf.resource(request, _individual(request, doors.first(found, text.T("La personne"), identifier)))


@router.post("/individual", response={201: dict[str, Any]}, summary="Add a contact")
def create_individual(request: http.HttpRequest, response: http.HttpResponse) -> tuple[int, dict[str, Any]]:
    """Add a contact to a customer: givenName, familyName, relatedParty (a Customer, whose role is the person's), contactMedium."""
    caller = doors.writer(request)
    body = tmf.json_body(request)
    tmf.unsupported_attributes(body, {"givenName", "familyName", "fullName", "relatedParty", "contactMedium"})
    given_name, family_name = doors.attribute(body, "givenName", is_required=True), doors.attribute(body, "familyName", is_required=True)
    related = doors.objects(body, "relatedParty")
    if len(related) != 1:
        raise tmf.bad_request("tmf.missing_attribute", text.T("« relatedParty » désigne le client de la personne, un seul."))
    customer = doors.customer_page(doors.attribute(related[0], "id", is_required=True), caller).customer
    media = {key: value for medium in doors.objects(body, "contactMedium") for key, value in _medium(medium).items()}
    made = commands.add_contact_point(
        customer_file_id=customer.id,
        contact=records.ContactRow(
            name=doors.attribute(body, "fullName") or f"{given_name} {family_name}",
            role=doors.attribute(related[0], "role"),
            phone=media.get("phoneNumber", ""),
            email=media.get("emailAddress", ""),
            given_name=given_name,
            family_name=family_name,
        ),
        actor=caller,
        at=web.at(),
    )
    found, _ = queries.persons(viewer=caller, filters={"id": str(made)}, limit=1)
    return doors.created(response, _individual(request, found[0]))


def _medium(medium: Mapping[str, Any]) -> dict[str, str]:
    told = medium.get("characteristic", {})
    if not isinstance(told, dict):
        raise tmf.bad_request("tmf.bad_attribute", text.T("« {name} » doit être un objet.", name="contactMedium.characteristic"))
    return {name: doors.attribute(told, name) for name in ("phoneNumber", "emailAddress") if told.get(name)}


@router.delete("/individual/{identifier}", summary="Refused: a contact is never erased here")
def delete_individual(request: http.HttpRequest, identifier: str) -> None:
    """Refuse with 409."""
    caller = doors.writer(request)
    tmf.check_parameters(request)
    found, _ = queries.persons(viewer=caller, filters={"id": identifier}, limit=1)
    doors.first(found, text.T("La personne"), identifier)
    raise doors.never_erased()


def _individual(request: http.HttpRequest, one: records.PersonRecord) -> dict[str, Any]:
    person = one.contact
    media = (("phoneNumber", "phone", person.phone), ("emailAddress", "email", person.email))
    return {
        "id": str(person.id),
        "href": tmf.href(request, f"{doors.INDIVIDUAL}/{person.id}"),
        "@type": "Individual",
        "givenName": person.given_name,
        # A person known by one name alone keeps it as family name.
        "familyName": person.family_name or person.name,
        "fullName": person.name,
        "status": doors.CONFIRMED,
        "contactMedium": [
            {"mediumType": kind, "preferred": True, "characteristic": {"contactType": kind, attribute: value}}
            for attribute, kind, value in media
            if value
        ],
        "relatedParty": [
            {"id": str(one.customer_file_id), "name": one.customer_name, "role": person.role or "contact", "@referredType": "Customer"},
            {"id": str(one.legal_unit_id), "role": "employer", "@referredType": "Organization"},
        ],
    }
