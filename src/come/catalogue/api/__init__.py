"""TMF620 Product Catalog Management, version 4: offerings, their prices, specifications.

An offering's id is its code and version ("MOB-ILL-50:2"); a plain code answers with the version sold today. A price's id
adds the price's code. Lifecycle: In design, In test (review), Active (scheduled), Launched (on sale), Retired.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import ninja
from django import http
from django.db import transaction

from come.catalogue import commands, policies, queries, records
from come.catalogue.api import bodies, reading
from come.shared import actor as actors, clock, obstacles, period, text, tmf, web
from come.staff import policies as rights

router = ninja.Router(tags=["TMF620 Product Catalog Management"])
_PUBLISHED = frozenset({"Active", "Launched"})
_SERVER_SET = frozenset({"id", "href", "lastUpdate", "version"})
_OFFERING_POST = frozenset(
    {"name", "description", "category", "isSellable", "isBundle", "validFor", "productSpecification", "lifecycleStatus"}
)
_OFFERING_PATCH = frozenset({"name", "lifecycleStatus", "validFor"})
_OFFERING_KNOWN = _OFFERING_POST | _SERVER_SET | {
    "statusReason", "productOfferingPrice", "productOfferingTerm", "bundledProductOffering", "marketSegment", "productOfferingRelationship",
}  # fmt: skip
_SPECIFICATION_POST = frozenset({"name", "description", "brand"})
_SPECIFICATION_KNOWN = _SPECIFICATION_POST | _SERVER_SET | {"productNumber", "lifecycleStatus", "isBundle", "productSpecCharacteristic"}
_OFFERING_FILTERS = ("id", "name", "lifecycleStatus", "version", "isBundle", "isSellable", "category.id", "productSpecification.id")
_PRICE_FILTERS = ("id", "name", "priceType", "lifecycleStatus", "version")
_SPECIFICATION_FILTERS = ("id", "name", "brand", "productNumber", "lifecycleStatus")


@router.get("/productOffering", summary="Lists offerings, every version")
def list_offerings(request: http.HttpRequest, response: http.HttpResponse) -> Any:
    """Return one page of offerings, in the order of codes and versions."""
    found = [bodies.offering(request, record) for record in _versions(_reader(request))]
    return reading.page(request, response, found, _OFFERING_FILTERS)


@router.get("/productOffering/{offering_id}", summary="Retrieves an offering")
def get_offering(request: http.HttpRequest, offering_id: str) -> Any:
    """Return one offering by id, or the version sold today by code."""
    return tmf.resource(request, bodies.offering(request, _version(_reader(request), offering_id)))


@router.post("/productOffering", summary="Creates a draft offering", response={201: dict[str, Any]})
def post_offering(request: http.HttpRequest, response: http.HttpResponse) -> Any:
    """Write a draft: its prices, volumes and rules come from a catalogue file, then somebody publishes it."""
    actor = tmf.caller(request)
    rights.require(actor, "catalogue.write")
    body = tmf.json_body(request)
    tmf.unsupported_attributes(body, _OFFERING_POST)
    if body.get("lifecycleStatus", "In design") not in {"In study", "In design"}:
        raise tmf.bad_request(
            "tmf.lifecycle",
            text.T("Une offre naît en conception : « lifecycleStatus » vaut « In design » ou rien."),
            text.T("Publiez-la ensuite par PATCH."),
        )
    if body.get("isBundle"):
        raise tmf.bad_request(
            "tmf.bundle",
            text.T("Une offre groupée se décrit par un fichier de catalogue, avec ses composants."),
            text.T("Utilisez « come catalogue import »."),
        )
    offering_id = commands.create_draft(
        name=reading.words(body, "name", is_required=True),
        description=reading.words(body, "description"),
        kind=reading.category(body),
        specification_id=_specification_id(body),
        valid_from=reading.day(body, "startDateTime"),
        valid_to=reading.day(body, "endDateTime"),
        is_sellable_alone=reading.flag(body, "isSellable"),
        actor=actor,
        at=web.at(),
    )
    record = queries.visible_offering(offering_id=offering_id, viewer=actor, at=clock.today())
    return reading.created(response, bodies.offering(request, record))


@router.patch("/productOffering/{offering_id}", summary="Renames, submits, publishes or retires an offering")
def patch_offering(request: http.HttpRequest, offering_id: str) -> Any:
    """Apply a JSON Merge Patch: `name`, or `lifecycleStatus` (with `validFor.endDateTime` for Retired)."""
    actor = tmf.caller(request)
    rights.require(actor, "catalogue.write")
    body = tmf.json_body(request)
    tmf.unsupported_attributes(body, _OFFERING_KNOWN)
    reading.only(body, _OFFERING_PATCH)
    record = _version(actor, offering_id)
    at = web.at()
    if "validFor" in body and "lifecycleStatus" not in body:
        raise tmf.not_patchable(["validFor"])
    with transaction.atomic():
        if "name" in body:
            commands.rename_offering(offering_id=record.id, name=reading.words(body, "name", is_required=True), actor=actor, at=at)
        if "lifecycleStatus" in body:
            _change_status(record, str(body["lifecycleStatus"]), reading.day(body, "endDateTime"), actor, at)
    return bodies.offering(request, queries.visible_offering(offering_id=record.id, viewer=actor, at=clock.today()))


def _change_status(record: records.OfferingRecord, wanted: str, end: dt.date | None, actor: actors.Actor, at: dt.datetime) -> None:
    if wanted == bodies.STATUSES[record.lifecycle_status]:
        return
    if wanted == "In test":
        commands.submit_for_review(offering_id=record.id, actor=actor, at=at)
    elif wanted in _PUBLISHED and record.lifecycle_status in {"draft", "review"}:
        commands.publish_offering(offering_id=record.id, actor=actor, at=at)
    elif wanted == "Retired":
        commands.retire_offering(offering_id=record.id, valid_to=end or period.local_day(at), actor=actor, at=at)
    else:
        approval = record.lifecycle_status if record.lifecycle_status in {"draft", "review"} else "approved"
        raise obstacles.Conflict(policies.transition_obstacles(code=record.code, before=approval, after=wanted))


@router.delete("/productOffering/{offering_id}", summary="Withdraws a draft offering", response={204: None})
def delete_offering(request: http.HttpRequest, offering_id: str) -> Any:
    """Withdraw an offering that was never sold; one that was is refused (409), it is retired by PATCH."""
    actor = tmf.caller(request)
    rights.require(actor, "catalogue.write")
    tmf.check_parameters(request)
    record = _version(actor, offering_id)
    if record.lifecycle_status not in {"draft", "review"}:
        raise obstacles.Conflict(
            obstacles.Obstacle(
                "catalogue.not_erased",
                obstacles.Severity.REFUSAL,
                text.T("L’offre « {code} » a été publiée : elle ne s’efface pas.", code=record.code),
                text.T("Retirez-la de la vente (PATCH, lifecycleStatus « Retired »)."),
            ),
        )
    commands.retire_offering(offering_id=record.id, valid_to=clock.today(), actor=actor, at=web.at())
    return ninja.Status(204, None)


@router.get("/productOfferingPrice", summary="Lists the prices of offerings")
def list_prices(request: http.HttpRequest, response: http.HttpResponse) -> Any:
    """Return one page of prices, in the order of offerings."""
    found = [bodies.price(request, record, price) for record in _versions(_reader(request)) for price in record.prices]
    return reading.page(request, response, found, _PRICE_FILTERS)


@router.get("/productOfferingPrice/{price_id}", summary="Retrieves a price")
def get_price(request: http.HttpRequest, price_id: str) -> Any:
    """Return one price by id."""
    offering_id, _separator, code = price_id.rpartition(":")
    record = _version(_reader(request), offering_id)
    price = record.price(code)
    if price is None:
        raise obstacles.not_found(text.T("Le prix"), price_id)
    return tmf.resource(request, bodies.price(request, record, price))


@router.get("/productSpecification", summary="Lists specifications")
def list_specifications(request: http.HttpRequest, response: http.HttpResponse) -> Any:
    """Return one page of specifications, by code."""
    _reader(request)
    return reading.page(
        request, response, [bodies.specification(request, record) for record in queries.specifications()], _SPECIFICATION_FILTERS
    )


@router.get("/productSpecification/{specification_id}", summary="Retrieves a specification")
def get_specification(request: http.HttpRequest, specification_id: str) -> Any:
    """Return one specification by id or code."""
    _reader(request)
    return tmf.resource(request, bodies.specification(request, _specification(specification_id)))


@router.post("/productSpecification", summary="Creates a specification", response={201: dict[str, Any]})
def post_specification(request: http.HttpRequest, response: http.HttpResponse) -> Any:
    """Write a specification without characteristics."""
    actor = tmf.caller(request)
    rights.require(actor, "catalogue.write")
    body = tmf.json_body(request)
    tmf.unsupported_attributes(body, _SPECIFICATION_POST)
    made = commands.create_specification(
        name=reading.words(body, "name", is_required=True),
        description=reading.words(body, "description"),
        brand=reading.words(body, "brand"),
        actor=actor,
        at=web.at(),
    )
    return reading.created(response, bodies.specification(request, _specification(str(made))))


@router.patch("/productSpecification/{specification_id}", summary="Renames a specification")
def patch_specification(request: http.HttpRequest, specification_id: str) -> Any:
    """Apply a JSON Merge Patch: `name`."""
    actor = tmf.caller(request)
    rights.require(actor, "catalogue.write")
    body = tmf.json_body(request)
    tmf.unsupported_attributes(body, _SPECIFICATION_KNOWN)
    reading.only(body, {"name"})
    found = _specification(specification_id)
    if "name" in body:
        commands.rename_specification(
            specification_id=found.id, name=reading.words(body, "name", is_required=True), actor=actor, at=web.at()
        )
    return bodies.specification(request, _specification(specification_id))


def _reader(request: http.HttpRequest) -> actors.Actor:
    actor = tmf.caller(request)
    rights.require(actor, "catalogue.read")
    return actor


def _versions(viewer: actors.Actor) -> list[records.OfferingRecord]:
    found = queries.all_versions(at=clock.today())
    if rights.can(viewer, "catalogue.write"):
        return found
    return [record for record in found if record.lifecycle_status not in {"draft", "review"}]


def _version(viewer: actors.Actor, offering_id: str) -> records.OfferingRecord:
    code, _separator, version = offering_id.partition(":")
    versions = queries.offering_versions(code=code, at=clock.today())
    if not rights.can(viewer, "catalogue.write"):
        versions = [record for record in versions if record.lifecycle_status not in {"draft", "review"}]
    if version:
        found = next((record for record in versions if str(record.version) == version), None)
    else:
        found = next((record for record in versions if record.lifecycle_status == "live"), versions[-1] if versions else None)
    if found is None:
        raise obstacles.not_found(text.T("L’offre"), offering_id)
    return found


def _specification(identifier: str) -> records.SpecificationRecord:
    found = next((record for record in queries.specifications() if identifier in {str(record.id), record.code}), None)
    if found is None:
        raise obstacles.not_found(text.T("La spécification"), identifier)
    return found


def _specification_id(body: dict[str, Any]) -> uuid.UUID | None:
    given = reading.reference_id(body, "productSpecification")
    return None if given is None else _specification(given).id
