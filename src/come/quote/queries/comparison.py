"""Two versions of a quote side by side: lines that came, went or changed, prices that moved and why, sums."""

from __future__ import annotations

import collections
import dataclasses
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from come.quote import records
from come.quote.policies import tables
from come.quote.queries import reading, sold

_DIFFERENT = """
  FROM (SELECT l.stable_id, l.position, l.cells, l.action, l.alternative, p.id AS pattern_id,
               p.monthly_exact + p.instalments_monthly_exact AS monthly
          FROM quote_line l LEFT JOIN quote_pattern p ON p.id = l.pattern_id WHERE l.quote_id = %(before)s) a
  FULL JOIN (SELECT l.stable_id, l.position, l.cells, l.action, l.alternative, p.id AS pattern_id,
                    p.monthly_exact + p.instalments_monthly_exact AS monthly
          FROM quote_line l LEFT JOIN quote_pattern p ON p.id = l.pattern_id WHERE l.quote_id = %(after)s) b USING (stable_id)
"""
_WHERE = """
 WHERE a.cells IS DISTINCT FROM b.cells OR a.action IS DISTINCT FROM b.action OR a.alternative IS DISTINCT FROM b.alternative
    OR a.monthly IS DISTINCT FROM b.monthly
"""
_ROWS = f"""
SELECT stable_id, a.position, b.position, a.cells, b.cells, a.action, b.action, a.monthly, b.monthly {_DIFFERENT} {_WHERE}
 ORDER BY coalesce(b.position, a.position), stable_id OFFSET %(offset)s LIMIT %(limit)s
"""
_COUNTS = f"""
SELECT count(*) FILTER (WHERE a.position IS NULL), count(*) FILTER (WHERE b.position IS NULL),
       count(*) FILTER (WHERE a.position IS NOT NULL AND b.position IS NOT NULL) {_DIFFERENT} {_WHERE}
"""
_PAIRS = f"""
SELECT a.pattern_id, b.pattern_id, count(*) {_DIFFERENT}
 WHERE a.pattern_id IS NOT NULL AND b.pattern_id IS NOT NULL GROUP BY a.pattern_id, b.pattern_id
"""


@dataclasses.dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line of one version that is not the same in the other; `kind`: added, removed or changed. `cells`: (column, old, new)."""

    stable_id: uuid.UUID
    kind: str
    position: int
    user_label: str
    said: str
    cells: tuple[tuple[str, str, str], ...]
    is_ended: bool
    monthly_before: Decimal | None
    monthly_after: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class ComparedPrice:
    """A price of lines that both versions have, and that moved: by how much on each, why it was and is so."""

    offering_name_fr: str
    name_fr: str
    price_type: str
    before: Decimal
    after: Decimal
    reason_before: str
    reason_after: str
    line_count: int


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions: how many lines came, went and changed, a window on them, the prices that moved."""

    before: records.QuoteRecord
    after: records.QuoteRecord
    added: int
    removed: int
    changed: int
    rows: tuple[ComparedLine, ...]
    prices: tuple[ComparedPrice, ...]

    @property
    def total(self) -> int:
        """Return how many lines differ."""
        return self.added + self.removed + self.changed

    @property
    def monthly_difference(self) -> Decimal:
        """Return what the second version costs more each month."""
        return _monthly(self.after) - _monthly(self.before)


def _monthly(quote: records.QuoteRecord) -> Decimal:
    return quote.totals.monthly + quote.totals.instalments_monthly


def compare(*, before: records.QuoteRecord, after: records.QuoteRecord, offset: int = 0, limit: int = 100) -> Comparison:
    """Return what differs between two versions of a quote, or two quotes (seven statements). The caller checks the right to see both."""
    given: dict[str, Any] = {"before": before.id, "after": after.id, "offset": offset, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, given)
        added, removed, changed = cursor.fetchone()
        cursor.execute(_ROWS, given)
        rows = tuple(_line(row) for row in cursor.fetchall())
        cursor.execute(_PAIRS, given)
        pairs = cursor.fetchall()
    old = {one.id: one for one in sold.patterns(quote_id=before.id)}
    new = {one.id: one for one in sold.patterns(quote_id=after.id)}
    return Comparison(before, after, added, removed, changed, rows, _prices(pairs, old, new))


def _line(row: tuple[Any, ...]) -> ComparedLine:
    stable_id, old_place, new_place, old, new, old_action, new_action, old_monthly, new_monthly = row
    before = reading.plain(old) if old is not None else {}
    after = reading.plain(new) if new is not None else {}
    kind = "added" if old is None else "removed" if new is None else "changed"
    shown = after or before
    moved = tuple(
        (column, before.get(column, ""), after.get(column, ""))
        for column in tables.CELLS
        if kind == "changed" and before.get(column, "") != after.get(column, "")
    )
    said = " + ".join(shown[column] for column in (tables.PLAN, tables.OPTIONS, tables.DEVICE) if shown.get(column))
    is_ended = new_action == "terminate" and old_action != "terminate"
    place = new_place if new_place is not None else old_place
    return ComparedLine(stable_id, kind, place, shown.get(tables.USER_LABEL, ""), said, moved, is_ended, old_monthly, new_monthly)


def _prices(
    pairs: list[tuple[int, int, int]],
    old: Mapping[int, records.PatternRecord],
    new: Mapping[int, records.PatternRecord],
) -> tuple[ComparedPrice, ...]:
    counts: collections.Counter[tuple[Any, ...]] = collections.Counter()
    for before_id, after_id, count in pairs:
        if before_id not in old or after_id not in new:
            continue
        known = {(one.offering_code, one.price_code): one for one in old[before_id].components}
        for one in new[after_id].components:
            was = known.get((one.offering_code, one.price_code))
            if was is not None and was.amount != one.amount:
                key = (one.offering_name_fr, one.name_fr, one.price_type, was.amount, one.amount, was.reason_fr, one.reason_fr)
                counts[key] += count
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0][:2]))
    return tuple(
        ComparedPrice(name, price, kind, before, after, reason_before, reason_after, count)
        for (name, price, kind, before, after, reason_before, reason_after), count in ordered
    )
