"""Framework agreements and their clauses."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from come.catalogue import models, policies, records
from come.catalogue.files import content
from come.catalogue.queries import rows, snapshot, stored
from come.shared import obstacles, text


def agreement(*, reference: str | None = None, agreement_id: uuid.UUID | None = None) -> records.AgreementRecord:
    """Return one agreement with all that belongs to it (four statements); raises NotFound.

    The caller checks the right to see it (`visible_agreement` does, for a person).
    """
    found = models.Agreement.objects.filter(Q(reference=reference) if reference is not None else Q(id=agreement_id))
    made = with_parts(found)
    if not made:
        raise obstacles.not_found(text.T("L’accord"), reference or agreement_id)
    return made[0]


def agreements(*, legal_unit_ids: Iterable[uuid.UUID], at: dt.date | None = None) -> list[records.AgreementRecord]:
    """Return the agreements of these legal units and of their groups, the one that applies first (four statements).

    With a day, those in force on it that cover one of them on it. A company's own come before its group's, then the last signed.
    """
    wanted = list(legal_unit_ids)
    found = models.Agreement.objects.filter(_of_units(wanted, at))
    if at is not None:
        found = found.filter(_holds(at), state="signed")
    return policies.agreements_in_order(with_parts(found), wanted)


def _holds(day: dt.date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def _of_units(legal_unit_ids: list[uuid.UUID], on: dt.date | None = None) -> Q:
    members = models.AgreementMember.objects.filter(legal_unit_id__in=legal_unit_ids)
    if on is not None:
        members = members.filter(_holds(on))
    return Q(legal_unit_id__in=legal_unit_ids) | Q(id__in=members.values("agreement_id"))


def agreement_list(*, legal_unit_ids: Iterable[uuid.UUID] | None, text: str = "", limit: int = 100) -> list[records.AgreementRecord]:
    """Return agreements by reference or name, newest first, of these legal units and their groups or of all (four statements)."""
    found = models.Agreement.objects.all()
    if legal_unit_ids is not None:
        found = found.filter(_of_units(list(legal_unit_ids)))
    if text:
        found = found.filter(Q(reference__icontains=text) | Q(name__icontains=text))
    return with_parts(found.order_by("-valid_from", "-reference")[:limit])


def with_parts(found: QuerySet[models.Agreement]) -> list[records.AgreementRecord]:
    """Return agreements with all that belongs to them (four statements), by reference unless they are ordered."""
    ordered = list(found if found.query.order_by else found.order_by("reference"))
    clauses = _parts(models.AgreementClause, ordered, "position")
    members = _parts(models.AgreementMember, ordered, "valid_from", "id")
    commitments = _parts(models.AgreementCommitment, ordered, "position")
    return [
        rows.made(
            records.AgreementRecord,
            row,
            clauses=tuple(rows.made(records.ClauseRecord, clause) for clause in clauses.get(row.id, ())),
            members=tuple(rows.made(records.MemberRecord, member) for member in members.get(row.id, ())),
            commitments=tuple(rows.made(records.CommitmentRecord, one) for one in commitments.get(row.id, ())),
        )
        for row in ordered
    ]


def _parts(model: Any, ordered: list[models.Agreement], *order: str) -> dict[Any, list[Any]]:
    return rows.grouped(model.objects.filter(agreement__in=[row.id for row in ordered]).order_by("agreement_id", *order), "agreement_id")


@dataclasses.dataclass(frozen=True, slots=True)
class ClauseLine:
    """A clause beside the list prices that it changes: `prices` holds (offering, price, list amount, negotiated amount).

    A negotiated amount is None where the clause makes no price. `allowances` holds (offering, what it includes in the catalogue).
    """

    clause: records.ClauseRecord
    prices: tuple[tuple[records.OfferingRecord, records.PriceRecord, Decimal, Decimal | None], ...]
    rates: tuple[tuple[records.RateRecord, Decimal, Decimal | None], ...]
    allowances: tuple[tuple[records.OfferingRecord, records.AllowanceRecord], ...] = ()


def clause_lines(*, agreement: records.AgreementRecord, at: dt.date) -> list[ClauseLine]:
    """Return each clause with what it makes of today's list prices (four statements at most)."""
    sold = snapshot.catalogue_snapshot(at=at).offerings
    usage = [clause for clause in agreement.clauses if clause.target_kind == records.ClauseTarget.TARIFF_ZONE]
    rates = _rates(usage, at) if usage else []
    return [
        ClauseLine(
            clause, tuple(_prices(clause, sold.values())), tuple(_clause_rates(clause, rates)), tuple(_allowances(clause, sold.values()))
        )
        for clause in agreement.clauses
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class TierStep:
    """A clause of a table of volumes: from `minimum` units on, up to `maximum` (None = without end)."""

    minimum: int
    maximum: int | None
    line: ClauseLine


def clause_tiers(*, lines: Iterable[ClauseLine], at: dt.date) -> list[tuple[TierStep, ...]]:
    """Return, from the lines of an agreement's clauses, the tables of those that make one price at several volumes (no statement)."""
    by_number = {line.clause.number: line for line in lines}
    tables = []
    for tiers in policies.clause_tiers([line.clause for line in by_number.values()], at):
        minimums = [clause.minimum_quantity or 1 for clause in tiers]
        ends = [minimum - 1 for minimum in minimums[1:]]
        tables.append(
            tuple(
                TierStep(minimum, maximum, by_number[clause.number])
                for clause, minimum, maximum in zip(tiers, minimums, [*ends, None], strict=True)
            ),
        )
    return tables


def _allowances(
    clause: records.ClauseRecord, offerings: Iterable[records.OfferingRecord]
) -> Iterable[tuple[records.OfferingRecord, records.AllowanceRecord]]:
    for offering in offerings if clause.allowance_code is not None else ():
        for allowance in offering.allowances:
            if allowance.code == clause.allowance_code and clause.offering_code in {None, offering.code}:
                yield offering, allowance


def _prices(
    clause: records.ClauseRecord, offerings: Iterable[records.OfferingRecord]
) -> Iterable[tuple[records.OfferingRecord, records.PriceRecord, Decimal, Decimal | None]]:
    for offering in offerings:
        named = clause.offering_code == offering.code or (clause.offering_kind is not None and clause.offering_kind == offering.kind)
        for price in offering.prices if named else ():
            if price.code == clause.price_code or (clause.price_code is None and price.price_type == clause.price_type):
                yield offering, price, price.amount, _made_of(price.amount, clause)


def _made_of(listed: Decimal, clause: records.ClauseRecord) -> Decimal | None:
    try:
        return policies.negotiated_amount(listed=listed, clause=clause, quantity=clause.minimum_quantity or 1)
    except policies.NoAmountError:
        return None


def _rates(clauses: Iterable[records.ClauseRecord], at: dt.date) -> list[models.Rate]:
    zones = {clause.zone_code for clause in clauses}
    holds = Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))
    return list(models.Rate.objects.filter(holds & (Q(origin_zone__in=zones) | Q(destination_zone__in=zones))).order_by("tariff_id", "id"))


def _clause_rates(
    clause: records.ClauseRecord, rates: Iterable[models.Rate]
) -> Iterable[tuple[records.RateRecord, Decimal, Decimal | None]]:
    if clause.target_kind != records.ClauseTarget.TARIFF_ZONE or clause.service is None:
        return
    unit = content.CLAUSE_QUANTITIES[clause.service]
    for row in rates:
        fits = clause.zone_code in {row.origin_zone_id, row.destination_zone_id} and clause.origin_zone_code in {None, row.origin_zone_id}
        if row.service == clause.service and fits and clause.tariff_code in {None, row.tariff_id}:
            listed = row.price_eur * unit / row.price_quantity
            yield stored.rate_record(row), listed, _made_of(listed, clause)
