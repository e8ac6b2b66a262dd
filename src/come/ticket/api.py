"""TM Forum 621, trouble ticket, version 4: read incidents, report one, move it to another state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ninja
from django import http
from django.db import transaction

from come.shared import actor as actors, obstacles, text, tmf, web
from come.staff import policies as rights
from come.ticket import commands, policies, queries, records

router = ninja.Router(tags=["troubleTicket"])
PATH = "/tmf-api/troubleTicket/v4/troubleTicket"
_ATTRIBUTES = frozenset({"description", "externalId", "name", "severity", "ticketType"})
_PATCH = frozenset({"expectedResolutionDate", "note", "status", "statusChangeReason"})


@router.get("/troubleTicket", summary="List trouble tickets")
def list_tickets(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of incidents; filters: status, severity."""
    caller = tmf.caller(request)
    rights.require(caller, "ticket.read")
    page = tmf.check_query(request, {"severity", "status"})
    rows, total = queries.tickets(
        viewer=caller,
        status=request.GET.get("status", ""),
        severity=request.GET.get("severity", ""),
        offset=page.offset,
        limit=page.limit,
    )
    return tmf.collection(request, [_body(request, row) for row in rows], total, response)


@router.get("/troubleTicket/{reference}", summary="Read a trouble ticket")
def read_ticket(request: http.HttpRequest, reference: str) -> dict[str, Any]:
    """Return one incident with its story."""
    caller = tmf.caller(request)
    rights.require(caller, "ticket.read")
    return tmf.resource(request, _whole(request, queries.ticket(reference=reference, viewer=caller)))


@router.post("/troubleTicket", summary="Report a trouble ticket", response={201: dict[str, Any]})
def create_ticket(request: http.HttpRequest, response: http.HttpResponse) -> ninja.Status[dict[str, Any]]:
    """Report an incident: description, severity and ticketType are needed."""
    caller = tmf.caller(request)
    rights.require(caller, "api.write")
    given = _told(request)
    reference = commands.open_ticket(
        description=str(given["description"]),
        title=str(given.get("name", "")),
        severity=str(given["severity"]).lower(),
        ticket_type=str(given["ticketType"])[:30],
        context={"externalId": str(given.get("externalId", "")), "channel": "api"},
        actor=caller,
        at=web.at(),
    )
    body = _body(request, queries.ticket(reference=reference, viewer=caller).ticket)
    response["Location"] = body["href"]
    return ninja.Status(201, body)


@router.patch("/troubleTicket/{reference}", summary="Move a trouble ticket to another state")
def patch_ticket(request: http.HttpRequest, reference: str) -> dict[str, Any]:
    """Take it (`inProgress`, with expectedResolutionDate), make it wait, resolve, close or reopen it; promise another date; add notes.

    `statusChangeReason` is the sentence that everyone who follows reads. `acknowledged` says that a repair does not hold.
    """
    caller = tmf.caller(request)
    rights.require(caller, "api.write")
    given = tmf.json_body(request)
    refused = sorted(set(given) - _PATCH - {"@type", "@baseType", "@schemaLocation"})
    if refused:
        raise tmf.not_patchable(refused)
    queries.ticket(reference=reference, viewer=caller)
    with transaction.atomic():
        _move(reference, given, caller)
        for place, note in enumerate(_notes(given.get("note", []))):
            # Each note is an act of its own under the caller's key.
            actor = caller.with_request(f"{caller.request_id}#{place}") if caller.request_id else caller
            commands.comment(reference=reference, sentence=note, actor=actor, at=web.at())
    return _whole(request, queries.ticket(reference=reference, viewer=caller))


def _move(reference: str, given: Mapping[str, Any], caller: actors.Actor) -> None:
    reason = str(given.get("statusChangeReason") or "")
    promised_at = _instant(given["expectedResolutionDate"]) if given.get("expectedResolutionDate") is not None else None
    match given.get("status"):
        case None:
            if promised_at is not None:
                commands.move_promise(reference=reference, promised_at=promised_at, reason=reason, actor=caller, at=web.at())
        case "inProgress":
            commands.accept_ticket(reference=reference, promised_at=promised_at, actor=caller, at=web.at())
        case "resolved":
            commands.resolve_ticket(reference=reference, resolution=reason, actor=caller, at=web.at())
        case "acknowledged":
            commands.deny_repair(reference=reference, reason=reason, actor=caller, at=web.at())
        case status:
            commands.change_status(reference=reference, status=str(status), reason=reason, actor=caller, at=web.at())


def _instant(given: object) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(str(given))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        message = text.T(
            "« {name} » est un instant avec son fuseau, comme {example}.", name="expectedResolutionDate", example="2026-10-06T09:00:00Z"
        )
        raise tmf.bad_request("api.invalid_attribute", message)
    return found.astimezone(dt.UTC)


def _notes(given: object) -> list[str]:
    notes = given if isinstance(given, list) else [None]
    found = [note.get("text") if isinstance(note, dict) else None for note in notes]
    if not all(isinstance(one, str) and one.strip() for one in found):
        raise tmf.bad_request("api.invalid_attribute", text.T("Chaque « note » a un « text »."))
    return [str(one) for one in found]


def _told(request: http.HttpRequest) -> dict[str, Any]:
    given = tmf.json_body(request)
    tmf.unsupported_attributes(given, _ATTRIBUTES)
    found = [
        _missing(name)
        for name in ("description", "severity", "ticketType")
        if not isinstance(given.get(name), str) or not given[name].strip()
    ]
    if not found and given["severity"].lower() not in policies.SEVERITIES:
        names = ", ".join(policies.SEVERITIES)
        message = text.T("« severity » est l’une de : {names}.", names=names)
        found.append(obstacles.Obstacle("api.invalid_attribute", obstacles.Severity.REFUSAL, message, path="severity"))
    if found:
        refusal = obstacles.Refusal(found)
        refusal.status = 400
        raise refusal
    return given


def _missing(name: str) -> obstacles.Obstacle:
    message = text.T("L’attribut « {name} » est nécessaire.", name=name)
    return obstacles.Obstacle("api.invalid_attribute", obstacles.Severity.REFUSAL, message, path=name)


def _whole(request: http.HttpRequest, found: records.TicketPage) -> dict[str, Any]:
    changes = [event for event in reversed(found.events) if event.status_before or event.kind == "opened"]
    return _body(request, found.ticket) | {
        "note": [{"date": event.at, "author": event.actor_name, "text": event.sentence} for event in found.events],
        "statusChange": [{"status": event.status_after, "changeDate": event.at, "changeReason": event.sentence} for event in changes],
        "relatedEntity": [
            {"id": subject.label or str(subject.key), "role": subject.kind, "@referredType": subject.kind} for subject in found.subjects
        ],
    }


def _body(request: http.HttpRequest, row: records.TicketRecord) -> dict[str, Any]:
    return {
        "id": row.reference,
        "href": tmf.href(request, f"{PATH}/{row.reference}"),
        "@type": "TroubleTicket",
        "name": row.title,
        "description": row.description or row.title,
        "severity": row.severity,
        "ticketType": row.ticket_type,
        "status": row.status,
        "statusChangeDate": row.status_since_at,
        "creationDate": row.opened_at,
        "expectedResolutionDate": row.promised_at,
        "resolutionDate": row.resolved_at,
        "lastUpdate": row.last_news_at,
        "relatedParty": [
            {"name": row.opened_by_name, "role": "reporter", "@referredType": "Individual"},
            *([{"name": row.owner_name, "role": "responsible", "@referredType": "Individual"}] if row.owner_name else ()),
        ],
    }
