"""Price a draft again and write what changed: patterns, their prices, the sums of the quote."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Count

from come.quote import models, records
from come.quote.commands import _consent, _draft, _lines
from come.quote.queries import changes, reading
from come.shared import bulk

_PRICE_COLUMNS = (
    "pattern_id", "position", "offering_code", "offering_version", "offering_name_fr", "price_code", "price_type", "name_fr", "nature",
    "tax_category", "level", "list_amount_exact", "amount_exact", "clause_number", "clause_text", "reason_fr", "instalment_count",
    "cost_exact",
)  # fmt: skip
_PATTERNS = """
UPDATE quote_pattern p
   SET quantity = n.quantity, commitment_months = n.commitment_months, one_off_exact = n.one_off_exact, monthly_exact = n.monthly_exact,
       instalments_monthly_exact = n.instalments_monthly_exact, deposit_exact = n.deposit_exact,
       over_commitment_exact = n.over_commitment_exact, list_monthly_exact = n.list_monthly_exact,
       margin_monthly_exact = n.margin_monthly_exact, issues = n.issues, has_obstacle = n.has_obstacle, fingerprint = n.fingerprint,
       plan_name_fr = n.plan_name_fr, device_name_fr = n.device_name_fr,
       option_names_fr = ARRAY(SELECT jsonb_array_elements_text(n.option_names_fr))
  FROM jsonb_to_recordset(%s::jsonb) AS n(id bigint, quantity int, commitment_months smallint, one_off_exact numeric, monthly_exact numeric,
       instalments_monthly_exact numeric, deposit_exact numeric, over_commitment_exact numeric, list_monthly_exact numeric,
       margin_monthly_exact numeric, issues jsonb, has_obstacle boolean, fingerprint text, plan_name_fr text, device_name_fr text,
       option_names_fr jsonb)
 WHERE p.id = n.id
"""
_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE l.has_obstacle OR coalesce(p.has_obstacle, false))
  FROM quote_line l LEFT JOIN quote_pattern p ON p.id = l.pattern_id WHERE l.quote_id = %s
"""


# What pricing needs of a pattern's row: thousands of them are read as plain tuples.
_KNOWN = ("id", "plan_code", "option_codes", "device_code", "bundle_code", "alternative", "concession_numbers", "fingerprint")


def reprice(desk: _draft.Desk) -> None:
    """Price every pattern of a locked draft on its pricing day and save its sums; patterns without lines go.

    The negotiated prices that are replaced stay on the desk: whoever acts says whether its author saw them (`_consent`).
    """
    quote = desk.quote
    models.QuotePattern.objects.filter(quote=quote, lines__isnull=True).delete()
    rows = models.QuotePattern.objects.filter(quote=quote).values_list(*_KNOWN, named=True)
    quantities = dict(
        models.QuoteLine.objects.filter(quote=quote, pattern__isnull=False).values_list("pattern_id").annotate(Count("id")).order_by()
    )
    by_pattern = {reading.pattern_key(row): row for row in rows}
    priced = changes.priced_on(quote, {pattern: quantities[row.id] for pattern, row in by_pattern.items()}, desk.snapshot)
    marks = _fingerprints(priced.patterns)
    changed = [(by_pattern[one.pattern], one, mark) for one, mark in zip(priced.patterns, marks, strict=True)]
    _write_patterns(desk, [(row, one, mark) for row, one, mark in changed if mark != row.fingerprint])
    _write_sums(desk, priced.totals)


def _write_patterns(desk: _draft.Desk, changed: Sequence[tuple[Any, records.PricedPattern, str]]) -> None:
    if not changed:
        return
    known = [row.id for row, _, _ in changed if row.fingerprint]
    if known:
        desk.replaced_prices = {**_consent.negotiated_prices(known), **desk.replaced_prices}
    names = {code: offering.name_fr for code, offering in desk.snapshot.offerings.items()}
    patterns = [_pattern_values(row, one, mark, names) for row, one, mark in changed]
    with connection.cursor() as cursor:
        cursor.execute(_PATTERNS, [json.dumps(patterns, ensure_ascii=False)])
        cursor.execute("DELETE FROM quote_pattern_price WHERE pattern_id = ANY(%s)", [[row.id for row, _, _ in changed]])
    bulk.copy_rows(
        table="quote_pattern_price",
        columns=_PRICE_COLUMNS,
        rows=(
            (row.id, place, *_price_values(component))
            for row, one, _ in changed
            for place, component in enumerate(one.components)
        ),
    )  # fmt: skip


def _fingerprints(patterns: Iterable[records.PricedPattern]) -> Iterator[str]:
    """Yield what stands for the prices of each pattern; a price that many patterns share is written out once."""
    known: dict[int, str] = {}
    for one in patterns:
        said = []
        for component in one.components:
            mark = known.get(id(component))
            if mark is None:
                mark = known[id(component)] = _digest(component)
            said.append(mark)
        yield _digest((one.quantity, one.commitment_months, said, one.obstacles))


def _digest(value: Any) -> str:
    return hashlib.md5(repr(value).encode(), usedforsecurity=False).hexdigest()


def _pattern_values(row: Any, one: records.PricedPattern, mark: str, names: Mapping[str, str]) -> dict[str, Any]:
    totals = one.line_totals
    issues = [records.Issue("plan", obstacle.code, obstacle.message, obstacle.next_step) for obstacle in one.obstacles]
    return {
        "id": row.id,
        "quantity": one.quantity,
        "commitment_months": one.commitment_months,
        "one_off_exact": str(totals.one_off),
        "monthly_exact": str(totals.monthly),
        "instalments_monthly_exact": str(totals.instalments_monthly),
        "deposit_exact": str(totals.deposit),
        "over_commitment_exact": str(totals.over_commitment),
        "list_monthly_exact": str(totals.list_monthly),
        "margin_monthly_exact": None if totals.margin_monthly is None else str(totals.margin_monthly),
        "issues": [_lines.issue_json(issue) for issue in issues],
        "has_obstacle": bool(issues),
        "fingerprint": mark,
        "plan_name_fr": names.get(row.plan_code, row.plan_code),
        "option_names_fr": [names.get(code, code) for code in row.option_codes],
        "device_name_fr": names.get(row.device_code, row.device_code),
    }


def _price_values(one: records.PricedComponent) -> tuple[Any, ...]:
    return (
        one.offering_code, one.offering_version, one.offering_name_fr, one.price_code, one.price_type, one.name_fr, one.nature,
        one.tax_category, one.level, one.list_amount, one.amount, one.clause_number or "", str(one.clause_text), str(one.reason_fr),
        one.instalment_count, one.cost,
    )  # fmt: skip


def _write_sums(desk: _draft.Desk, totals: records.Totals) -> None:
    quote = desk.quote
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [quote.id])
        quote.line_count, quote.issue_count = cursor.fetchone()
    quote.one_off_exact = totals.one_off
    quote.monthly_exact = totals.monthly
    quote.instalments_monthly_exact = totals.instalments_monthly
    quote.deposit_exact = totals.deposit
    quote.over_commitment_exact = totals.over_commitment
    quote.list_monthly_exact = totals.list_monthly
    quote.margin_monthly_exact = totals.margin_monthly
    quote.catalogue_version_hash = desk.snapshot.version_hash
    quote.updated_at = desk.at
    quote.revision += 1
    quote.save()
