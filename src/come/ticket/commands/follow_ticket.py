"""Follow an incident: "me too", a word, a promised date that moves."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from come.shared import actor as actors, formatting, idempotency, obstacles, text
from come.staff import policies as rights
from come.ticket import events, policies
from come.ticket.commands import _writing, index_words, open_ticket


def subscribe(*, reference: str, actor: actors.Actor, at: dt.datetime, sentence: str = "") -> None:
    """Add the person to those who are told of each step ("moi aussi"), with what they say of it, if anything.

    Counted once per person: again changes nothing. Records TicketJoined.
    """
    rights.require(actor, "ticket.read")
    if actor.staff_id is None:
        return
    with transaction.atomic():
        ticket = _writing.locked(reference)
        if ticket.subscribers.filter(staff_member_id=actor.staff_id).exists():
            return
        _writing.add_subscribers(ticket, [actor.staff_id], "me_too", at)
        met = text.T("{name} rencontre aussi cet incident.", name=actor.name)
        if sentence.strip():
            met = text.T("{name} le rencontre aussi : {sentence}", name=actor.name, sentence=sentence.strip())
            index_words.index(ticket, also=sentence)
        _writing.say(ticket, kind="also" if sentence.strip() else "me_too", sentence=met, actor=actor, at=at)
        _writing.record(
            ticket,
            events.TicketJoined(ticket_id=ticket.id, reference=ticket.reference, subject_count=1),
            actor=actor,
            at=at,
        )


def leave(*, reference: str, description: str, actor: actors.Actor, at: dt.datetime) -> str:
    """Part a person's report from an incident that it was joined to by mistake: they follow one of their own.

    Returns the reference of the new incident. Raises Refusal without a sentence. Idempotent by request id.
    Records TicketOpened.
    """
    rights.require(actor, "ticket.write")
    obstacles.refuse_if_any(policies.sentence_obstacles(sentence=description))
    with transaction.atomic():
        ticket = _writing.locked(reference)
        own = open_ticket.open_ticket(description=description, context={**ticket.context, "parted_from": reference}, actor=actor, at=at)
        if ticket.subscribers.filter(staff_member_id=actor.staff_id).delete()[0]:
            said = text.T("{name} rencontre autre chose, suivi dans {reference}.", name=actor.name, reference=own)
            _writing.say(ticket, kind="left", sentence=said, actor=actor, at=at)
    return own


def comment(*, reference: str, sentence: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Say something of an incident, without changing its status. Records TicketCommented."""
    rights.require(actor, "ticket.write")
    obstacles.refuse_if_any(policies.sentence_obstacles(sentence=sentence))
    with transaction.atomic():
        idempotency.once(
            actor=actor,
            command="ticket.comment",
            inputs={"reference": reference, "sentence": sentence},
            run=lambda: _comment(reference, sentence.strip(), actor, at),
        )


def _comment(reference: str, sentence: str, actor: actors.Actor, at: dt.datetime) -> dict[str, str]:
    ticket = _writing.locked(reference)
    _writing.say(ticket, kind="news", sentence=sentence, actor=actor, at=at)
    _writing.record(ticket, events.TicketCommented(ticket_id=ticket.id, reference=ticket.reference), actor=actor, at=at)
    return {"reference": reference}


def move_promise(*, reference: str, promised_at: dt.datetime, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Promise another date, with its reason; the former one stays in the story. Records TicketPromiseMoved."""
    rights.require(actor, "ticket.handle")
    obstacles.refuse_if_any(
        (*policies.promise_obstacles(promised_at=promised_at, at=at), *policies.sentence_obstacles(sentence=reason)),
    )
    with transaction.atomic():
        ticket = _writing.locked(reference)
        before = ticket.promised_at
        ticket.promised_at = promised_at
        ticket.save(update_fields=["promised_at"])
        _writing.say(
            ticket,
            kind="promise_moved",
            sentence=text.T(
                "Nouvelle date promise : {date}. Raison : {reason}", date=formatting.instant(promised_at), reason=reason.strip()
            ),
            actor=actor,
            at=at,
            promised_before_at=before,
        )
        _writing.record(
            ticket,
            events.TicketPromiseMoved(ticket_id=ticket.id, reference=ticket.reference, promised_at=promised_at, reason=reason.strip()),
            actor=actor,
            at=at,
            before={"promised_at": before},
        )


def say_publicly(*, reference: str, sentence: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Set what the public page says of an incident; raises Refusal when it names somebody. Records TicketCommented."""
    rights.require(actor, "ticket.handle")
    obstacles.refuse_if_any(policies.public_sentence_obstacles(sentence=sentence))
    with transaction.atomic():
        ticket = _writing.locked(reference)
        ticket.public_sentence = sentence.strip()[:200]
        ticket.save(update_fields=["public_sentence"])
        _writing.say(
            ticket, kind="public", sentence=text.T("Page publique : {sentence}", sentence=ticket.public_sentence), actor=actor, at=at
        )
        _writing.record(ticket, events.TicketCommented(ticket_id=ticket.id, reference=ticket.reference), actor=actor, at=at)
