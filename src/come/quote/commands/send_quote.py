"""Freeze a version, make its document, open the page where the customer accepts."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from typing import Any

from django.db import transaction

from come.quote import events, models, ports, queries
from come.quote.commands import _writing
from come.quote.policies import states
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, wiring


def send_quote(*, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> str:
    """Freeze the draft as it stands, keep its PDF with its fingerprint, and return the token of the customer's page.

    Raises Refusal without lines or with lines to correct. Records QuoteSent.
    """
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor, command="quote.send_quote", inputs={"quote_id": quote_id}, run=lambda: _send(quote_id, actor, at)
        )
    return str(answer["token"])


def _send(quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    quote = _writing.lock(quote_id, actor)
    # The catalogue may have moved since the last edit: what is sent is what the day says.
    _writing.settle(quote, _writing.desk(quote, at), at)
    obstacles.refuse_if_any(states.sending_obstacles(line_count=quote.line_count, issue_count=quote.issue_count))
    obstacles.refuse_if_any(states.transition_obstacles(reference=quote.reference, state=quote.state, wanted=states.APPROVED))
    quote.state, quote.sent_at, quote.updated_at = states.APPROVED, at, at
    quote.token = secrets.token_urlsafe(32)
    quote.save(update_fields=["state", "sent_at", "updated_at", "token"])
    content = wiring.port(ports.QuoteDocumentRenderer).render(queries.document_input(quote_id=quote.id, at=at))
    digest = hashlib.sha256(content).hexdigest()
    models.QuoteDocument.objects.create(quote=quote, content=content, sha256=digest, created_at=at)
    eventlog.record(
        event=events.QuoteSent(quote_id=quote.id, document_sha256=digest),
        actor=actor,
        at=at,
        subjects=[facts.subject("quote", quote.id), facts.subject("company", quote.customer_file_id)],
        before={"state": states.IN_PROGRESS},
        after={"state": quote.state, "monthly": quote.monthly_exact, "one_off": quote.one_off_exact},
    )
    return {"token": quote.token}
