"""TM Forum 648, quotes, version 4: made, read, sent and decided by machines as by people, through the same commands.

A quote's id is its reference; its items are those that the sender gave, or one for each formula with its quantity. An item that
cannot be sold as it is stays in the draft in state `pending`, with the reasons in its notes.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import ninja
from django import http
from django.db import transaction

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.party import queries as party_queries
from come.quote import commands, queries, records
from come.quote.policies import states, tables
from come.shared import actor as actors, obstacles, period, text, tmf, web
from come.staff import policies as rights

router = ninja.Router(tags=["quoteManagement"])
PATH = "/tmf-api/quoteManagement/v4/quote"
_POST = frozenset({"agreement", "billingAccount", "description", "externalId", "instantSyncQuote", "quoteItem", "relatedParty"})
# Only the server sets these; sending them is a mistake that is said, not ignored.
_FORBIDDEN = frozenset(
    {
        "authorization", "effectiveQuoteCompletionDate", "expectedQuoteCompletionDate", "href", "quoteDate", "quoteTotalPrice", "state",
        "validFor",
    },
)  # fmt: skip
_ITEM = frozenset({"action", "id", "product", "productOffering", "quantity", "quoteItem"})
_ITEM_FORBIDDEN = frozenset({"quoteItemAuthorization", "quoteItemPrice", "state"})
_PATCH = frozenset({"relatedParty", "state", "description"})
_FILTERS = {"id": "reference", "state": "state", "externalId": "external_id", "relatedParty.id": "customer"}
_TRAITS = {
    "userLabel": tables.USER_LABEL,
    "msisdn": tables.MSISDN,
    "rio": tables.RIO,
    "iccid": tables.ICCID,
    "imei": tables.IMEI,
    "email": tables.EMAIL,
    "costCentre": tables.COST_CENTRE,
    "site": tables.SITE,
}
_PRICE_TYPES = {"one_off": "oneTime", "recurring": "recurring", "instalment": "recurring", "deposit": "oneTime"}


@router.post("/quote", summary="Create a quote", response={201: dict[str, Any]})
def create_quote(request: http.HttpRequest, response: http.HttpResponse) -> ninja.Status[dict[str, Any]]:
    """Open a draft with its items, or (with the `id` of a quote that was sent) a new version of it with these items instead."""
    caller = tmf.caller(request)
    rights.require(caller, "api.write")
    body = tmf.json_body(request)
    _refuse_attributes(body, _POST | {"id"}, _FORBIDDEN)
    lines = _lines(body)
    # All or nothing: lines that are refused leave no empty draft behind.
    with transaction.atomic():
        quote_id = _new_version(str(body["id"]), caller) if body.get("id") else _new_quote(body, caller)
        commands.add_lines(quote_id=quote_id, lines=lines, actor=caller, at=web.at())
    made = _body(request, queries.quote(quote_id=quote_id, viewer=caller))
    response["Location"] = made["href"]
    return ninja.Status(201, made)


def _new_quote(body: Mapping[str, Any], caller: actors.Actor) -> uuid.UUID:
    agreement = _first_id(body.get("agreement"))
    created = commands.create_quote(
        customer_file_id=_customer(body.get("relatedParty"), caller),
        title=str(body.get("description") or ""),
        external_id=str(body.get("externalId") or ""),
        agreement_id=_uuid(agreement, "agreement") if agreement else None,
        billing_account_id=_account(_first_id(body.get("billingAccount"))),
        actor=caller,
        at=web.at(),
    )
    return created.quote_id


def _new_version(reference: str, caller: actors.Actor) -> uuid.UUID:
    found = _quote(reference, caller)
    quote_id = commands.make_new_version(quote_id=found.id, actor=caller, at=web.at())
    commands.remove_lines(quote_id=quote_id, selection=records.Selection(), actor=caller, at=web.at())
    return quote_id


@router.get("/quote", summary="List quotes")
def list_quotes(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of quotes (their last versions); filters: id, state, externalId, relatedParty.id."""
    caller = tmf.caller(request)
    rights.require(caller, "api.read")
    page = tmf.check_query(request, _FILTERS)
    given = {_FILTERS[name]: str(value) for name, value in request.GET.items() if name in _FILTERS}
    customer = given.pop("customer", "")
    filters = records.QuoteFilters(state=given.pop("state", ""), customer_file_id=_customer_id(customer, caller) if customer else None)
    heads, total = queries.quote_records(viewer=caller, filters=filters, offset=page.offset, limit=page.limit, **given)
    items = queries.items(quote_ids=[head.id for head in heads])
    return tmf.collection(request, [_written(request, head, items.get(head.id, [])) for head in heads], total, response)


@router.get("/quote/{quote_id}", summary="Read a quote")
def read_quote(request: http.HttpRequest, quote_id: str) -> dict[str, Any]:
    """Return one quote: its last version, or one version by its own identifier."""
    caller = tmf.caller(request)
    rights.require(caller, "api.read")
    return tmf.resource(request, _body(request, _quote(quote_id, caller)))


@router.patch("/quote/{quote_id}", summary="Move a quote to another state")
def patch_quote(request: http.HttpRequest, quote_id: str) -> dict[str, Any]:
    """Send (`approved`), record a signed acceptance (`accepted`, with a relatedParty of role signatory), refuse or cancel."""
    caller = tmf.caller(request)
    rights.require(caller, "api.write")
    body = tmf.json_body(request)
    refused = sorted(set(body) - _PATCH - {"@type", "@baseType", "@schemaLocation"})
    if refused:
        raise tmf.not_patchable(refused)
    found = _quote(quote_id, caller)
    with transaction.atomic():
        if "description" in body:
            _retitle(found, str(body["description"] or ""), caller)
        if "state" in body:
            _move(found, str(body["state"]), body, caller)
    return _body(request, queries.quote(quote_id=found.id, viewer=caller))


def _retitle(found: records.QuoteRecord, title: str, caller: actors.Actor) -> None:
    commands.change_terms(
        quote_id=found.id,
        title=title,
        valid_until=found.valid_until,
        agreement_id=found.agreement_id,
        billing_account_id=found.billing_account_id,
        commitment_months=found.commitment_months,
        actor=caller,
        at=web.at(),
    )


def _move(found: records.QuoteRecord, state: str, body: Mapping[str, Any], caller: actors.Actor) -> None:
    match state:
        case states.APPROVED:
            commands.send_quote(quote_id=found.id, actor=caller, at=web.at())
        case states.ACCEPTED:
            commands.accept_quote(quote_id=found.id, identity=_signatory(body.get("relatedParty")), actor=caller, at=web.at())
        case states.REJECTED | states.CANCELLED:
            commands.close_quote(quote_id=found.id, state=state, reason="", actor=caller, at=web.at())
        case _ if state in states.STATES:
            raise obstacles.Conflict(
                states.transition_obstacles(reference=found.reference, state=found.state, wanted=state) or [_no_move(state)]
            )
        case _:
            raise tmf.bad_request("quote.unknown_state", text.T("« {state} » n’est pas un état de devis.", state=state))


def _no_move(state: str) -> obstacles.Obstacle:
    return obstacles.Obstacle("quote.no_move", obstacles.Severity.REFUSAL, text.T("L’état « {state} » ne se demande pas.", state=state))


def _signatory(parties: Any) -> records.Signatory:
    for party in parties if isinstance(parties, list) else ():
        if isinstance(party, Mapping) and party.get("role") == "signatory":
            return records.Signatory(str(party.get("name") or ""))
    return records.Signatory("")


def _quote(given: str, caller: actors.Actor) -> records.QuoteRecord:
    try:
        return queries.quote(quote_id=uuid.UUID(given), viewer=caller)
    except ValueError:
        return queries.quote(reference=given, viewer=caller)


def _refuse_attributes(body: Mapping[str, Any], known: frozenset[str], forbidden: frozenset[str]) -> None:
    given = sorted(forbidden & set(body))
    if given:
        raise tmf.bad_request("tmf.forbidden_attribute", text.T("Attributs que seul le serveur écrit : {names}.", names=", ".join(given)))
    tmf.unsupported_attributes(body, known)


def _lines(body: Mapping[str, Any]) -> list[records.NewLine]:
    """Read the items, every mistake of form named at once."""
    items = body.get("quoteItem")
    if not isinstance(items, list) or not items:
        raise tmf.bad_request("tmf.mandatory_attribute", text.T("Un devis a au moins un élément (quoteItem)."))
    found: list[obstacles.Obstacle] = []
    lines = [_line(item, f"quoteItem/{place}", found) for place, item in enumerate(items)]
    if found:
        refusal = obstacles.Refusal(found)
        refusal.status = 400
        raise refusal
    return [line for line in lines if line is not None]


def _line(item: Any, path: str, found: list[obstacles.Obstacle]) -> records.NewLine | None:
    if not isinstance(item, Mapping):
        found.append(_wrong(path, text.T("Un élément est un objet.")))
        return None
    before = len(found)
    unknown = sorted(name for name in set(item) - _ITEM if not name.startswith("@"))
    for name in unknown:
        said = text.T("Attribut que seul le serveur écrit.") if name in _ITEM_FORBIDDEN else text.T("Attribut non pris en charge.")
        found.append(_wrong(f"{path}/{name}", said))
    found += [_wrong(f"{path}/{name}", text.T("Attribut obligatoire.")) for name in ("id", "action") if not item.get(name)]
    if item.get("action") not in {None, "", "add"}:
        found.append(_wrong(f"{path}/action", text.T("Un devis de ce service ajoute des lignes : l’action est « add ».")))
    code = _offering_code(item)
    if not code:
        found.append(_wrong(f"{path}/productOffering", text.T("Un élément nomme son offre (productOffering ou product).")))
    quantity = item.get("quantity", 1)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 < quantity <= tables.MAXIMUM_QUANTITY:
        found.append(_wrong(f"{path}/quantity", text.T("La quantité est un entier de 1 à {most}.", most=tables.MAXIMUM_QUANTITY)))
    cells = {tables.PLAN: code, **_traits(item.get("product"), path, found), **_parts(item.get("quoteItem"), path, found)}
    if len(found) > before:
        return None
    return records.NewLine({column: value for column, value in cells.items() if value}, int(quantity), item_ref=str(item["id"])[:60])


def _wrong(path: str, message: text.T) -> obstacles.Obstacle:
    return obstacles.Obstacle("tmf.invalid_item", obstacles.Severity.REFUSAL, message, path=path)


def _offering_code(item: Mapping[str, Any]) -> str:
    product = item.get("product")
    for holder in (item, product if isinstance(product, Mapping) else {}):
        offering = holder.get("productOffering")
        if isinstance(offering, Mapping) and offering.get("id"):
            return str(offering["id"])
    return ""


def _traits(product: Any, path: str, found: list[obstacles.Obstacle]) -> dict[str, str]:
    cells: dict[str, str] = {}
    given = product.get("productCharacteristic", []) if isinstance(product, Mapping) else []
    for place, one in enumerate(given if isinstance(given, list) else []):
        name = str(one.get("name", "")) if isinstance(one, Mapping) else ""
        if name not in _TRAITS:
            message = text.T("Caractéristique inconnue : « {name} ». Connues : {names}.", name=name, names=", ".join(_TRAITS))
            found.append(_wrong(f"{path}/product/productCharacteristic/{place}", message))
        else:
            cells[_TRAITS[name]] = str(one.get("value") or "")
    return cells


def _parts(items: Any, path: str, found: list[obstacles.Obstacle]) -> dict[str, str]:
    """Read what hangs under a line: a nested item is its device or one of its options, as the catalogue says."""
    sold = catalogue_queries.catalogue_snapshot(at=period.local_day(web.at())).offerings if items else {}
    options: list[str] = []
    devices: list[str] = []
    for place, one in enumerate(items if isinstance(items, list) else []):
        code = _offering_code(one) if isinstance(one, Mapping) else ""
        if not code:
            found.append(_wrong(f"{path}/quoteItem/{place}/productOffering", text.T("Un élément nomme son offre.")))
        is_device = code in sold and sold[code].kind == catalogue.OfferingKind.DEVICE
        (devices if is_device else options).append(code)
    return {tables.OPTIONS: "; ".join(options), tables.DEVICE: "; ".join(devices)}


def _customer(parties: Any, caller: actors.Actor) -> uuid.UUID:
    for party in parties if isinstance(parties, list) else ():
        if isinstance(party, Mapping) and party.get("id") and str(party.get("role", "customer")).lower() == "customer":
            return _customer_id(str(party["id"]), caller)
    raise tmf.bad_request(
        "tmf.mandatory_attribute", text.T("Un devis nomme son client : relatedParty de rôle « customer », par sa référence.")
    )


def _customer_id(given: str, caller: actors.Actor) -> uuid.UUID:
    try:
        return party_queries.customer_file(customer_file_id=uuid.UUID(given), viewer=caller).id
    except ValueError:
        return party_queries.customer_file(reference=given, viewer=caller).id


def _account(given: str) -> uuid.UUID | None:
    if not given:
        return None
    found = party_queries.billing_accounts(references=[given]) if not _is_uuid(given) else []
    return found[0].id if found else _uuid(given, "billingAccount")


def _first_id(given: Any) -> str:
    first = given[0] if isinstance(given, list) and given else given
    return str(first.get("id") or "") if isinstance(first, Mapping) else ""


def _is_uuid(given: str) -> bool:
    try:
        uuid.UUID(given)
    except ValueError:
        return False
    return True


def _uuid(given: str, name: str) -> uuid.UUID:
    if not _is_uuid(given):
        raise tmf.bad_request("tmf.bad_id", text.T("« {given} » n’est pas un identifiant de {name}.", given=given, name=name))
    return uuid.UUID(given)


def _body(request: http.HttpRequest, head: records.QuoteRecord) -> dict[str, Any]:
    return _written(request, head, queries.items(quote_ids=[head.id]).get(head.id, []))


def _written(request: http.HttpRequest, head: records.QuoteRecord, items: list[queries.ItemRecord]) -> dict[str, Any]:
    parties = [{"id": head.customer_reference, "name": head.customer_name, "role": "customer", "@referredType": "Customer"}]
    if head.seller_id:
        parties.append({"id": str(head.seller_id), "name": head.seller_name, "role": "seller", "@referredType": "Individual"})
    if head.acceptance:
        parties.append({"id": "signatory", "name": head.acceptance.signatory_name, "role": "signatory", "@referredType": "Individual"})
    return {
        "id": head.reference,
        "href": tmf.href(request, f"{PATH}/{head.reference}"),
        "@type": "Quote",
        "version": str(head.version),
        "state": head.state,
        "description": head.title,
        "externalId": head.external_id,
        "quoteDate": head.created_at,
        **({"effectiveQuoteCompletionDate": head.sent_at} if head.sent_at else {}),
        "validFor": {"endDateTime": period.day_start(head.valid_until + dt.timedelta(days=1))},
        "instantSyncQuote": True,
        "relatedParty": parties,
        "agreement": [{"id": str(head.agreement_id), "name": head.agreement_name}] if head.agreement_id else [],
        "billingAccount": [{"id": str(head.billing_account_id), "name": head.billing_account_reference}] if head.billing_account_id else [],
        "quoteTotalPrice": _totals(head.totals),
        "quoteItem": [_item(one, head) for one in items],
    }


def _totals(totals: records.Totals) -> list[dict[str, Any]]:
    sums = (
        ("Une fois", "oneTime", totals.one_off),
        ("Par mois", "recurring", totals.monthly),
        ("Mensualités de terminaux", "recurring", totals.instalments_monthly),
        ("Dépôts", "oneTime", totals.deposit),
    )
    return [_price(name, kind, amount) for name, kind, amount in sums if amount or name in {"Une fois", "Par mois"}]


def _price(name: str, kind: str, amount: Decimal) -> dict[str, Any]:
    # JSON has one kind of number; every computation before this line is exact.
    price = {"dutyFreeAmount": {"unit": "EUR", "value": float(amount)}, "@type": "Price"}
    period = {"recurringChargePeriod": "month"} if kind == "recurring" else {}
    return {"name": name, "priceType": kind, "price": price, "@type": "QuotePrice", **period}


def _item(one: queries.ItemRecord, head: records.QuoteRecord) -> dict[str, Any]:
    pattern = one.pattern
    traits = [
        {"name": name, "value": one.cells[column], "valueType": "string"} for name, column in _TRAITS.items() if one.cells.get(column)
    ]
    nested = []
    if pattern is not None:
        parts = [*zip(pattern.option_codes, pattern.option_names_fr, strict=False)]
        parts += [(pattern.device_code, pattern.device_name_fr)] if pattern.device_code else []
        nested = [
            {"id": f"{one.reference}.{place}", "action": "add", "productOffering": {"id": code, "name": name}, "state": head.state}
            for place, (code, name) in enumerate(parts, start=1)
        ]
    return {
        "id": one.reference,
        "action": "add",
        "@type": "QuoteItem",
        "state": "pending" if one.has_obstacle else head.state,
        "quantity": one.quantity,
        **({"productOffering": {"id": pattern.plan_code, "name": pattern.plan_name_fr}} if pattern else {}),
        **({"product": {"productCharacteristic": traits, "isBundle": False}} if traits else {}),
        "quoteItem": nested,
        "quoteItemPrice": [_component(component) for component in pattern.components] if pattern else [],
        "note": [
            {"id": str(place), "author": "COME", "text": f"{issue.message} {issue.next_step}".strip()}
            for place, issue in enumerate(one.issues, start=1)
        ],
    }


def _component(one: records.PricedComponent) -> dict[str, Any]:
    body = _price(f"{one.offering_name_fr} · {one.name_fr}", _PRICE_TYPES[one.price_type], one.amount)
    body["description"] = one.reason_fr
    body["productOfferingPrice"] = {"id": f"{one.offering_code}/{one.price_code}"}
    if one.list_amount != one.amount:
        alteration = _price(one.clause_text or one.reason_fr, body["priceType"], one.amount - one.list_amount)
        body["priceAlteration"] = [alteration | {"@type": "PriceAlteration"}]
    return body
