"""Answer "repaired?": yes, or no with a reason, which opens the incident again."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from come.shared import actor as actors, idempotency, obstacles, text
from come.staff import policies as rights
from come.ticket import events, models, policies
from come.ticket.commands import _writing, decide_ticket


def confirm_repair(*, reference: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Say that the repair holds; when everyone who follows said so, the incident is closed.

    Raises Refusal for a person who does not follow it, or answered. Idempotent by request id.
    Records TicketRepairConfirmed, and TicketStatusChanged with the last yes.
    """
    rights.require(actor, "ticket.read")
    with transaction.atomic():
        idempotency.once(
            actor=actor,
            command="ticket.confirm_repair",
            inputs={"reference": reference},
            run=lambda: _confirm(reference, actor, at),
        )


def _confirm(reference: str, actor: actors.Actor, at: dt.datetime) -> dict[str, str]:
    ticket = _answered(reference, actor, at, is_repaired=True, reason="")
    _writing.say(ticket, kind="confirmed", sentence=text.T("{name} confirme : c’est réparé.", name=actor.name), actor=actor, at=at)
    _writing.record(ticket, events.TicketRepairConfirmed(ticket_id=ticket.id, reference=ticket.reference), actor=actor, at=at)
    assert ticket.resolved_at is not None
    said_yes = ticket.answers.filter(resolved_at=ticket.resolved_at, is_repaired=True).values("staff_member")
    if not ticket.subscribers.exclude(staff_member__in=said_yes).exists():
        decide_ticket.decide(ticket, "closed", text.T("tous ceux qui le suivaient ont confirmé la réparation."), actor, at)
    return {"reference": reference}


def deny_repair(*, reference: str, reason: str, actor: actors.Actor, at: dt.datetime) -> str:
    """Say that the repair does not hold: the incident is open again and asks for a new date; return where it is followed.

    When the same cause was opened anew meanwhile, the person joins that incident instead, and its reference is returned.
    Raises Refusal without a reason. Idempotent by request id. Records TicketReopened (or TicketJoined).
    """
    rights.require(actor, "ticket.read")
    obstacles.refuse_if_any(policies.sentence_obstacles(sentence=reason))
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="ticket.deny_repair",
            inputs={"reference": reference, "reason": reason},
            run=lambda: {"reference": _deny(reference, reason.strip(), actor, at)},
        )
    return str(answer["reference"])


def _deny(reference: str, reason: str, actor: actors.Actor, at: dt.datetime) -> str:
    signature = models.TroubleTicket.objects.filter(reference=reference).values_list("signature", flat=True).first()
    if signature:
        # The same lock as who opens an incident of this cause.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"ticket:{signature}"])
    ticket = _answered(reference, actor, at, is_repaired=False, reason=reason)
    sentence = text.T("{name} dit que ce n’est pas réparé : {reason}", name=actor.name, reason=reason)
    anew = models.TroubleTicket.objects.filter(signature=signature, status__in=policies.OPEN_STATUSES).first() if signature else None
    if anew is not None:
        _writing.say(ticket, kind="denied", sentence=sentence, actor=actor, at=at)
        if actor.staff_id is not None:
            _writing.add_subscribers(anew, [actor.staff_id], "me_too", at)
        _writing.say(anew, kind="also", sentence=sentence, actor=actor, at=at)
        _writing.record(anew, events.TicketJoined(ticket_id=anew.id, reference=anew.reference, subject_count=1), actor=actor, at=at)
        return anew.reference
    _reopen(ticket, sentence, reason, actor, at)
    return ticket.reference


def _reopen(ticket: models.TroubleTicket, sentence: str, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    before = _writing.move(ticket, to="acknowledged", at=at)
    promised_before_at = ticket.promised_at
    # The date was for a repair that does not hold: who takes it again promises another. The story keeps it.
    ticket.promised_at = None
    ticket.resolved_at = None
    ticket.reopened_count += 1
    ticket.save(update_fields=["status", "status_since_at", "promised_at", "resolved_at", "reopened_count"])
    _writing.say(
        ticket, kind="reopened", sentence=sentence, actor=actor, at=at, status_before=before, promised_before_at=promised_before_at
    )
    _writing.record(
        ticket,
        events.TicketReopened(ticket_id=ticket.id, reference=ticket.reference, reason=reason),
        actor=actor,
        at=at,
        before={"status": before, "promised_at": promised_before_at},
    )


def _answered(reference: str, actor: actors.Actor, at: dt.datetime, *, is_repaired: bool, reason: str) -> models.TroubleTicket:
    """Lock the ticket and keep the answer; raises Refusal."""
    ticket = _writing.locked(reference)
    given = ticket.answers.filter(staff_member_id=actor.staff_id, resolved_at=ticket.resolved_at) if ticket.resolved_at else None
    obstacles.refuse_if_any(
        policies.repair_answer_obstacles(
            status=ticket.status,
            is_subscribed=ticket.subscribers.filter(staff_member_id=actor.staff_id).exists(),
            has_answered=given is not None and given.exists(),
        )
    )
    assert actor.staff_id is not None
    assert ticket.resolved_at is not None
    models.TicketAnswer.objects.create(
        ticket=ticket,
        staff_member_id=actor.staff_id,
        resolved_at=ticket.resolved_at,
        is_repaired=is_repaired,
        reason=reason,
        at=at,
    )
    return ticket
