"""The slow reference: price each line alone, by reading the precedence aloud; the tests hold the kernel to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from come.catalogue import formulas, records as catalogue
from come.quote import records


@dataclasses.dataclass(frozen=True)
class Deal:
    """Everything that a price may depend on, the lines one by one."""

    lines: Sequence[records.Pattern]
    snapshot: catalogue.CatalogueSnapshot
    agreement: catalogue.AgreementRecord | None
    segment: str
    concessions: Sequence[records.Concession] = ()
    commitment_months: int | None = None


def price_lines(deal: Deal) -> records.Totals:
    """Return the sums of lines that all can be sold, one line and one price at a time (margins are left out)."""
    once = monthly = instalments = deposit = over = listed = Decimal(0)
    for line in deal.lines:
        months = max((_months(deal.snapshot.offerings[code], deal.commitment_months) for code in line.codes), default=0)
        for code in line.codes:
            for price in deal.snapshot.offerings[code].prices:
                amount = amount_of(line, deal.snapshot.offerings[code], price, deal)
                if price.price_type == "one_off":
                    once += amount
                    over += amount
                elif price.price_type == "recurring":
                    monthly += amount
                    listed += price.amount
                    over += amount * months
                elif price.price_type == "instalment":
                    instalments += amount
                    over += amount * (price.instalment_count or 0)
                elif price.price_type == "deposit":
                    deposit += amount
    return records.Totals(once, monthly, instalments, deposit, over, listed, None)


def amount_of(line: records.Pattern, offering: catalogue.OfferingRecord, price: catalogue.PriceRecord, deal: Deal) -> Decimal:
    """Return what one price of one line is, by asking each level in turn."""
    for level in ("line_option", "line_plan", "customer"):
        levelled = [one.clause for one in deal.concessions if one.level == level]
        granted = [clause for clause in levelled if level == "customer" or clause.number in line.concessions]
        clause = _clause(granted, offering, price, deal)
        if clause is not None and clause.percentage is not None:
            return _less(amount_of(line, offering, price, dataclasses.replace(deal, concessions=())), clause.percentage)
        if clause is not None:
            return _negotiated(offering, price, clause, deal)
    if deal.agreement is not None and deal.agreement.is_in_force(deal.snapshot.at):
        clause = _clause(deal.agreement.clauses, offering, price, deal)
        if clause is not None:
            return _negotiated(offering, price, clause, deal)
    for tiers in (_bundle_tiers(line, offering, price, deal), _fleet_tiers(offering, price, deal)):
        if tiers:
            tier = max(tiers, key=lambda one: (one.minimum_quantity, one.percentage or Decimal(0), one.amount or Decimal(0)))
            return (
                _less(price.amount, tier.percentage) if tier.percentage is not None else max(Decimal(0), price.amount - (tier.amount or 0))
            )
    return price.amount


def _months(offering: catalogue.OfferingRecord, wanted: int | None) -> int:
    months = [term.commitment_months for term in offering.terms]
    if not months:
        return 0
    within = [one for one in months if wanted is None or one <= wanted]
    return max(within) if within else min(months)


def _clause(
    clauses: Iterable[catalogue.ClauseRecord],
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    deal: Deal,
) -> catalogue.ClauseRecord | None:
    for target in ("price", "offering", "offering_kind"):
        chosen = None
        for clause in clauses:
            if clause.target_kind != target:
                continue
            if (clause.valid_from and clause.valid_from > deal.snapshot.at) or (clause.valid_to and clause.valid_to <= deal.snapshot.at):
                continue
            if target == "price":
                speaks = clause.offering_code == offering.code and clause.price_code == price.code
            elif target == "offering":
                speaks = clause.offering_code == offering.code and clause.price_type in {None, price.price_type}
            else:
                speaks = clause.offering_kind == offering.kind and clause.price_type in {None, price.price_type}
            volume = _volume(offering, target, deal)
            least = clause.minimum_quantity or 0
            if speaks and volume >= least and (chosen is None or least >= (chosen.minimum_quantity or 0)):
                chosen = clause
        if chosen is not None:
            return chosen
    return None


def _volume(offering: catalogue.OfferingRecord, target: str, deal: Deal) -> int:
    held = [code for line in deal.lines for code in line.codes]
    if target == "offering_kind":
        return [deal.snapshot.offerings[code].kind for code in held].count(offering.kind)
    return held.count(offering.code)


def _bundle_tiers(
    line: records.Pattern,
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    deal: Deal,
) -> list[catalogue.DiscountTierRecord]:
    bundle = deal.snapshot.offerings.get(line.bundle_code)
    own = [member.code for member in bundle.members] if bundle else []
    same = [other for other in deal.lines if other.bundle_code == line.bundle_code]
    found = [deal.snapshot.offerings[code] for code in own if code in deal.snapshot.offerings]
    return [tier for discount in found for tier in discount.discount_tiers if _reaches(tier, same, offering, price, deal)]


def _fleet_tiers(offering: catalogue.OfferingRecord, price: catalogue.PriceRecord, deal: Deal) -> list[catalogue.DiscountTierRecord]:
    in_bundles = [member.code for one in deal.snapshot.offerings.values() if one.kind == "bundle" for member in one.members]
    return [
        tier
        for discount in deal.snapshot.offerings.values()
        if discount.kind == "discount" and discount.code not in in_bundles and (not discount.segments or deal.segment in discount.segments)
        for tier in discount.discount_tiers
        if _reaches(tier, deal.lines, offering, price, deal)
    ]


def _reaches(
    tier: catalogue.DiscountTierRecord,
    lines: Sequence[records.Pattern],
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    deal: Deal,
) -> bool:
    if tier.price_type != price.price_type:
        return False
    if tier.target_codes:
        volume = len([code for other in lines for code in other.codes if code in tier.target_codes])
        return offering.code in tier.target_codes and volume >= tier.minimum_quantity
    volume = len([code for other in deal.lines for code in other.codes if deal.snapshot.offerings[code].kind in tier.target_kinds])
    return offering.kind in tier.target_kinds and volume >= tier.minimum_quantity


def _negotiated(offering: catalogue.OfferingRecord, price: catalogue.PriceRecord, clause: catalogue.ClauseRecord, deal: Deal) -> Decimal:
    if clause.percentage is not None:
        return _less(price.amount, clause.percentage)
    if clause.formula is not None:
        quantity = _volume(offering, clause.target_kind, deal)
        return formulas.read(clause.formula).amount(listed=price.amount, quantity=quantity)
    assert clause.amount is not None
    return clause.amount


def _less(listed: Decimal, percentage: Decimal) -> Decimal:
    return (listed * (100 - percentage) / 100).quantize(Decimal("0.000001"), ROUND_HALF_UP)
