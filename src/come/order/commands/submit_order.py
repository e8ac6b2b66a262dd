"""Take an order from an accepted quote: numbered at once, whatever is down."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from come.catalogue import queries as catalogue_queries
from come.inventory import queries as inventory_queries
from come.order import models, queries
from come.order.commands import _conflicts, _writing
from come.order.policies import accepted as accepted_policies, conflicts, submission
from come.party import queries as party_queries
from come.quote import queries as quote_queries, records as quotes
from come.shared import actor as actors, idempotency, obstacles, text
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class SubmitAnswer:
    """The order that was made, or had been made before."""

    order_id: uuid.UUID
    reference: str


def submit_order(*, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> SubmitAnswer:
    """Turn an accepted quote into an order with the same lines, and number it.

    One quote makes one order: a double click, a replayed request and two colleagues at once all receive the same one
    (lock on the quote, then unique constraint). Nothing outside is called. Raises Refusal (no line, an offer that has
    left the catalogue), NotAllowed (another agency). Records OrderSubmitted.
    """
    rights.require(actor, "order.write")
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="order.submit_order",
            inputs={"quote_id": quote_id},
            run=lambda: _submit(quote_id, actor, at),
        )
    return SubmitAnswer(uuid.UUID(answer["order_id"]), answer["reference"])


def _submit(quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    lock_quote(quote_id)
    known = models.ProductOrder.objects.filter(quote_id=quote_id).first()
    if known is not None:
        rights.require_agency(actor, known.agency_id, text.T("Cette commande"))
        return {"order_id": str(known.id), "reference": known.reference}
    accepted = quote_queries.quote_for_order(quote_id=quote_id)
    rights.require_agency(actor, accepted.agency_id, text.T("Ce devis"))
    draft = _draft(accepted, at)
    order = _writing.write(draft, actor=actor, at=at)
    return {"order_id": str(order.id), "reference": order.reference}


def lock_quote(quote_id: uuid.UUID) -> None:
    """Make the second of two simultaneous submissions wait for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [f"order:{quote_id}"])


def _draft(accepted: quotes.AcceptedQuote, at: dt.datetime) -> _writing.Draft:
    offerings, version_hash = queries.sold_offerings(accepted=accepted, at=at)
    found = accepted_policies.sort(accepted, offerings)
    obstacles.refuse_if_any((*submission.submission_obstacles(line_count=len(found.lines)), *found.obstacles))
    lines = _lines(found)
    lines = _after_others(accepted.customer_file_id, lines, found)
    account_id = accepted.billing_account_id or only_account(accepted.customer_file_id)
    return _writing.Draft(
        kind=accepted_policies.KINDS[accepted.kind],
        operation="install",
        action="add",
        customer_file_id=accepted.customer_file_id,
        agency_id=accepted.agency_id,
        billing_account_id=account_id,
        patterns=found.patterns,
        lines=lines,
        quote_id=accepted.quote_id,
        quote_reference=accepted.reference,
        agreement_reference=agreement_reference(accepted.agreement_id),
        catalogue_version_hash=version_hash,
        cost_centre_ids=cost_centre_ids(account_id),
    )


def _lines(found: accepted_policies.Sorted) -> list[_writing.DraftLine]:
    """Return the lines to order; those of the fleet under their own id, with the number and SIM that they have now."""
    touched = [line.product_id for line, _ in found.lines if line.product_id is not None]
    known = {line.id: line for line in inventory_queries.lines_for_orders(line_ids=touched)} if touched else {}
    lines = []
    for line, place in found.lines:
        present = known.get(line.product_id) if line.product_id else None
        lines.append(
            _writing.DraftLine(
                stable_line_id=line.product_id or line.stable_id,
                pattern=place,
                user_label=present.user_label if present else line.user_label or "",
                msisdn=present.msisdn if present else line.msisdn or "",
                iccid=present.iccid if present else line.iccid or "",
                rio="" if line.product_id else line.rio or "",
                cost_centre=line.cost_centre or "",
            ),
        )
    return lines


def _after_others(
    customer_file_id: uuid.UUID, lines: Sequence[_writing.DraftLine], found: accepted_policies.Sorted
) -> list[_writing.DraftLine]:
    """Let lines of the fleet that other orders have come after them; refuse those that policy refuses, all at once."""
    wanted = {line.stable_line_id: found.patterns[line.pattern].operation for line in lines if found.patterns[line.pattern].operation}
    if not wanted:
        return list(lines)
    _conflicts.lock_company(customer_file_id)
    others = _conflicts.resolve(wanted)
    busy = {**others.merged, **others.refused}
    obstacles.refuse_if_any(
        [
            conflicts.obstacle(label=line.user_label or line.msisdn, running=busy[line.stable_line_id])
            for line in lines
            if line.stable_line_id in busy
        ]
    )
    queued = others.queued
    return [
        dataclasses.replace(line, after_item_id=queued[line.stable_line_id].item_id) if line.stable_line_id in queued else line
        for line in lines
    ]


agreed = accepted_policies.agreed


def agreement_reference(agreement_id: uuid.UUID | None) -> str:
    """Return the reference of the agreement that the prices come from, or nothing."""
    return catalogue_queries.agreement(agreement_id=agreement_id).reference if agreement_id else ""


def only_account(customer_file_id: uuid.UUID) -> uuid.UUID | None:
    """Return the company's billing account when it has exactly one; with several, a person chooses."""
    accounts = party_queries.billing_accounts(customer_file_id=customer_file_id)
    return accounts[0].id if len(accounts) == 1 else None


def cost_centre_ids(account_id: uuid.UUID | None) -> dict[str, Any]:
    """Return the account's cost centres by code."""
    if account_id is None:
        return {}
    return {centre.code: centre.id for centre in party_queries.cost_centres(account_ids=[account_id])}
