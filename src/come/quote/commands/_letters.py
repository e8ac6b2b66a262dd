"""Letters: written in the commit that decides them, posted by a job."""

from __future__ import annotations

import datetime as dt
import re

from come.quote import events, models
from come.quote.commands import _draft
from come.shared import actor as actors, obstacles, text

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def write(
    *, quote: models.Quote, kind: str, recipient: str, subject: str, body: str, actor: actors.Actor, at: dt.datetime
) -> models.QuoteLetter:
    """Put a letter in the outbox of quotes; must run in the caller's transaction. Records QuoteLetterWritten."""
    letter = models.QuoteLetter.objects.create(
        quote=quote,
        kind=kind,
        recipient=recipient,
        subject_fr=str(subject)[:200],
        body_fr=str(body),
        actor_name=actor.name[:120],
        created_at=at,
        due_at=at,
    )
    event = events.QuoteLetterWritten(quote.id, quote.reference, letter.id, kind, recipient)
    _draft.record(event, quote, actor, at)
    return letter


def address_obstacles(*, recipient: str, path: str = "recipient") -> list[obstacles.Obstacle]:
    """Return why a letter cannot go to an address."""
    if _ADDRESS.fullmatch(recipient.strip()):
        return []
    return [
        obstacles.Obstacle(
            "quote.bad_address",
            obstacles.Severity.REFUSAL,
            text.T("« {value} » n’est pas une adresse e-mail.", value=recipient.strip()[:60])
            if recipient.strip()
            else text.T("L’adresse e-mail manque."),
            text.T("Écrivez une seule adresse, comme prenom.nom@entreprise.fr."),
            path,
        ),
    ]
