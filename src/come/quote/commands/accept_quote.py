"""The customer's decision: accepted on the page or on paper, refused, or withdrawn by us."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from come.quote import events, models, records
from come.quote.commands import _draft, _evidence, challenge, link
from come.quote.policies import fleet_changes, legal, states
from come.quote.queries import changes, fleet, offers, rules
from come.shared import actor as actors, idempotency, obstacles, period

ONLINE = "online"
RECORDED = "recorded"


def accept_quote(
    *,
    quote_id: uuid.UUID,
    identity: records.Signatory | str,
    actor: actors.Actor,
    at: dt.datetime,
    alternative: str = "",
    has_waived: bool = False,
) -> records.AcceptanceRecord:
    """Record an acceptance that a seller received signed: who signed, which document (its fingerprint), who recorded it.

    `alternative` is the offer that the customer signed where there are several; `has_waived` that they waived in writing what the
    law guarantees them. Accepted twice by the same person, it answers the same. Raises Refusal: not sent, expired, an offer
    withdrawn or an agreement that ended since (with what changes in euros). Records QuoteAccepted.
    """
    signatory = records.Signatory(identity) if isinstance(identity, str) else identity
    inputs = {"quote_id": quote_id, "alternative": alternative, "has_waived": has_waived} | dataclasses.asdict(signatory)
    consent = Consent(alternative=alternative, has_waived=has_waived, channel=RECORDED, evidence={"recorded_by": actor.name})
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        idempotency.once(
            actor=actor,
            command="quote.accept_quote",
            inputs=inputs,
            run=lambda: _accept(quote, signatory, actor, at, consent),
        )
        return acceptance_record(models.QuoteAcceptance.objects.select_related("recorded_by").get(quote=quote))


@dataclasses.dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to, how it is known."""

    alternative: str
    has_waived: bool
    channel: str
    evidence: Mapping[str, Any]


def accept_online(
    *,
    token: str,
    identity: records.Signatory,
    has_agreed: bool,
    document_sha256: str,
    evidence: Mapping[str, str],
    at: dt.datetime,
    code: str = "",
    alternative: str = "",
    has_waived: bool = False,
    request_id: str = "",
) -> records.AcceptanceRecord:
    """Record the acceptance of the person who holds the link: the box is theirs to tick, the document is the one they were shown.

    `code` answers the challenge of the signature provider (`open_challenge`), which vouches for the person. `evidence` keeps what
    the server saw (address, browser, sentences agreed to). Raises NotFound for an unknown token, Refusal as `accept_quote` and when
    the link is closed, the box is not ticked, the document is another or the proof is missing. Records QuoteAccepted.
    """
    actor = actors.Actor(staff_id=None, name=identity.name.strip()[:120] or "Client", request_id=request_id)
    with transaction.atomic():
        quote = challenge.locked(token)
        is_open = quote.state == states.APPROVED
        if is_open:
            document = models.QuoteDocument.objects.get(quote=quote, kind="quote")
            obstacles.refuse_if_any(
                states.consent_obstacles(has_agreed=has_agreed, is_same_document=document.sha256 == document_sha256)
                + _expiry_obstacles(quote, at)
                + _signing_obstacles(quote, alternative, at, has_waived=has_waived)
                + states.acceptance_obstacles(valid_until=quote.valid_until, day=period.local_day(at), signatory_name=identity.name),
            )
    # The provider is asked outside the transaction, and a wrong code is counted whatever follows.
    proof = challenge.answer_challenge(token=token, identity=identity, answer=code, at=at) if is_open else None
    kept = {**evidence, "proof": dataclasses.asdict(proof)} if proof else dict(evidence)
    with transaction.atomic():
        quote = challenge.locked(token)
        if proof is not None:
            challenge.close(quote, identity, at)
        _accept(quote, identity, actor, at, Consent(alternative, has_waived, ONLINE, kept))
        return acceptance_record(models.QuoteAcceptance.objects.select_related("recorded_by").get(quote=quote))


def _expiry_obstacles(quote: models.Quote, at: dt.datetime) -> list[obstacles.Obstacle]:
    # A quote past its validity is said to be so, not to have lost its link.
    return [] if period.local_day(at) > quote.valid_until else link.link_obstacles(quote, at)


def _signing_obstacles(quote: models.Quote, letter: str, at: dt.datetime, *, has_waived: bool) -> list[obstacles.Obstacle]:
    found = states.alternative_obstacles(letters=quote.alternatives, chosen=letter)
    return found or legal.waiver_obstacles(months=rules.months_to_waive(head=quote, alternative=letter, at=at), has_waived=has_waived)


def _accept(
    quote: models.Quote,
    signatory: records.Signatory,
    actor: actors.Actor,
    at: dt.datetime,
    consent: Consent,
) -> dict[str, Any]:
    known = models.QuoteAcceptance.objects.filter(quote=quote).first()
    if known is not None:
        same = (known.signatory_name, known.channel, known.alternative)
        if same == (signatory.name.strip(), consent.channel, consent.alternative):
            return {"acceptance_id": known.id}
        raise obstacles.Conflict(states.transition_obstacles(reference=quote.reference, state=quote.state, wanted=states.ACCEPTED))
    day = period.local_day(at)
    found = states.transition_obstacles(reference=quote.reference, state=quote.state, wanted=states.ACCEPTED)
    if found:
        raise obstacles.Conflict(found)
    found += states.acceptance_obstacles(valid_until=quote.valid_until, day=day, signatory_name=signatory.name)
    found += _signing_obstacles(quote, consent.alternative, at, has_waived=consent.has_waived)
    found += states.validity_obstacles(changes.change_of(quote, day))
    if quote.kind != "new":
        found += fleet_changes.stale_obstacles(moved=fleet.moved_lines(quote_id=quote.id, day=day))
    obstacles.refuse_if_any(found)
    document = models.QuoteDocument.objects.get(quote=quote, kind="quote")
    acceptance = models.QuoteAcceptance.objects.create(
        quote=quote,
        signatory_name=signatory.name.strip()[:120],
        signatory_role=signatory.role.strip()[:80],
        signatory_email=signatory.email.strip()[:120],
        accepted_at=at,
        document_sha256=document.sha256,
        channel=consent.channel,
        recorded_by_id=actor.staff_id,
        alternative=consent.alternative,
        evidence={**consent.evidence, "has_waived": consent.has_waived},
    )
    _take_alternative(quote, consent.alternative)
    _decide(quote, states.ACCEPTED, "", at)
    _withdraw_drafts(quote, actor, at)
    event = events.QuoteAccepted(quote.id, quote.reference, quote.version, acceptance.signatory_name, consent.channel, document.sha256)
    _draft.record(event, quote, actor, at, before={"state": states.APPROVED}, after={"state": states.ACCEPTED})
    _evidence.make(quote, at)
    return {"acceptance_id": acceptance.id}


def _take_alternative(quote: models.Quote, letter: str) -> None:
    """Let the sums of the quote be those of the offer that was chosen."""
    if not letter:
        return
    chosen = offers.totals_of(quote)[letter]
    quote.line_count = chosen.line_count
    for name in ("one_off", "monthly", "instalments_monthly", "deposit", "over_commitment", "list_monthly", "margin_monthly"):
        setattr(quote, f"{name}_exact", getattr(chosen.totals, name))


def _decide(quote: models.Quote, state: str, reason: str, at: dt.datetime) -> None:
    quote.state = state
    quote.closing_reason = reason[:200]
    quote.decided_at = at
    quote.updated_at = at
    quote.save()


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
