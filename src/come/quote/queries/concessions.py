"""What was conceded in a quote, as the kernel reads it and as people read it."""

from __future__ import annotations

import uuid

from come.catalogue import records as catalogue
from come.quote import models, records
from come.shared import formatting, text

_KINDS = {"amount": catalogue.ClauseKind.AMOUNT, "percentage": catalogue.ClauseKind.PERCENTAGE}


def concessions(quote_id: uuid.UUID) -> tuple[records.Concession, ...]:
    """Return the prices conceded in a quote beside its agreement, in order of their numbers (one statement)."""
    return tuple(_concession(row) for row in models.QuoteConcession.objects.filter(quote_id=quote_id, withdrawn_at=None).order_by("id"))


def concession_rows(quote_id: uuid.UUID) -> tuple[records.ConcessionRow, ...]:
    """Return what is conceded now, with how many lines it touches (two statements); those that touch none are left out."""
    rows = list(models.QuoteConcession.objects.filter(quote_id=quote_id, withdrawn_at=None).order_by("id"))
    patterns = models.QuotePattern.objects.filter(quote_id=quote_id, quantity__gt=0) if rows else []
    counted: dict[str, int] = {}
    total = 0
    for pattern in patterns:
        total += pattern.quantity
        for number in pattern.concession_numbers:
            counted[number] = counted.get(number, 0) + pattern.quantity
    found = (
        records.ConcessionRow(
            number=row.number,
            level=row.level,
            name_fr=row.offering_name_fr,
            said=said(row),
            reason=row.reason,
            made_by_name=row.made_by_name,
            made_at=row.made_at,
            line_count=total if row.level == records.PriceLevel.CUSTOMER else counted.get(row.number, 0),
        )
        for row in rows
    )
    return tuple(one for one in found if one.line_count)


def said(row: models.QuoteConcession) -> text.T:
    """Return the sentence of a concession that the customer may read: never the seller's own reason."""
    if row.kind == "percentage":
        return text.T("{percent} de remise sur {name}", percent=formatting.percent(row.value), name=row.offering_name_fr)
    return text.T("{name} à {amount}", name=row.offering_name_fr, amount=formatting.money_exact(row.value))


def _concession(row: models.QuoteConcession) -> records.Concession:
    is_kind = not row.offering_code
    clause = catalogue.ClauseRecord(
        number=row.number,
        kind=_KINDS[row.kind],
        target_kind=catalogue.ClauseTarget.OFFERING_KIND if is_kind else catalogue.ClauseTarget.OFFERING,
        text_fr=said(row),
        offering_code=row.offering_code or None,
        offering_kind=row.offering_kind or None if is_kind else None,
        price_type=row.price_type or None,
        amount=row.value if row.kind == "amount" else None,
        percentage=row.value if row.kind == "percentage" else None,
    )
    return records.Concession(records.PriceLevel(row.level), clause)
