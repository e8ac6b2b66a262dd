"""A negotiated price never changes without somebody who saw it and agreed."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal

from come.quote import records
from come.shared import formatting, obstacles, text

CODE = "quote.price_consent"
NEGOTIATED = frozenset(
    {records.PriceLevel.LINE_OPTION, records.PriceLevel.LINE_PLAN, records.PriceLevel.CUSTOMER, records.PriceLevel.AGREEMENT},
)
# How many changes are named; the sentence after them says how many there are.
_MOST_NAMED = 20
# What an act says whose very purpose is to change a negotiated price.
ANY = "any"
# One price of one line: the offering and its price.
Key = tuple[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Price:
    """One price of a line: its amount, who decided it, the clause behind it, its names; `is_main` for its main offering's."""

    amount: Decimal
    level: str
    clause_number: str
    offering_name_fr: str
    name_fr: str
    price_type: str = ""
    is_main: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class PriceDifference:
    """A negotiated price that an act would change, on so many lines."""

    key: Key
    before: Price
    after: Price
    line_count: int


def price_differences(
    moves: Mapping[tuple[int, int], int],
    before: Mapping[int, Mapping[Key, Price]],
    after: Mapping[int, Mapping[Key, Price]],
    *,
    is_undone: bool = False,
) -> tuple[PriceDifference, ...]:
    """Return the negotiated prices that change on lines that were there before.

    `moves` counts these lines by pattern before and after; `before` and `after` are the prices of one line by pattern. An offering
    that left a line is a choice of the person, not a change of its price; what the same offering costs on the same line is. So is
    another main offering at a price that nobody negotiated, in the place of a negotiated one, unless it is given back (`is_undone`).
    """
    counts: dict[tuple[Key, Price, Price], int] = {}
    for (old, new), lines in moves.items():
        prices = after.get(new, {})
        for key, price in before.get(old, {}).items():
            now = prices.get(key) or (None if is_undone else _in_its_place(key, price, prices))
            if now is None or now.amount == price.amount or price.level not in NEGOTIATED:
                continue
            counts[key, price, now] = counts.get((key, price, now), 0) + lines
    return tuple(
        PriceDifference(key, old, new, lines) for (key, old, new), lines in sorted(counts.items(), key=lambda one: (one[0][0], -one[1]))
    )


def _in_its_place(key: Key, price: Price, prices: Mapping[Key, Price]) -> Price | None:
    """Return the price of the main offering that replaced this one, unless one of that type was negotiated too."""
    if not price.is_main:
        return None
    found = [one for other, one in prices.items() if one.is_main and one.price_type == price.price_type and other[0] != key[0]]
    if not found or any(one.level in NEGOTIATED for one in found):
        return None
    return max(found, key=lambda one: one.amount)


def fingerprint(differences: Iterable[PriceDifference]) -> str:
    """Return what a consent to these very differences says."""
    said = repr([(one.key, str(one.before.amount), str(one.after.amount), one.line_count) for one in differences])
    return hashlib.sha256(said.encode()).hexdigest()


def refuse_without_consent(differences: tuple[PriceDifference, ...], consented: str | None) -> None:
    """Raise Conflict with every difference, unless the person consented to these; the first obstacle's path is what a consent says."""
    if not differences or consented in {ANY, fingerprint(differences)}:
        return
    named = [_obstacle(one, fingerprint(differences)) for one in differences[:_MOST_NAMED]]
    if len(differences) > _MOST_NAMED:
        message = text.T("… et {count} autres prix.", count=len(differences) - _MOST_NAMED)
        named.append(obstacles.Obstacle(CODE, obstacles.Severity.REFUSAL, message, "", ""))
    raise obstacles.Conflict(named)


def _obstacle(one: PriceDifference, path: str) -> obstacles.Obstacle:
    template = text.noop("{offer}, {price} : {before} ({why_before}) deviendrait {after} ({why_after}) ; lignes concernées : {count}.")
    if one.before.offering_name_fr != one.after.offering_name_fr and one.before.is_main:
        template = text.noop(
            "{offer}, {price} : {before} ({why_before}) laisserait la place à {other}, {after} ({why_after}) ; lignes concernées : {count}."
        )
    message = text.T(
        template,
        offer=one.before.offering_name_fr,
        price=one.before.name_fr,
        before=formatting.money(one.before.amount),
        why_before=_why(one.before),
        after=formatting.money(one.after.amount),
        why_after=_why(one.after),
        other=one.after.offering_name_fr,
        count=one.line_count,
    )
    return obstacles.Obstacle(CODE, obstacles.Severity.REFUSAL, message, text.T("Acceptez ce changement, ou renoncez à l’acte."), path)


def _why(price: Price) -> text.T:
    if price.clause_number:
        return text.T("article {number}", number=price.clause_number)
    return text.T("prix négocié") if price.level in NEGOTIATED else text.T("prix du catalogue")
