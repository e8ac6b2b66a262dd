"""A quote's document: what it shows, and its bytes once sent."""

from __future__ import annotations

import datetime as dt
import uuid

from come.catalogue import queries as catalogue_queries
from come.party import queries as party_queries
from come.quote import models, records
from come.quote.queries import head, lines
from come.shared import actor as actors, obstacles


def document_input(*, quote_id: uuid.UUID, at: dt.datetime) -> records.DocumentInput:
    """Return everything that the document of a quote shows. The caller checked the right."""
    quote = head.quote(quote_id=quote_id, viewer=actors.system_actor("document"))
    customer = party_queries.customer_files(ids=[quote.customer_file_id])[quote.customer_file_id]
    shown = lines.patterns(quote_id=quote_id)
    snapshot = catalogue_queries.catalogue_snapshot(at=models.Quote.objects.values_list("priced_date", flat=True).get(id=quote_id))
    codes = dict.fromkeys(code for one in shown for code in (one.plan_code, one.device_code, one.bundle_code, *one.option_codes) if code)
    terms = dict.fromkeys(
        term.text_fr for code in codes if code in snapshot.offerings for term in snapshot.offerings[code].terms if term.text_fr
    )
    every, _ = lines.lines(quote_id=quote_id, limit=None)
    return records.DocumentInput(
        quote=quote,
        customer_legal_name=customer.legal_name,
        customer_siren=customer.siren,
        customer_street=customer.street,
        customer_postcode=customer.postcode,
        customer_city=customer.city,
        seller_email="",
        agency_name=customer.agency_name,
        patterns=tuple(shown),
        lines=tuple(every),
        terms=tuple(terms),
        issued_at=at,
    )


def document(*, quote_id: uuid.UUID) -> bytes:
    """Return the PDF as it was sent. Raises NotFound before."""
    row = models.QuoteDocument.objects.filter(quote_id=quote_id, kind="quote").first()
    if row is None:
        raise obstacles.not_found("Le document du devis", quote_id)
    return bytes(row.content)
