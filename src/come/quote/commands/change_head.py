"""Change the head of a draft: title, agreement, account, validity."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from come.catalogue import queries as catalogue_queries
from come.party import queries as party_queries
from come.quote import events, models
from come.quote.commands import _writing, edit_lines
from come.shared import actor as actors, eventlog, events as facts, obstacles, text


@transaction.atomic
def change_head(
    *,
    quote_id: uuid.UUID,
    title: str,
    agreement_reference: str,
    billing_account_reference: str,
    valid_until: dt.date,
    actor: actors.Actor,
    at: dt.datetime,
) -> None:
    """Set the head of a draft and price it again; empty references mean none. Records QuoteHeadChanged with what changed in euros.

    Raises Refusal for an agreement or account that is not this customer's, or a validity in the past.
    """
    quote = _writing.lock(quote_id, actor)
    before = {
        "title": quote.title,
        "agreement": quote.agreement_reference,
        "monthly": quote.monthly_exact,
        "valid_until": quote.valid_until,
    }
    customer = party_queries.customer_file(customer_file_id=quote.customer_file_id, viewer=actor)
    at_desk_day = at.date()
    found: list[obstacles.Obstacle] = []
    agreement = None
    if agreement_reference:
        known = catalogue_queries.agreements(legal_unit_ids=[customer.legal_unit_id], at=at_desk_day)
        agreement = next((one for one in known if one.reference == agreement_reference), None)
        if agreement is None:
            found.append(
                _wrong("agreement", text.T("L’accord {reference} n’est pas en vigueur pour ce client.", reference=agreement_reference))
            )
    account = None
    if billing_account_reference:
        accounts = party_queries.billing_accounts(customer_file_id=quote.customer_file_id)
        account = next((one for one in accounts if one.reference == billing_account_reference), None)
        if account is None:
            found.append(
                _wrong(
                    "billing_account", text.T("Le compte {reference} n’est pas celui de ce client.", reference=billing_account_reference)
                )
            )
    if valid_until < at_desk_day:
        found.append(_wrong("valid_until", text.T("La date de validité est passée.")))
    obstacles.refuse_if_any(found)
    quote.title, quote.valid_until = title.strip()[:160], valid_until
    quote.agreement_id = agreement.id if agreement else None
    quote.agreement_reference, quote.agreement_name = (agreement.reference, agreement.name) if agreement else ("", "")
    quote.billing_account_id = account.id if account else None
    at_desk = _writing.desk(quote, at)
    # The account decides which cost centres are known: every line is read again.
    edit_lines.read_again(quote, list(models.QuoteLine.objects.filter(quote=quote)), at_desk)
    _writing.settle(quote, at_desk, at)
    eventlog.record(
        event=events.QuoteHeadChanged(quote_id=quote.id),
        actor=actor,
        at=at,
        subjects=[facts.subject("quote", quote.id)],
        before=before,
        after={"title": quote.title, "agreement": quote.agreement_reference, "monthly": quote.monthly_exact, "valid_until": valid_until},
    )


def _wrong(path: str, message: text.T) -> obstacles.Obstacle:
    return obstacles.Obstacle(f"quote.head_{path}", obstacles.Severity.REFUSAL, message, text.T("Corrigez ce champ."), path)
