"""Price patterns as a set. Precedence, highest first:

1. the agreement's clause on that very price (`price`), then on the offering, then on its kind; among clauses of one
   rank, the highest volume threshold that the quote reaches, then the last one written;
2. the bundle's discount, where the line belongs to a bundle;
3. the catalogue's fleet discount, by the volume of the quote;
4. the list price.

One price has one reason: discounts never pile up silently. A missing price is an obstacle, never zero.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from come.catalogue import records as catalogue
from come.quote import records
from come.quote.pricing import rules
from come.shared import formatting, text

_UNIT_PRICE = Decimal("0.000001")
_HUNDRED = Decimal(100)
_PRICED_TYPES = ("one_off", "recurring", "instalment", "deposit")
_RANK = {catalogue.ClauseTarget.PRICE: 3, catalogue.ClauseTarget.OFFERING: 2, catalogue.ClauseTarget.OFFERING_KIND: 1}


def round_unit_price(amount: Decimal) -> Decimal:
    """Round a negotiated unit price to a micro-euro, half up: the finest that an invoice may carry (BR-FR-DEC-03)."""
    return amount.quantize(_UNIT_PRICE, rounding=decimal.ROUND_HALF_UP)


@dataclasses.dataclass(frozen=True, slots=True)
class Context:
    """What pricing one quote depends on: the catalogue of a day, the agreement, the customer, the volumes of the whole quote."""

    snapshot: catalogue.CatalogueSnapshot
    clauses: tuple[catalogue.ClauseRecord, ...]
    agreement_reference: str
    segment: str
    by_code: Mapping[str, int]
    by_kind: Mapping[str, int]
    by_bundle_code: Mapping[tuple[str, str], int]


def price_quote(
    *,
    quantities: Mapping[records.Pattern, int],
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord | None,
    segment: str,
    installed_codes: Iterable[str] = (),
) -> records.PricedQuote:
    """Price every pattern for the whole quote; those with obstacles are returned without sums.

    `quantities` maps a pattern to its number of lines. The agreement counts only while it is in force on the snapshot's day.
    """
    context = make_context(quantities, snapshot, agreement, segment)
    together = frozenset(installed_codes) | {code for pattern in quantities for code in pattern.codes}
    priced = tuple(
        _price_pattern(pattern, quantity, context, rules.quote_obstacles(pattern, together, snapshot, segment))
        for pattern, quantity in sorted(quantities.items())
    )
    total = records.Totals()
    for one in priced:
        if not one.obstacles:
            total = total.plus(one.line_totals.times(one.quantity))
    return records.PricedQuote(priced, total)


def make_context(
    quantities: Mapping[records.Pattern, int],
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord | None,
    segment: str,
) -> Context:
    """Count the volumes of the quote and keep the clauses that apply on its day."""
    by_code: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()
    by_bundle_code: Counter[tuple[str, str]] = Counter()
    for pattern, quantity in quantities.items():
        for code in pattern.codes:
            by_code[code] += quantity
            by_bundle_code[pattern.bundle_code, code] += quantity
            if code in snapshot.offerings:
                by_kind[str(snapshot.offerings[code].kind)] += quantity
    is_in_force = agreement is not None and agreement.is_in_force(snapshot.at)
    return Context(
        snapshot=snapshot,
        clauses=tuple(clause for clause in agreement.clauses if _is_current(clause, snapshot.at)) if agreement and is_in_force else (),
        agreement_reference=agreement.reference if agreement else "",
        segment=segment,
        by_code=by_code,
        by_kind=by_kind,
        by_bundle_code=by_bundle_code,
    )


def _is_current(clause: catalogue.ClauseRecord, day: dt.date) -> bool:
    return (clause.valid_from is None or clause.valid_from <= day) and (clause.valid_to is None or day < clause.valid_to)


def _price_pattern(
    pattern: records.Pattern,
    quantity: int,
    context: Context,
    found: tuple[rules.Obstacle, ...],
) -> records.PricedPattern:
    offerings = [context.snapshot.offerings[code] for code in pattern.codes if code in context.snapshot.offerings]
    commitment = max((offering.commitment_months for offering in offerings), default=0)
    if found:
        return records.PricedPattern(pattern, quantity, (), records.Totals(), commitment, found)
    components = tuple(
        component(offering, price, pattern.bundle_code, context)
        for offering in offerings
        for price in offering.prices
        if price.price_type in _PRICED_TYPES
    )
    return records.PricedPattern(pattern, quantity, components, line_totals(components, commitment), commitment, ())


def component(
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    bundle_code: str,
    context: Context,
) -> records.PricedComponent:
    """Return one price of an offering with the reason that made it."""
    clause = best_clause(offering, price, context)
    amount, number, said, reason = price.amount, None, "", text.T("Prix du catalogue.")
    if clause is not None:
        amount = _reduced(price.amount, clause.amount, clause.percentage, is_replaced=True)
        number, said = clause.number, clause.text_fr
        reason = text.T(
            "Accord {reference}, clause {number} : {said}", reference=context.agreement_reference, number=clause.number, said=said
        )
    else:
        tier = best_tier(offering, price, bundle_code, context)
        if tier is not None:
            amount = _reduced(price.amount, tier.amount, tier.percentage, is_replaced=False)
            said = tier.text_fr
            reason = text.T("{said} (prix du catalogue {listed})", said=said.rstrip("."), listed=formatting.money_exact(price.amount))
    return records.PricedComponent(
        offering_code=offering.code,
        offering_version=offering.version,
        price_code=price.code,
        price_type=str(price.price_type),
        name_fr=price.name_fr,
        nature=str(price.nature),
        list_amount=price.amount,
        amount=amount,
        clause_number=number,
        clause_text=said,
        reason_fr=reason,
        instalment_count=price.instalment_count,
        cost=price.cost_eur,
    )


def _reduced(listed: Decimal, amount: Decimal | None, percentage: Decimal | None, *, is_replaced: bool) -> Decimal:
    if percentage is not None:
        return round_unit_price(listed * (_HUNDRED - percentage) / _HUNDRED)
    if amount is None:
        msg = "a clause or tier gives an amount or a percentage"
        raise ValueError(msg)
    # A clause replaces the price; a discount takes its amount off, and never below nothing.
    return amount if is_replaced else max(listed - amount, Decimal(0))


def best_clause(
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    context: Context,
) -> catalogue.ClauseRecord | None:
    """Return the clause that makes this price, or None: precise before wide, high volume before low, last written first."""
    best: tuple[int, int, int] | None = None
    chosen: catalogue.ClauseRecord | None = None
    for place, clause in enumerate(context.clauses):
        rank = clause_rank(clause, offering, price)
        minimum = clause.minimum_quantity or 0
        if not rank or minimum > _volume(clause, offering, context):
            continue
        order = (rank, minimum, place)
        if best is None or order > best:
            best, chosen = order, clause
    return chosen


def clause_rank(clause: catalogue.ClauseRecord, offering: catalogue.OfferingRecord, price: catalogue.PriceRecord) -> int:
    """Return how precisely a clause speaks of this price: 3, 2, 1, or 0 when it does not."""
    rank = _RANK.get(catalogue.ClauseTarget(clause.target_kind), 0)
    if clause.target_kind == catalogue.ClauseTarget.PRICE:
        return rank if (clause.offering_code, clause.price_code) == (offering.code, price.code) else 0
    if clause.price_type is not None and clause.price_type != price.price_type:
        return 0
    if clause.target_kind == catalogue.ClauseTarget.OFFERING:
        return rank if clause.offering_code == offering.code else 0
    return rank if clause.offering_kind == offering.kind else 0


def _volume(clause: catalogue.ClauseRecord, offering: catalogue.OfferingRecord, context: Context) -> int:
    if clause.target_kind == catalogue.ClauseTarget.OFFERING_KIND:
        return context.by_kind.get(str(offering.kind), 0)
    return context.by_code.get(offering.code, 0)


def best_tier(
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    bundle_code: str,
    context: Context,
) -> catalogue.DiscountTierRecord | None:
    """Return the discount of the bundle, else of the fleet, that this price earns: the highest threshold reached."""
    in_bundle, in_fleet = discounts(context.snapshot, bundle_code, context.segment)
    for group, volumes_of_bundle in ((in_bundle, bundle_code), (in_fleet, None)):
        reached = [
            tier
            for discount in group
            for tier in discount.discount_tiers
            if tier_targets(tier, offering, price) and tier.minimum_quantity <= _tier_volume(tier, volumes_of_bundle, context)
        ]
        if reached:
            return max(reached, key=lambda tier: (tier.minimum_quantity, tier.percentage or Decimal(0), tier.amount or Decimal(0)))
    return None


def discounts(
    snapshot: catalogue.CatalogueSnapshot,
    bundle_code: str,
    segment: str,
) -> tuple[list[catalogue.OfferingRecord], list[catalogue.OfferingRecord]]:
    """Return the discounts of a bundle, and those that any fleet of the segment earns by its volume."""
    every = [offering for offering in snapshot.offerings.values() if offering.kind == catalogue.OfferingKind.DISCOUNT]
    bundles = [offering for offering in snapshot.offerings.values() if offering.kind == catalogue.OfferingKind.BUNDLE]
    of_bundles = {member.code for bundle in bundles for member in bundle.members}
    own = {member.code for bundle in bundles if bundle.code == bundle_code for member in bundle.members}
    return (
        [discount for discount in every if discount.code in own],
        [discount for discount in every if discount.code not in of_bundles and (not discount.segments or segment in discount.segments)],
    )


def tier_targets(tier: catalogue.DiscountTierRecord, offering: catalogue.OfferingRecord, price: catalogue.PriceRecord) -> bool:
    """Tell whether a discount's step speaks of this price."""
    if tier.price_type != price.price_type:
        return False
    return offering.code in tier.target_codes if tier.target_codes else str(offering.kind) in tier.target_kinds


def _tier_volume(tier: catalogue.DiscountTierRecord, bundle_code: str | None, context: Context) -> int:
    if tier.target_codes:
        if bundle_code is not None:
            return sum(context.by_bundle_code.get((bundle_code, code), 0) for code in tier.target_codes)
        return sum(context.by_code.get(code, 0) for code in tier.target_codes)
    return sum(context.by_kind.get(kind, 0) for kind in tier.target_kinds)


def line_totals(components: Iterable[records.PricedComponent], commitment_months: int) -> records.Totals:
    """Return the sums of one line."""
    one_off = monthly = instalments = deposit = financed = listed = Decimal(0)
    margin: Decimal | None = Decimal(0)
    for one in components:
        match one.price_type:
            case "one_off":
                one_off += one.amount
            case "deposit":
                deposit += one.amount
            case "instalment":
                instalments += one.amount
                financed += one.amount * (one.instalment_count or 0)
            case _:
                monthly += one.amount
                listed += one.list_amount
                margin = None if margin is None or one.cost is None else margin + one.amount - one.cost
    over = one_off + financed + monthly * commitment_months
    return records.Totals(one_off, monthly, instalments, deposit, over, listed, margin)
