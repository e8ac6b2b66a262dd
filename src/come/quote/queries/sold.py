"""The patterns of a quote with their frozen prices."""

from __future__ import annotations

import collections
import uuid

from come.quote import models, records
from come.quote.queries import reading


def patterns(*, quote_id: uuid.UUID, most: int | None = None) -> tuple[records.PatternRecord, ...]:
    """Return the patterns of a quote with their prices, the most numerous first, or the first of them (two statements)."""
    found = models.QuotePattern.objects.filter(quote_id=quote_id, quantity__gt=0).order_by("-quantity", "id")
    rows = list(found if most is None else found[:most])
    prices: dict[int, list[models.QuotePatternPrice]] = collections.defaultdict(list)
    for price in models.QuotePatternPrice.objects.filter(pattern__in=[row.id for row in rows]).order_by("pattern_id", "position"):
        prices[price.pattern_id].append(price)
    return tuple(reading.pattern(row, prices[row.id]) for row in rows)
