"""The customer's link: mailed, renewed, revoked; and the letters that wait, posted."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from django.db import connection, transaction

from come.quote import events, models, ports
from come.quote.commands import _draft, _letters
from come.quote.policies import states
from come.shared import actor as actors, idempotency, obstacles, text

RETRY_SECONDS = (60, 300, 1_800, 7_200, 43_200)
_CLAIM = """
UPDATE quote_letter SET attempts = attempts + 1, due_at = %(again)s
 WHERE id IN (SELECT id FROM quote_letter WHERE sent_at IS NULL AND due_at <= %(at)s AND attempts < %(most)s
              ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, kind, recipient, subject_fr, body_fr, attempts
"""


def mail_link(
    *,
    quote_id: uuid.UUID,
    recipient: str,
    subject: str,
    message: str,
    address: str,
    actor: actors.Actor,
    at: dt.datetime,
) -> uuid.UUID:
    """Send the customer's link by e-mail with this message, which must hold the link (`address`); return the letter's id.

    Raises Refusal: no open link, an address that is none, a message without the link. Records QuoteLetterWritten.
    """
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        found = link_obstacles(quote, at) or _letters.address_obstacles(recipient=recipient)
        if not found and address not in message:
            found.append(_no_link())
        obstacles.refuse_if_any(found)
        answer = idempotency.once(
            actor=actor,
            command="quote.mail_link",
            inputs={"quote_id": quote_id, "recipient": recipient, "subject": subject, "message": message},
            run=lambda: {
                "letter_id": str(
                    _letters.write(
                        quote=quote, kind="link", recipient=recipient.strip(), subject=subject, body=message, actor=actor, at=at
                    ).id
                )
            },
        )
    return uuid.UUID(answer["letter_id"])


def renew_link(*, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> str:
    """Give a sent quote another link; the one before opens nothing any more. Raises Refusal. Records QuoteLinkChanged."""
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        obstacles.refuse_if_any(states.open_obstacles(reference=quote.reference, state=quote.state))
        answer = idempotency.once(
            actor=actor, command="quote.renew_link", inputs={"quote_id": quote_id}, run=lambda: {"token": _renew(quote, actor, at)}
        )
    return str(answer["token"])


def _renew(quote: models.Quote, actor: actors.Actor, at: dt.datetime) -> str:
    quote.token = secrets.token_urlsafe(32)
    quote.token_expires_at = states.link_expires_at(valid_until=quote.valid_until)
    quote.updated_at = at
    quote.save(update_fields=["token", "token_expires_at", "updated_at"])
    _draft.record(events.QuoteLinkChanged(quote.id, quote.reference, is_revoked=False), quote, actor, at)
    return quote.token


def revoke_link(*, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Close the customer's link; the quote stays sent, and another link can be given. Raises Refusal. Records QuoteLinkChanged."""
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        obstacles.refuse_if_any(states.open_obstacles(reference=quote.reference, state=quote.state))
        if not quote.token:
            return
        quote.token = ""
        quote.token_expires_at = None
        quote.updated_at = at
        quote.save(update_fields=["token", "token_expires_at", "updated_at"])
        _draft.record(events.QuoteLinkChanged(quote.id, quote.reference, is_revoked=True), quote, actor, at)


def link_obstacles(quote: models.Quote, at: dt.datetime) -> list[obstacles.Obstacle]:
    """Return why the customer cannot open the link of a quote."""
    found = states.open_obstacles(reference=quote.reference, state=quote.state)
    if not found and (not quote.token or (quote.token_expires_at is not None and at >= quote.token_expires_at)):
        found.append(
            obstacles.Obstacle(
                "quote.link_closed",
                obstacles.Severity.REFUSAL,
                text.T("Le lien de ce devis a expiré ou a été fermé."),
                text.T("Demandez un nouveau lien : l’ancien n’ouvre plus rien."),
            )
        )
    return found


def _no_link() -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "quote.no_link_in_message",
        obstacles.Severity.REFUSAL,
        text.T("Le message ne contient pas le lien du devis."),
        text.T("Remettez le lien dans le message : sans lui, le client ne peut rien accepter."),
        "message",
    )


def post_letters(*, at: dt.datetime, mail: ports.Mail, limit: int = 50) -> int:
    """Post the letters that are due; those that the mail does not take wait longer each time. Return how many left.

    A letter is claimed in its own transaction and posted outside of it: a process that dies leaves it to be posted again under
    the same key.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        again = at + dt.timedelta(seconds=RETRY_SECONDS[0])
        cursor.execute(_CLAIM, {"at": at, "again": again, "most": len(RETRY_SECONDS), "limit": limit})
        rows = cursor.fetchall()
    left = 0
    for letter_id, kind, recipient, subject, body, attempts in rows:
        try:
            mail.post(ports.Letter(letter_id, recipient, subject, body))
        except ports.MailUnavailable as error:
            later = at + dt.timedelta(seconds=RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)])
            models.QuoteLetter.objects.filter(id=letter_id).update(last_error=str(error)[:200], due_at=later)
            continue
        # A code is nobody's business once it has left.
        kept = {} if kind != "code" else {"body_fr": ""}
        models.QuoteLetter.objects.filter(id=letter_id).update(sent_at=at, last_error="", **kept)
        left += 1
    return left
