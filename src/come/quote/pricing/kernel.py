"""Price patterns as a set. Precedence, strongest first:

1. a concession on the option of a line, 2. one on the whole line (its plan), 3. one to the customer,
4. the agreement, 5. the bundle's discount, where the line belongs to a bundle, 6. the catalogue's fleet discount by the
   volume of the quote, 7. the list price.

Within a level of clauses (1 to 4): the clause on that very price, then on the offering, then on its kind; among clauses
as precise, the highest volume threshold that the whole quote reaches, then the last one written. A threshold counts the
units of the quote that the clause speaks of.

One price has one reason: discounts never pile up silently. A missing price is an obstacle, never zero.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from come.catalogue import records as catalogue
from come.quote import records
from come.quote.pricing import rules
from come.shared import formatting, money, text

_HUNDRED = Decimal(100)
_PRICED_TYPES = frozenset({"one_off", "recurring", "instalment", "deposit"})
_PRECISION = {catalogue.ClauseTarget.PRICE: 3, catalogue.ClauseTarget.OFFERING: 2, catalogue.ClauseTarget.OFFERING_KIND: 1}
_LINE_LEVELS = (records.PriceLevel.LINE_OPTION, records.PriceLevel.LINE_PLAN)
_REASONS = {
    records.PriceLevel.LINE_OPTION: text.noop("Prix consenti sur cette option : {said}"),
    records.PriceLevel.LINE_PLAN: text.noop("Prix consenti sur cette ligne : {said}"),
    records.PriceLevel.CUSTOMER: text.noop("Prix consenti à ce client : {said}"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Book:
    """What pricing one quote depends on, counted and sorted once for all its patterns."""

    snapshot: catalogue.CatalogueSnapshot
    segment: str
    wanted_months: int | None
    agreement_reference: str
    agreement: tuple[catalogue.ClauseRecord, ...]
    customer: tuple[catalogue.ClauseRecord, ...]
    line: Mapping[str, records.Concession]
    counts: rules.Counts
    by_bundle_code: Mapping[tuple[str, str], int]
    bundle_discounts: Mapping[str, tuple[catalogue.OfferingRecord, ...]]
    fleet_discounts: tuple[catalogue.OfferingRecord, ...]
    # The prices of an offering do not depend on the pattern unless a line has its own concessions.
    known: dict[tuple[str, str], tuple[records.PricedComponent, ...]]


def price_quote(
    *,
    quantities: Mapping[records.Pattern, int],
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord | None,
    segment: str,
    concessions: Sequence[records.Concession] = (),
    commitment_months: int | None = None,
    installed: Mapping[str, int] | None = None,
) -> records.PricedQuote:
    """Price every pattern for the whole quote; those with obstacles are returned without sums.

    `quantities` maps a pattern to its number of lines. The agreement counts only while it is in force on the snapshot's day.
    `commitment_months` is what the customer commits to where offerings leave the choice (None = their longest term).
    `installed` counts the offerings that the customer has already: rules on the whole quote see them.
    """
    book = _open_book(
        quantities,
        snapshot,
        agreement,
        segment=segment,
        concessions=concessions,
        commitment_months=commitment_months,
        installed=installed or {},
    )
    checks = rules.Checks(snapshot, book.counts, segment)
    priced = tuple(_price_pattern(pattern, quantity, book, checks) for pattern, quantity in sorted(quantities.items()))
    total = records.Totals()
    for one in priced:
        if not one.obstacles:
            total = total.plus(one.line_totals.times(one.quantity))
    return records.PricedQuote(priced, total)


def _open_book(
    quantities: Mapping[records.Pattern, int],
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord | None,
    *,
    segment: str,
    concessions: Sequence[records.Concession],
    commitment_months: int | None,
    installed: Mapping[str, int],
) -> _Book:
    by_bundle_code: Counter[tuple[str, str]] = Counter()
    for pattern, quantity in quantities.items():
        for code in pattern.codes:
            by_bundle_code[pattern.bundle_code, code] += quantity
    is_in_force = agreement is not None and agreement.is_in_force(snapshot.at)
    in_bundles, in_fleet = discounts(snapshot, segment)
    return _Book(
        snapshot=snapshot,
        segment=segment,
        wanted_months=commitment_months,
        agreement_reference=agreement.reference if agreement else "",
        agreement=_current(agreement.clauses, snapshot.at) if agreement and is_in_force else (),
        customer=_current((one.clause for one in concessions if one.level == records.PriceLevel.CUSTOMER), snapshot.at),
        line={one.clause.number: one for one in concessions if one.level in _LINE_LEVELS and is_current(one.clause, snapshot.at)},
        counts=rules.Counts.of(quantities, snapshot, installed),
        by_bundle_code=by_bundle_code,
        bundle_discounts=in_bundles,
        fleet_discounts=in_fleet,
        known={},
    )


def is_current(clause: catalogue.ClauseRecord, day: dt.date) -> bool:
    """Tell whether a clause applies on a day."""
    return (clause.valid_from is None or clause.valid_from <= day) and (clause.valid_to is None or day < clause.valid_to)


def _current(clauses: Iterable[catalogue.ClauseRecord], day: dt.date) -> tuple[catalogue.ClauseRecord, ...]:
    return tuple(clause for clause in clauses if is_current(clause, day))


def discounts(
    snapshot: catalogue.CatalogueSnapshot,
    segment: str,
) -> tuple[dict[str, tuple[catalogue.OfferingRecord, ...]], tuple[catalogue.OfferingRecord, ...]]:
    """Return the discounts of each bundle, and those that any fleet of the segment earns by its volume."""
    every = [offering for offering in snapshot.offerings.values() if offering.kind == catalogue.OfferingKind.DISCOUNT]
    bundles = [offering for offering in snapshot.offerings.values() if offering.kind == catalogue.OfferingKind.BUNDLE]
    members = {bundle.code: {member.code for member in bundle.members} for bundle in bundles}
    of_bundles = set[str]().union(*members.values())
    return (
        {code: tuple(discount for discount in every if discount.code in own) for code, own in members.items()},
        tuple(one for one in every if one.code not in of_bundles and (not one.segments or segment in one.segments)),
    )


def _price_pattern(pattern: records.Pattern, quantity: int, book: _Book, checks: rules.Checks) -> records.PricedPattern:
    offerings = [book.snapshot.offerings[code] for code in pattern.codes if code in book.snapshot.offerings]
    months = max((commitment(offering, book.wanted_months) for offering in offerings), default=0)
    found = checks.obstacles(pattern)
    if found:
        return records.PricedPattern(pattern, quantity, (), records.Totals(), months, found)
    own = tuple(book.line[number] for number in pattern.concessions if number in book.line)
    components = tuple(one for offering in offerings for one in _components(offering, pattern, own, book))
    return records.PricedPattern(pattern, quantity, components, line_totals(components, months), months, ())


def commitment(offering: catalogue.OfferingRecord, wanted_months: int | None) -> int:
    """Return the commitment that an offering takes: its longest term within what is wanted, else its shortest."""
    terms = sorted(term.commitment_months for term in offering.terms)
    if not terms:
        return 0
    if wanted_months is None:
        return terms[-1]
    return max((months for months in terms if months <= wanted_months), default=terms[0])


def _components(
    offering: catalogue.OfferingRecord,
    pattern: records.Pattern,
    own: tuple[records.Concession, ...],
    book: _Book,
) -> tuple[records.PricedComponent, ...]:
    key = (offering.code, pattern.bundle_code)
    if not own and key in book.known:
        return book.known[key]
    made = tuple(_component(offering, price, pattern, own, book) for price in offering.prices if price.price_type in _PRICED_TYPES)
    if not own:
        book.known[key] = made
    return made


def _component(
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    pattern: records.Pattern,
    own: tuple[records.Concession, ...],
    book: _Book,
) -> records.PricedComponent:
    level, clause = _clause(offering, price, own, book)
    amount, number, said = price.amount, None, ""
    if clause is not None:
        amount = _by_clause(price.amount, clause)
        number, said = clause.number, clause.text_fr
        reason = _reason(level, clause, book)
    else:
        level, tier = _tier(offering, price, pattern.bundle_code, book)
        reason = text.T("Prix du catalogue.")
        if tier is not None:
            amount = _by_tier(price.amount, tier)
            said = tier.text_fr
            reason = text.T("{said} (prix du catalogue {listed}).", said=said.rstrip("."), listed=formatting.money_exact(price.amount))
    return records.PricedComponent(
        offering_code=offering.code,
        offering_version=offering.version,
        price_code=price.code,
        price_type=str(price.price_type),
        name_fr=price.name_fr,
        nature=str(price.nature),
        tax_category=str(price.tax_category),
        list_amount=price.amount,
        amount=amount,
        level=level.value,
        clause_number=number,
        clause_text=said,
        reason_fr=reason,
        instalment_count=price.instalment_count,
        cost=price.cost_eur,
        offering_name_fr=offering.name_fr,
    )


def _reason(level: records.PriceLevel, clause: catalogue.ClauseRecord, book: _Book) -> text.T:
    if level == records.PriceLevel.AGREEMENT:
        reference = book.agreement_reference
        return text.T("Accord {reference}, clause {number} : {said}", reference=reference, number=clause.number, said=clause.text_fr)
    return text.T(_REASONS[level], said=clause.text_fr)


def _clause(
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    own: tuple[records.Concession, ...],
    book: _Book,
) -> tuple[records.PriceLevel, catalogue.ClauseRecord | None]:
    groups: list[tuple[records.PriceLevel, Iterable[catalogue.ClauseRecord]]] = [
        (level, [one.clause for one in own if one.level == level]) for level in _LINE_LEVELS if own
    ]
    groups += [(records.PriceLevel.CUSTOMER, book.customer), (records.PriceLevel.AGREEMENT, book.agreement)]
    for level, clauses in groups:
        chosen = best_clause(clauses, offering, price, book.counts)
        if chosen is not None:
            return level, chosen
    return records.PriceLevel.LIST, None


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
        if not precision or minimum > _volume(clause, offering, counts):
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


def _volume(clause: catalogue.ClauseRecord, offering: catalogue.OfferingRecord, counts: rules.Counts) -> int:
    if clause.target_kind == catalogue.ClauseTarget.OFFERING_KIND:
        return counts.by_kind.get(str(offering.kind), 0)
    return counts.by_code.get(offering.code, 0)


def _by_clause(listed: Decimal, clause: catalogue.ClauseRecord) -> Decimal:
    if clause.percentage is not None:
        return _less(listed, clause.percentage)
    if clause.amount is None:
        msg = "a clause gives an amount or a percentage"
        raise ValueError(msg)
    return clause.amount


def _by_tier(listed: Decimal, tier: catalogue.DiscountTierRecord) -> Decimal:
    if tier.percentage is not None:
        return _less(listed, tier.percentage)
    # A discount takes its amount off, and never below nothing.
    return max(listed - (tier.amount or Decimal(0)), Decimal(0))


def _less(listed: Decimal, percentage: Decimal) -> Decimal:
    # A unit price is kept to the micro-euro, the finest that an invoice may carry (BR-FR-DEC-03).
    return (listed * (_HUNDRED - percentage) / _HUNDRED).quantize(money.MICRO, rounding=decimal.ROUND_HALF_UP)


def _tier(
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    bundle_code: str,
    book: _Book,
) -> tuple[records.PriceLevel, catalogue.DiscountTierRecord | None]:
    groups = (
        (records.PriceLevel.BUNDLE, book.bundle_discounts.get(bundle_code, ())),
        (records.PriceLevel.FLEET, book.fleet_discounts),
    )
    for level, group in groups:
        reached = [
            tier
            for discount in group
            for tier in discount.discount_tiers
            if tier_targets(tier, offering, price) and tier.minimum_quantity <= _tier_volume(tier, bundle_code, level, book)
        ]
        if reached:
            return level, max(reached, key=lambda tier: (tier.minimum_quantity, tier.percentage or Decimal(0), tier.amount or Decimal(0)))
    return records.PriceLevel.LIST, None


def tier_targets(tier: catalogue.DiscountTierRecord, offering: catalogue.OfferingRecord, price: catalogue.PriceRecord) -> bool:
    """Tell whether a discount's step speaks of this price."""
    if tier.price_type != price.price_type:
        return False
    return offering.code in tier.target_codes if tier.target_codes else str(offering.kind) in tier.target_kinds


def _tier_volume(tier: catalogue.DiscountTierRecord, bundle_code: str, level: records.PriceLevel, book: _Book) -> int:
    if not tier.target_codes:
        return sum(book.counts.by_kind.get(str(kind), 0) for kind in tier.target_kinds)
    if level == records.PriceLevel.BUNDLE:
        return sum(book.by_bundle_code.get((bundle_code, code), 0) for code in tier.target_codes)
    return sum(book.counts.by_code.get(code, 0) for code in tier.target_codes)


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
