"""Keep the customer's acceptance: who, when, of which document."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from come.quote import events, models
from come.quote.policies import states
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, period
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class Signatory:
    """Who accepts for the customer."""

    name: str
    role: str = ""
    email: str = ""


def accept_quote(*, quote_id: uuid.UUID, identity: Signatory, actor: actors.Actor, at: dt.datetime) -> None:
    """Record an acceptance that a member of the staff received (a signed paper, an order form).

    Raises Refusal for an expired quote, a missing name, a quote that is not sent. Records QuoteAccepted.
    """
    rights.require(actor, "quote.write")
    quote = models.Quote.objects.filter(id=quote_id).first()
    if quote is None:
        raise obstacles.not_found("Le devis", quote_id)
    rights.require_agency(actor, quote.agency_id, f"Le devis {quote.reference}")
    _accept(quote_id=quote_id, identity=identity, channel="recorded", evidence={"recorded_by": actor.name}, actor=actor, at=at)


def accept_quote_online(*, token: str, identity: Signatory, evidence: Mapping[str, str], request_id: str, at: dt.datetime) -> None:
    """Keep the acceptance that the customer gave on the quote's own page; `evidence` says from where. Raises as `accept_quote`."""
    quote = models.Quote.objects.filter(token=token).exclude(token="").first()
    if quote is None:
        raise obstacles.not_found("Le devis", "")
    actor = actors.Actor(staff_id=None, name=f"Client : {identity.name}"[:120], request_id=request_id)
    _accept(quote_id=quote.id, identity=identity, channel="online", evidence=evidence, actor=actor, at=at)


def _accept(
    *,
    quote_id: uuid.UUID,
    identity: Signatory,
    channel: str,
    evidence: Mapping[str, str],
    actor: actors.Actor,
    at: dt.datetime,
) -> None:
    def run() -> dict[str, Any]:
        quote = models.Quote.objects.select_for_update().get(id=quote_id)
        if quote.state == states.ACCEPTED:
            return {"accepted": False}
        obstacles.refuse_if_any(
            [
                *states.transition_obstacles(reference=quote.reference, state=quote.state, wanted=states.ACCEPTED),
                *states.acceptance_obstacles(valid_until=quote.valid_until, day=period.local_day(at), signatory=identity.name),
            ],
        )
        document = models.QuoteDocument.objects.only("sha256").get(quote=quote, kind="quote")
        models.QuoteAcceptance.objects.create(
            quote=quote,
            signatory_name=identity.name.strip()[:120],
            signatory_role=identity.role.strip()[:80],
            signatory_email=identity.email.strip()[:120],
            accepted_at=at,
            document_sha256=document.sha256,
            channel=channel,
            evidence=dict(evidence),
        )
        quote.state, quote.decided_at, quote.updated_at = states.ACCEPTED, at, at
        quote.save(update_fields=["state", "decided_at", "updated_at"])
        eventlog.record(
            event=events.QuoteAccepted(
                quote_id=quote.id,
                signatory_name=identity.name.strip(),
                channel=channel,
                document_sha256=document.sha256,
            ),
            actor=actor,
            at=at,
            subjects=[facts.subject("quote", quote.id), facts.subject("company", quote.customer_file_id)],
            before={"state": states.APPROVED},
            after={"state": states.ACCEPTED},
        )
        return {"accepted": True}

    with transaction.atomic():
        idempotency.once(actor=actor, command="quote.accept_quote", inputs={"quote_id": quote_id, "name": identity.name}, run=run)
