"""Where an agreement's commitments stand: lines at work and euros billed, period by period, against what was promised."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import Sum

from come.billing import models
from come.catalogue import policies, queries as catalogue_queries, records as catalogue
from come.inventory import queries as inventory_queries
from come.party import queries as party_queries
from come.shared import actor as actors, period
from come.staff import policies as rights

_MOST_PERIODS = 8
_JUST_BEFORE = dt.timedelta(microseconds=1)


@dataclasses.dataclass(frozen=True, slots=True)
class CommitmentProgress:
    """A commitment and its latest periods, the one that runs first; none before it starts."""

    commitment: catalogue.CommitmentRecord
    states: tuple[catalogue.CommitmentState, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Covered:
    """The customer files of the companies that an agreement covers, by company; the offerings of each kind that counts; the day."""

    agreement: catalogue.AgreementRecord
    files: dict[uuid.UUID, list[uuid.UUID]]
    codes: dict[str, set[str]]
    today: dt.date

    def on(self, day: dt.date) -> set[uuid.UUID]:
        """Return the customer files covered on a day."""
        return {file for unit, files in self.files.items() if self.agreement.covers(unit, day) for file in files}

    def every(self) -> list[uuid.UUID]:
        """Return the customer files covered on any day."""
        return [file for files in self.files.values() for file in files]


def commitment_states(*, reference: str, viewer: actors.Actor, on: dt.date) -> list[CommitmentProgress]:
    """Return where each commitment of an agreement stands on a day, in at most ten statements.

    Lines are those at work on the last day of a period (today's while it runs), euros those of bills issued for the months that start
    in it, deposits left out; both of all the companies that the agreement covers on that day. Raises NotAllowed without the right to
    read bills, NotFound for an agreement that the person does not see.
    """
    rights.require(viewer, "billing.read")
    agreement = catalogue_queries.visible_agreement(reference=reference, viewer=viewer)
    if agreement.state == "draft" or not agreement.commitments:
        return [CommitmentProgress(one, ()) for one in agreement.commitments]
    measured = {one.number: _periods(agreement, one, on) for one in agreement.commitments}
    covered = _covered(agreement, on)
    lines = _lines(covered, [one for one in agreement.commitments if one.kind == catalogue.CommitmentKind.VOLUME], measured)
    euros = _euros(covered, [one for one in agreement.commitments if one.kind == catalogue.CommitmentKind.REVENUE], measured)
    found = []
    for one in agreement.commitments:
        counted = lines if one.kind == catalogue.CommitmentKind.VOLUME else euros
        states = [
            policies.commitment_state(one, part, reached=_reached(one, part, counted, covered), on=on) for part in measured[one.number]
        ]
        found.append(CommitmentProgress(one, tuple(reversed(states))))
    return found


# What was counted: the day to which it belongs, the customer, the offering, whether it is a line of its own, how much.
_Counted = tuple[dt.date, uuid.UUID, str, bool, Decimal]


def _periods(
    agreement: catalogue.AgreementRecord, commitment: catalogue.CommitmentRecord, on: dt.date
) -> list[catalogue.CommitmentPeriodRecord]:
    found = policies.commitment_periods(commitment, valid_from=agreement.valid_from, valid_to=agreement.valid_to, until=on)
    return list(found)[-_MOST_PERIODS:]


def _covered(agreement: catalogue.AgreementRecord, on: dt.date) -> _Covered:
    """Find the customer files of the whole group: a commitment is one figure for all who see the agreement."""
    units = [agreement.legal_unit_id, *(member.legal_unit_id for member in agreement.members)]
    files: dict[uuid.UUID, list[uuid.UUID]] = {unit: [] for unit in units}
    for file in party_queries.files_of_units(legal_unit_ids=units, viewer=None):
        files[file.legal_unit_id].append(file.id)
    return _Covered(agreement, files, _codes_by_kind(agreement.commitments, on), on)


def _codes_by_kind(commitments: Iterable[catalogue.CommitmentRecord], on: dt.date) -> dict[str, set[str]]:
    wanted = {one.offering_kind for one in commitments if one.offering_kind is not None}
    if not wanted:
        return {}
    found: dict[str, set[str]] = {kind: set() for kind in wanted}
    for offering in catalogue_queries.all_versions(at=on):
        if offering.kind in found:
            found[offering.kind].add(offering.code)
    return found


def _last_day(part: catalogue.CommitmentPeriodRecord, on: dt.date) -> dt.date:
    return min(part.end_date - dt.timedelta(days=1), on)


def _lines(
    covered: _Covered,
    commitments: Collection[catalogue.CommitmentRecord],
    measured: dict[str, list[catalogue.CommitmentPeriodRecord]],
) -> list[_Counted]:
    days = {_last_day(part, covered.today) for one in commitments for part in measured[one.number]}
    instants = {period.day_start(day + dt.timedelta(days=1)) - _JUST_BEFORE: day for day in days}
    found = inventory_queries.products_at_work(customer_file_ids=covered.every(), instants=list(instants))
    return [(instants[one.at], one.customer_file_id, one.offering_code, one.is_line, Decimal(one.quantity)) for one in found]


def _euros(
    covered: _Covered,
    commitments: Collection[catalogue.CommitmentRecord],
    measured: dict[str, list[catalogue.CommitmentPeriodRecord]],
) -> list[_Counted]:
    parts = [part for one in commitments for part in measured[one.number]]
    if not parts:
        return []
    first, last = min(part.start_date for part in parts), max(part.end_date for part in parts)
    rates = models.AppliedCustomerBillingRate.objects.filter(
        bill__customer_file__in=covered.every(),
        bill__state="issued",
        bill__is_preview=False,
        bill__cycle__gte=f"{first:%Y-%m}",
        bill__cycle__lte=f"{last:%Y-%m}",
    ).exclude(section="deposit")
    rows = rates.order_by().values_list("bill__cycle", "bill__customer_file_id", "offering_code").annotate(Sum("amount"))
    return [(period.parse_cycle(cycle).start, file, code, True, amount) for cycle, file, code, amount in rows]


def _reached(
    commitment: catalogue.CommitmentRecord,
    part: catalogue.CommitmentPeriodRecord,
    counted: Iterable[_Counted],
    covered: _Covered,
) -> Decimal:
    is_volume = commitment.kind == catalogue.CommitmentKind.VOLUME
    last = _last_day(part, covered.today)
    total = Decimal(0)
    for day, file, code, is_line, amount in counted:
        is_in = day == last if is_volume else part.start_date <= day < part.end_date
        if is_in and _counts(commitment, code, covered.codes, is_line=is_line) and file in covered.on(day):
            total += amount
    return total


def _counts(commitment: catalogue.CommitmentRecord, code: str, codes: dict[str, set[str]], *, is_line: bool) -> bool:
    match catalogue.CommitmentTarget(commitment.target_kind):
        case catalogue.CommitmentTarget.ALL:
            return is_line
        case catalogue.CommitmentTarget.OFFERING_KIND:
            return code in codes[commitment.offering_kind or ""]
        case catalogue.CommitmentTarget.OFFERING:
            return code == commitment.offering_code
