"""What an act changes of negotiated prices: read before and after it, inside its transaction."""

from __future__ import annotations

import collections
import dataclasses
import uuid
from collections.abc import Collection, Mapping

from come.quote import models
from come.quote.commands import _draft
from come.quote.policies import consent


@dataclasses.dataclass(frozen=True, slots=True)
class Before:
    """Negotiated prices by pattern, and the pattern of each line that the act touches."""

    prices: Mapping[int, Mapping[consent.Key, consent.Price]]
    patterns: Mapping[uuid.UUID, int]


def read(desk: _draft.Desk, touched: Collection[uuid.UUID]) -> Before:
    """Read what the lines of an act pay before it (two statements at most); what pricing then replaces, `_pricing.reprice` keeps itself."""
    if not touched:
        return Before({}, {})
    rows = models.QuoteLine.objects.filter(quote=desk.quote, stable_id__in=list(touched), pattern__isnull=False)
    patterns = dict(rows.values_list("stable_id", "pattern_id"))
    prices = negotiated_prices(set(patterns.values()))
    return Before(prices, {key: pattern for key, pattern in patterns.items() if pattern in prices})


def refuse_unseen_changes(desk: _draft.Desk, before: Before, *, added: Collection[uuid.UUID], removed: Collection[uuid.UUID]) -> None:
    """Raise Conflict when a negotiated price changed on a line that was there before the act, unless its author consented to it."""
    known = {**desk.replaced_prices, **before.prices}
    if not known:
        return
    moves: dict[tuple[int, int], int] = collections.Counter()
    gone = set(removed)
    moving = [key for key in before.patterns if key not in gone]
    now: dict[uuid.UUID, int | None] = {}
    if moving:
        now = dict(models.QuoteLine.objects.filter(quote=desk.quote, stable_id__in=moving).values_list("stable_id", "pattern_id"))
        for key in moving:
            moves[before.patterns[key], now.get(key) or 0] += 1
    after = _prices({*known, *(pattern for pattern in now.values() if pattern is not None)})
    changed = [one for one in known if one in after and _differs(known[one], after[one])]
    if changed:
        # Lines that the act did not touch stay where they were; only patterns whose prices moved are counted.
        rows = models.QuoteLine.objects.filter(quote=desk.quote, pattern_id__in=changed)
        rows = rows.exclude(stable_id__in=[*added, *before.patterns])
        for pattern_id in rows.values_list("pattern_id", flat=True):
            moves[pattern_id, pattern_id] += 1
    found = consent.price_differences(moves, known, after, is_undone=desk.is_undoing)
    consent.refuse_without_consent(found, desk.consented_changes)


def _differs(old: Mapping[consent.Key, consent.Price], new: Mapping[consent.Key, consent.Price]) -> bool:
    return any(key in new and new[key].amount != price.amount for key, price in old.items())


def negotiated_prices(pattern_ids: Collection[int]) -> dict[int, dict[consent.Key, consent.Price]]:
    """Return the prices of these patterns that somebody negotiated (one statement)."""
    return _prices(pattern_ids, levels=list(consent.NEGOTIATED))


def _prices(pattern_ids: Collection[int], levels: list[str] | None = None) -> dict[int, dict[consent.Key, consent.Price]]:
    rows = models.QuotePatternPrice.objects.filter(pattern_id__in=list(pattern_ids))
    if levels is not None:
        rows = rows.filter(level__in=levels)
    found: dict[int, dict[consent.Key, consent.Price]] = collections.defaultdict(dict)
    fields = ("pattern_id", "offering_code", "price_code", "amount_exact", "level", "clause_number", "offering_name_fr", "name_fr")
    for pattern_id, offering, price, *rest, kind, main in rows.values_list(*fields, "price_type", "pattern__plan_code"):
        made = consent.Price(*rest)
        found[pattern_id][offering, price] = dataclasses.replace(made, price_type=kind, is_main=offering == main)
    return dict(found)
