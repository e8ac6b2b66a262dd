"""Which agreement speaks of a company, which clause makes a price, and which one."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from come.catalogue import formulas, records
from come.shared import formatting, money, obstacles, text

WHOLE = Decimal(100)


def agreements_in_order(
    agreements: Iterable[records.AgreementRecord], legal_unit_ids: Iterable[uuid.UUID]
) -> list[records.AgreementRecord]:
    """Return agreements as they apply to these companies: their own before their group's, then the last signed, the last to start."""
    own = set(legal_unit_ids)
    latest = sorted(agreements, key=lambda one: (one.signed_date or one.valid_from, one.valid_from, one.reference), reverse=True)
    return sorted(latest, key=lambda one: one.legal_unit_id not in own)


def member_obstacles(
    members: Sequence[records.MemberRecord], *, legal_unit_id: uuid.UUID, valid_from: dt.date, valid_to: dt.date | None
) -> list[obstacles.Obstacle]:
    """Return why an agreement may not cover these companies on these days."""
    found = []
    for member in members:
        if member.legal_unit_id == legal_unit_id:
            found.append(text.T("L’entreprise qui signe l’accord n’a pas à être ajoutée à son groupe."))
        if member.valid_to is not None and member.valid_to <= member.valid_from:
            found.append(text.T("Une entreprise du groupe cesserait d’être couverte avant de l’être."))
        if member.valid_from < valid_from or (valid_to is not None and (member.valid_to or valid_to) > valid_to):
            found.append(
                text.T(
                    "Une entreprise du groupe serait couverte en dehors de l’accord, qui commence le {day}.", day=formatting.day(valid_from)
                )
            )
    if any(_is_twice(one, other) for place, one in enumerate(members) for other in members[:place]):
        found.append(text.T("Une entreprise du groupe est couverte deux fois le même jour."))
    next_step = text.T("Corrigez les entreprises couvertes et leurs dates.")
    return [
        obstacles.Obstacle("catalogue.agreement.member", obstacles.Severity.REFUSAL, said, next_step, "members")
        for said in dict.fromkeys(found)
    ]


def _is_twice(one: records.MemberRecord, other: records.MemberRecord) -> bool:
    return (
        one.legal_unit_id == other.legal_unit_id
        and (other.valid_to is None or one.valid_from < other.valid_to)
        and (one.valid_to is None or other.valid_from < one.valid_to)
    )


def coverage_fr(agreement: records.AgreementRecord, *, legal_unit_id: uuid.UUID, signatory_fr: str) -> text.T:
    """Return why an agreement speaks of a company, in a sentence."""
    if agreement.legal_unit_id == legal_unit_id:
        return text.T("Accord signé par cette entreprise.")
    return text.T("Accord du groupe, signé par {company} : il couvre cette entreprise.", company=signatory_fr)


Span = tuple[dt.date, dt.date | None]
"""Days `[start, end)`, end None = open."""


def days_left(span: Span, taken: Iterable[Span]) -> list[Span]:
    """Return what of some days is not taken by others, oldest first."""
    left = [span]
    for start, end in taken:
        left = [piece for one in left for piece in _without(one, start, end)]
    return sorted(left, key=lambda one: one[0])


def _without(span: Span, start: dt.date, end: dt.date | None) -> list[Span]:
    first, last = span
    found: list[Span] = []
    if first < start:
        found.append((first, start if last is None or start < last else last))
    if end is not None and (last is None or end < last):
        found.append((max(first, end), last))
    return found


def clauses_in_force(clauses: Iterable[records.ClauseRecord], on: dt.date) -> list[records.ClauseRecord]:
    """Return the clauses that apply on a day."""
    return [
        clause
        for clause in clauses
        if (clause.valid_from is None or clause.valid_from <= on) and (clause.valid_to is None or on < clause.valid_to)
    ]


_PRECISION = {
    records.ClauseTarget.PRICE: 0,
    records.ClauseTarget.OFFERING: 1,
    records.ClauseTarget.OFFERING_KIND: 2,
    records.ClauseTarget.TARIFF_ZONE: 3,
}


def clause_for_price(
    clauses: Sequence[records.ClauseRecord],
    *,
    offering_code: str,
    offering_kind: str,
    price_code: str,
    price_type: str,
    quantity: int,
    on: dt.date,
) -> records.ClauseRecord | None:
    """Return the clause that makes a price, or None when the list price holds.

    The most precise target wins (price, then offering, then kind of offerings); among equals, the highest
    `minimum_quantity` that the quantity reaches.
    """

    def speaks_of(clause: records.ClauseRecord) -> bool:
        if (clause.minimum_quantity or 0) > quantity:
            return False
        match clause.target_kind:
            case records.ClauseTarget.PRICE:
                return clause.offering_code == offering_code and clause.price_code == price_code
            case records.ClauseTarget.OFFERING:
                return clause.offering_code == offering_code and clause.price_type == price_type
            case records.ClauseTarget.OFFERING_KIND:
                return clause.offering_kind == offering_kind and clause.price_type == price_type
            case _:
                return False

    found = [clause for clause in clauses_in_force(clauses, on) if speaks_of(clause)]
    return min(
        found, key=lambda clause: (_PRECISION[records.ClauseTarget(clause.target_kind)], -(clause.minimum_quantity or 0)), default=None
    )


def clause_for_rate(
    clauses: Sequence[records.ClauseRecord],
    *,
    tariff_code: str,
    service: str,
    origin_zone: str,
    destination_zone: str,
    on: dt.date,
) -> records.ClauseRecord | None:
    """Return the clause that makes a usage price: one on the tariff before one on every tariff, then the destination before the origin."""
    found = [
        clause
        for clause in clauses_in_force(clauses, on)
        if clause.target_kind == records.ClauseTarget.TARIFF_ZONE
        and clause.tariff_code in {None, tariff_code}
        and clause.service == service
        and clause.zone_code in {origin_zone, destination_zone}
        and clause.origin_zone_code in {None, origin_zone}
    ]
    return min(
        found,
        key=lambda clause: (clause.tariff_code is None, clause.zone_code != destination_zone, clause.origin_zone_code is None),
        default=None,
    )


def allowance_clause(
    clauses: Iterable[records.ClauseRecord], *, offering_code: str, allowance_code: str, on: dt.date
) -> records.ClauseRecord | None:
    """Return the clause that says what an offering includes: one on that offering before one on the whole allowance."""
    found = [
        clause
        for clause in clauses_in_force(clauses, on)
        if clause.target_kind == records.ClauseTarget.ALLOWANCE
        and clause.allowance_code == allowance_code
        and clause.offering_code in {None, offering_code}
    ]
    return min(found, key=lambda clause: clause.offering_code is None, default=None)


_TARGET_KEYS = ("target_kind", "offering_code", "price_code", "price_type", "offering_kind")


def clause_tiers(clauses: Iterable[records.ClauseRecord], on: dt.date) -> list[tuple[records.ClauseRecord, ...]]:
    """Return the clauses in force that make one price at several volumes, the smallest volume first, in the order written.

    A clause without `minimum_quantity` is the step from the first unit on.
    """
    groups: dict[tuple[object, ...], list[records.ClauseRecord]] = {}
    for clause in clauses_in_force(clauses, on):
        if clause.target_kind not in {records.ClauseTarget.TARIFF_ZONE, records.ClauseTarget.ALLOWANCE}:
            groups.setdefault(tuple(getattr(clause, key) for key in _TARGET_KEYS), []).append(clause)
    return [
        tuple(sorted(group, key=lambda clause: clause.minimum_quantity or 0))
        for group in groups.values()
        if len({clause.minimum_quantity or 0 for clause in group}) > 1
    ]


class NoAmountError(ValueError):
    """A clause makes no price of this list price; the text says why, for people."""

    def __init__(self, said: text.T) -> None:
        super().__init__(said)
        self.said = said


def negotiated_amount(*, listed: Decimal, clause: records.ClauseRecord, quantity: int) -> Decimal:
    """Return the exact amount that a clause makes of a list price, to the six decimals that prices keep.

    `quantity` is how many units the clause speaks of. The one home of this rule: quotes, bills and usage ask it. Raises NoAmountError.
    """
    if clause.kind == records.ClauseKind.AMOUNT and clause.amount is not None:
        return clause.amount
    if clause.kind == records.ClauseKind.PERCENTAGE and clause.percentage is not None:
        return (listed * (WHOLE - clause.percentage) / WHOLE).quantize(money.MICRO, rounding=decimal.ROUND_HALF_UP)
    if clause.kind == records.ClauseKind.FORMULA and clause.formula is not None:
        try:
            return formulas.read(clause.formula).amount(listed=listed, quantity=quantity)
        except formulas.NoResultError as without:
            raise NoAmountError(
                text.T("La clause {number} ne donne pas de prix : {why}.", number=clause.number, why=without.said)
            ) from None
    raise NoAmountError(text.T("La clause {number} ne donne pas de prix pour {quantity} unités.", number=clause.number, quantity=quantity))
