"""The offers of one quote, side by side."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from come.quote import models, records
from come.quote.policies import fleet_changes
from come.quote.queries import fleet, sold


def alternatives(*, quote: records.QuoteRecord) -> tuple[records.AlternativeRecord, ...]:
    """Return the offers of a quote in order, none when it is one offer (five statements). The caller checks the right to see it."""
    if not quote.alternatives:
        return ()
    return tuple(totals_of(models.Quote.objects.get(id=quote.id)).values())


def totals_of(head: Any) -> dict[str, records.AlternativeRecord]:
    """Return each offer of a quote that has several, at its own prices."""
    rows = models.QuoteLine.objects.filter(quote_id=head.id).order_by().values_list("alternative").annotate(Count("id"))
    counts = dict(rows.order_by("alternative"))
    found = sold.patterns(quote_id=head.id)
    letters = dict(models.QuotePattern.objects.filter(quote_id=head.id).values_list("id", "alternative"))
    groups = fleet.groups(head, fleet.stored_patterns(found), fleet.day_of(head)) if head.kind != "new" else []
    made: dict[str, records.AlternativeRecord] = {}
    for letter in sorted(head.alternatives):
        own = tuple(pattern for pattern in found if letters[pattern.id] == letter)
        if head.kind == "new":
            total = records.Totals()
            for pattern in own:
                total = total.plus(pattern.totals.times(pattern.quantity))
            change = None
        else:
            mine = [(group, totals) for group, totals in groups if group.alternative == letter]
            total = fleet_changes.totals((group.count, totals or group.difference) for group, totals in mine)
            change = fleet.summary([group for group, _ in mine])
        made[letter] = records.AlternativeRecord(letter, head.alternatives[letter], counts.get(letter, 0), total, own, change)
    return made
