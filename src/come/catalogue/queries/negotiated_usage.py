"""What agreements change of usage prices and of what offerings include, company by company, in the order of precedence."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Q

from come.catalogue import models, policies, records
from come.catalogue.files import content
from come.catalogue.queries import negotiated
from come.shared import money


@dataclasses.dataclass(frozen=True, slots=True)
class AllowanceClause:
    """What a clause makes of an allowance for one company; `citation` names it. `scope` None keeps the catalogue's.

    With an offering, what that offering brings; without, the whole allowance, however many offerings bring it.
    """

    legal_unit_id: uuid.UUID
    allowance_code: str
    quantity: int
    scope: str | None
    offering_code: str | None
    citation: str
    text_fr: str
    valid_from: dt.date
    valid_to: dt.date | None


def usage_overrides(*, start: dt.date, end: dt.date, list_prices: Iterable[tuple[str, int, int]]) -> Iterator[tuple[Any, ...]]:
    """Yield the price book's `overrides`: one row per company, usage clause and stretch of days (five statements at most).

    A formula gives one row per list price, of which `list_prices` are all (service, micro-euros, units paid); where it makes no price
    the row says `refused`, and the usage waits. Where two agreements of a company speak of the same usage on one day, its own comes
    before its group's, then the last signed.
    """
    zone_kinds = dict(models.Zone.objects.values_list("code", "kind"))
    listed: dict[str, set[tuple[int, int]]] = collections.defaultdict(set)
    for service, price_micro_eur, price_quantity in list_prices:
        listed[service].add((price_micro_eur, price_quantity))
    for unit, agreement, clause, (first, last) in _clauses(records.ClauseTarget.TARIFF_ZONE, start, end):
        assert clause.service is not None
        is_roaming = zone_kinds.get(clause.zone_code or "") == "roaming"
        place = (
            "company",
            str(unit),
            clause.tariff_code,
            clause.service,
            clause.zone_code if is_roaming else clause.origin_zone_code,
            None if is_roaming else clause.zone_code,
        )
        for made in _made(clause, sorted(listed[clause.service])):
            kind, price, quantity, percentage, *of_list = made
            yield (*place, kind, price, quantity, percentage, f"{agreement.reference} §{clause.number}", first, last, *of_list)


def _made(clause: records.ClauseRecord, listed: Iterable[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    """Yield kind, price, units paid, percentage, then the list price for which it holds."""
    assert clause.service is not None
    unit = content.CLAUSE_QUANTITIES[clause.service]
    if clause.kind == records.ClauseKind.PERCENTAGE:
        yield "percentage", None, None, clause.percentage, None, None
    elif clause.amount is not None:
        yield "amount", money.micro(clause.amount), unit, None, None, None
    else:
        for price_micro_eur, price_quantity in listed:
            price = Decimal(price_micro_eur * unit) / Decimal(price_quantity) / 1_000_000
            try:
                amount = policies.negotiated_amount(listed=price, clause=clause, quantity=1)
            except policies.NoAmountError:
                yield "refused", None, None, None, price_micro_eur, price_quantity
            else:
                yield "amount", money.micro(amount), unit, None, price_micro_eur, price_quantity


def allowance_clauses(*, start: dt.date, end: dt.date) -> list[AllowanceClause]:
    """Return what clauses make of allowances on at least one day between two (end excluded), strongest first (four statements)."""
    return [
        AllowanceClause(
            legal_unit_id=unit,
            allowance_code=clause.allowance_code,
            quantity=clause.allowance_quantity,
            scope=clause.allowance_scope,
            offering_code=clause.offering_code,
            citation=f"{agreement.reference} §{clause.number}",
            text_fr=clause.text_fr,
            valid_from=first,
            valid_to=last,
        )
        for unit, agreement, clause, (first, last) in _clauses(records.ClauseTarget.ALLOWANCE, start, end)
        if clause.allowance_code is not None and clause.allowance_quantity is not None
    ]


_Found = tuple[uuid.UUID, records.AgreementRecord, records.ClauseRecord, policies.Span]
_KEYS = ("tariff_code", "service", "zone_code", "origin_zone_code", "allowance_code", "offering_code")


def _clauses(target: str, start: dt.date, end: dt.date) -> Iterator[_Found]:
    """Yield the clauses on one target with the days on which each makes the price of a company, agreements in order of precedence."""
    during = Q(valid_from__lt=end) & (Q(valid_to__isnull=True) | Q(valid_to__gt=start))
    speaking = models.AgreementClause.objects.filter(target_kind=target).values("agreement_id")
    found = negotiated.with_parts(models.Agreement.objects.filter(during, id__in=speaking, state__in=("signed", "ended")))
    units = sorted({unit for agreement in found for unit in _units(agreement)}, key=str)
    for unit in units:
        taken: dict[tuple[Any, ...], list[policies.Span]] = collections.defaultdict(list)
        for agreement in policies.agreements_in_order([one for one in found if unit in _units(one)], [unit]):
            for clause in agreement.clauses:
                if clause.target_kind == target:
                    key = tuple(getattr(clause, name) for name in _KEYS)
                    for span in _covered(agreement, clause, unit):
                        for left in policies.days_left(span, taken[key]):
                            if left[0] < end and (left[1] is None or left[1] > start):
                                yield unit, agreement, clause, left
                        taken[key].append(span)


def _units(agreement: records.AgreementRecord) -> set[uuid.UUID]:
    return {agreement.legal_unit_id, *(member.legal_unit_id for member in agreement.members)}


def _covered(agreement: records.AgreementRecord, clause: records.ClauseRecord, unit: uuid.UUID) -> Iterator[policies.Span]:
    """Yield the days on which a clause speaks of a company."""
    spans: list[policies.Span] = [(agreement.valid_from, agreement.valid_to)]
    if unit != agreement.legal_unit_id:
        spans = [(member.valid_from, member.valid_to) for member in agreement.members if member.legal_unit_id == unit]
    for covered_from, last in spans:
        first = max(covered_from, agreement.valid_from, clause.valid_from or covered_from)
        ends = [day for day in (last, agreement.valid_to, clause.valid_to) if day is not None]
        if not ends or first < min(ends):
            yield first, min(ends) if ends else None
