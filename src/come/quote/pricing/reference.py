"""The slow reference: price each line alone, by reading the precedence aloud; the tests hold the kernel to it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from come.catalogue import records as catalogue
from come.quote import records


def price_lines(
    *,
    lines: Sequence[records.Pattern],
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord | None,
    segment: str,
) -> tuple[Decimal, Decimal]:
    """Return (paid once, each month) of lines that all can be sold, one line and one price at a time."""
    once = monthly = Decimal(0)
    for line in lines:
        for code in line.codes:
            offering = snapshot.offerings[code]
            for price in offering.prices:
                amount = _amount(line, offering, price, lines, snapshot, agreement, segment)
                once += amount if price.price_type == "one_off" else 0
                monthly += amount if price.price_type == "recurring" else 0
    return once, monthly


def _amount(  # noqa: PLR0917 - written to be read in one piece
    line: records.Pattern,
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    lines: Sequence[records.Pattern],
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord | None,
    segment: str,
) -> Decimal:
    if agreement is not None and agreement.is_in_force(snapshot.at):
        for target in ("price", "offering", "offering_kind"):
            clause = _clause(target, offering, price, lines, snapshot, agreement)
            if clause is not None:
                return clause.amount if clause.percentage is None and clause.amount is not None else _less(price.amount, clause.percentage)
    bundles = [one for one in snapshot.offerings.values() if one.kind == "bundle"]
    for is_of_bundle in (True, False):
        tiers = []
        for discount in snapshot.offerings.values():
            homes = [bundle.code for bundle in bundles if discount.code in [member.code for member in bundle.members]]
            if discount.kind != "discount" or (line.bundle_code in homes if is_of_bundle else not homes) is False:
                continue
            if not is_of_bundle and discount.segments and segment not in discount.segments:
                continue
            tiers += [
                tier for tier in discount.discount_tiers if _reaches(tier, line if is_of_bundle else None, offering, price, lines, snapshot)
            ]
        if tiers:
            tier = max(tiers, key=lambda one: (one.minimum_quantity, one.percentage or Decimal(0), one.amount or Decimal(0)))
            if tier.percentage is not None:
                return _less(price.amount, tier.percentage)
            return max(Decimal(0), price.amount - (tier.amount or Decimal(0)))
    return price.amount


def _clause(  # noqa: PLR0917 - as above
    target: str,
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    lines: Sequence[records.Pattern],
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord,
) -> catalogue.ClauseRecord | None:
    chosen = None
    for clause in agreement.clauses:
        if clause.target_kind != target:
            continue
        if (clause.valid_from and clause.valid_from > snapshot.at) or (clause.valid_to and clause.valid_to <= snapshot.at):
            continue
        held = [code for line in lines for code in line.codes]
        if target == "price":
            speaks = clause.offering_code == offering.code and clause.price_code == price.code
        elif target == "offering":
            speaks = clause.offering_code == offering.code and clause.price_type in (None, price.price_type)
        else:
            speaks = clause.offering_kind == offering.kind and clause.price_type in (None, price.price_type)
        if target == "offering_kind":
            volume = len([code for code in held if snapshot.offerings[code].kind == offering.kind])
        else:
            volume = held.count(offering.code)
        if (
            speaks
            and volume >= (clause.minimum_quantity or 0)
            and (chosen is None or (clause.minimum_quantity or 0) >= (chosen.minimum_quantity or 0))
        ):
            chosen = clause
    return chosen


def _reaches(  # noqa: PLR0917 - as above
    tier: catalogue.DiscountTierRecord,
    line: records.Pattern | None,
    offering: catalogue.OfferingRecord,
    price: catalogue.PriceRecord,
    lines: Sequence[records.Pattern],
    snapshot: catalogue.CatalogueSnapshot,
) -> bool:
    if tier.price_type != price.price_type:
        return False
    if tier.target_codes:
        if offering.code not in tier.target_codes:
            return False
        counted = [other for other in lines if line is None or other.bundle_code == line.bundle_code]
        volume = len([code for other in counted for code in other.codes if code in tier.target_codes])
    else:
        if offering.kind not in tier.target_kinds:
            return False
        volume = len([code for other in lines for code in other.codes if snapshot.offerings[code].kind in tier.target_kinds])
    return volume >= tier.minimum_quantity


def _less(listed: Decimal, percentage: Decimal | None) -> Decimal:
    share = Decimal(100) - (percentage or Decimal(0))
    return (listed * share / 100).quantize(Decimal("0.000001"), ROUND_HALF_UP)
