"""TM Forum 622, product ordering, version 4: take orders of up to 20,000 lines, read them, read their lines by page."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import ninja
from django import http

from come.order import commands, queries, records
from come.quote import queries as quote_queries
from come.shared import actor as actors, obstacles, period, text, tmf, web
from come.staff import policies as rights

router = ninja.Router(tags=["productOrdering"])
PATH = "/tmf-api/productOrderingManagement/v4/productOrder"
# What is not acted upon is refused: an attribute that was taken and forgotten would be a promise not kept.
_QUOTE_ATTRIBUTES = frozenset({"quote"})
_ORDER_ATTRIBUTES = frozenset({"agreement", "billingAccount", "externalId", "productOrderItem", "relatedParty", "requestedStartDate"})
_ITEM_ATTRIBUTES = frozenset({"action", "id", "product", "productOffering", "productOrderItem", "quantity"})
_ITEMS_IN_LISTS = 100
_FILTERS = {"state": "state", "externalId": "external_id", "relatedParty.id": "customer"}


@router.post("/productOrder", summary="Submit a product order", response={201: dict[str, Any]})
def create_order(request: http.HttpRequest, response: http.HttpResponse) -> ninja.Status[dict[str, Any]]:
    """Take an order: from an accepted quote (`quote`), or line by line (`productOrderItem`, one per line)."""
    caller = tmf.caller(request)
    rights.require(caller, "api.write")
    body = tmf.json_body(request)
    tmf.unsupported_attributes(body, _QUOTE_ATTRIBUTES if body.get("quote") else _ORDER_ATTRIBUTES | _QUOTE_ATTRIBUTES)
    if body.get("quote"):
        answer = commands.submit_order(quote_id=_quote_id(body["quote"], caller), actor=caller, at=web.at())
    else:
        answer = commands.submit_order_items(wanted=_wanted(body), actor=caller, at=web.at())
    made = _whole(request, answer.reference, caller)
    response["Location"] = made["href"]
    return ninja.Status(201, made)


@router.get("/productOrder", summary="List product orders")
def list_orders(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of orders, each with its first hundred lines; filters: state, externalId, relatedParty.id."""
    caller = tmf.caller(request)
    rights.require(caller, "order.read")
    page = tmf.check_query(request, _FILTERS)
    filters = {_FILTERS[name]: str(value) for name, value in request.GET.items() if name in _FILTERS}
    rows, total = queries.orders_plain(viewer=caller, filters=filters, offset=page.offset, limit=page.limit)
    items = queries.items_plain(order_ids=[row["id"] for row in rows], limit_per_order=_ITEMS_IN_LISTS)
    return tmf.collection(request, [_order(request, row, items.get(row["id"], ())) for row in rows], total, response)


@router.get("/productOrder/{order_id}", summary="Read a product order")
def read_order(request: http.HttpRequest, order_id: str) -> dict[str, Any]:
    """Return one order with all its lines."""
    caller = tmf.caller(request)
    rights.require(caller, "order.read")
    return tmf.resource(request, _whole(request, order_id, caller))


@router.get("/productOrder/{order_id}/productOrderItem", summary="List the lines of an order")
def list_items(request: http.HttpRequest, response: http.HttpResponse, order_id: str) -> list[dict[str, Any]]:
    """Return one page of an order's lines with their steps; filter: state (for instance held)."""
    caller = tmf.caller(request)
    rights.require(caller, "order.read")
    page = tmf.check_query(request, {"state"})
    found = queries.order_plain(viewer=caller, reference=order_id)
    items, total = queries.order_items(
        order_id=found["id"],
        viewer=caller,
        at=web.at(),
        state=request.GET.get("state", ""),
        offset=page.offset,
        limit=page.limit,
    )
    return tmf.collection(request, [_item_with_steps(item) for item in items], total, response)


@router.post("/cancelProductOrder", summary="Cancel a product order", response={201: dict[str, Any]})
def cancel_order(request: http.HttpRequest, response: http.HttpResponse) -> ninja.Status[dict[str, Any]]:
    """Cancel the lines that have not passed their point of no return; the others go on."""
    caller = tmf.caller(request)
    rights.require(caller, "api.write")
    body = tmf.json_body(request)
    tmf.unsupported_attributes(body, {"productOrder", "cancellationReason", "requestedCancellationDate"})
    order = body.get("productOrder")
    reference = str(order.get("id") or "") if isinstance(order, Mapping) else ""
    if not reference:
        refusal = obstacles.Refusal(_wrong("productOrder/id", text.T("Dites quelle commande annuler (productOrder).")))
        refusal.status = 400
        raise refusal
    answer = commands.cancel_order(reference=reference, reason=str(body.get("cancellationReason", "")), actor=caller, at=web.at())
    identifier = f"{reference}-annulation"
    task = {
        "id": identifier,
        "href": tmf.href(request, f"{PATH}/{reference}"),
        "state": "done",
        "cancellationReason": body.get("cancellationReason", ""),
        "productOrder": {"id": reference, "href": tmf.href(request, f"{PATH}/{reference}")},
        "cancelledItemCount": answer.cancelled,
        "keptItemCount": answer.kept,
        "@type": "CancelProductOrder",
    }
    return ninja.Status(201, task)


def _quote_id(given: Any, caller: actors.Actor) -> uuid.UUID:
    first = given[0] if isinstance(given, list) and given and isinstance(given[0], Mapping) else {}
    found = quote_queries.quote(reference=str(first.get("id", "")), viewer=caller)
    return found.id


def _wanted(body: Mapping[str, Any]) -> commands.WantedOrder:
    """Read an order of lines, with every mistake named at once."""
    found: list[obstacles.Obstacle] = []
    items = body.get("productOrderItem")
    if not isinstance(items, list) or not items:
        found.append(_wrong("productOrderItem", text.T("Une commande a au moins une ligne (productOrderItem).")))
        items = []
    lines = [line for position, item in enumerate(items) if (line := _line(item, position, found)) is not None]
    customer = _customer(body.get("relatedParty"), found)
    account = body.get("billingAccount")
    wanted = commands.WantedOrder(
        customer=customer,
        lines=tuple(lines),
        billing_account_id=_uuid(account.get("id"), "billingAccount/id", found) if isinstance(account, Mapping) else None,
        agreement_reference=_first_id(body.get("agreement")),
        external_id=str(body.get("externalId", ""))[:80],
        requested_start_date=_day(body.get("requestedStartDate"), found),
    )
    if found:
        refusal = obstacles.Refusal(found)
        refusal.status = 400
        raise refusal
    return wanted


def _line(item: Any, position: int, found: list[obstacles.Obstacle]) -> commands.WantedLine | None:
    path = f"productOrderItem/{position}"
    if not isinstance(item, Mapping):
        found.append(_wrong(path, text.T("Une ligne est un objet JSON.")))
        return None
    unknown = sorted(name for name in item if name not in _ITEM_ATTRIBUTES and not name.startswith("@"))
    if unknown:
        found.append(_wrong(path, text.T("Attributs non pris en charge : {names}.", names=", ".join(unknown))))
    if item.get("action") != "add":
        found.append(
            _wrong(f"{path}/action", text.T("Sans devis, une ligne s’ajoute (action « add ») ; les autres actes passent par le parc."))
        )
    if item.get("quantity", 1) != 1:
        found.append(_wrong(f"{path}/quantity", text.T("Une ligne se commande une fois : donnez autant de lignes que d’exemplaires.")))
    offering = item.get("productOffering")
    code = str(offering.get("id", "")) if isinstance(offering, Mapping) else ""
    if not code:
        found.append(_wrong(f"{path}/productOffering/id", text.T("Chaque ligne nomme son offre.")))
    traits = _characteristics(item.get("product"))
    return commands.WantedLine(
        offering_code=code,
        option_codes=tuple(_children(item.get("productOrderItem"), f"{path}/productOrderItem", found)),
        device_code=traits.get("device", ""),
        user_label=traits.get("userLabel", ""),
        msisdn=traits.get("msisdn", ""),
        iccid=traits.get("iccid", ""),
        rio=traits.get("rio", ""),
        cost_centre=traits.get("costCentre", ""),
        external_id=str(item.get("id", position + 1))[:80],
    )


def _children(items: Any, path: str, found: list[obstacles.Obstacle]) -> list[str]:
    """Return the option codes of nested items."""
    codes = []
    for position, item in enumerate(items if isinstance(items, list) else ()):
        offering = item.get("productOffering") if isinstance(item, Mapping) else None
        code = str(offering.get("id", "")) if isinstance(offering, Mapping) else ""
        if code:
            codes.append(code)
        else:
            found.append(_wrong(f"{path}/{position}/productOffering/id", text.T("Chaque option nomme son offre.")))
    return codes


def _characteristics(product: Any) -> dict[str, str]:
    given = product.get("productCharacteristic") if isinstance(product, Mapping) else None
    return {
        str(one.get("name")): str(one.get("value", "")) for one in (given if isinstance(given, list) else ()) if isinstance(one, Mapping)
    }


def _customer(parties: Any, found: list[obstacles.Obstacle]) -> str:
    for party in parties if isinstance(parties, list) else ():
        if isinstance(party, Mapping) and str(party.get("role", "customer")).lower() == "customer" and party.get("id"):
            return str(party["id"])
    found.append(_wrong("relatedParty", text.T("La commande nomme son client (relatedParty de rôle customer).")))
    return ""


def _first_id(given: Any) -> str:
    return str(given[0].get("id", "")) if isinstance(given, list) and given and isinstance(given[0], Mapping) else ""


def _day(given: Any, found: list[obstacles.Obstacle]) -> dt.date | None:
    if given is None:
        return None
    try:
        instant = dt.datetime.fromisoformat(str(given))
        return period.local_day(instant) if instant.tzinfo else instant.date()
    except (ValueError, OverflowError):
        found.append(_wrong("requestedStartDate", text.T("Ce n’est pas une date ISO 8601.")))
        return None


def _uuid(given: Any, path: str, found: list[obstacles.Obstacle]) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(given))
    except ValueError:
        found.append(_wrong(path, text.T("Cet identifiant n’existe pas.")))
        return None


def _wrong(path: str, message: text.T) -> obstacles.Obstacle:
    return obstacles.Obstacle("api.invalid_attribute", obstacles.Severity.REFUSAL, message, path=path)


def _whole(request: http.HttpRequest, reference: str, caller: actors.Actor) -> dict[str, Any]:
    row = queries.order_plain(viewer=caller, reference=reference)
    items = queries.items_plain(order_ids=[row["id"]])
    return _order(request, row, items.get(row["id"], ()))


def _instant(day: dt.date | None) -> dt.datetime | None:
    # The standard has instants only: a day begins at midnight in Paris.
    return period.day_start(day) if day else None


def _order(request: http.HttpRequest, row: Mapping[str, Any], items: Sequence[records.PlainItem]) -> dict[str, Any]:
    return {
        "id": row["reference"],
        "href": tmf.href(request, f"{PATH}/{row['reference']}"),
        "@type": "ProductOrder",
        "externalId": row["external_id"] or None,
        "category": row["kind"],
        "state": row["state"],
        "orderDate": row["ordered_at"],
        "completionDate": row["completed_at"],
        "requestedStartDate": _instant(row["requested_start_date"]),
        "expectedCompletionDate": _instant(row["requested_completion_date"]),
        "quote": [{"id": row["quote_reference"]}] if row["quote_reference"] else [],
        "agreement": [{"id": row["agreement_reference"]}] if row["agreement_reference"] else [],
        "billingAccount": {"id": str(row["billing_account_id"])} if row["billing_account_id"] else None,
        "relatedParty": [{"id": str(row["customer_file_id"]), "role": "customer", "@referredType": "Customer"}],
        "productOrderItemCount": row["line_count"],
        "productOrderItem": [_item(item) for item in items],
    }


def _item(item: records.PlainItem) -> dict[str, Any]:
    traits = {
        "msisdn": item.msisdn,
        "iccid": item.iccid,
        "rio": item.rio,
        "userLabel": item.user_label,
        "costCentre": item.cost_centre_code,
    }
    return {
        "id": item.external_id,
        "action": item.action,
        "state": item.state,
        "quantity": 1,
        "productOffering": {"id": item.plan_code, "name": item.plan_name_fr} if item.plan_code else None,
        "product": {
            "id": str(item.stable_line_id),
            "productCharacteristic": [{"name": name, "value": value, "valueType": "string"} for name, value in traits.items() if value],
        },
        "productOrderItem": [{"id": code, "action": item.action, "productOffering": {"id": code}} for code in item.option_codes],
        "@type": "ProductOrderItem",
    }


def _item_with_steps(item: records.ItemRecord) -> dict[str, Any]:
    plain = records.PlainItem(
        item.external_id, item.action, item.state, item.stable_line_id, item.msisdn, item.iccid, item.rio, item.user_label,
        item.cost_centre_code, item.plan_code, item.plan_name_fr, item.option_codes,
    )  # fmt: skip
    return _item(plain) | {
        "milestone": [
            {
                "name": step.kind,
                "description": step.label_fr,
                "status": step.state,
                "milestoneDate": step.done_at or step.state_since_at,
                "message": step.cause_fr,
                "nextStep": step.next_step_fr,
                "owner": step.owner_name,
                "dueDate": step.due_at,
                "troubleTicket": {"id": step.incident_reference} if step.incident_reference else None,
            }
            for step in item.steps
        ],
    }
