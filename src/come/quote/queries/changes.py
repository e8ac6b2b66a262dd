"""What a quote would cost on a day: the kernel asked again, nothing written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from come.catalogue import policies as catalogue_policies, queries as catalogue_queries, records as catalogue
from come.inventory import queries as inventory_queries
from come.party import queries as party_queries
from come.quote import models, pricing, records
from come.quote.policies import fleet_changes
from come.quote.queries import concessions, fleet, reading
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
    snapshot = snapshot_of(head, day)
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


def snapshot_of(head: Any, day: dt.date) -> catalogue.CatalogueSnapshot:
    """Return the catalogue of a day; for a quote on the fleet, with what its lines have even when it is no longer sold.

    What a line keeps stays possible, in the version that it has; nothing else of it is sold.
    """
    snapshot = catalogue_queries.catalogue_snapshot(at=day)
    if head.kind == "new":
        return snapshot
    held = {(one.code, one.version) for line in fleet.kept_lines(head.id).values() for one in line.offerings}
    missing = {code: version for code, version in sorted(held) if code not in snapshot.offerings}
    kept = {
        record.code: record
        for code, version in missing.items()
        for record in catalogue_queries.offering_versions(code=code, at=day)
        if record.version == version
    }
    return dataclasses.replace(snapshot, offerings={**snapshot.offerings, **kept}) if kept else snapshot


def priced_on(head: Any, quantities: Mapping[records.Pattern, int], snapshot: catalogue.CatalogueSnapshot) -> records.PricedQuote:
    """Price these lines of a quote with the catalogue of a day, its agreement, and what the customer holds already.

    Each alternative is priced as if it were alone; the sums are those of the first one. A quote on the fleet sums what the touched
    lines will cost, each paid once for what is new to it.
    """
    letters = sorted({pattern.alternative for pattern in quantities}) or [""]
    parts = [
        priced_alone(head, {pattern: count for pattern, count in quantities.items() if pattern.alternative == letter}, snapshot)
        for letter in letters
    ]
    priced = records.PricedQuote(tuple(one for part in parts for one in part.patterns), parts[0].totals)
    if head.kind == "new":
        return priced
    return dataclasses.replace(priced, totals=_fleet_totals(head, priced, min([*head.alternatives, *letters]), snapshot.at))


def _territory(head: Any) -> str:
    """Return the territory of the establishment that the customer's file stands on, empty when it is not known."""
    found = party_queries.customer_files(ids=[head.customer_file_id]).get(head.customer_file_id)
    return catalogue_policies.territory_of(found.postcode) if found is not None else ""


def priced_alone(
    head: Any, quantities: Mapping[records.Pattern, int], snapshot: catalogue.CatalogueSnapshot, *, is_conceding: bool = True
) -> records.PricedQuote:
    """Price the patterns of one alternative; without `is_conceding`, as if nothing had been conceded in the quote."""
    held = inventory_queries.held_offerings(customer_file_id=head.customer_file_id)
    if head.kind != "new":
        touched = fleet.held_by_quote(head)
        held = {code: max(count - touched.get(code, 0), 0) for code, count in held.items()}
    return pricing.price_quote(
        quantities=quantities,
        snapshot=snapshot,
        agreement=agreement_of(head),
        segment=head.segment,
        concessions=concessions.concessions(head.id) if is_conceding else (),
        commitment_months=head.commitment_months,
        installed=held,
        territory=_territory(head),
    )


def _fleet_totals(head: Any, priced: records.PricedQuote, letter: str, day: dt.date) -> records.Totals:
    by_pattern = {one.pattern: one for one in priced.patterns if not one.obstacles}
    known = {
        row.id: (one.pattern, one.components, one.commitment_months, one.line_totals, "")
        for row in models.QuotePattern.objects.filter(quote_id=head.id)
        if (one := by_pattern.get(reading.pattern_key(row))) is not None
    }
    return fleet_changes.totals(
        (group.count, totals or group.difference) for group, totals in fleet.groups(head, known, day) if group.alternative == letter
    )


def agreement_of(head: Any) -> catalogue.AgreementRecord | None:
    """Return the agreement of a quote, with its clauses."""
    return catalogue_queries.agreement(agreement_id=head.agreement_id) if head.agreement_id else None
