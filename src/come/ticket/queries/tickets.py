"""Reads of incidents: visible to all, whoever opened them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import urls
from django.db import models as db
from django.db.models import functions

from come.shared import actor as actors, obstacles, search, text as texts
from come.ticket import models, policies, records


def annotated(rows: db.QuerySet[models.TroubleTicket], viewer: actors.Actor) -> db.QuerySet[models.TroubleTicket]:
    """Add what lists show of each ticket: its last news, its followers, whether the viewer is one."""
    last = models.TicketEvent.objects.filter(ticket=db.OuterRef("pk")).order_by("-at", "-id")
    mine = models.TicketSubscriber.objects.filter(ticket=db.OuterRef("pk"), staff_member_id=viewer.staff_id)
    followers = (
        models.TicketSubscriber.objects.filter(ticket=db.OuterRef("pk")).order_by().values("ticket").annotate(n=db.Count("pk")).values("n")
    )
    return rows.select_related("owner").annotate(
        follower_count=functions.Coalesce(db.Subquery(followers), 0),
        is_mine=db.Exists(mine),
        last_sentence=db.Subquery(last.values("sentence")[:1]),
        last_at=db.Subquery(last.values("at")[:1]),
    )


def as_records(rows: Sequence[models.TroubleTicket]) -> list[records.TicketRecord]:
    """Return annotated tickets as frozen values (one statement)."""
    counts: dict[uuid.UUID, dict[str, int]] = {}
    grouped = (
        models.TicketSubject.objects.filter(ticket_id__in=[row.id for row in rows]).values("ticket_id", "kind").annotate(n=db.Count("pk"))
    )
    for group in grouped:
        counts.setdefault(group["ticket_id"], {})[group["kind"]] = group["n"]
    return [_record(row, counts.get(row.id, {})) for row in rows]


def _record(row: Any, counts: dict[str, int]) -> records.TicketRecord:
    return records.TicketRecord(
        id=row.id,
        reference=row.reference,
        title=row.title,
        description=row.description,
        signature=row.signature,
        ticket_type=row.ticket_type,
        severity=row.severity,
        status=row.status,
        origin=row.origin,
        owner_name=row.owner.display_name if row.owner else "",
        owner_team=row.owner_team,
        opened_by_name=row.opened_by_name,
        opened_at=row.opened_at,
        status_since_at=row.status_since_at,
        promised_at=row.promised_at,
        resolved_at=row.resolved_at,
        resolution=row.resolution,
        subscriber_count=row.follower_count,
        subject_counts=counts,
        is_subscribed=row.is_mine,
        last_news=row.last_sentence or "",
        last_news_at=row.last_at or row.opened_at,
    )


def tickets(
    *,
    viewer: actors.Actor,
    status: str = "",
    severity: str = "",
    text: str = "",
    is_open: bool | None = None,
    mine: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[records.TicketRecord], int]:
    """Return one page of incidents, open ones first, then the latest, and the total (three statements)."""
    rows = models.TroubleTicket.objects.all()
    if status:
        rows = rows.filter(status=status)
    if severity:
        rows = rows.filter(severity=severity)
    if is_open is not None:
        rows = rows.filter(status__in=policies.OPEN_STATUSES) if is_open else rows.exclude(status__in=policies.OPEN_STATUSES)
    if mine:
        rows = rows.filter(subscribers__staff_member_id=viewer.staff_id)
    if text:
        rows = rows.filter(db.Q(title__icontains=text) | db.Q(description__icontains=text) | db.Q(reference__iexact=text))
    first = db.Case(db.When(status__in=policies.OPEN_STATUSES, then=0), default=1)
    page = list(annotated(rows, viewer).order_by(first, "-opened_at", "-id")[offset : offset + limit])
    return as_records(page), rows.count()


def ticket(*, viewer: actors.Actor, reference: str = "", ticket_id: uuid.UUID | None = None) -> records.TicketPage:
    """Return an incident with its story, what it touches and who follows it (six statements at most); raises NotFound."""
    named = (
        models.TroubleTicket.objects.filter(id=ticket_id)
        if ticket_id is not None
        else models.TroubleTicket.objects.filter(reference=reference)
    )
    row = annotated(named, viewer).first()
    if row is None:
        raise obstacles.not_found(texts.T("L’incident"), reference or ticket_id)
    events = models.TicketEvent.objects.filter(ticket=row).order_by("-at", "-id")
    subjects = models.TicketSubject.objects.filter(ticket=row).order_by("kind", "label", "id")[:200]
    followers = models.TicketSubscriber.objects.filter(ticket=row).select_related("staff_member").order_by("since_at", "id")
    given = _answers(row)
    found = as_records([row])[0]
    return records.TicketPage(
        ticket=found,
        events=tuple(
            records.TicketEventRecord(
                event.kind, event.at, event.actor_name, event.sentence, event.status_before, event.status_after, event.promised_after_at
            )
            for event in events
        ),
        subjects=tuple(records.Subject(subject.kind, subject.key, subject.label) for subject in subjects),
        subscribers=tuple(follower.staff_member.display_name for follower in followers),
        context=row.context,
        asks_me=row.status == "resolved" and found.is_subscribed and all(one.staff_member_id != viewer.staff_id for one in given),
        answers=tuple((one.staff_member.display_name, one.is_repaired) for one in given),
    )


def _answers(row: models.TroubleTicket) -> list[models.TicketAnswer]:
    if row.resolved_at is None:
        return []
    answers = models.TicketAnswer.objects.filter(ticket=row, resolved_at=row.resolved_at)
    return list(answers.select_related("staff_member").order_by("id"))


def tickets_by_id(*, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str, str, Any]]:
    """Return `{id: (reference, title, status, promised_at)}` (one statement), for the pages of what incidents hold."""
    rows = models.TroubleTicket.objects.filter(id__in=ids).values_list("id", "reference", "title", "status", "promised_at")
    return {row[0]: row[1:] for row in rows}


def tickets_about(*, kind: str, key: uuid.UUID, viewer: actors.Actor, limit: int = 10) -> list[records.TicketRecord]:
    """Return the incidents that touch a thing, open ones first (two statements)."""
    first = db.Case(db.When(status__in=policies.OPEN_STATUSES, then=0), default=1)
    rows = models.TroubleTicket.objects.filter(subjects__kind=kind, subjects__key=key)
    return as_records(list(annotated(rows, viewer).order_by(first, "-opened_at")[:limit]))


def tickets_labelled(*, kind: str, label: str, viewer: actors.Actor, limit: int = 10) -> list[records.TicketRecord]:
    """Return the incidents that touch the thing of this reference, open ones first (two statements)."""
    first = db.Case(db.When(status__in=policies.OPEN_STATUSES, then=0), default=1)
    rows = models.TroubleTicket.objects.filter(subjects__kind=kind, subjects__label=label)
    return as_records(list(annotated(rows, viewer).order_by(first, "-opened_at")[:limit]))


def search_hits(*, text: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    """Return the incidents whose reference or title contains the text (one statement)."""
    rows = models.TroubleTicket.objects.filter(db.Q(reference__icontains=text) | db.Q(title__icontains=text)).order_by("-opened_at")
    return [
        search.Hit(
            kind=texts.T("Incident"),
            title=row.reference,
            subtitle=row.title,
            url=urls.reverse("ticket:ticket", args=[row.reference]),
            badge=texts.T(policies.STATUS_WORDS[row.status]),
            score=search.IDENTIFIER if row.reference.lower().endswith(text.lower()) else search.WORDS,
        )
        for row in rows[:limit]
    ]
