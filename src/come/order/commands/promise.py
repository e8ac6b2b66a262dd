"""Give another date: the former ones stay."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from come.order import events, models
from come.shared import actor as actors, eventlog, events as shared_events, obstacles, period, text
from come.staff import policies as rights


def move_promise(
    *,
    reference: str,
    promised_date: dt.date,
    reason: str,
    actor: actors.Actor,
    at: dt.datetime,
    evidence: str = "",
) -> None:
    """Promise another day for an order, with its reason; nothing that was promised is rewritten. Records PromiseMade.

    Raises Refusal for a day already past or without a reason.
    """
    rights.require(actor, "order.write")
    with transaction.atomic():
        order = models.ProductOrder.objects.select_for_update().filter(reference=reference).first()
        if order is None or not rights.can_see(actor, order.agency_id):
            raise obstacles.not_found(text.T("La commande"), reference)
        obstacles.refuse_if_any(_obstacles(promised_date, reason, at))
        last = models.Promise.objects.filter(order=order, item=None).order_by("-made_at", "-id").first()
        previous = last.promised_date if last else None
        if previous == promised_date:
            return
        models.Promise.objects.create(
            order=order,
            promised_date=promised_date,
            previous_date=previous,
            made_at=at,
            made_by_id=actor.staff_id,
            made_by_name=actor.name,
            reason_fr=reason.strip(),
            evidence=evidence,
        )
        eventlog.record(
            event=events.PromiseMade(order_id=order.id, promised_date=promised_date, previous_date=previous, reason=reason.strip()),
            actor=actor,
            at=at,
            subjects=[shared_events.subject("order", order.id), shared_events.subject("company", order.customer_file_id)],
        )


def _obstacles(promised_date: dt.date, reason: str, at: dt.datetime) -> list[obstacles.Obstacle]:
    found = []
    if promised_date < period.local_day(at):
        found.append(
            obstacles.Obstacle(
                "order.promise_past",
                obstacles.Severity.REFUSAL,
                text.T("La date promise est déjà passée."),
                text.T("Choisissez un jour à venir."),
                "promised_date",
            ),
        )
    if not reason.strip():
        found.append(
            obstacles.Obstacle(
                "order.promise_reason",
                obstacles.Severity.REFUSAL,
                text.T("Une date ne se déplace pas sans raison."),
                text.T("Dites en une phrase pourquoi ; le client et votre responsable la liront."),
                "reason",
            ),
        )
    return found
