"""The documents of a quote: what they show, and those that are kept."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings

from come.catalogue import queries as catalogue_queries
from come.party import queries as party_queries
from come.quote import models, records
from come.quote.policies import legal
from come.quote.queries import fleet, included, offers, rules, sold
from come.quote.queries.lines import lines as quoted_lines
from come.quote.queries.quotes import head_of
from come.staff import queries as staff_queries


def document(*, quote_id: uuid.UUID, kind: str = "quote") -> bytes | None:
    """Return a document of a version that was sent (`quote`, `summary`, `order_form`, `evidence`), or None.

    The caller checks the right to see it.
    """
    found = models.QuoteDocument.objects.filter(quote_id=quote_id, kind=kind).values_list("content", flat=True).first()
    return None if found is None else bytes(found)


def document_kinds(*, quote_id: uuid.UUID) -> dict[str, str]:
    """Return the fingerprint of each document that a quote keeps, by kind (one statement)."""
    return dict(models.QuoteDocument.objects.filter(quote_id=quote_id).order_by("created_at", "id").values_list("kind", "sha256"))


def document_input(*, quote_id: uuid.UUID, at: dt.datetime, kind: str = "quote") -> records.DocumentInput:
    """Return everything that a document of a quote shows; an order form, only of the offer that was chosen.

    The caller checks the right to see it.
    """
    head = head_of(quote_id)
    chosen = head.acceptance.alternative if head.acceptance and kind == "order_form" else ""
    found_offers = offers.alternatives(quote=head)
    legal_rules = rules.legal_of(head=head, day=head.priced_date)
    customer = party_queries.customer_files(ids=[head.customer_file_id])[head.customer_file_id]
    emails = staff_queries.staff_emails(ids=[head.seller_id]) if head.seller_id else {}
    found = next((offer.patterns for offer in found_offers if offer.letter == chosen), sold.patterns(quote_id=quote_id))
    rows = quoted_lines(quote_id=quote_id, selection=records.Selection(), limit=None).rows
    offerings = catalogue_queries.catalogue_snapshot(at=head.priced_date).offerings
    codes = {component.offering_code for pattern in found for component in pattern.components}
    months = {pattern.commitment_months for pattern in found}
    terms = {
        term.text_fr: None
        for code in sorted(codes & set(offerings))
        for term in offerings[code].terms
        if term.commitment_months in months and term.text_fr
    }
    return records.DocumentInput(
        quote=head,
        customer=records.DocumentCustomer(
            name=customer.name,
            legal_name=customer.legal_name,
            reference=customer.reference,
            siren=customer.siren,
            street=customer.street,
            postcode=customer.postcode,
            city=customer.city,
        ),
        seller_email=emails.get(head.seller_id, "") if head.seller_id else "",
        operator_name=settings.COME_OPERATOR_NAME,
        patterns=found,
        lines=tuple(line for line in rows if line.alternative == chosen) if chosen else rows,
        terms=tuple(terms),
        issued_at=at if kind == "order_form" else head.sent_at or at,
        kind=kind,
        alternatives=() if chosen else found_offers,
        change=fleet.fleet_change(quote_id=quote_id, alternative=chosen or None) if head.kind != "new" else None,
        legal=tuple((one.text_fr, one.source) for one in legal_rules if one.code != "contract_summary"),
        volumes=included.negotiated_volumes(quote=head),
        waived_months=legal.months_over_cap(commitments=months, found=legal_rules),
    )
