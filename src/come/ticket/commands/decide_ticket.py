"""Decide on an incident without repairing it: it waits, is held, refused, cancelled, closed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from come.shared import actor as actors, idempotency, obstacles, text
from come.staff import policies as rights
from come.ticket import events, models, policies
from come.ticket.commands import _writing

_SENTENCES = {
    "pending": text.noop("En attente : {reason}"),
    "held": text.noop("Suspendu : {reason}"),
    "rejected": text.noop("Refusé : {reason}"),
    "cancelled": text.noop("Annulé : {reason}"),
    "closed": text.noop("Clos : {reason}"),
}


def change_status(*, reference: str, status: str, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Make an incident wait, hold, refuse, cancel or close it, with a reason that everyone hurt reads, and their managers.

    Raises Refusal without a reason, for another status, or when its states forbid it. Idempotent by request id.
    Records TicketStatusChanged.
    """
    rights.require(actor, "ticket.handle")
    obstacles.refuse_if_any((*policies.decision_obstacles(status=status), *policies.sentence_obstacles(sentence=reason)))
    with transaction.atomic():
        idempotency.once(
            actor=actor,
            command="ticket.change_status",
            inputs={"reference": reference, "status": status, "reason": reason},
            run=lambda: decide(_writing.locked(reference), status, reason.strip(), actor, at),
        )


def close_settled(*, at: dt.datetime, actor: actors.Actor) -> int:
    """Close the repairs that nobody denied for some days; return how many. Records TicketStatusChanged for each."""
    settled = models.TroubleTicket.objects.filter(status="resolved", resolved_at__lte=at - policies.CLOSED_AFTER)
    closed = 0
    for reference in settled.order_by("resolved_at").values_list("reference", flat=True)[:200]:
        with transaction.atomic():
            ticket = _writing.locked(reference)
            if ticket.status == "resolved":
                decide(ticket, "closed", text.T("personne n’a dit le contraire."), actor, at)
                closed += 1
    return closed


def decide(ticket: models.TroubleTicket, status: str, reason: str, actor: actors.Actor, at: dt.datetime) -> dict[str, str]:
    """Write a decision on a locked ticket; must run in the caller's transaction."""
    before = _writing.move(ticket, to=status, at=at)
    ticket.save(update_fields=["status", "status_since_at"])
    sentence = text.T(_SENTENCES[status], reason=reason)
    _writing.say(ticket, kind=status, sentence=sentence, actor=actor, at=at, status_before=before)
    _writing.record(
        ticket,
        events.TicketStatusChanged(ticket_id=ticket.id, reference=ticket.reference, status=status, reason=reason),
        actor=actor,
        at=at,
        before={"status": before},
    )
    return {"reference": ticket.reference}
