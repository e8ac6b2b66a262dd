"""Quotes as machines read them: items by what the sender called them, or by pattern; any number of quotes in four statements."""

from __future__ import annotations

import collections
import dataclasses
import uuid
from collections.abc import Sequence

from django.db import connection

from come.quote import models, records
from come.quote.queries import quotes, reading
from come.shared import actor as actors
from come.staff import policies as rights

_ITEMS = """
SELECT quote_id, item_ref, pattern_id, count(*), (array_agg(cells ORDER BY position))[1], bool_or(has_obstacle),
       jsonb_agg(issues) FILTER (WHERE issues <> '[]')
  FROM quote_line WHERE quote_id = ANY(%s)
 GROUP BY quote_id, item_ref, pattern_id ORDER BY quote_id, min(position)
"""


@dataclasses.dataclass(frozen=True, slots=True)
class ItemRecord:
    """Lines alike that the sender gave as one item; `cells` are those of its only line, empty when there are several."""

    reference: str
    quantity: int
    cells: dict[str, str]
    pattern: records.PatternRecord | None
    issues: tuple[records.Issue, ...]
    has_obstacle: bool


def items(*, quote_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[ItemRecord]]:
    """Return the items of these quotes, in order (three statements). The caller checks the right to see them."""
    patterns: dict[int, models.QuotePattern] = {row.id: row for row in models.QuotePattern.objects.filter(quote_id__in=quote_ids)}
    prices: dict[int, list[models.QuotePatternPrice]] = collections.defaultdict(list)
    for price in models.QuotePatternPrice.objects.filter(pattern__quote_id__in=quote_ids).order_by("pattern_id", "position"):
        prices[price.pattern_id].append(price)
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [list(quote_ids)])
        rows = cursor.fetchall()
    found: dict[uuid.UUID, list[ItemRecord]] = collections.defaultdict(list)
    for quote_id, reference, pattern_id, count, cells, has_obstacle, raised in rows:
        pattern = reading.pattern(patterns[pattern_id], prices[pattern_id]) if pattern_id is not None else None
        own = [issue for one in _plain(raised) for issue in reading.issues(one)]
        issues = tuple(dict.fromkeys((*own, *(pattern.issues if pattern else ()))))
        only = reading.plain(cells) if count == 1 else {}
        is_blocked = has_obstacle or bool(pattern and pattern.issues)
        number = reference or str(len(found[quote_id]) + 1)
        found[quote_id].append(ItemRecord(number, count, only, pattern, issues, is_blocked))
    return found


def _plain(raised: object) -> list[object]:
    found = reading.decoded(raised)
    return list(found) if isinstance(found, list) else []


def quote_records(
    *,
    viewer: actors.Actor,
    filters: records.QuoteFilters,
    external_id: str = "",
    reference: str = "",
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[records.QuoteRecord], int]:
    """Return one page of the last versions that a person sees, whole heads, newest first, and how many there are (two statements)."""
    rights.require(viewer, "quote.read")
    rows = quotes._filtered(quotes._visible(viewer), filters)  # noqa: SLF001 - the same package's row sets
    if external_id:
        rows = rows.filter(external_id=external_id)
    if reference:
        rows = rows.filter(reference=reference)
    ids = rows.order_by("-created_at", "-id").values_list("id", flat=True)[offset : offset + limit]
    heads = quotes._heads().filter(id__in=list(ids)).order_by("-created_at", "-id")  # noqa: SLF001 - as above
    return [quotes.record(row) for row in heads], rows.count()
