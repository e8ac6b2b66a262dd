"""A quote's lines by windows, and its patterns."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.quote import models, records
from come.quote.queries import head

_ISSUES = ~Q(issues=[]) | Q(pattern__isnull=True) | ~Q(pattern__issues=[])


def lines(
    *,
    quote_id: uuid.UUID,
    offset: int = 0,
    limit: int | None = 100,
    is_only_issues: bool = False,
    text: str = "",
) -> tuple[list[records.LineRecord], int]:
    """Return a window of a quote's lines in their order, and how many match (two statements). The caller checked the right."""
    rows = models.QuoteLine.objects.filter(quote_id=quote_id)
    if is_only_issues:
        rows = rows.filter(_ISSUES)
    if text:
        rows = rows.filter(Q(user_label__icontains=text) | Q(msisdn__contains=text.replace(" ", "").lstrip("0")) | Q(cells__icontains=text))
    total = rows.count()
    page = rows.select_related("pattern").order_by("position")
    window = page[offset:] if limit is None else page[offset : offset + limit]
    return [_line(row) for row in window], total


def _line(row: models.QuoteLine) -> records.LineRecord:
    pattern = row.pattern
    issues = [*row.issues, *(pattern.issues if pattern else ())]
    is_priced = pattern is not None and not pattern.issues
    return records.LineRecord(
        stable_id=row.stable_id,
        position=row.position,
        cells=_shown(row),
        plan_name_fr=row.cells.get("plan", ""),
        monthly=pattern.monthly_exact + pattern.instalments_monthly_exact if pattern and is_priced else None,
        one_off=pattern.one_off_exact if pattern and is_priced else None,
        issues=tuple(issue(value) for value in issues),
    )


def _shown(row: models.QuoteLine) -> dict[str, str]:
    """Show canonical identifiers where they are right, what was typed where they are not."""
    cells = {column: str(value) for column, value in row.cells.items()}
    if row.msisdn:
        cells["msisdn"] = row.msisdn
    return cells


def issue(value: Mapping[str, str]) -> records.Issue:
    """Return the record of a stored issue."""
    return records.Issue(value["column"], value["code"], value["message"], value.get("next_step", ""))


def patterns(*, quote_id: uuid.UUID) -> list[records.PatternRecord]:
    """Return a quote's patterns, the dearest first, with their frozen prices (three statements)."""
    rows = list(models.QuotePattern.objects.filter(quote_id=quote_id).select_related("quote").prefetch_related("prices"))
    if not rows:
        return []
    snapshot = catalogue_queries.catalogue_snapshot(at=rows[0].quote.priced_date)
    made = [_pattern(row, snapshot.offerings) for row in rows]
    return sorted(made, key=lambda one: (-(one.totals.monthly + one.totals.instalments_monthly) * one.quantity, one.plan_code, one.id))


def _pattern(row: Any, offerings: Mapping[str, catalogue.OfferingRecord]) -> records.PatternRecord:
    return records.PatternRecord(
        id=row.id,
        plan_code=row.plan_code,
        plan_name_fr=_name(row.plan_code, offerings),
        option_codes=tuple(row.option_codes),
        option_names_fr=tuple(_name(code, offerings) for code in row.option_codes),
        device_code=row.device_code,
        device_name_fr=_name(row.device_code, offerings),
        bundle_code=row.bundle_code,
        quantity=row.quantity,
        commitment_months=row.commitment_months,
        totals=head.totals(row),
        components=components(row.prices.all()),
        issues=tuple(issue(value) for value in row.issues),
    )


def _name(code: str, offerings: Mapping[str, catalogue.OfferingRecord]) -> str:
    return offerings[code].name_fr if code in offerings else code


def components(rows: Iterable[models.QuotePatternPrice]) -> tuple[records.PricedComponent, ...]:
    """Return frozen prices in their order."""
    return tuple(
        records.PricedComponent(
            offering_code=row.offering_code,
            offering_version=row.offering_version,
            price_code=row.price_code,
            price_type=row.price_type,
            name_fr=row.name_fr,
            nature=row.nature,
            list_amount=row.list_amount_exact,
            amount=row.amount_exact,
            clause_number=row.clause_number or None,
            clause_text=row.clause_text,
            reason_fr=row.reason_fr,
            instalment_count=row.instalment_count,
            cost=row.cost_exact,
        )
        for row in sorted(rows, key=lambda one: one.position)
    )
