"""Open a draft, or a new version of what was sent."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from come.catalogue import queries as catalogue_queries
from come.party import queries as party_queries
from come.quote import events, models
from come.quote.commands import _writing
from come.quote.policies import states
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, period, references, text
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class CreatedQuote:
    """The draft that was opened."""

    quote_id: uuid.UUID
    reference: str
    version: int


def create_quote(
    *,
    customer_file_id: uuid.UUID,
    actor: actors.Actor,
    at: dt.datetime,
    title: str = "",
    agreement_id: uuid.UUID | None = None,
    billing_account_id: uuid.UUID | None = None,
) -> CreatedQuote:
    """Open a draft for a customer, under an agreement if there is one (the company's only one in force by default).

    Raises NotFound or NotAllowed for the customer, Refusal for an agreement or account of somebody else. Records QuoteCreated.
    """
    rights.require(actor, "quote.write")
    customer = party_queries.customer_file(customer_file_id=customer_file_id, viewer=actor)
    day = period.local_day(at)
    known = catalogue_queries.agreements(legal_unit_ids=[customer.legal_unit_id], at=day)
    agreement = next((one for one in known if one.id == agreement_id), None)
    if agreement_id is None and len(known) == 1:
        agreement = known[0]
    accounts = party_queries.billing_accounts(customer_file_id=customer_file_id)
    account = next((one for one in accounts if one.id == billing_account_id), None)
    if billing_account_id is None and len(accounts) == 1:
        account = accounts[0]
    found: list[obstacles.Obstacle] = []
    if agreement_id is not None and agreement is None:
        found.append(_foreign("quote.agreement_of_other", text.T("Cet accord n’est pas en vigueur pour ce client."), "agreement"))
    if billing_account_id is not None and account is None:
        found.append(
            _foreign("quote.account_of_other", text.T("Ce compte de facturation n’est pas celui de ce client."), "billing_account")
        )
    obstacles.refuse_if_any(found)

    def run() -> dict[str, Any]:
        quote = models.Quote.objects.create(
            reference=references.next_reference("quote", at),
            title=title.strip()[:160],
            customer_file_id=customer_file_id,
            agency_id=customer.agency_id,
            seller_id=actor.on_behalf_of_id or actor.staff_id or customer.owner_id,
            agreement_id=agreement.id if agreement else None,
            agreement_reference=agreement.reference if agreement else "",
            agreement_name=agreement.name if agreement else "",
            billing_account_id=account.id if account else None,
            segment=customer.segment,
            priced_date=day,
            valid_until=day + dt.timedelta(days=states.VALID_DAYS),
            created_at=at,
            updated_at=at,
        )
        _record(quote, actor, at)
        return {"quote_id": str(quote.id), "reference": quote.reference}

    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="quote.create_quote",
            inputs={"customer_file_id": customer_file_id, "title": title, "agreement_id": agreement_id},
            run=run,
        )
    return CreatedQuote(uuid.UUID(answer["quote_id"]), answer["reference"], 1)


def _foreign(code: str, message: text.T, path: str) -> obstacles.Obstacle:
    return obstacles.Obstacle(code, obstacles.Severity.REFUSAL, message, text.T("Choisissez dans la liste."), path)


def new_version(*, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> CreatedQuote:
    """Open the next version of a quote that was sent, refused, cancelled or has expired, with all its lines at the prices of the day.

    Raises Conflict when a later version exists already or the quote was accepted. Records QuoteCreated.
    """
    rights.require(actor, "quote.write")
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="quote.new_version",
            inputs={"quote_id": quote_id},
            run=lambda: _copy(quote_id, actor, at),
        )
    return CreatedQuote(uuid.UUID(answer["quote_id"]), answer["reference"], answer["version"])


def _copy(quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    old = models.Quote.objects.select_for_update().filter(id=quote_id).first()
    if old is None:
        raise obstacles.not_found("Le devis", quote_id)
    rights.require_agency(actor, old.agency_id, f"Le devis {old.reference}")
    is_last = not models.Quote.objects.filter(reference=old.reference, version__gt=old.version).exists()
    if old.state in {states.IN_PROGRESS, states.PENDING, states.ACCEPTED} or not is_last:
        raise obstacles.Conflict(
            obstacles.Obstacle(
                "quote.no_new_version",
                obstacles.Severity.REFUSAL,
                text.T("Le devis {reference} n’appelle pas de nouvelle version.", reference=old.reference),
                text.T("Un brouillon se modifie sur place ; un devis accepté se complète par un nouveau devis."),
            ),
        )
    if old.state == states.APPROVED:
        old.state, old.decided_at, old.updated_at = states.CANCELLED, at, at
        old.save(update_fields=["state", "decided_at", "updated_at"])
    day = period.local_day(at)
    quote = models.Quote.objects.create(
        reference=old.reference,
        version=old.version + 1,
        previous=old,
        title=old.title,
        customer_file_id=old.customer_file_id,
        agency_id=old.agency_id,
        seller_id=old.seller_id,
        agreement_id=old.agreement_id,
        agreement_reference=old.agreement_reference,
        agreement_name=old.agreement_name,
        billing_account_id=old.billing_account_id,
        segment=old.segment,
        priced_date=day,
        valid_until=day + dt.timedelta(days=states.VALID_DAYS),
        created_at=at,
        updated_at=at,
    )
    at_desk = _writing.desk(quote, at)
    kept = list(models.QuoteLine.objects.filter(quote=old).order_by("position").values_list("cells", "stable_id"))
    _writing.append_lines(quote, [cells for cells, _ in kept], at_desk, [stable_id for _, stable_id in kept])
    _writing.settle(quote, at_desk, at)
    _record(quote, actor, at)
    return {"quote_id": str(quote.id), "reference": quote.reference, "version": quote.version}


def _record(quote: models.Quote, actor: actors.Actor, at: dt.datetime) -> None:
    eventlog.record(
        event=events.QuoteCreated(quote_id=quote.id, reference=quote.reference, version=quote.version),
        actor=actor,
        at=at,
        subjects=[facts.subject("quote", quote.id), facts.subject("company", quote.customer_file_id)],
        after={"title": quote.title, "agreement": quote.agreement_reference, "valid_until": quote.valid_until},
    )
