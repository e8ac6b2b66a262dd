"""What proves an acceptance, made once and kept: the order form, and the chain of facts that led to it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from come.quote import models, ports, queries
from come.shared import events, queries as shared_queries, wiring

FORMAT = "come.quote.evidence/1"
CHAINED = frozenset({"QuoteSent", "QuoteLetterWritten", "QuoteLinkChanged", "QuoteAccepted"})


def make(quote: models.Quote, at: dt.datetime) -> None:
    """Keep the order form and the evidence file of an acceptance; must run in the acceptance's transaction."""
    renderer = wiring.port(ports.QuoteDocumentRenderer)
    content = renderer.render(queries.document_input(quote_id=quote.id, at=at, kind="order_form"))
    form = keep(quote, "order_form", content, renderer.template_version, at)
    proof = json.dumps(evidence(quote, form.sha256), ensure_ascii=False, sort_keys=True, indent=1).encode()
    keep(quote, "evidence", proof, FORMAT, at)


def keep(quote: models.Quote, kind: str, content: bytes, template_version: str, at: dt.datetime) -> models.QuoteDocument:
    """Keep a document for good, with its fingerprint."""
    return models.QuoteDocument.objects.create(
        quote=quote,
        kind=kind,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        template_version=template_version,
        created_at=at,
    )


def evidence(quote: models.Quote, order_form_sha256: str) -> dict[str, Any]:
    """Return the file that proves an acceptance: identity, instant, fingerprints, proof, and a chain of the facts.

    Each fact carries the fingerprint of the one before it: none can be changed, added or taken out without breaking the chain.
    """
    accepted = models.QuoteAcceptance.objects.get(quote=quote)
    facts = shared_queries.events_about(subject=events.subject("quote", quote.id), limit=200)
    return {
        "format": FORMAT,
        "quote": {"reference": quote.reference, "version": quote.version, "alternative": accepted.alternative},
        "documents": {"quote_sha256": accepted.document_sha256, "order_form_sha256": order_form_sha256},
        "signatory": {
            "name": accepted.signatory_name,
            "role": accepted.signatory_role,
            "email": accepted.signatory_email,
        },
        "accepted_at": accepted.accepted_at.isoformat(),
        "channel": accepted.channel,
        "evidence": accepted.evidence,
        "chain": chain(
            {"name": fact.name, "at": fact.recorded_at.isoformat(), "by": fact.actor_name, "facts": fact.payload}
            for fact in sorted((one for one in facts if one.name in CHAINED), key=lambda one: (one.recorded_at, one.id))
        ),
    }


def chain(facts: Any) -> list[dict[str, Any]]:
    """Return facts in order, each with the fingerprint of itself and of the one before."""
    previous = ""
    found: list[dict[str, Any]] = []
    for fact in facts:
        body = {**fact, "previous_sha256": previous}
        previous = hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        found.append({**body, "sha256": previous})
    return found
