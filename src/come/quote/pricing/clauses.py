"""Which clause, or which discount, makes a price: pure questions on one offering and one of its prices."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterable
from decimal import Decimal

from come.catalogue import records as catalogue
from come.quote.pricing import rules
from come.shared import money

_HUNDRED = Decimal(100)
_PRECISION = {catalogue.ClauseTarget.PRICE: 3, catalogue.ClauseTarget.OFFERING: 2, catalogue.ClauseTarget.OFFERING_KIND: 1}


def is_current(clause: catalogue.ClauseRecord, day: dt.date) -> bool:
    """Tell whether a clause applies on a day."""
    return (clause.valid_from is None or clause.valid_from <= day) and (clause.valid_to is None or day < clause.valid_to)


def current(clauses: Iterable[catalogue.ClauseRecord], day: dt.date) -> tuple[catalogue.ClauseRecord, ...]:
    """Return the clauses that apply on a day, in order."""
    return tuple(clause for clause in clauses if is_current(clause, day))


def best_clause(
    clauses: Iterable[catalogue.ClauseRecord],
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    counts: rules.Counts,
) -> catalogue.ClauseRecord | None:
    """Return the clause that makes this price, or None: precise before wide, high volume before low, last written first."""
    best: tuple[int, int, int] | None = None
    chosen: catalogue.ClauseRecord | None = None
    for place, clause in enumerate(clauses):
        precision = clause_precision(clause, offering, price)
        minimum = clause.minimum_quantity or 0
        if not precision or minimum > volume(clause, offering, counts):
            continue
        order = (precision, minimum, place)
        if best is None or order > best:
            best, chosen = order, clause
    return chosen


def clause_precision(clause: catalogue.ClauseRecord, offering: catalogue.OfferingRecord, price: catalogue.PriceRecord) -> int:
    """Return how precisely a clause speaks of this price: 3, 2, 1, or 0 when it does not."""
    precision = _PRECISION.get(catalogue.ClauseTarget(clause.target_kind), 0)
    if clause.target_kind == catalogue.ClauseTarget.PRICE:
        return precision if (clause.offering_code, clause.price_code) == (offering.code, price.code) else 0
    if clause.price_type is not None and clause.price_type != price.price_type:
        return 0
    if clause.target_kind == catalogue.ClauseTarget.OFFERING:
        return precision if clause.offering_code == offering.code else 0
    return precision if clause.offering_kind == offering.kind else 0


def volume(clause: catalogue.ClauseRecord, offering: catalogue.OfferingRecord, counts: rules.Counts) -> int:
    """Return how many units of the quote a clause speaks of."""
    if clause.target_kind == catalogue.ClauseTarget.OFFERING_KIND:
        return counts.by_kind.get(str(offering.kind), 0)
    return counts.by_code.get(offering.code, 0)


def tier_targets(tier: catalogue.DiscountTierRecord, offering: catalogue.OfferingRecord, price: catalogue.PriceRecord) -> bool:
    """Tell whether a discount's step speaks of this price."""
    if tier.price_type != price.price_type:
        return False
    return offering.code in tier.target_codes if tier.target_codes else str(offering.kind) in tier.target_kinds


def tier_volume(tier: catalogue.DiscountTierRecord, counts: rules.Counts, bundle_code: str = "") -> int:
    """Return how many units a discount's step counts: in the quote, or those of its codes in one bundle."""
    if not tier.target_codes:
        return sum(counts.by_kind.get(str(kind), 0) for kind in tier.target_kinds)
    held = counts.by_bundle.get(bundle_code, {}) if bundle_code else counts.by_code
    return sum(held.get(code, 0) for code in tier.target_codes)


def by_tier(listed: Decimal, tier: catalogue.DiscountTierRecord) -> Decimal:
    """Return what a discount's step leaves of a list price: kept to the micro-euro (BR-FR-DEC-03), never below nothing."""
    if tier.percentage is not None:
        return (listed * (_HUNDRED - tier.percentage) / _HUNDRED).quantize(money.MICRO, rounding=decimal.ROUND_HALF_UP)
    return max(listed - (tier.amount or Decimal(0)), Decimal(0))
