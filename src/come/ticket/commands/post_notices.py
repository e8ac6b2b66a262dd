"""Post by mail what was told on the screens; read marks."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from come.shared import actor as actors, formatting, ids, text
from come.staff import queries as staff_queries
from come.ticket import models, ports

BATCH = 500


def post_notices(*, at: dt.datetime, mail: ports.Mail) -> int:
    """Post the notices that wait, in order; return how many. What the mail refuses stays, and is posted by a later call."""
    posted = 0
    while True:
        with transaction.atomic():
            waiting = models.TicketNotice.objects.select_for_update(skip_locked=True, of=("self",)).filter(mailed_at__isnull=True)
            batch = list(waiting.select_related("ticket", "event").order_by("id")[:BATCH])
            count = _post(batch, mail)
            # Who has no address reads it on screen: nothing waits for them.
            models.TicketNotice.objects.filter(id__in=[notice.id for notice in batch[:count]]).update(mailed_at=at)
        posted += count
        if count < BATCH:
            return posted


def _post(batch: list[models.TicketNotice], mail: ports.Mail) -> int:
    addresses = staff_queries.staff_emails(ids={notice.staff_member_id for notice in batch})
    for place, notice in enumerate(batch):
        address = addresses.get(notice.staff_member_id)
        if address is None:
            continue
        try:
            mail.post(_letter(notice, address))
        except ports.MailUnavailable:
            return place
    return len(batch)


def _letter(notice: models.TicketNotice, address: str) -> ports.Letter:
    ticket = notice.ticket
    promised = text.T("Correction promise pour le {date}.", date=formatting.instant(ticket.promised_at)) if ticket.promised_at else ""
    why = (
        text.T("Vous recevez ce message parce que cet incident touche des personnes de votre agence.")
        if notice.role == "manager"
        else text.T("Vous recevez ce message parce que cet incident vous touche.")
    )
    question = text.T("Est-ce réparé ? Répondez d’un clic sur la page de l’incident.") if notice.event.kind == "resolved" else ""
    link = f"{settings.COME_PUBLIC_URL}/incidents/{ticket.reference}/"
    lines = [text.T("Bonjour,"), notice.event.sentence, promised, question, link, why]
    return ports.Letter(
        key=ids.derived("ticket.notice", notice.id),
        recipient=address,
        subject=text.T("{reference} : {title}", reference=ticket.reference, title=ticket.title),
        body="\n\n".join(line for line in lines if line) + "\n",
    )


def mark_read(*, actor: actors.Actor, at: dt.datetime, reference: str = "") -> int:
    """Mark what was told to a person as read, of one incident or of all; return how many."""
    unread = models.TicketNotice.objects.filter(staff_member_id=actor.staff_id, read_at__isnull=True)
    if reference:
        unread = unread.filter(ticket__reference=reference)
    return unread.update(read_at=at)
