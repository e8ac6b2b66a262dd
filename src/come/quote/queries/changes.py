"""What a quote would cost on a day: the kernel asked again, nothing written."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.inventory import queries as inventory_queries
from come.quote import models, pricing, records
from come.quote.queries import reading
from come.shared import obstacles, text


def price_change(*, quote_id: uuid.UUID, day: dt.date) -> records.PriceChange:
    """Return what a quote would cost on a day, beside what it says, and what is no longer sold or in force; raises NotFound.

    `policies.states.validity_obstacles` says it in words. The caller checks the right to see the quote.
    """
    head = models.Quote.objects.filter(id=quote_id).first()
    if head is None:
        raise obstacles.not_found(text.T("Le devis"), quote_id)
    return change_of(head, day)


def change_of(head: Any, day: dt.date) -> records.PriceChange:
    """Return the same for a row that is read already (five statements)."""
    snapshot = catalogue_queries.catalogue_snapshot(at=day)
    rows = models.QuotePattern.objects.filter(quote_id=head.id, quantity__gt=0)
    quantities = {reading.pattern_key(row): row.quantity for row in rows}
    priced = priced_on(head, quantities, snapshot)
    names = dict(
        models.QuotePatternPrice.objects.filter(pattern__quote_id=head.id).values_list("offering_code", "offering_name_fr").distinct(),
    )
    gone = {code for pattern in quantities for code in pattern.codes if code not in snapshot.offerings}
    agreement = agreement_of(head)
    return records.PriceChange(
        day=day,
        quoted=reading.totals(head),
        today=priced.totals,
        withdrawn=tuple(sorted(names.get(code, code) for code in gone)),
        is_agreement_over=agreement is not None and not agreement.is_in_force(day),
    )


def priced_on(head: Any, quantities: Mapping[records.Pattern, int], snapshot: catalogue.CatalogueSnapshot) -> records.PricedQuote:
    """Price these lines of a quote with the catalogue of a day, its agreement, and what the customer holds already."""
    return pricing.price_quote(
        quantities=quantities,
        snapshot=snapshot,
        agreement=agreement_of(head),
        segment=head.segment,
        commitment_months=head.commitment_months,
        installed=inventory_queries.held_offerings(customer_file_id=head.customer_file_id),
    )


def agreement_of(head: Any) -> catalogue.AgreementRecord | None:
    """Return the agreement of a quote, with its clauses."""
    return catalogue_queries.agreement(agreement_id=head.agreement_id) if head.agreement_id else None
