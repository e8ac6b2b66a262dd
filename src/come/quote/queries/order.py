"""An accepted quote as the order takes it."""

from __future__ import annotations

import uuid

from come.quote import models, records
from come.quote.policies import states
from come.quote.queries import lines as line_queries
from come.shared import obstacles, text


def quote_for_order(*, quote_id: uuid.UUID) -> records.AcceptedQuote:
    """Return an accepted quote with its lines and frozen prices (four statements).

    Raises NotFound, or Conflict when it is not accepted.
    """
    quote = models.Quote.objects.select_related("customer_file").filter(id=quote_id).first()
    if quote is None:
        raise obstacles.not_found("Le devis", quote_id)
    if quote.state != states.ACCEPTED:
        raise obstacles.Conflict(
            obstacles.Obstacle(
                "quote.not_accepted",
                obstacles.Severity.REFUSAL,
                text.T("Le devis {reference} n’est pas accepté : il ne peut pas être commandé.", reference=quote.reference),
                text.T("Enregistrez l’acceptation du client, puis commandez."),
            ),
        )
    frozen = {
        row.id: (row, line_queries.components(row.prices.all()))
        for row in models.QuotePattern.objects.filter(quote=quote).prefetch_related("prices")
    }
    rows = models.QuoteLine.objects.filter(quote=quote, pattern__isnull=False).order_by("position")
    return records.AcceptedQuote(
        quote_id=quote.id,
        reference=quote.reference,
        version=quote.version,
        customer_file_id=quote.customer_file_id,
        legal_unit_id=quote.customer_file.legal_unit_id,
        agency_id=quote.agency_id,
        billing_account_id=quote.billing_account_id,
        agreement_id=quote.agreement_id,
        lines=tuple(_line(row, *frozen[row.pattern_id]) for row in rows if row.pattern_id is not None),
    )


def _line(
    row: models.QuoteLine,
    pattern: models.QuotePattern,
    components: tuple[records.PricedComponent, ...],
) -> records.AcceptedLine:
    return records.AcceptedLine(
        stable_id=row.stable_id,
        position=row.position,
        plan_code=pattern.plan_code,
        option_codes=tuple(pattern.option_codes),
        device_code=pattern.device_code or None,
        user_label=row.user_label,
        msisdn=row.msisdn or None,
        rio=row.rio or None,
        iccid=row.iccid or None,
        cost_centre=row.cost_centre or None,
        components=components,
    )
