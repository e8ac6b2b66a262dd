"""What every ticket command writes: an event with its sentence, subjects, subscribers."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from come.shared import actor as actors, eventlog, events as shared_events, obstacles, text
from come.staff import queries as staff_queries
from come.ticket import models, policies, records


def locked(reference: str) -> models.TroubleTicket:
    """Lock and return a ticket; raises NotFound."""
    ticket = models.TroubleTicket.objects.select_for_update().filter(reference=reference).first()
    if ticket is None:
        raise obstacles.not_found(text.T("L’incident"), reference)
    return ticket


def say(
    ticket: models.TroubleTicket,
    *,
    kind: str,
    sentence: str,
    actor: actors.Actor,
    at: dt.datetime,
    status_before: str = "",
    promised_before_at: dt.datetime | None = None,
) -> None:
    """Append one sentence to a ticket's story; a change of state or date is told to who is hurt, and to their managers."""
    event = models.TicketEvent.objects.create(
        ticket=ticket,
        kind=kind,
        at=at,
        actor_id=actor.staff_id,
        actor_name=actor.name,
        sentence=sentence,
        status_before=status_before,
        status_after=ticket.status,
        promised_before_at=promised_before_at,
        promised_after_at=ticket.promised_at,
    )
    if kind in policies.TOLD:
        _tell(ticket, event, at)


def _tell(ticket: models.TroubleTicket, event: models.TicketEvent, at: dt.datetime) -> None:
    followers = set(ticket.subscribers.values_list("staff_member_id", flat=True))
    managers = staff_queries.managers_of(ids=followers) - followers if event.kind in policies.TOLD_TO_MANAGERS else set()
    told = [(staff_id, "reporter") for staff_id in followers] + [(staff_id, "manager") for staff_id in managers]
    models.TicketNotice.objects.bulk_create(
        [
            models.TicketNotice(ticket=ticket, event=event, staff_member_id=staff_id, role=role, created_at=at)
            for staff_id, role in sorted(told)
            # Who did it knows it.
            if staff_id != event.actor_id
        ],
        ignore_conflicts=True,
        batch_size=1_000,
    )


def move(ticket: models.TroubleTicket, *, to: str, at: dt.datetime) -> str:
    """Change a ticket's status, if its states allow it; return the status before. The caller saves."""
    before = ticket.status
    obstacles.refuse_if_any(policies.transition_obstacles(before=before, after=to))
    ticket.status = to
    ticket.status_since_at = at
    return before


def add_subjects(ticket: models.TroubleTicket, subjects: Iterable[records.Subject], at: dt.datetime) -> None:
    """Attach the things that the incident touches; those already there stay."""
    models.TicketSubject.objects.bulk_create(
        [
            models.TicketSubject(ticket=ticket, kind=subject.kind, key=subject.key, label=subject.label[:160], since_at=at)
            for subject in subjects
        ],
        ignore_conflicts=True,
    )


def add_subscribers(ticket: models.TroubleTicket, staff_ids: Iterable[uuid.UUID], via: str, at: dt.datetime) -> None:
    """Subscribe people to each step of the incident; those already told stay as they are."""
    models.TicketSubscriber.objects.bulk_create(
        [models.TicketSubscriber(ticket=ticket, staff_member_id=staff_id, via=via, since_at=at) for staff_id in sorted(set(staff_ids))],
        ignore_conflicts=True,
    )


def record(
    ticket: models.TroubleTicket,
    event: shared_events.Event,
    *,
    actor: actors.Actor,
    at: dt.datetime,
    subjects: Sequence[records.Subject] = (),
    before: dict[str, object] | None = None,
) -> None:
    """Record a fact about a ticket and the things it touches."""
    eventlog.record(
        event=event,
        actor=actor,
        at=at,
        subjects=[
            shared_events.subject("ticket", ticket.id),
            *(shared_events.subject(subject.kind, subject.key) for subject in subjects),
        ],
        before=before,
        after={"status": ticket.status, "promised_at": ticket.promised_at},
    )
