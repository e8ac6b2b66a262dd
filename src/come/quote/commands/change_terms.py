"""Change what a draft is about, and the day of its prices."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from come.party import queries as party_queries
from come.quote import events, records
from come.quote.commands import _consent, _draft, _lines, _pricing, create_quote, fleet_quote
from come.quote.policies import states
from come.quote.queries import changes
from come.shared import actor as actors, idempotency, obstacles

COMMITMENTS = (0, 12, 24, 36)


def change_terms(
    *,
    quote_id: uuid.UUID,
    actor: actors.Actor,
    at: dt.datetime,
    title: str,
    valid_until: dt.date,
    agreement_id: uuid.UUID | None,
    billing_account_id: uuid.UUID | None,
    commitment_months: int | None,
) -> None:
    """Write the head of a draft and price it again under these terms. Raises Refusal. Records QuoteTermsChanged with both sums."""
    given: dict[str, Any] = {
        "title": title.strip()[:160],
        "valid_until": valid_until,
        "agreement_id": agreement_id,
        "billing_account_id": billing_account_id,
        "commitment_months": commitment_months,
    }
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        idempotency.once(actor=actor, command="quote.change_terms", inputs={"quote_id": quote_id} | given, run=lambda: _change(desk, given))


def _change(desk: _draft.Desk, given: dict[str, Any]) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    quote = desk.quote
    before = _terms(desk)
    customer = party_queries.customer_file(customer_file_id=quote.customer_file_id, viewer=desk.actor)
    wanted = given["agreement_id"]
    agreement = create_quote.chosen_agreement(customer, wanted, desk.day) if wanted else None
    end = agreement.valid_to if agreement else None
    obstacles.refuse_if_any(states.valid_until_obstacles(valid_until=given["valid_until"], day=desk.day, agreement_end=end))
    quote.title = given["title"]
    quote.valid_until = given["valid_until"]
    quote.agreement_id = agreement.id if agreement else None
    quote.agreement_reference = agreement.reference if agreement else ""
    quote.agreement_name = agreement.name if agreement else ""
    account_id = given["billing_account_id"]
    quote.billing_account_id = create_quote.chosen_account(customer, account_id) if account_id else None
    quote.commitment_months = given["commitment_months"]
    _pricing.reprice(desk)
    _draft.record(events.QuoteTermsChanged(quote.id, quote.reference), quote, desk.actor, desk.at, before=before, after=_terms(desk))
    return {}


def _terms(desk: _draft.Desk) -> dict[str, Any]:
    quote = desk.quote
    return {
        "title": quote.title,
        "valid_until": quote.valid_until,
        "agreement": quote.agreement_reference,
        "commitment_months": quote.commitment_months,
        **_draft.sums(quote),
    }


def price_quote(*, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime, consented_changes: str | None = None) -> records.PriceChange:
    """Bring a draft to the prices of the day, and return what that changes. Records QuotePriced with both sums.

    A draft keeps the prices of its pricing day until somebody asks for this: no price moves by itself. Raises Conflict, with each
    change, when negotiated prices would move and nobody consented (`consented_changes`).
    """
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        _draft.refuse_unless_editable(desk)
        seen = _consent.read(desk, ())
        change = changes.change_of(desk.quote, desk.day)
        before = _draft.sums(desk.quote)
        desk.quote.priced_date = desk.day
        if desk.quote.kind != "new":
            fleet_quote.retake(desk)
        desk = _draft.desk_of(desk.quote, actor, at)
        desk.consented_changes = consented_changes
        # An offer that was not sold on the old day may be on the new one: lines that were not understood are read again.
        drafts = _lines.drafts_of(desk, _lines.to_correct(desk))
        if drafts:
            _lines.rewrite(desk, list(drafts.values()))
            _lines.mark_duplicates(desk)
        _pricing.reprice(desk)
        _consent.refuse_unseen_changes(desk, seen, added=(), removed=())
        event = events.QuotePriced(desk.quote.id, desk.quote.reference, desk.quote.monthly_exact)
        _draft.record(event, desk.quote, actor, at, before=before, after=_draft.sums(desk.quote))
    return change
