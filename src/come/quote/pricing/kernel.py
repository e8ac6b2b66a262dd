"""Price patterns as a set. Precedence, strongest first:

1. a concession on the option of a line, 2. one on the whole line (its plan), 3. one to the customer,
4. the agreement, 5. the bundle's discount, where the line belongs to a bundle, 6. the catalogue's fleet discount by the
   volume of the quote, 7. the list price.

Within a level of clauses (1 to 4): the clause on that very price, then on the offering, then on its kind; among clauses
as precise, the highest volume threshold that the whole quote reaches, then the last one written. A threshold counts the
units of the quote that the clause speaks of.

One price has one reason: discounts never pile up silently. A percentage of an agreement is taken off the list; one that is conceded
in the quote is taken off what would be paid without it, and says so. A missing price is an obstacle, never zero.

An offering costs the same on every line of one bundle with the same concessions: it is priced once there (`_Shelf`), a set of options
is added up once, and a pattern only adds what its plan and device cost to what its options cost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from come.catalogue import policies as catalogue_policies, records as catalogue
from come.quote import records
from come.quote.pricing import clauses, rules
from come.shared import formatting, obstacles, text

_ZERO = Decimal(0)
_PRICED_TYPES = frozenset({"one_off", "recurring", "instalment", "deposit"})
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
    wanted_months: int | None
    agreement_reference: str
    agreement: tuple[catalogue.ClauseRecord, ...]
    customer: tuple[catalogue.ClauseRecord, ...]
    line: Mapping[str, records.Concession]
    counts: rules.Counts
    bundle_discounts: Mapping[str, tuple[catalogue.OfferingRecord, ...]]
    fleet_discounts: tuple[catalogue.OfferingRecord, ...]


class _Sums(NamedTuple):
    """What one unit of something costs: `financed` is the whole of its instalments, `margin` None when a cost is not known."""

    one_off: Decimal
    monthly: Decimal
    instalments: Decimal
    deposit: Decimal
    financed: Decimal
    listed: Decimal
    margin: Decimal | None


_NOTHING = _Sums(_ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO, _ZERO)


class _Sold(NamedTuple):
    """Offerings as a shelf sells them together."""

    components: tuple[records.PricedComponent, ...]
    sums: _Sums
    months: int
    obstacles: tuple[obstacles.Obstacle, ...]


class _Shelf(dict[tuple[str, ...], _Sold]):
    """What sets of offerings cost on the lines of one bundle with the same concessions; each is worked out when first asked for."""

    def __init__(self, book: _Book, bundle_code: str, numbers: tuple[str, ...]) -> None:
        super().__init__()
        self._book = book
        self._bundle_code = bundle_code
        conceded = [book.line[number] for number in numbers if number in book.line]
        levels = [(level, tuple(one.clause for one in conceded if one.level == level)) for level in _LINE_LEVELS]
        levels.append((records.PriceLevel.CUSTOMER, book.customer))
        self._conceded = [(level, found) for level, found in levels if found]

    def __missing__(self, codes: tuple[str, ...]) -> _Sold:
        if len(codes) > 1:
            # One offering more than a smaller set, which is worked out already or soon will be.
            most, last = self[codes[:-1]], self[codes[-1:]]
            components, found = most.components + last.components, most.obstacles + last.obstacles
            made = _Sold(components, _plus(most.sums, last.sums), max(most.months, last.months), found)
        else:
            made = self._offering(codes[0]) if codes else _Sold((), _NOTHING, 0, ())
        self[codes] = made
        return made

    def _offering(self, code: str) -> _Sold:
        offering = self._book.snapshot.offerings[code]
        components, found = [], []
        for price in offering.prices:
            if price.price_type in _PRICED_TYPES:
                try:
                    components.append(self._component(offering, price))
                except catalogue_policies.NoAmountError as without:
                    found.append(_clause_without_price(offering, without))
        return _Sold(tuple(components), _sums(components), commitment(offering, self._book.wanted_months), tuple(found))

    def _component(self, offering: catalogue.OfferingRecord, price: catalogue.PriceRecord) -> records.PricedComponent:
        level, amount, reason, clause_number, clause_text = self._decided(offering, price)
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
            clause_number=clause_number,
            clause_text=clause_text,
            reason_fr=reason,
            instalment_count=price.instalment_count,
            cost=price.cost_eur,
            offering_name_fr=offering.name_fr,
        )

    def _decided(
        self, offering: catalogue.OfferingRecord, price: catalogue.PriceRecord
    ) -> tuple[records.PriceLevel, Decimal, text.T, str | None, str]:
        counts = self._book.counts
        for level, group in self._conceded:
            clause = clauses.best_clause(group, offering, price, counts)
            if clause is not None:
                # A percentage conceded is taken off what would be paid without it: a concession never raises a price.
                base = price.amount if clause.percentage is None else self._agreed(offering, price)[1]
                said = clause.text_fr
                if clause.percentage is not None:
                    said = text.T("{said} (sans elle, {amount}).", said=said.rstrip("."), amount=formatting.money_exact(base))
                quantity = clauses.volume(clause, offering, counts)
                amount = catalogue_policies.negotiated_amount(listed=base, clause=clause, quantity=quantity)
                return level, amount, text.T(_REASONS[level], said=said), clause.number, clause.text_fr
        return self._agreed(offering, price)

    def _agreed(
        self, offering: catalogue.OfferingRecord, price: catalogue.PriceRecord
    ) -> tuple[records.PriceLevel, Decimal, text.T, str | None, str]:
        """Return what would be paid without any concession: by the agreement, by a discount of the catalogue, or by its list."""
        counts = self._book.counts
        clause = clauses.best_clause(self._book.agreement, offering, price, counts)
        if clause is not None:
            quantity = clauses.volume(clause, offering, counts)
            amount = catalogue_policies.negotiated_amount(listed=price.amount, clause=clause, quantity=quantity)
            reference, said = self._book.agreement_reference, clause.text_fr
            reason = text.T("Accord {reference}, clause {number} : {said}", reference=reference, number=clause.number, said=said)
            return records.PriceLevel.AGREEMENT, amount, reason, clause.number, said
        level, tier = _tier(offering, price, self._bundle_code, self._book)
        if tier is None:
            return level, price.amount, text.T("Prix du catalogue."), None, ""
        listed = formatting.money_exact(price.amount)
        reason = text.T("{said} (prix du catalogue {listed}).", said=tier.text_fr.rstrip("."), listed=listed)
        return level, clauses.by_tier(price.amount, tier), reason, None, tier.text_fr


def price_quote(
    *,
    quantities: Mapping[records.Pattern, int],
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord | None,
    segment: str,
    concessions: Sequence[records.Concession] = (),
    commitment_months: int | None = None,
    installed: Mapping[str, int] | None = None,
    territory: str = "",
) -> records.PricedQuote:
    """Price every pattern for the whole quote, in the order given; those with obstacles are returned without sums.

    `quantities` maps a pattern to its number of lines. The agreement counts only while it is in force on the snapshot's day.
    `concessions` at the line levels hold for the patterns that list their number, at the customer's level for all.
    `commitment_months` is what the customer commits to where offerings leave the choice (None = their longest term).
    `installed` counts the offerings that the customer has already: rules on the whole quote see them. `territory` is where the
    customer is; offers limited to other territories are refused (empty = not known, nothing is refused).
    """
    lines = [(pattern, pattern.codes, quantity) for pattern, quantity in quantities.items()]
    counts = rules.Counts.of(lines, snapshot, installed or {})
    book = _open_book(counts, snapshot, agreement, segment=segment, concessions=concessions, commitment_months=commitment_months)
    checks = rules.Checks(snapshot, counts, segment, territory)
    shelves: dict[tuple[str, tuple[str, ...]], _Shelf] = {}
    priced = []
    for pattern, codes, quantity in lines:
        key = (pattern.bundle_code, pattern.concessions)
        shelf = shelves.get(key)
        if shelf is None:
            shelf = shelves[key] = _Shelf(book, *key)
        priced.append(_price_pattern(pattern, codes, quantity, shelf, checks))
    return records.PricedQuote(tuple(priced), _together(priced))


def _open_book(
    counts: rules.Counts,
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord | None,
    *,
    segment: str,
    concessions: Sequence[records.Concession],
    commitment_months: int | None,
) -> _Book:
    is_in_force = agreement is not None and agreement.is_in_force(snapshot.at)
    held = [one for one in concessions if clauses.is_current(one.clause, snapshot.at)]
    in_bundles, in_fleet = discounts(snapshot, segment)
    return _Book(
        snapshot=snapshot,
        wanted_months=commitment_months,
        agreement_reference=agreement.reference if agreement else "",
        agreement=clauses.current(agreement.clauses, snapshot.at) if agreement and is_in_force else (),
        customer=tuple(one.clause for one in held if one.level == records.PriceLevel.CUSTOMER),
        line={one.clause.number: one for one in held if one.level in _LINE_LEVELS},
        counts=counts,
        bundle_discounts=in_bundles,
        fleet_discounts=in_fleet,
    )


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


def commitment(offering: catalogue.OfferingRecord, wanted_months: int | None) -> int:
    """Return the commitment that an offering takes: its longest term within what is wanted, else its shortest."""
    terms = sorted(term.commitment_months for term in offering.terms)
    if not terms:
        return 0
    if wanted_months is None:
        return terms[-1]
    return max((months for months in terms if months <= wanted_months), default=terms[0])


def _price_pattern(
    pattern: records.Pattern, codes: tuple[str, ...], quantity: int, shelf: _Shelf, checks: rules.Checks
) -> records.PricedPattern:
    found = checks.obstacles(pattern, codes)
    if found:
        months = max((shelf[code,].months for code in codes if checks.is_known(code)), default=0)
        return records.PricedPattern(pattern, quantity, (), records.Totals(), months, found)
    # Few plans go with few devices, and few sets of options are chosen: lines that differ still share both halves.
    options = shelf[pattern.option_codes]
    if pattern.device_code:
        main = shelf[pattern.plan_code, pattern.device_code]
        components = shelf[pattern.plan_code,].components + options.components + shelf[pattern.device_code,].components
    else:
        main = shelf[pattern.plan_code,]
        components = main.components + options.components
    months = max(main.months, options.months)
    if main.obstacles or options.obstacles:
        return records.PricedPattern(pattern, quantity, (), records.Totals(), months, main.obstacles + options.obstacles)
    totals = _totals_of_both(main.sums, options.sums, months) if options.components else _totals(main.sums, months)
    return records.PricedPattern(pattern, quantity, components, totals, months, ())


def _totals(sums: _Sums, months: int) -> records.Totals:
    one_off, monthly, instalments, deposit, financed, listed, margin = sums
    return records.Totals(one_off, monthly, instalments, deposit, one_off + financed + monthly * months, listed, margin)


def _totals_of_both(main: _Sums, options: _Sums, months: int) -> records.Totals:
    """Return `_totals(_plus(main, options), months)` without what lies between: this is done for every pattern."""
    one_off, monthly, instalments, deposit, financed, listed, margin = main
    more_one_off, more_monthly, more_instalments, more_deposit, more_financed, more_listed, more_margin = options
    one_off += more_one_off
    monthly += more_monthly
    return records.Totals(
        one_off,
        monthly,
        instalments + more_instalments,
        deposit + more_deposit,
        one_off + financed + more_financed + monthly * months,
        listed + more_listed,
        None if margin is None or more_margin is None else margin + more_margin,
    )


def _plus(one: _Sums, other: _Sums) -> _Sums:
    margin = None if one.margin is None or other.margin is None else one.margin + other.margin
    return _Sums(
        one.one_off + other.one_off,
        one.monthly + other.monthly,
        one.instalments + other.instalments,
        one.deposit + other.deposit,
        one.financed + other.financed,
        one.listed + other.listed,
        margin,
    )


def _together(priced: Iterable[records.PricedPattern]) -> records.Totals:
    once = monthly = instalments = deposit = over = listed = _ZERO
    margin: Decimal | None = _ZERO
    for one in priced:
        if not one.obstacles:
            sums, quantity = one.line_totals, one.quantity
            monthly += sums.monthly * quantity
            over += sums.over_commitment * quantity
            listed += sums.list_monthly * quantity
            margin = None if margin is None or sums.margin_monthly is None else margin + sums.margin_monthly * quantity
            if sums.one_off:
                once += sums.one_off * quantity
            if sums.instalments_monthly:
                instalments += sums.instalments_monthly * quantity
            if sums.deposit:
                deposit += sums.deposit * quantity
    return records.Totals(once, monthly, instalments, deposit, over, listed, margin)


def line_totals(components: Iterable[records.PricedComponent], commitment_months: int) -> records.Totals:
    """Return the sums of one line."""
    return _totals(_sums(components), commitment_months)


def _sums(components: Iterable[records.PricedComponent]) -> _Sums:
    one_off = monthly = instalments = deposit = financed = listed = _ZERO
    margin: Decimal | None = _ZERO
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
    return _Sums(one_off, monthly, instalments, deposit, financed, listed, margin)


def _tier(
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    bundle_code: str,
    book: _Book,
) -> tuple[records.PriceLevel, catalogue.DiscountTierRecord | None]:
    groups = (
        (records.PriceLevel.BUNDLE, bundle_code, book.bundle_discounts.get(bundle_code, ())),
        (records.PriceLevel.FLEET, "", book.fleet_discounts),
    )
    for level, counted_in, group in groups:
        reached = [
            tier
            for discount in group
            for tier in discount.discount_tiers
            if clauses.tier_targets(tier, offering, price) and tier.minimum_quantity <= clauses.tier_volume(tier, book.counts, counted_in)
        ]
        if reached:
            return level, max(reached, key=lambda tier: (tier.minimum_quantity, tier.percentage or _ZERO, tier.amount or _ZERO))
    return records.PriceLevel.LIST, None


def _clause_without_price(offering: catalogue.OfferingRecord, without: catalogue_policies.NoAmountError) -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "quote.clause_without_price",
        obstacles.Severity.OBSTACLE,
        text.T("« {name} » : {said}", name=offering.name_fr, said=without.said),
        text.T("Faites corriger la clause de l’accord, ou le prix consenti."),
        offering.code,
    )
