"""TM Forum 635, usage, version 4: rated usage of one line, read record by record; specifications of what is used."""

from __future__ import annotations

import uuid
from typing import Any

import ninja
from django import http

from come.shared import money, obstacles, text, tmf
from come.staff import policies as rights
from come.usage import queries, records

router = ninja.Router(tags=["usage"])
PATH = "/tmf-api/usageManagement/v4"
_SPECIFICATIONS = {
    "voice": ("Voice call", "seconds"),
    "sms": ("SMS", "events"),
    "mms": ("MMS", "events"),
    "data": ("Data session", "bytes"),
}


@router.get("/usage", summary="List usage of a product")
def list_usage(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of a line's rated usage; filters: product.id (needed), cycle (latest by default), usageType."""
    caller = tmf.caller(request)
    rights.require(caller, "usage.read")
    page = tmf.check_query(request, {"product.id", "cycle", "usageType", "status"})
    line_id = _line(request)
    usage = queries.line_usage(line_id=line_id, viewer=caller, cycle=request.GET.get("cycle", ""))
    service = request.GET.get("usageType", "")
    total = sum(charge.events for charge in usage.charges if service in {"", charge.service})
    if not usage.cycle or request.GET.get("status", "rated") != "rated":
        return tmf.collection(request, [], 0, response)
    rows = queries.records_of(line_id=line_id, cycle=usage.cycle, service=service, limit=page.limit, offset=page.offset, viewer=caller)
    return tmf.collection(request, [_body(request, line_id, usage.cycle, row) for row in rows], total, response)


@router.get("/usage/{identifier}", summary="Read one usage")
def read_usage(request: http.HttpRequest, identifier: str) -> dict[str, Any]:
    """Return one rated record with the sentence that explains its price; the id is "line:cycle:record"."""
    caller = tmf.caller(request)
    rights.require(caller, "usage.read")
    line_text, _, rest = identifier.partition(":")
    cycle, _, record_id = rest.partition(":")
    line_id = _uuid(line_text)
    if line_id is None:
        raise obstacles.not_found(text.T("La communication"), identifier)
    row = queries.record_of(line_id=line_id, record_id=record_id, cycle=cycle, viewer=caller)
    said = queries.explain_record(line_id=line_id, record_id=record_id, cycle=cycle, viewer=caller)
    return tmf.resource(request, _body(request, line_id, cycle, row) | {"description": said.sentence})


@router.get("/usageSpecification", summary="List usage specifications")
def list_specifications(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return what is known of each kind of usage."""
    rights.require(tmf.caller(request), "usage.read")
    page = tmf.check_query(request, {"name"})
    wanted = request.GET.get("name")
    found = [_specification(request, code) for code, (name, _) in _SPECIFICATIONS.items() if wanted in {None, name}]
    return tmf.collection(request, found[page.offset : page.offset + page.limit], len(found), response)


@router.get("/usageSpecification/{code}", summary="Read one usage specification")
def read_specification(request: http.HttpRequest, code: str) -> dict[str, Any]:
    """Return one kind of usage."""
    rights.require(tmf.caller(request), "usage.read")
    if code not in _SPECIFICATIONS:
        raise obstacles.not_found(text.T("La spécification d’usage"), code)
    return tmf.resource(request, _specification(request, code))


def _specification(request: http.HttpRequest, code: str) -> dict[str, Any]:
    name, unit = _SPECIFICATIONS[code]
    return {
        "id": code,
        "href": tmf.href(request, f"{PATH}/usageSpecification/{code}"),
        "name": name,
        "usageSpecCharacteristic": [
            {"name": "otherParty", "description": "Other party, last four digits masked", "configurable": False},
            {"name": "zone", "description": "Tariff zone", "configurable": False},
            {"name": "quantity", "description": f"Quantity used, in {unit}", "configurable": False},
        ],
        "@type": "UsageSpecification",
    }


def _line(request: http.HttpRequest) -> uuid.UUID:
    found = _uuid(request.GET.get("product.id", ""))
    if found is None:
        raise tmf.bad_request(
            "usage.product_needed",
            text.T("« product.id » est nécessaire : l’usage se lit ligne par ligne."),
            text.T("Ajoutez « product.id » avec l’identifiant d’une ligne de l’inventaire."),
        )
    return found


def _uuid(given: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(given.strip('"'))
    except ValueError:
        return None


def _body(request: http.HttpRequest, line_id: uuid.UUID, cycle: str, row: records.UsageRecord) -> dict[str, Any]:
    identifier = f"{line_id}:{cycle}:{row.record_id}"
    _, unit = _SPECIFICATIONS[row.service]
    amount = money.from_micro(row.charge_micro_eur)
    return {
        "id": identifier,
        "href": tmf.href(request, f"{PATH}/usage/{identifier}"),
        "usageDate": row.start_at.isoformat(),
        "usageType": row.service,
        "status": "rated",
        "usageSpecification": {
            "id": row.service,
            "href": tmf.href(request, f"{PATH}/usageSpecification/{row.service}"),
            "name": _SPECIFICATIONS[row.service][0],
        },
        "usageCharacteristic": [
            {"name": "otherParty", "value": row.other_party_masked},
            {"name": "direction", "value": row.direction},
            {"name": "zone", "value": row.zone_code},
            {"name": "quantity", "value": str(row.quantity)},
            {"name": "unit", "value": unit},
        ],
        "ratedProductUsage": [
            {
                # Six decimals at most: the JSON number that the standard asks for reads back exactly.
                "isBilled": False,
                "isTaxExempt": False,
                "usageRatingTag": "usage",
                "taxExcludedRatingAmount": {"unit": "EUR", "value": float(amount)},
                "bucketValueConvertedInAmount": {"unit": unit, "value": row.units_free},
                "productRef": {"id": str(line_id)},
            },
        ],
        "@type": "Usage",
    }
