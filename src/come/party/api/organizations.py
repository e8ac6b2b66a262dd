"""TM Forum 632, organization, version 4: a company."""

from __future__ import annotations

from typing import Any

import ninja
from django import http

from come.party import commands, queries, records
from come.party.api import _doors as doors
from come.shared import text, tmf, web

router = ninja.Router(tags=["party"])
_FILTERS = {"id": "id", "tradingName": "name", "organizationIdentification.identificationId": "siren", "status": "state"}


@router.get("/organization", summary="List organizations")
def list_organizations(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of companies; filters: id, tradingName, organizationIdentification.identificationId, status."""
    caller, filters, page = doors.asked(request, _FILTERS)
    found, total = queries.organizations(viewer=caller, filters=filters, offset=page.offset, limit=page.limit)
    return tmf.collection(request, [_organization(request, one) for one in found], total, response)


@router.get("/organization/{identifier}", summary="Read an organization")
def read_organization(request: http.HttpRequest, identifier: str) -> dict[str, Any]:
    """Return one company."""
    caller = doors.reader(request)
    found, _ = queries.organizations(viewer=caller, filters={"id": identifier}, limit=1)
    return tmf.resource(request, _organization(request, doors.first(found, text.T("L’organisation"), identifier)))


@router.post("/organization", response={201: dict[str, Any]}, summary="Register an organization")
def create_organization(request: http.HttpRequest, response: http.HttpResponse) -> tuple[int, dict[str, Any]]:
    """Register a company by its SIREN (organizationIdentification), from the registry, or by its name alone.

    partyCharacteristic `differentBecause` answers the 409 that names a look-alike.
    """
    caller = doors.writer(request)
    body = tmf.json_body(request)
    tmf.unsupported_attributes(
        body, {"tradingName", "organizationIdentification", "partyCharacteristic", "isLegalEntity", "organizationType"}
    )
    given = {
        doors.attribute(item, "identificationType").upper(): doors.attribute(item, "identificationId")
        for item in doors.objects(body, "organizationIdentification")
    }
    unknown = sorted(set(given) - {"SIREN"})
    if unknown:
        raise tmf.bad_request("tmf.bad_attribute", text.T("Identifiants non pris en charge : {names}.", names=", ".join(unknown)))
    made = commands.register_company(
        siren=given.get("SIREN", ""),
        name=doors.attribute(body, "tradingName", is_required=True),
        different_because=doors.characteristics(body, "partyCharacteristic").get("differentBecause", ""),
        actor=caller,
        at=web.at(),
    )
    found, _ = queries.organizations(viewer=caller, filters={"id": str(made)}, limit=1)
    return doors.created(response, _organization(request, found[0]))


@router.delete("/organization/{identifier}", summary="Refused: a company is never erased")
def delete_organization(request: http.HttpRequest, identifier: str) -> None:
    """Refuse with 409: what is known of a company is kept, its file is closed instead."""
    caller = doors.writer(request)
    tmf.check_parameters(request)
    found, _ = queries.organizations(viewer=caller, filters={"id": identifier}, limit=1)
    doors.first(found, text.T("L’organisation"), identifier)
    raise doors.never_erased()


def _organization(request: http.HttpRequest, one: records.OrganizationRecord) -> dict[str, Any]:
    legal = {"SIREN": (one.siren, "INSEE"), "VAT": (one.vat_number, "DGFiP")}
    head = next((place for place in one.establishments if place.is_head_office), None)
    return {
        "id": str(one.id),
        "href": tmf.href(request, f"{doors.ORGANIZATION}/{one.id}"),
        "@type": "Organization",
        "tradingName": one.legal_name,
        "isLegalEntity": True,
        "organizationType": one.legal_form,
        "status": doors.CLOSED if not one.is_active else doors.CONFIRMED if one.siren else doors.UNCONFIRMED,
        "organizationIdentification": [
            {"identificationType": kind, "identificationId": value, "issuingAuthority": authority, "@type": "OrganizationIdentification"}
            for kind, (value, authority) in legal.items()
            if value
        ],
        "otherName": [
            {"tradingName": name.value, "nameType": name.kind, "@type": "OtherNameOrganization"}
            for name in one.names
            if name.kind != "legal"
        ],
        "contactMedium": [] if head is None else [doors.postal(head.street, head.postcode, head.city, head.country)],
        "partyCharacteristic": [
            {"name": name, "value": value, "valueType": "string"}
            for name, value in (("naf", one.naf), ("sizeCategory", one.size_category), ("diffusion", one.diffusion))
            if value
        ],
        "relatedParty": [{"id": str(identifier), "role": "customer", "@referredType": "Customer"} for identifier in one.customer_file_ids],
    }
