"""Name who answers while one is away; end it. What was answered meanwhile keeps both names."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection, transaction

from come.quote import events, models
from come.quote.commands import approve_prices
from come.shared import actor as actors, eventlog, events as shared_events, formatting, idempotency, obstacles, period, text
from come.staff import policies as rights, queries as staff_queries


def delegate_approvals(*, delegate_id: uuid.UUID, valid_from: dt.date, valid_to: dt.date, actor: actors.Actor, at: dt.datetime) -> int:
    """Have what is asked of oneself asked of another on `[valid_from, valid_to)`; return the delegation's number.

    Raises Refusal, all reasons at once: oneself, no approver, no days, days already past, days that another delegation covers.
    Idempotent by request id. Records ApprovalsDelegated.
    """
    rights.require(actor, "quote.approve")
    with transaction.atomic():
        inputs = {"delegate_id": delegate_id, "valid_from": valid_from, "valid_to": valid_to}
        answer = idempotency.once(
            actor=actor,
            command="quote.delegate_approvals",
            inputs=inputs,
            run=lambda: {"id": _delegate(delegate_id, valid_from, valid_to, actor, at)},
        )
    return int(answer["id"])


def _delegate(delegate_id: uuid.UUID, valid_from: dt.date, valid_to: dt.date, actor: actors.Actor, at: dt.datetime) -> int:
    absent_id = _own_id(actor)
    with connection.cursor() as cursor:
        # One at a time for a person: two tabs cannot name two people for the same days.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"quote.delegation:{absent_id}"])
    target = staff_queries.member(staff_id=delegate_id)
    obstacles.refuse_if_any(
        [*_who(target, actor), *_when(valid_from, valid_to, period.local_day(at)), *_twice(absent_id, valid_from, valid_to)]
    )
    row = models.ApprovalDelegation.objects.create(
        absent_id=absent_id, delegate_id=delegate_id, valid_from=valid_from, valid_to=valid_to, created_at=at
    )
    name = target.display_name if target else ""
    _record(events.ApprovalsDelegated(absent_id, delegate_id, name, valid_from, valid_to), actor, at)
    return row.id


def end_delegation(*, delegation_id: int, actor: actors.Actor, at: dt.datetime) -> None:
    """End one's own delegation today: what is asked from now on is asked of oneself again.

    One that has not begun is taken away. Raises NotFound for somebody else's, or one already over. Records ApprovalDelegationEnded.
    """
    rights.require(actor, "quote.approve")
    today = period.local_day(at)
    with transaction.atomic():
        row = (
            models.ApprovalDelegation.objects.select_for_update()
            .filter(id=delegation_id, absent_id=_own_id(actor), valid_to__gt=today)
            .first()
        )
        if row is None:
            raise obstacles.not_found(text.T("Cette absence"), delegation_id)
        event = events.ApprovalDelegationEnded(row.absent_id, row.delegate_id, row.valid_from, row.valid_to)
        if row.valid_from >= today:
            row.delete()
        else:
            row.valid_to = today
            row.save(update_fields=["valid_to"])
        _record(event, actor, at)


def _own_id(actor: actors.Actor) -> uuid.UUID:
    if actor.staff_id is None:
        msg = "the system approves nothing"
        raise ValueError(msg)
    return actor.staff_id


def _who(target: staff_queries.StaffRecord | None, actor: actors.Actor) -> list[obstacles.Obstacle]:
    if target is not None and target.is_active and target.id != actor.staff_id and approve_prices.approves(target):
        return []
    said = text.T("Cette personne ne peut pas vous remplacer.")
    return [approve_prices.refusal("not_approver", said, text.T("Choisissez quelqu’un qui approuve des remises."), "delegate_id")]


def _when(valid_from: dt.date, valid_to: dt.date, today: dt.date) -> list[obstacles.Obstacle]:
    if valid_to <= valid_from:
        said = text.T("L’absence finit avant de commencer.")
        return [approve_prices.refusal("no_days", said, text.T("Corrigez les dates."), "last_date")]
    if valid_to <= today:
        said = text.T("Cette absence est déjà passée.")
        return [approve_prices.refusal("past_days", said, text.T("Corrigez les dates."), "last_date")]
    return []


def _twice(absent_id: uuid.UUID, valid_from: dt.date, valid_to: dt.date) -> list[obstacles.Obstacle]:
    rows = models.ApprovalDelegation.objects.filter(absent_id=absent_id, valid_from__lt=valid_to, valid_to__gt=valid_from)
    return [
        approve_prices.refusal(
            "already_away",
            text.T(
                "{name} vous remplace déjà du {first} au {last}.",
                name=row.delegate.display_name,
                first=formatting.day(row.valid_from),
                last=formatting.day(row.valid_to - dt.timedelta(days=1)),
            ),
            text.T("Mettez fin à cette absence, ou choisissez d’autres jours."),
            "first_date",
        )
        for row in rows.select_related("delegate").order_by("valid_from")
    ]


def _record(event: shared_events.Event, actor: actors.Actor, at: dt.datetime) -> None:
    eventlog.record(event=event, actor=actor, at=at, subjects=[shared_events.subject("staff", _own_id(actor))])
