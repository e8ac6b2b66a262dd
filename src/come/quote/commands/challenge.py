"""The second proof of who accepts: asked of the signature provider, answered before the acceptance."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.db import transaction

from come.quote import models, ports, records
from come.quote.commands import _letters, link
from come.quote.policies import states
from come.shared import actor as actors, ids, obstacles, text, wiring

MOST_ANSWERS = 5
MOST_OPEN = 6


@dataclasses.dataclass(frozen=True, slots=True)
class OpenChallenge:
    """What the person has to do before they accept; `address` when they sign elsewhere."""

    challenge_id: uuid.UUID
    kind: str
    email: str
    address: str
    expires_at: dt.datetime


def open_challenge(*, token: str, identity: records.Signatory, at: dt.datetime, request_id: str = "") -> OpenChallenge:
    """Ask the signature provider for its proof; a code leaves by e-mail in the same commit.

    Raises NotFound for an unknown link, Refusal: the offer is closed or expired, no name, an address that is none, too many codes
    asked for in an hour. Records QuoteLetterWritten when a letter leaves.
    """
    with transaction.atomic():
        quote = locked(token)
        name = identity.name.strip()[:120]
        email = identity.email.strip()[:120]
        found = link.link_obstacles(quote, at)
        if not name:
            found += states.signatory_obstacles(name)
        found += _letters.address_obstacles(recipient=email, path="signatory_email")
        recent = models.QuoteChallenge.objects.filter(quote=quote, created_at__gt=at - dt.timedelta(hours=1)).count()
        if recent >= MOST_OPEN:
            found.append(_too_many())
        obstacles.refuse_if_any(found)
        return _begin(quote, name, email, at, request_id)


def _begin(quote: models.Quote, name: str, email: str, at: dt.datetime, request_id: str) -> OpenChallenge:
    provider = wiring.port(ports.SignatureProvider)
    request = request_of(quote, ids.uuid7(), name, email)
    asked = provider.begin(request)
    row = models.QuoteChallenge.objects.create(
        id=request.challenge_id,
        quote=quote,
        provider=provider.name,
        kind=asked.kind,
        email=email,
        digest=asked.digest,
        address=asked.address,
        created_at=at,
        expires_at=at + dt.timedelta(seconds=asked.lifetime_seconds),
    )
    if asked.letter_body:
        actor = actors.Actor(staff_id=None, name=name, request_id=request_id)
        _letters.write(quote=quote, kind="code", recipient=email, subject=asked.letter_subject, body=asked.letter_body, actor=actor, at=at)
    return OpenChallenge(row.id, row.kind, row.email, row.address, row.expires_at)


def answer_challenge(*, token: str, identity: records.Signatory, answer: str, at: dt.datetime) -> ports.SignatureProof:
    """Check the answer to the last challenge of a link for this address, counting it in a commit of its own; return the proof.

    Raises Refusal: nothing asked, too late, too many wrong answers, a wrong answer (with how many are left).
    """
    with transaction.atomic():
        quote = locked(token)
        row = (
            models.QuoteChallenge.objects.select_for_update()
            .filter(quote=quote, email=identity.email.strip()[:120])
            .order_by("-created_at", "-id")
            .first()
        )
        obstacles.refuse_if_any(_open_obstacles(row, at))
        if row is None:
            raise AssertionError
        row.attempts += 1
        row.save(update_fields=["attempts"])
        request = request_of(quote, row.id, identity.name.strip()[:120], row.email)
    kept = ports.SignatureChallenge(row.kind, 0, row.digest, row.address)
    proof = wiring.port(ports.SignatureProvider).prove(request, kept, answer)
    if proof is None:
        raise obstacles.Refusal(_wrong(row.kind, MOST_ANSWERS - row.attempts))
    return proof


def close(quote: models.Quote, identity: records.Signatory, at: dt.datetime) -> None:
    """Write that the last challenge of a person was answered; must run in the acceptance's transaction."""
    rows = models.QuoteChallenge.objects.filter(quote=quote, email=identity.email.strip()[:120])
    last = rows.order_by("-created_at", "-id").first()
    if last is not None:
        last.answered_at = at
        last.save(update_fields=["answered_at"])


def locked(token: str) -> models.Quote:
    """Return the quote of a customer's link, locked; raises NotFound."""
    quote = models.Quote.objects.select_for_update().filter(token=token).first() if token else None
    if quote is None:
        raise obstacles.not_found(text.T("Le devis"), text.T("de ce lien"))
    return quote


def request_of(quote: models.Quote, challenge_id: uuid.UUID, name: str, email: str) -> ports.SignatureRequest:
    """Return what the provider is told of an acceptance."""
    sha256 = models.QuoteDocument.objects.values_list("sha256", flat=True).get(quote=quote, kind="quote")
    return ports.SignatureRequest(challenge_id, quote.reference, quote.version, sha256, name, email)


def _open_obstacles(row: models.QuoteChallenge | None, at: dt.datetime) -> list[obstacles.Obstacle]:
    step = text.T("Demandez un nouveau code.")
    if row is None:
        said = text.T("Aucun code n’a été demandé pour cette adresse.")
    elif at >= row.expires_at:
        said = text.T("Ce code a expiré.")
    elif row.attempts >= MOST_ANSWERS:
        said = text.T("Trop de codes faux ont été essayés.")
    else:
        return []
    return [obstacles.Obstacle("quote.code_closed", obstacles.Severity.REFUSAL, said, step, "code")]


def _wrong(kind: str, left: int) -> obstacles.Obstacle:
    if kind == "elsewhere":
        said = text.T("La signature n’est pas terminée chez le prestataire.")
        return obstacles.Obstacle(
            "quote.not_signed_yet", obstacles.Severity.REFUSAL, said, text.T("Signez là-bas, puis revenez ici."), "code"
        )
    said = text.T("Ce code n’est pas celui qui a été envoyé.")
    step = text.T("Vérifiez les six chiffres : il reste {left} essai(s).", left=left) if left > 0 else text.T("Demandez un nouveau code.")
    return obstacles.Obstacle("quote.wrong_code", obstacles.Severity.REFUSAL, said, step, "code")


def _too_many() -> obstacles.Obstacle:
    said = text.T("Trop de codes ont été demandés en une heure.")
    step = text.T("Attendez un moment, ou appelez votre interlocuteur.")
    return obstacles.Obstacle("quote.too_many_codes", obstacles.Severity.REFUSAL, said, step, "code")
