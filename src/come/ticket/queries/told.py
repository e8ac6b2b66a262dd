"""What was told: to one person, and to everyone."""

from __future__ import annotations

import datetime as dt

from django.db import models as db

from come.shared import actor as actors
from come.ticket import models, policies, records

REPAIRED_LATELY = dt.timedelta(hours=24)
_MOST = 100


def notices(*, viewer: actors.Actor, limit: int = 20) -> tuple[list[records.Notice], int]:
    """Return what a person was told and has not read, the latest first, and how many there are (three statements)."""
    unread = models.TicketNotice.objects.filter(staff_member_id=viewer.staff_id, read_at__isnull=True)
    rows = unread.select_related("ticket", "event").order_by("-created_at", "-id")[:limit]
    asked = models.TroubleTicket.objects.filter(status="resolved", subscribers__staff_member_id=viewer.staff_id).exclude(
        answers__in=models.TicketAnswer.objects.filter(staff_member_id=viewer.staff_id, resolved_at=db.F("ticket__resolved_at"))
    )
    asking = set(asked.values_list("id", flat=True))
    return [
        records.Notice(
            reference=row.ticket.reference,
            title=row.ticket.title,
            kind=row.event.kind,
            sentence=row.event.sentence,
            at=row.created_at,
            role=row.role,
            asks_repair=row.event.at == row.ticket.resolved_at and row.ticket_id in asking,
        )
        for row in rows
    ], unread.count()


def public_state(*, at: dt.datetime) -> records.PublicState:
    """Return what everyone may know of the product's state (three statements): no title, no name, no customer."""
    followers = models.TicketSubscriber.objects.filter(ticket=db.OuterRef("pk")).order_by().values("ticket")
    counted = models.TroubleTicket.objects.annotate(n=db.Subquery(followers.annotate(n=db.Count("pk")).values("n")))
    down = counted.filter(status__in=policies.OPEN_STATUSES).order_by("opened_at")
    repaired = counted.filter(status__in=("resolved", "closed"), resolved_at__gte=at - REPAIRED_LATELY).order_by("-resolved_at")
    shown = [row for row in down if policies.is_public(status=row.status, origin=row.origin, follower_count=row.n or 0)]
    promised = models.TroubleTicket.objects.filter(promised_at__isnull=False, resolved_at__isnull=False).aggregate(
        kept=db.Count("pk", filter=db.Q(resolved_at__lte=db.F("promised_at"))), given=db.Count("pk")
    )
    return records.PublicState(
        at=at,
        down=tuple(_public(row) for row in shown[:_MOST]),
        repaired=tuple(_public(row) for row in repaired[:_MOST]),
        kept_promise_share=promised["kept"] / promised["given"] if promised["given"] else None,
    )


def _public(row: models.TroubleTicket) -> records.PublicTicket:
    return records.PublicTicket(
        reference=row.reference,
        area=policies.area(signature=row.signature, act=str(row.context.get("act", ""))),
        severity=row.severity,
        status=row.status,
        sentence=row.public_sentence,
        opened_at=row.opened_at,
        promised_at=row.promised_at,
        resolved_at=row.resolved_at,
        follower_count=getattr(row, "n", 0) or 0,
    )
