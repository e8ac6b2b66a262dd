"""Rows as frozen records."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from come.quote import models, records
from come.shared import text


def issues(kept: Any) -> tuple[records.Issue, ...]:
    """Return issues as they are kept, their sentences ready to be said in any language."""
    found = json.loads(kept) if isinstance(kept, str) else kept
    return tuple(
        records.Issue(one["column"], one["code"], sentence(one["message"]), sentence(one["next_step"]), one["severity"]) for one in found
    )


def sentence(kept: Any) -> str:
    """Return a sentence as it is kept, ready to be said in any language."""
    return text.T(kept["t"], **kept["v"]) if isinstance(kept, dict) else str(kept)


def totals(row: models.Quote | models.QuotePattern) -> records.Totals:
    """Return the sums of a quote or of one line of a pattern."""
    return records.Totals(
        row.one_off_exact,
        row.monthly_exact,
        row.instalments_monthly_exact,
        row.deposit_exact,
        row.over_commitment_exact,
        row.list_monthly_exact,
        row.margin_monthly_exact,
    )


def component(row: models.QuotePatternPrice) -> records.PricedComponent:
    """Return one frozen price."""
    return records.PricedComponent(
        offering_code=row.offering_code,
        offering_version=row.offering_version,
        price_code=row.price_code,
        price_type=row.price_type,
        name_fr=row.name_fr,
        nature=row.nature,
        tax_category=row.tax_category,
        list_amount=row.list_amount_exact,
        amount=row.amount_exact,
        level=row.level,
        clause_number=row.clause_number or None,
        clause_text=row.clause_text,
        reason_fr=row.reason_fr,
        instalment_count=row.instalment_count,
        cost=row.cost_exact,
        offering_name_fr=row.offering_name_fr,
    )


def pattern(row: models.QuotePattern, prices: Iterable[models.QuotePatternPrice]) -> records.PatternRecord:
    """Return one pattern with its prices in order."""
    return records.PatternRecord(
        id=row.id,
        plan_code=row.plan_code,
        plan_name_fr=row.plan_name_fr,
        option_codes=tuple(row.option_codes),
        option_names_fr=tuple(row.option_names_fr),
        device_code=row.device_code,
        device_name_fr=row.device_name_fr,
        bundle_code=row.bundle_code,
        quantity=row.quantity,
        commitment_months=row.commitment_months,
        totals=totals(row),
        components=tuple(component(price) for price in prices),
        issues=issues(row.issues),
    )


def plain(kept: Any) -> dict[str, str]:
    """Return cells as they are kept."""
    found: dict[str, str] = json.loads(kept) if isinstance(kept, str) else kept
    return found


def decoded(kept: Any) -> Any:
    """Return what a JSON column holds, whether the driver decoded it or not."""
    return json.loads(kept) if isinstance(kept, str) else kept


def pattern_key(row: Any) -> records.Pattern:
    """Return what the kernel calls the pattern of a row, or of a tuple of its columns."""
    return records.Pattern(
        row.plan_code, tuple(row.option_codes), row.device_code, row.bundle_code, row.alternative, tuple(row.concession_numbers)
    )
