"""Take an incident with a promised date, and say that it is repaired."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from come.shared import actor as actors, formatting, idempotency, obstacles, text
from come.staff import policies as rights
from come.ticket import events, policies
from come.ticket.commands import _writing


def accept_ticket(*, reference: str, promised_at: dt.datetime | None, actor: actors.Actor, at: dt.datetime) -> None:
    """Take the incident as one's own and promise a date; everyone who follows it sees it.

    Raises Refusal without a date to come, or when its status forbids it. Idempotent by request id. Records TicketAccepted.
    """
    rights.require(actor, "ticket.handle")
    obstacles.refuse_if_any(policies.promise_obstacles(promised_at=promised_at, at=at))
    with transaction.atomic():
        idempotency.once(
            actor=actor,
            command="ticket.accept",
            inputs={"reference": reference, "promised_at": promised_at},
            run=lambda: _accept(reference, promised_at, actor, at),
        )


def _accept(reference: str, promised_at: dt.datetime | None, actor: actors.Actor, at: dt.datetime) -> dict[str, str]:
    if promised_at is None:
        raise AssertionError
    ticket = _writing.locked(reference)
    before = _writing.move(ticket, to="inProgress", at=at)
    promised_before_at = ticket.promised_at
    ticket.promised_at = promised_at
    ticket.accepted_at = ticket.accepted_at or at
    ticket.owner_id = actor.staff_id
    ticket.save(update_fields=["status", "status_since_at", "promised_at", "accepted_at", "owner"])
    _writing.say(
        ticket,
        kind="accepted",
        sentence=text.T(
            "{name} s’en occupe ; correction promise pour le {date}.",
            name=actor.name,
            date=formatting.instant(promised_at),
        ),
        actor=actor,
        at=at,
        status_before=before,
        promised_before_at=promised_before_at,
    )
    _writing.record(
        ticket,
        events.TicketAccepted(ticket_id=ticket.id, reference=ticket.reference, promised_at=promised_at),
        actor=actor,
        at=at,
        before={"status": before},
    )
    return {"reference": reference}


def resolve_ticket(*, reference: str, resolution: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Say that the cause is repaired; what it held is tried again by the packages that subscribe to the fact.

    Raises Refusal without a sentence. Idempotent by request id. Records TicketResolved.
    """
    rights.require(actor, "ticket.handle")
    obstacles.refuse_if_any(policies.sentence_obstacles(sentence=resolution))
    with transaction.atomic():
        idempotency.once(
            actor=actor,
            command="ticket.resolve",
            inputs={"reference": reference, "resolution": resolution},
            run=lambda: _resolve(reference, resolution, actor, at),
        )


def _resolve(reference: str, resolution: str, actor: actors.Actor, at: dt.datetime) -> dict[str, str]:
    ticket = _writing.locked(reference)
    before = _writing.move(ticket, to="resolved", at=at)
    ticket.resolved_at = at
    ticket.resolution = resolution.strip()
    ticket.save(update_fields=["status", "status_since_at", "resolved_at", "resolution"])
    _writing.say(
        ticket,
        kind="resolved",
        sentence=text.T("Réparé : {resolution}", resolution=ticket.resolution),
        actor=actor,
        at=at,
        status_before=before,
    )
    _writing.record(
        ticket,
        events.TicketResolved(ticket_id=ticket.id, reference=ticket.reference, signature=ticket.signature),
        actor=actor,
        at=at,
        before={"status": before},
    )
    return {"reference": reference}
