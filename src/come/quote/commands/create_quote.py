"""Open a draft for a customer."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.party import queries as party_queries, records as party
from come.quote import events, models
from come.quote.commands import _draft
from come.quote.policies import states
from come.shared import actor as actors, idempotency, obstacles, period, references, text
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
    is_without_agreement: bool = False,
    billing_account_id: uuid.UUID | None = None,
    commitment_months: int | None = None,
    valid_until: dt.date | None = None,
    external_id: str = "",
    kind: str = "new",
) -> CreatedQuote:
    """Open an empty draft at the prices of the day, and number it.

    Without `agreement_id`, the agreement in force that comes first is taken (the customer's own, then its group's);
    `is_without_agreement` takes none.
    Without `billing_account_id`, the customer's only account is taken. Raises NotAllowed for another agency, Refusal for an
    agreement or account of somebody else. Records QuoteCreated.
    """
    rights.require(actor, "quote.write")
    customer = party_queries.customer_file(customer_file_id=customer_file_id, viewer=actor)
    inputs = {"customer_file_id": customer_file_id, "title": title, "agreement_id": agreement_id, "account": billing_account_id}
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="quote.create_quote",
            inputs=inputs | {"external_id": external_id, "kind": kind},
            run=lambda: _create(
                customer,
                actor,
                at,
                {
                    "title": title.strip()[:160],
                    "agreement": None if is_without_agreement else chosen_agreement(customer, agreement_id, period.local_day(at)),
                    "billing_account_id": chosen_account(customer, billing_account_id),
                    "commitment_months": commitment_months,
                    "valid_until": valid_until,
                    "external_id": external_id[:80],
                    "kind": kind,
                },
            ),
        )
    return CreatedQuote(uuid.UUID(answer["quote_id"]), answer["reference"], answer["version"])


def _create(customer: party.CustomerFileRecord, actor: actors.Actor, at: dt.datetime, terms: dict[str, Any]) -> dict[str, Any]:
    day = period.local_day(at)
    agreement: catalogue.AgreementRecord | None = terms.pop("agreement")
    end = agreement.valid_to if agreement else None
    wanted = terms.pop("valid_until")
    if wanted is not None:
        obstacles.refuse_if_any(states.valid_until_obstacles(valid_until=wanted, day=day, agreement_end=end))
    quote = models.Quote.objects.create(
        reference=references.next_reference("quote", at),
        customer_file_id=customer.id,
        legal_unit_id=customer.legal_unit_id,
        agency_id=customer.agency_id,
        seller_id=actor.staff_id,
        agreement_id=agreement.id if agreement else None,
        agreement_reference=agreement.reference if agreement else "",
        agreement_name=agreement.name if agreement else "",
        segment=customer.segment,
        priced_date=day,
        valid_until=wanted or states.default_valid_until(day=day, agreement_end=end),
        catalogue_version_hash=catalogue_queries.version_hash(at=day),
        created_at=at,
        updated_at=at,
        **terms,
    )
    event = events.QuoteCreated(quote.id, quote.reference, quote.version)
    _draft.record(event, quote, actor, at, after={"title": quote.title, "agreement": quote.agreement_reference})
    return {"quote_id": str(quote.id), "reference": quote.reference, "version": quote.version}


def chosen_agreement(customer: party.CustomerFileRecord, agreement_id: uuid.UUID | None, day: dt.date) -> catalogue.AgreementRecord | None:
    """Return the agreement asked for, or the first of those that cover the customer: its own, then its group's, the last signed first.

    Raises Refusal when the one asked for does not cover the customer on that day.
    """
    in_force = catalogue_queries.agreements(legal_unit_ids=[customer.legal_unit_id], at=day)
    if agreement_id is None:
        return in_force[0] if in_force else None
    found = next((one for one in in_force if one.id == agreement_id), None)
    if found is None:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.agreement",
                obstacles.Severity.REFUSAL,
                text.T("Cet accord-cadre n’est pas en vigueur pour {customer}.", customer=customer.name),
                text.T("Choisissez un accord du client, ou aucun."),
                "agreement_id",
            ),
        )
    return found


def chosen_account(customer: party.CustomerFileRecord, account_id: uuid.UUID | None) -> uuid.UUID | None:
    """Return the account asked for, or the customer's only one; raises Refusal when it is somebody else's."""
    accounts = [account.id for account in party_queries.billing_accounts(customer_file_id=customer.id)]
    if account_id is None:
        return accounts[0] if len(accounts) == 1 else None
    if account_id not in accounts:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.account",
                obstacles.Severity.REFUSAL,
                text.T("Ce compte de facturation n’est pas celui de {customer}.", customer=customer.name),
                text.T("Choisissez un compte du client."),
                "billing_account_id",
            ),
        )
    return account_id
