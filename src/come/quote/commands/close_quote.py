"""End a quote that will not be accepted."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from come.quote import events, models
from come.quote.policies import states
from come.shared import actor as actors, eventlog, events as facts, obstacles
from come.staff import policies as rights


def reject_quote(*, quote_id: uuid.UUID, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Keep that the customer refused, and why. Raises Refusal from another state than sent. Records QuoteClosed."""
    _close(quote_id, states.REJECTED, reason, actor, at)


def cancel_quote(*, quote_id: uuid.UUID, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Withdraw a draft or a sent quote. Raises Refusal when it is over already. Records QuoteClosed."""
    _close(quote_id, states.CANCELLED, reason, actor, at)


@transaction.atomic
def _close(quote_id: uuid.UUID, wanted: str, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    rights.require(actor, "quote.write")
    quote = models.Quote.objects.select_for_update().filter(id=quote_id).first()
    if quote is None:
        raise obstacles.not_found("Le devis", quote_id)
    rights.require_agency(actor, quote.agency_id, f"Le devis {quote.reference}")
    if quote.state == wanted:
        return
    obstacles.refuse_if_any(states.transition_obstacles(reference=quote.reference, state=quote.state, wanted=wanted))
    before = quote.state
    quote.state, quote.decided_at, quote.updated_at = wanted, at, at
    quote.save(update_fields=["state", "decided_at", "updated_at"])
    eventlog.record(
        event=events.QuoteClosed(quote_id=quote.id, state=wanted, reason=reason),
        actor=actor,
        at=at,
        subjects=[facts.subject("quote", quote.id), facts.subject("company", quote.customer_file_id)],
        before={"state": before},
        after={"state": wanted, "reason": reason},
    )
