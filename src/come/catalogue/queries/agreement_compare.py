"""Two agreements side by side, or one on two days: each price that differs, and the rest of what was agreed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from come.catalogue import policies, records
from come.catalogue.queries import negotiated, snapshot


@dataclasses.dataclass(frozen=True, slots=True)
class Side:
    """An agreement as it reads on a day."""

    agreement: records.AgreementRecord
    day: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class PriceDifference:
    """One price on both sides, in euros excluding tax: what a unit costs from `minimum` units on.

    Without a clause on a side, the list price holds there. An amount is None where a clause makes no price.
    """

    offering: records.OfferingRecord
    price: records.PriceRecord
    minimum: int
    listed: Decimal
    before: Decimal | None
    after: Decimal | None
    number_before: str
    number_after: str


@dataclasses.dataclass(frozen=True, slots=True)
class RateDifference:
    """One usage price on both sides, for a minute, a message or a megabyte."""

    rate: records.RateRecord
    listed: Decimal
    before: Decimal | None
    after: Decimal | None
    number_before: str
    number_after: str


@dataclasses.dataclass(frozen=True, slots=True)
class AllowanceDifference:
    """What an offering includes on both sides, in the allowance's unit."""

    offering: records.OfferingRecord
    allowance: records.AllowanceRecord
    before: int
    after: int


@dataclasses.dataclass(frozen=True, slots=True)
class AgreementDifferences:
    """All that differs between two sides; prices are worked out on the catalogue of `listed_on`."""

    listed_on: dt.date
    prices: tuple[PriceDifference, ...]
    rates: tuple[RateDifference, ...]
    allowances: tuple[AllowanceDifference, ...]
    commitments: tuple[tuple[str, str], ...]
    """Sentences (before, after) by number; empty on the side where there is none."""
    units_before: frozenset[uuid.UUID]
    units_after: frozenset[uuid.UUID]

    @property
    def count(self) -> int:
        """Return how many prices, volumes, commitments and companies differ."""
        lists = (self.prices, self.rates, self.allowances, self.commitments, self.units_before ^ self.units_after)
        return sum(len(one) for one in lists)


def agreement_differences(*, before: Side, after: Side, listed_on: dt.date) -> AgreementDifferences:
    """Return what differs between two agreements, each on its day, at the list prices of one day (six statements at most).

    The caller checks the right to see both.
    """
    one, other = (policies.clauses_in_force(side.agreement.clauses, side.day) for side in (before, after))
    whole = dataclasses.replace(after.agreement, clauses=tuple(dict.fromkeys((*one, *other))))
    lines = negotiated.clause_lines(agreement=whole, at=listed_on)
    return AgreementDifferences(
        listed_on=listed_on,
        prices=tuple(_prices(lines, _Clauses(one, before.day), _Clauses(other, after.day))),
        rates=tuple(_rates(lines, _Clauses(one, before.day), _Clauses(other, after.day))),
        allowances=tuple(_allowances(_Clauses(one, before.day), _Clauses(other, after.day), listed_on)),
        commitments=tuple(_commitments(before, after)),
        units_before=_units(before),
        units_after=_units(after),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Clauses:
    """The clauses of a side, and what they make."""

    clauses: Sequence[records.ClauseRecord]
    day: dt.date

    def price(self, offering: records.OfferingRecord, price: records.PriceRecord, quantity: int) -> tuple[Decimal | None, str]:
        found = policies.clause_for_price(
            self.clauses,
            offering_code=offering.code,
            offering_kind=offering.kind,
            price_code=price.code,
            price_type=price.price_type,
            quantity=quantity,
            on=self.day,
        )
        return _made(found, price.amount, quantity)

    def rate(self, rate: records.RateRecord, listed: Decimal) -> tuple[Decimal | None, str]:
        found = policies.clause_for_rate(
            self.clauses,
            tariff_code=rate.tariff_code,
            service=rate.service,
            origin_zone=rate.origin_zone,
            destination_zone=rate.destination_zone,
            on=self.day,
        )
        return _made(found, listed, 1)

    def included(self, offering: records.OfferingRecord, allowance: records.AllowanceRecord) -> int:
        found = policies.allowance_clause(self.clauses, offering_code=offering.code, allowance_code=allowance.code, on=self.day)
        return allowance.quantity if found is None or found.allowance_quantity is None else found.allowance_quantity


def _made(clause: records.ClauseRecord | None, listed: Decimal, quantity: int) -> tuple[Decimal | None, str]:
    if clause is None:
        return listed, ""
    try:
        return policies.negotiated_amount(listed=listed, clause=clause, quantity=quantity), clause.number
    except policies.NoAmountError:
        return None, clause.number


def _prices(lines: Iterable[negotiated.ClauseLine], one: _Clauses, other: _Clauses) -> Iterable[PriceDifference]:
    spoken: dict[tuple[str, str], tuple[records.OfferingRecord, records.PriceRecord, set[int]]] = {}
    for line in lines:
        for offering, price, _, _ in line.prices:
            spoken.setdefault((offering.code, price.code), (offering, price, {1}))[2].add(line.clause.minimum_quantity or 1)
    for offering, price, minimums in spoken.values():
        said: tuple[Decimal | None, Decimal | None] | None = None
        for minimum in sorted(minimums):
            (before, number_before), (after, number_after) = one.price(offering, price, minimum), other.price(offering, price, minimum)
            if before != after and (before, after) != said:
                yield PriceDifference(offering, price, minimum, price.amount, before, after, number_before, number_after)
            said = (before, after)


def _rates(lines: Iterable[negotiated.ClauseLine], one: _Clauses, other: _Clauses) -> Iterable[RateDifference]:
    spoken = {rate: listed for line in lines for rate, listed, _ in line.rates}
    for rate, listed in spoken.items():
        (before, number_before), (after, number_after) = one.rate(rate, listed), other.rate(rate, listed)
        if before != after:
            yield RateDifference(rate, listed, before, after, number_before, number_after)


def _allowances(one: _Clauses, other: _Clauses, listed_on: dt.date) -> Iterable[AllowanceDifference]:
    if not any(clause.allowance_code for clause in (*one.clauses, *other.clauses)):
        return
    for offering in snapshot.catalogue_snapshot(at=listed_on).offerings.values():
        for allowance in offering.allowances:
            before, after = one.included(offering, allowance), other.included(offering, allowance)
            if before != after:
                yield AllowanceDifference(offering, allowance, before, after)


def _commitments(before: Side, after: Side) -> Iterable[tuple[str, str]]:
    old, new = (
        {
            one.number: one.text_fr
            for one in side.agreement.commitments
            if (one.valid_from is None or one.valid_from <= side.day) and (one.valid_to is None or side.day < one.valid_to)
        }
        for side in (before, after)
    )
    for number in dict.fromkeys((*old, *new)):
        if old.get(number) != new.get(number):
            yield old.get(number, ""), new.get(number, "")


def _units(side: Side) -> frozenset[uuid.UUID]:
    """Return the companies that an agreement covers on its day."""
    named = [side.agreement.legal_unit_id, *(member.legal_unit_id for member in side.agreement.members)]
    return frozenset(unit for unit in named if side.agreement.covers(unit, side.day))
