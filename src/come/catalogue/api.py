"""TMF620 Product Catalog Management, version 4: offerings, their prices, specifications.

An offering's id is its code and version ("MOB-ILL-50:2"); a plain code answers with the version sold today. A price's id
adds the price's code. Lifecycle: In design, In test (review), Active (scheduled), Launched (on sale), Retired.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import ninja
from django import http

from come.catalogue import commands, policies, queries, records
from come.shared import actor as actors
from come.shared import clock, obstacles, period, text, tmf, web
from come.staff import policies as rights

router = ninja.Router(tags=["TMF620 Product Catalog Management"])
BASE = "/tmf-api/productCatalogManagement/v4"
STATUSES = {"draft": "In design", "review": "In test", "scheduled": "Active", "live": "Launched", "retired": "Retired"}
_PUBLISHED = frozenset({"Active", "Launched"})
_SERVER_SET = frozenset({"id", "href", "lastUpdate", "version"})
_OFFERING_POST = frozenset({"name", "description", "category", "isSellable", "isBundle", "validFor", "productSpecification", "lifecycleStatus"})
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
    bodies = [_offering_body(request, record) for record in _versions(_reader(request))]
    return _page(request, response, bodies, _OFFERING_FILTERS)


@router.get("/productOffering/{offering_id}", summary="Retrieves an offering")
def get_offering(request: http.HttpRequest, offering_id: str) -> Any:
    """Return one offering by id, or the version sold today by code."""
    tmf.check_query(request)
    return tmf.select_fields(_offering_body(request, _version(_reader(request), offering_id)), request.GET.get("fields"))


@router.post("/productOffering", summary="Creates a draft offering")
def post_offering(request: http.HttpRequest, body: dict[str, Any], response: http.HttpResponse) -> Any:
    """Write a draft: its prices, volumes and rules come from a catalogue file, then somebody publishes it."""
    actor = tmf.caller(request)
    tmf.unsupported_attributes(body, _OFFERING_POST)
    if body.get("lifecycleStatus", "In design") not in {"In study", "In design"}:
        raise tmf.bad_request(
            "tmf.lifecycle", text.T("Une offre naît en conception : « lifecycleStatus » vaut « In design » ou rien."), text.T("Publiez-la ensuite par PATCH.")
        )
    if body.get("isBundle"):
        raise tmf.bad_request(
            "tmf.bundle", text.T("Une offre groupée se décrit par un fichier de catalogue, avec ses composants."), text.T("Utilisez « come catalogue import ».")
        )
    offering_id = commands.create_draft(
        name=_text(body, "name", is_required=True),
        description=_text(body, "description"),
        kind=_category(body),
        specification_id=_reference(body, "productSpecification"),
        valid_from=_day(body, "startDateTime"),
        valid_to=_day(body, "endDateTime"),
        is_sellable_alone=_flag(body, "isSellable"),
        actor=actor,
        at=web.at(),
    )
    record = queries.visible_offering(offering_id=offering_id, viewer=actor, at=clock.today())
    return _created(request, response, _offering_body(request, record))


@router.patch("/productOffering/{offering_id}", summary="Renames, submits, publishes or retires an offering")
def patch_offering(request: http.HttpRequest, offering_id: str, body: dict[str, Any]) -> Any:
    """Apply a JSON Merge Patch: `name`, or `lifecycleStatus` (with `validFor.endDateTime` for Retired)."""
    actor = tmf.caller(request)
    rights.require(actor, "catalogue.write")
    tmf.unsupported_attributes(body, _OFFERING_KNOWN)
    _patchable(body, _OFFERING_PATCH)
    record = _version(actor, offering_id)
    at = web.at()
    if "name" in body:
        commands.rename_offering(offering_id=record.id, name=_text(body, "name", is_required=True), actor=actor, at=at)
    if "lifecycleStatus" in body:
        _change_status(record, str(body["lifecycleStatus"]), _day(body, "endDateTime"), actor, at)
    elif "validFor" in body:
        raise tmf.not_patchable(["validFor"])
    return _offering_body(request, queries.visible_offering(offering_id=record.id, viewer=actor, at=clock.today()))


def _change_status(record: records.OfferingRecord, wanted: str, end: dt.date | None, actor: actors.Actor, at: dt.datetime) -> None:
    if wanted == STATUSES[record.lifecycle_status]:
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
    return 204, None


@router.get("/productOfferingPrice", summary="Lists the prices of offerings")
def list_prices(request: http.HttpRequest, response: http.HttpResponse) -> Any:
    """Return one page of prices, in the order of offerings."""
    bodies = [_price_body(request, record, price) for record in _versions(_reader(request)) for price in record.prices]
    return _page(request, response, bodies, _PRICE_FILTERS)


@router.get("/productOfferingPrice/{price_id}", summary="Retrieves a price")
def get_price(request: http.HttpRequest, price_id: str) -> Any:
    """Return one price by id."""
    tmf.check_query(request)
    offering_id, _separator, code = price_id.rpartition(":")
    record = _version(_reader(request), offering_id)
    price = record.price(code)
    if price is None:
        raise obstacles.not_found(text.T("Le prix"), price_id)
    return tmf.select_fields(_price_body(request, record, price), request.GET.get("fields"))


@router.get("/productSpecification", summary="Lists specifications")
def list_specifications(request: http.HttpRequest, response: http.HttpResponse) -> Any:
    """Return one page of specifications, by code."""
    _reader(request)
    return _page(request, response, [_specification_body(request, record) for record in queries.specifications()], _SPECIFICATION_FILTERS)


@router.get("/productSpecification/{specification_id}", summary="Retrieves a specification")
def get_specification(request: http.HttpRequest, specification_id: str) -> Any:
    """Return one specification by id or code."""
    tmf.check_query(request)
    _reader(request)
    return tmf.select_fields(_specification_body(request, _specification(specification_id)), request.GET.get("fields"))


@router.post("/productSpecification", summary="Creates a specification")
def post_specification(request: http.HttpRequest, body: dict[str, Any], response: http.HttpResponse) -> Any:
    """Write a specification without characteristics."""
    actor = tmf.caller(request)
    tmf.unsupported_attributes(body, _SPECIFICATION_POST)
    made = commands.create_specification(
        name=_text(body, "name", is_required=True), description=_text(body, "description"), brand=_text(body, "brand"), actor=actor, at=web.at()
    )
    return _created(request, response, _specification_body(request, _specification(str(made))))


@router.patch("/productSpecification/{specification_id}", summary="Renames a specification")
def patch_specification(request: http.HttpRequest, specification_id: str, body: dict[str, Any]) -> Any:
    """Apply a JSON Merge Patch: `name`."""
    actor = tmf.caller(request)
    rights.require(actor, "catalogue.write")
    tmf.unsupported_attributes(body, _SPECIFICATION_KNOWN)
    _patchable(body, {"name"})
    found = _specification(specification_id)
    if "name" in body:
        commands.rename_specification(specification_id=found.id, name=_text(body, "name", is_required=True), actor=actor, at=web.at())
    return _specification_body(request, _specification(specification_id))


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


def _page(request: http.HttpRequest, response: http.HttpResponse, bodies: Sequence[dict[str, Any]], filters: Collection[str]) -> list[dict[str, Any]]:
    window = tmf.check_query(request, filters)
    kept = [body for body in bodies if all(_fits(body, name, request.GET[name]) for name in filters if name in request.GET)]
    key = request.GET.get("sort", "")
    if key:
        kept = _sorted(kept, key)
    return tmf.collection(request, kept[window.offset : window.offset + window.limit], len(kept), response)


def _fits(body: Mapping[str, Any], name: str, wanted: str) -> bool:
    first, _dot, second = name.partition(".")
    value = body.get(first)
    values = [item.get(second) for item in (value if isinstance(value, list) else [value]) if item] if second else [value]
    return any((str(found).lower() if isinstance(found, bool) else str(found)) == wanted.strip('"') for found in values)


def _sorted(bodies: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    name = key.lstrip("+-")
    if any(not isinstance(body.get(name, ""), (str, bool)) for body in bodies):
        raise tmf.bad_request("tmf.bad_sort", text.T("Le tri par « {name} » n’est pas possible.", name=name))
    return sorted(bodies, key=lambda body: str(body.get(name, "")), reverse=key.startswith("-"))


def _created(request: http.HttpRequest, response: http.HttpResponse, body: dict[str, Any]) -> Any:
    response["Location"] = body["href"]
    response.status_code = 201
    return body


def _offering_id(record: records.OfferingRecord) -> str:
    return f"{record.code}:{record.version}"


def _valid_for(start: dt.date | None, end: dt.date | None) -> dict[str, str]:
    days = {"startDateTime": start, "endDateTime": end}
    return {name: period.day_start(day).isoformat() for name, day in days.items() if day is not None}


def _offering_body(request: http.HttpRequest, record: records.OfferingRecord) -> dict[str, Any]:
    identifier = _offering_id(record)
    return {
        "id": identifier,
        "href": tmf.href(request, f"{BASE}/productOffering/{identifier}"),
        "name": record.name_fr,
        "description": record.description_fr,
        "version": str(record.version),
        "lifecycleStatus": STATUSES[record.lifecycle_status],
        "lastUpdate": record.updated_at.isoformat() if record.updated_at else None,
        "isBundle": record.kind == records.OfferingKind.BUNDLE,
        "isSellable": record.is_sellable_alone,
        "validFor": _valid_for(record.valid_from, record.valid_to),
        "category": [{"id": record.kind, "name": policies.KIND_NAMES_FR[records.OfferingKind(record.kind)], "@type": "CategoryRef"}],
        "marketSegment": [{"id": segment, "name": policies.SEGMENT_NAMES_FR[segment]} for segment in record.segments],
        "productSpecification": {
            "id": record.specification_code,
            "href": tmf.href(request, f"{BASE}/productSpecification/{record.specification_code}"),
            "@type": "ProductSpecificationRef",
        },
        "productOfferingPrice": [_price_reference(request, record, price) for price in record.prices],
        "productOfferingTerm": [
            {"name": term.text_fr, "duration": {"amount": term.commitment_months, "units": "month"}, "@type": "ProductOfferingTerm"} for term in record.terms
        ],
        "bundledProductOffering": [_member_body(request, member) for member in record.members],
        "@type": "ProductOffering",
    }


def _member_body(request: http.HttpRequest, member: records.BundleMemberRecord) -> dict[str, Any]:
    return {
        "id": member.code,
        "href": tmf.href(request, f"{BASE}/productOffering/{member.code}"),
        "bundledProductOfferingOption": {
            "numberRelOfferDefault": member.default,
            "numberRelOfferLowerLimit": member.minimum,
            "numberRelOfferUpperLimit": member.maximum,
        },
        "@type": "BundledProductOffering",
    }


def _price_reference(request: http.HttpRequest, record: records.OfferingRecord, price: records.PriceRecord) -> dict[str, Any]:
    identifier = f"{_offering_id(record)}:{price.code}"
    return {"id": identifier, "href": tmf.href(request, f"{BASE}/productOfferingPrice/{identifier}"), "name": price.name_fr, "@type": "ProductOfferingPriceRef"}


def _price_body(request: http.HttpRequest, record: records.OfferingRecord, price: records.PriceRecord) -> dict[str, Any]:
    is_monthly = price.price_type in {records.PriceType.RECURRING, records.PriceType.INSTALMENT}
    body = {
        **_price_reference(request, record, price),
        "version": str(record.version),
        "lifecycleStatus": STATUSES[record.lifecycle_status],
        "lastUpdate": record.updated_at.isoformat() if record.updated_at else None,
        "isBundle": False,
        "priceType": {"one_off": "oneTime"}.get(price.price_type, price.price_type),
        "price": {"unit": "EUR", "value": _number(price.amount)},
        "tax": [{"taxCategory": price.tax_category, "@type": "TaxItem"}],
        "validFor": _valid_for(record.valid_from, record.valid_to),
        "@type": "ProductOfferingPrice",
    }
    if is_monthly:
        body |= {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1}
    if price.instalment_count is not None:
        body["productOfferingTerm"] = [{"name": price.name_fr, "duration": {"amount": price.instalment_count, "units": "month"}}]
    return body


def _number(amount: Decimal) -> int | float:
    """Return an amount as the JSON number that the standard asks for; up to fifteen digits it is read back exactly."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _specification_body(request: http.HttpRequest, record: records.SpecificationRecord) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "href": tmf.href(request, f"{BASE}/productSpecification/{record.id}"),
        "name": record.name_fr,
        "description": record.description_fr,
        "brand": record.brand,
        "productNumber": record.code,
        "isBundle": False,
        "version": "1",
        "lifecycleStatus": "Retired" if record.lifecycle_status == "retired" else "Active",
        "lastUpdate": record.updated_at.isoformat(),
        "productSpecCharacteristic": [
            {
                "id": one.name,
                "name": one.name,
                "description": one.name_fr,
                "valueType": one.value_type,
                "configurable": one.is_configurable,
                "productSpecCharacteristicValue": [{"value": value, "unitOfMeasure": one.unit} for value in one.values],
                "@type": "ProductSpecificationCharacteristic",
            }
            for one in record.characteristics
        ],
        "@type": "ProductSpecification",
    }


def _wrong(name: str, expected: text.T) -> obstacles.Refusal:
    return tmf.bad_request("tmf.invalid_attribute", text.T("« {name} » : {expected}.", name=name, expected=expected))


def _text(body: Mapping[str, Any], name: str, *, is_required: bool = False) -> str:
    value = body.get(name)
    if value is None and not is_required:
        return ""
    if not isinstance(value, str) or (is_required and not value.strip()):
        raise _wrong(name, text.T("un texte est attendu"))
    return value


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name, True)
    if not isinstance(value, bool):
        raise _wrong(name, text.T("true ou false est attendu"))
    return value


def _category(body: Mapping[str, Any]) -> str:
    given = body.get("category")
    if given is None:
        return records.OfferingKind.SERVICE
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict) or not isinstance(given[0].get("id"), str):
        raise _wrong("category", text.T("une seule référence avec un « id » est attendue"))
    return str(given[0]["id"])


def _reference(body: Mapping[str, Any], name: str) -> uuid.UUID | None:
    given = body.get(name)
    if given is None:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("id"), str):
        raise _wrong(name, text.T("une référence avec un « id » est attendue"))
    return _specification(given["id"]).id


def _day(body: Mapping[str, Any], name: str) -> dt.date | None:
    given = body.get("validFor")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise _wrong("validFor", text.T("une période est attendue"))
    if given.get(name) is None:
        return None
    try:
        instant = dt.datetime.fromisoformat(str(given[name]))
    except ValueError:
        raise _wrong(f"validFor.{name}", text.T("un instant ISO 8601 est attendu")) from None
    return period.local_day(instant) if instant.tzinfo else instant.date()


def _patchable(body: Mapping[str, Any], allowed: Collection[str]) -> None:
    refused = [name for name in body if name not in allowed and not name.startswith("@")]
    if refused:
        raise tmf.not_patchable(refused)


