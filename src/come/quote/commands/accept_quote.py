"""The customer's decision: accepted on the page or on paper, refused, or withdrawn by us."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from come.quote import events, models, records
from come.quote.commands import _draft
from come.quote.policies import states
from come.quote.queries import changes
from come.shared import actor as actors, idempotency, obstacles, period, text

ONLINE = "online"
RECORDED = "recorded"


def accept_quote(
    *, quote_id: uuid.UUID, identity: records.Signatory | str, actor: actors.Actor, at: dt.datetime
) -> records.AcceptanceRecord:
    """Record an acceptance that a seller received signed: who signed, which document (its fingerprint), who recorded it.

    Accepted twice by the same person, it answers the same. Raises Refusal: not sent, expired, an offer withdrawn or an agreement that
    ended since (with what changes in euros). Records QuoteAccepted.
    """
    signatory = records.Signatory(identity) if isinstance(identity, str) else identity
    inputs = {"quote_id": quote_id} | dataclasses.asdict(signatory)
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        idempotency.once(
            actor=actor,
            command="quote.accept_quote",
            inputs=inputs,
            run=lambda: _accept(quote, signatory, actor, at, channel=RECORDED, evidence={"recorded_by": actor.name}),
        )
        return acceptance_record(models.QuoteAcceptance.objects.select_related("recorded_by").get(quote=quote))


def accept_online(
    *,
    token: str,
    identity: records.Signatory,
    has_agreed: bool,
    document_sha256: str,
    evidence: Mapping[str, str],
    at: dt.datetime,
    request_id: str = "",
) -> records.AcceptanceRecord:
    """Record the acceptance of the person who holds the link: the box is theirs to tick, the document is the one they were shown.

    `evidence` keeps what the server saw (address, browser, sentence agreed to). Raises NotFound for an unknown token, Refusal as
    `accept_quote` and when the box is not ticked or the document is another. Records QuoteAccepted.
    """
    with transaction.atomic():
        quote = models.Quote.objects.select_for_update().filter(token=token).first() if token else None
        if quote is None:
            raise obstacles.not_found(text.T("Le devis"), text.T("de ce lien"))
        actor = actors.Actor(staff_id=None, name=identity.name.strip()[:120] or "Client", request_id=request_id)
        if quote.state == states.APPROVED:
            document = models.QuoteDocument.objects.get(quote=quote, kind="quote")
            obstacles.refuse_if_any(
                states.consent_obstacles(has_agreed=has_agreed, is_same_document=document.sha256 == document_sha256),
            )
        _accept(quote, identity, actor, at, channel=ONLINE, evidence=dict(evidence))
        return acceptance_record(models.QuoteAcceptance.objects.select_related("recorded_by").get(quote=quote))


def _accept(
    quote: models.Quote,
    signatory: records.Signatory,
    actor: actors.Actor,
    at: dt.datetime,
    *,
    channel: str,
    evidence: dict[str, str],
) -> dict[str, Any]:
    known = models.QuoteAcceptance.objects.filter(quote=quote).first()
    if known is not None:
        if known.signatory_name == signatory.name.strip() and known.channel == channel:
            return {"acceptance_id": known.id}
        raise obstacles.Conflict(states.transition_obstacles(reference=quote.reference, state=quote.state, wanted=states.ACCEPTED))
    day = period.local_day(at)
    found = states.transition_obstacles(reference=quote.reference, state=quote.state, wanted=states.ACCEPTED)
    if found:
        raise obstacles.Conflict(found)
    found += states.acceptance_obstacles(valid_until=quote.valid_until, day=day, signatory_name=signatory.name)
    found += states.validity_obstacles(changes.change_of(quote, day))
    obstacles.refuse_if_any(found)
    document = models.QuoteDocument.objects.get(quote=quote, kind="quote")
    acceptance = models.QuoteAcceptance.objects.create(
        quote=quote,
        signatory_name=signatory.name.strip()[:120],
        signatory_role=signatory.role.strip()[:80],
        signatory_email=signatory.email.strip()[:120],
        accepted_at=at,
        document_sha256=document.sha256,
        channel=channel,
        recorded_by_id=actor.staff_id,
        evidence=evidence,
    )
    _decide(quote, states.ACCEPTED, "", at)
    _withdraw_drafts(quote, actor, at)
    event = events.QuoteAccepted(quote.id, quote.reference, quote.version, acceptance.signatory_name, channel, document.sha256)
    _draft.record(event, quote, actor, at, before={"state": states.APPROVED}, after={"state": states.ACCEPTED})
    return {"acceptance_id": acceptance.id}


def _decide(quote: models.Quote, state: str, reason: str, at: dt.datetime) -> None:
    quote.state = state
    quote.closing_reason = reason[:200]
    quote.decided_at = at
    quote.updated_at = at
    quote.save(update_fields=["state", "closing_reason", "decided_at", "updated_at"])


def _withdraw_drafts(quote: models.Quote, actor: actors.Actor, at: dt.datetime) -> None:
    """Close the draft of a later version: the customer accepted the one that they had."""
    later = models.Quote.objects.select_for_update().filter(
        reference=quote.reference, version__gt=quote.version, state__in=(states.IN_PROGRESS, states.PENDING)
    )
    for row in later.order_by("version"):
        _decide(row, states.CANCELLED, f"La version {quote.version} a été acceptée", at)
        _draft.record(events.QuoteClosed(row.id, row.reference, row.version, row.state, row.closing_reason), row, actor, at)


def acceptance_record(row: models.QuoteAcceptance) -> records.AcceptanceRecord:
    """Return the frozen record of an acceptance whose relations are loaded."""
    return records.AcceptanceRecord(
        signatory_name=row.signatory_name,
        signatory_role=row.signatory_role,
        signatory_email=row.signatory_email,
        accepted_at=row.accepted_at,
        document_sha256=row.document_sha256,
        channel=row.channel,
        recorded_by_name=row.recorded_by.display_name if row.recorded_by else "",
        alternative=row.alternative,
    )


def close_quote(*, quote_id: uuid.UUID, state: str, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Record that the customer refused (`rejected`) or that we withdrew (`cancelled`). Already so: nothing happens.

    Raises Conflict for an accepted quote. Records QuoteClosed.
    """
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        if quote.state == state:
            return
        before = quote.state
        found = states.transition_obstacles(reference=quote.reference, state=before, wanted=state)
        if found:
            raise obstacles.Conflict(found)
        _decide(quote, state, reason.strip(), at)
        event = events.QuoteClosed(quote.id, quote.reference, quote.version, state, quote.closing_reason)
        _draft.record(event, quote, actor, at, before={"state": before}, after={"state": state})
