"""Open an incident, or join the one that is open for the same cause."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from come.shared import actor as actors, idempotency, obstacles, references, text
from come.staff import policies as rights
from come.ticket import events, models, policies, records
from come.ticket.commands import _writing, index_words


def attach_or_open(
    *,
    signature: str,
    title: str,
    context: Mapping[str, Any],
    actor: actors.Actor,
    at: dt.datetime,
    description: str = "",
    severity: str = "major",
    subjects: Sequence[records.Subject] = (),
    subscriber_ids: Sequence[uuid.UUID] = (),
    owner_team: str = "support",
) -> uuid.UUID:
    """Join the open incident of this cause, or open it; return its id.

    One open incident per signature: two callers at once get the same one (advisory lock, then partial unique index).
    Records TicketOpened or TicketJoined.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"ticket:{signature}"])
        # Locked: an incident that is being resolved meanwhile is waited for, and then no longer joined.
        known = models.TroubleTicket.objects.select_for_update().filter(signature=signature, status__in=policies.OPEN_STATUSES).first()
        ticket = known or _create(
            signature=signature,
            title=title,
            description=description,
            severity=severity,
            origin="product",
            context=context,
            owner_team=owner_team,
            actor=actor,
            at=at,
        )
        fresh = _fresh_subjects(ticket, subjects)
        _writing.add_subjects(ticket, subjects, at)
        _writing.add_subscribers(ticket, subscriber_ids, "affected", at)
        if known is not None and fresh:
            sentence = (
                text.T("{count} nouveaux cas de la même cause.", count=len(fresh))
                if len(fresh) > 1
                else text.T("Un nouveau cas de la même cause.")
            )
            _writing.say(ticket, kind="joined", sentence=sentence, actor=actor, at=at)
            _writing.record(
                ticket,
                events.TicketJoined(ticket_id=ticket.id, reference=ticket.reference, subject_count=len(fresh)),
                actor=actor,
                at=at,
                subjects=fresh,
            )
        if known is None:
            _record_opened(ticket, subjects, actor, at)
            index_words.index(ticket)
    return ticket.id


def report_error(*, fingerprint: str, act: str, path: str, number: str, release: str, actor: actors.Actor | None, at: dt.datetime) -> str:
    """Open the incident of an unforeseen error, or join it, and tell who met it of each step; return its reference.

    Records TicketOpened, or nothing more than the subscription when it is open already.
    """
    system = actors.system_actor("COME", request_id=number)
    code = "shared.incident"
    ticket_id = attach_or_open(
        signature=policies.error_signature(act=act, fingerprint=fingerprint, release=release),
        title=text.T("Un acte s’interrompt : {area}", area=text.T(policies.AREA_WORDS[policies.area(signature="", act=act)])),
        context={"page": path, "act": act, "code": code, "fingerprint": fingerprint, "release": release, "number": number},
        subscriber_ids=[actor.staff_id] if actor is not None and actor.staff_id is not None else [],
        actor=system,
        at=at,
    )
    return models.TroubleTicket.objects.values_list("reference", flat=True).get(id=ticket_id)


def open_ticket(
    *,
    description: str,
    context: Mapping[str, Any],
    actor: actors.Actor,
    at: dt.datetime,
    title: str = "",
    severity: str = "major",
    ticket_type: str = "incident",
    signature: str = "",
    subjects: Sequence[records.Subject] = (),
) -> str:
    """Report an incident in one sentence; return its reference.

    The context (screen, object, last error) is captured, never typed. With the signature of a known error, the report
    joins the open incident and subscribes the person. Idempotent by request id. Records TicketOpened or TicketJoined.
    """
    rights.require(actor, "ticket.write")
    obstacles.refuse_if_any(policies.sentence_obstacles(sentence=description))
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="ticket.open_ticket",
            inputs={
                "description": description,
                "context": dict(context),
                "signature": signature,
                "title": title,
                "severity": severity,
                "ticket_type": ticket_type,
            },
            run=lambda: {
                "reference": _report(description, context, title, severity, ticket_type, signature, subjects, actor, at),
            },
        )
    return str(answer["reference"])


def _report(  # noqa: PLR0917 - the fields of a report, side by side
    description: str,
    context: Mapping[str, Any],
    title: str,
    severity: str,
    ticket_type: str,
    signature: str,
    subjects: Sequence[records.Subject],
    actor: actors.Actor,
    at: dt.datetime,
) -> str:
    first_line = description.strip().splitlines()[0][:120]
    if signature:
        ticket_id = attach_or_open(
            signature=signature,
            title=title or first_line,
            context=context,
            actor=actor,
            at=at,
            description=description,
            severity=severity,
            subjects=subjects,
        )
        ticket = models.TroubleTicket.objects.get(id=ticket_id)
        if ticket.opened_at != at or ticket.opened_by_id != actor.staff_id:
            _also(ticket, description, actor, at)
    else:
        ticket = _create(
            signature="",
            title=title or first_line,
            description=description,
            severity=severity,
            origin="person",
            context=context,
            owner_team="support",
            actor=actor,
            at=at,
            ticket_type=ticket_type,
        )
        _writing.add_subjects(ticket, subjects, at)
        _record_opened(ticket, subjects, actor, at)
        index_words.index(ticket)
    if actor.staff_id is not None:
        _writing.add_subscribers(ticket, [actor.staff_id], "reporter", at)
    return ticket.reference


def _also(ticket: models.TroubleTicket, description: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Keep what a further reporter says, and find the incident by their words too."""
    said = text.T("{name} le rencontre aussi : {sentence}", name=actor.name, sentence=description.strip())
    _writing.say(ticket, kind="also", sentence=said, actor=actor, at=at)
    index_words.index(ticket, also=description)


def _create(
    *,
    signature: str,
    title: str,
    description: str,
    severity: str,
    origin: str,
    context: Mapping[str, Any],
    owner_team: str,
    actor: actors.Actor,
    at: dt.datetime,
    ticket_type: str = "incident",
) -> models.TroubleTicket:
    return models.TroubleTicket.objects.create(
        reference=references.next_reference("ticket", at),
        signature=signature,
        title=title[:200],
        description=description,
        ticket_type=ticket_type,
        severity=severity if severity in policies.SEVERITIES else "major",
        origin=origin,
        context=dict(context),
        owner_team=owner_team,
        opened_by_id=actor.staff_id,
        opened_by_name=actor.name,
        opened_at=at,
        status_since_at=at,
    )


def _fresh_subjects(ticket: models.TroubleTicket, subjects: Sequence[records.Subject]) -> list[records.Subject]:
    known = set(
        models.TicketSubject.objects.filter(ticket=ticket, key__in=[subject.key for subject in subjects]).values_list("kind", "key"),
    )
    return [subject for subject in subjects if (subject.kind, subject.key) not in known]


def _record_opened(
    ticket: models.TroubleTicket,
    subjects: Sequence[records.Subject],
    actor: actors.Actor,
    at: dt.datetime,
) -> None:
    _writing.say(ticket, kind="opened", sentence=text.T("Incident signalé : {title}", title=ticket.title), actor=actor, at=at)
    _writing.record(
        ticket,
        events.TicketOpened(ticket_id=ticket.id, reference=ticket.reference, signature=ticket.signature, title=ticket.title),
        actor=actor,
        at=at,
        subjects=subjects,
    )
