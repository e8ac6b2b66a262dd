"""TM Forum 621, trouble ticket, version 4: read incidents, report one."""

from __future__ import annotations

from typing import Any

import ninja
from django import http

from come.shared import obstacles, text, tmf, web
from come.staff import policies as rights
from come.ticket import commands, policies, queries, records

router = ninja.Router(tags=["troubleTicket"])
PATH = "/tmf-api/troubleTicket/v4/troubleTicket"
_ATTRIBUTES = frozenset({"description", "externalId", "name", "severity", "ticketType"})


@router.get("/troubleTicket", summary="List trouble tickets")
def list_tickets(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of incidents; filter: status."""
    caller = tmf.caller(request)
    rights.require(caller, "ticket.read")
    page = tmf.check_query(request, {"status"})
    rows, total = queries.tickets(viewer=caller, status=request.GET.get("status", ""), offset=page.offset, limit=page.limit)
    return tmf.collection(request, [_body(request, row) for row in rows], total, response)


@router.get("/troubleTicket/{reference}", summary="Read a trouble ticket")
def read_ticket(request: http.HttpRequest, reference: str) -> dict[str, Any]:
    """Return one incident with its story."""
    caller = tmf.caller(request)
    rights.require(caller, "ticket.read")
    found = queries.ticket(reference=reference, viewer=caller)
    body = _body(request, found.ticket) | {
        "note": [{"date": event.at, "author": event.actor_name, "text": event.sentence} for event in found.events],
        "relatedEntity": [
            {"id": subject.label or str(subject.key), "role": subject.kind, "@referredType": subject.kind} for subject in found.subjects
        ],
    }
    return tmf.resource(request, body)


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
        "relatedParty": [{"name": row.opened_by_name, "role": "reporter", "@referredType": "Individual"}],
    }
