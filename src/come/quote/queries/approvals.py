"""What a quote gives up, who must approve it, what was asked and answered."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import uuid
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from come.quote import models, records
from come.quote.policies import approvals as policy
from come.quote.queries import changes, concessions, reading
from come.shared import actor as actors, obstacles, period, text
from come.staff import policies as rights, queries as staff_queries


@dataclasses.dataclass(frozen=True, slots=True)
class DelegationRecord:
    """Somebody answers in another's place on `[valid_from, valid_to)`; `name` is the other one of the two."""

    id: int
    name: str
    valid_from: dt.date
    valid_to: dt.date

    @property
    def last_date(self) -> dt.date:
        """Return the last day, as people say it."""
        return self.valid_to - dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class ApprovalRecord:
    """One request as people read it."""

    id: uuid.UUID
    quote_id: uuid.UUID
    reference: str
    version: int
    customer_name: str
    agency_id: uuid.UUID
    level_code: str
    level_name_fr: str
    state: str
    reason: str
    discount_percent: Decimal
    monthly_discount: Decimal
    margin_percent: Decimal | None
    asked_by_id: uuid.UUID | None
    asked_by_name: str
    asked_at: dt.datetime
    approver_id: uuid.UUID
    approver_name: str
    handed_from_name: str
    due_at: dt.datetime
    decided_by_name: str
    decided_at: dt.datetime | None
    channel: str
    note: str
    is_current: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Giving:
    """What a quote gives up now: the heaviest of its alternatives, and the level that must approve it."""

    stake: policy.Stake
    level: policy.Level
    fingerprint: str
    is_conceding: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ConcededPrice:
    """One price before and after what was conceded, for one line, with the lines that pay it."""

    name_fr: str
    line_count: int
    before: Decimal
    after: Decimal
    price_type: str
    reason_fr: str


def giving(head: Any, day: dt.date) -> Giving:
    """Return what a quote gives up (a handful of statements; three when nothing is conceded)."""
    known = policy.levels(day)
    if not concessions.concession_rows(head.id):
        return Giving(policy.Stake(Decimal(0), Decimal(0), None), known[0], "", is_conceding=False)
    stakes = [policy.stake(before=_sum(before), after=_sum(after)) for before, after in _both(head)]
    order = {level.code: place for place, level in enumerate(known)}
    heaviest = max(stakes, key=lambda one: (order[policy.needed(one, known).code], one.discount_percent))
    return Giving(heaviest, policy.needed(heaviest, known), fingerprint(head.id), is_conceding=True)


def giving_of(*, quote_id: uuid.UUID, day: dt.date) -> tuple[Giving, bool]:
    """Return what a quote gives up and whether that was approved. The caller checks the right to see the quote."""
    head = models.Quote.objects.get(id=quote_id)
    given = giving(head, day)
    return given, given.is_conceding and is_approved(head, given)


def _both(head: Any) -> list[tuple[records.PricedQuote, records.PricedQuote]]:
    """Return, for each alternative, its prices without and with what was conceded."""
    snapshot = changes.snapshot_of(head, head.priced_date)
    rows = models.QuotePattern.objects.filter(quote_id=head.id, quantity__gt=0)
    quantities = {reading.pattern_key(row): row.quantity for row in rows}
    letters = sorted({pattern.alternative for pattern in quantities})
    parts = [{pattern: count for pattern, count in quantities.items() if pattern.alternative == letter} for letter in letters]
    return [(changes.priced_alone(head, part, snapshot, is_conceding=False), changes.priced_alone(head, part, snapshot)) for part in parts]


def _sum(priced: records.PricedQuote) -> records.Totals:
    total = records.Totals()
    for one in priced.patterns:
        if not one.obstacles:
            total = total.plus(one.line_totals.times(one.quantity))
    return total


def conceded_prices(*, quote_id: uuid.UUID) -> tuple[ConcededPrice, ...]:
    """Return each price that a concession changed, the dearest first."""
    head = models.Quote.objects.get(id=quote_id)
    found: dict[tuple[str, str, Decimal, Decimal], ConcededPrice] = {}
    for before, after in _both(head):
        for old, new in zip(before.patterns, after.patterns, strict=True):
            for was, now in zip(old.components, new.components, strict=True):
                if was.amount != now.amount:
                    key = (now.offering_code, now.price_code, was.amount, now.amount)
                    count = new.quantity + (found[key].line_count if key in found else 0)
                    found[key] = ConcededPrice(
                        f"{now.offering_name_fr} · {now.name_fr}", count, was.amount, now.amount, now.price_type, now.reason_fr
                    )
    return tuple(sorted(found.values(), key=lambda one: (one.after - one.before) * one.line_count))


def fingerprint(quote_id: uuid.UUID) -> str:
    """Return what an approval is given for: these lines at these prices."""
    rows = models.QuotePattern.objects.filter(quote_id=quote_id, quantity__gt=0).order_by("id").values_list("fingerprint", "quantity")
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()


def approvers(*, agency_id: uuid.UUID, level_code: str, day: dt.date, besides: uuid.UUID | None) -> tuple[staff_queries.StaffRecord, ...]:
    """Return who may decide a request of a level for an agency, those of the level itself first; never who asks."""
    known = policy.levels(day)
    people = [one for one in staff_queries.staff() if one.is_active and one.id != besides]
    found = [
        (place, one.display_name, one)
        for one in people
        if agency_id in one.agency_ids or rights.sees_all_agencies(one.roles)
        for place, level in enumerate(policy.at_least(level_code, known))
        if set(one.roles) & set(level.roles)
    ]
    ordered = sorted(found, key=lambda each: each[:2])
    return tuple(dict.fromkeys(one for _, _, one in ordered))


def delegate_of(*, staff_id: uuid.UUID, day: dt.date) -> uuid.UUID | None:
    """Return who answers for somebody who is away on a day."""
    row = models.ApprovalDelegation.objects.filter(absent_id=staff_id, valid_from__lte=day, valid_to__gt=day).order_by("-id").first()
    return row.delegate_id if row else None


def delegations(*, staff_id: uuid.UUID, day: dt.date) -> tuple[DelegationRecord, ...]:
    """Return who replaces somebody, now and later (one statement)."""
    rows = models.ApprovalDelegation.objects.filter(absent_id=staff_id, valid_to__gt=day).select_related("delegate").order_by("valid_from")
    return tuple(DelegationRecord(row.id, row.delegate.display_name, row.valid_from, row.valid_to) for row in rows)


def replaced_by(*, staff_id: uuid.UUID, day: dt.date) -> tuple[DelegationRecord, ...]:
    """Return whom somebody replaces, now and later: `name` is the absent person's (one statement)."""
    rows = models.ApprovalDelegation.objects.filter(delegate_id=staff_id, valid_to__gt=day).select_related("absent").order_by("valid_from")
    return tuple(DelegationRecord(row.id, row.absent.display_name, row.valid_from, row.valid_to) for row in rows)


def possible_delegates(*, viewer: actors.Actor) -> tuple[staff_queries.StaffRecord, ...]:
    """Return who may answer in this person’s place: who approves and sees one of their agencies at least, by name."""
    return tuple(
        one
        for one in staff_queries.staff()
        if one.is_active
        and one.id != viewer.staff_id
        and any("quote.approve" in rights.PERMISSIONS.get(role, ()) for role in one.roles)
        and (viewer.sees_all_agencies or rights.sees_all_agencies(one.roles) or set(one.agency_ids) & set(viewer.agency_ids))
    )


def approvals_of(*, quote_id: uuid.UUID) -> tuple[ApprovalRecord, ...]:
    """Return the requests about one version of a quote, the last first. The caller checks the right to see the quote."""
    return _records(models.ApprovalRequest.objects.filter(quote_id=quote_id))


def approvals_to_decide(*, viewer: actors.Actor, limit: int = 20) -> tuple[ApprovalRecord, ...]:
    """Return the requests that wait for this person, the most urgent first."""
    rows = models.ApprovalRequest.objects.filter(state=policy.ASKED, approver_id=viewer.staff_id)
    return tuple(sorted(_records(rows), key=lambda one: one.due_at))[:limit]


def approval(*, request_id: uuid.UUID, viewer: actors.Actor) -> ApprovalRecord:
    """Return one request; raises NotFound, or NotAllowed for another agency."""
    found = _records(models.ApprovalRequest.objects.filter(id=request_id))
    if not found:
        raise obstacles.not_found(text.T("La demande d’approbation"), request_id)
    rights.require_agency(viewer, found[0].agency_id, text.T("Le devis {reference}", reference=found[0].reference))
    return found[0]


def approval_by_token(*, token: str) -> ApprovalRecord:
    """Return the request that a message's link opens; raises NotFound for a link that was answered, handed on or never made."""
    found = _records(models.ApprovalRequest.objects.filter(token=token)) if token else ()
    if not found:
        raise obstacles.not_found(text.T("La demande d’approbation"), text.T("ce lien a déjà servi, ou la demande a été transmise"))
    return found[0]


def _records(rows: QuerySet[models.ApprovalRequest]) -> tuple[ApprovalRecord, ...]:
    found = list(rows.select_related("quote__customer_file", "approver").order_by("-asked_at"))
    prints = {row.quote_id: fingerprint(row.quote_id) for row in found if row.state in {policy.ASKED, policy.APPROVED}}
    return tuple(_record(row, prints.get(row.quote_id, "")) for row in found)


def _record(row: models.ApprovalRequest, present: str) -> ApprovalRecord:
    names = {level.code: level.name_fr for level in policy.levels(period.local_day(row.asked_at))}
    return ApprovalRecord(
        id=row.id,
        quote_id=row.quote_id,
        reference=row.quote.reference,
        version=row.quote.version,
        customer_name=row.quote.customer_file.name,
        agency_id=row.quote.agency_id,
        level_code=row.level_code,
        level_name_fr=names.get(row.level_code, row.level_code),
        state=row.state,
        reason=row.reason,
        discount_percent=row.discount_percent,
        monthly_discount=row.monthly_discount_exact,
        margin_percent=row.margin_percent,
        asked_by_id=row.asked_by_id,
        asked_by_name=row.asked_by_name,
        asked_at=row.asked_at,
        approver_id=row.approver_id,
        approver_name=row.approver.display_name,
        handed_from_name=row.handed_from_name,
        due_at=row.due_at,
        decided_by_name=row.decided_by_name,
        decided_at=row.decided_at,
        channel=row.channel,
        note=row.note,
        is_current=row.fingerprint == present,
    )


def is_approved(head: Any, given: Giving) -> bool:
    """Tell whether these very prices were approved, at the level that they need or above."""
    rows = models.ApprovalRequest.objects.filter(quote_id=head.id, state=policy.APPROVED, fingerprint=given.fingerprint)
    return any(given.level.code in {level.code for level in _up_to(row)} for row in rows)


def _up_to(row: models.ApprovalRequest) -> tuple[policy.Level, ...]:
    known = policy.levels(period.local_day(row.asked_at))
    place = next((index for index, level in enumerate(known) if level.code == row.level_code), -1)
    return known[: place + 1]


__all__ = [
    "ApprovalRecord",
    "ConcededPrice",
    "DelegationRecord",
    "Giving",
    "approval",
    "approval_by_token",
    "approvals_of",
    "approvals_to_decide",
    "approvers",
    "conceded_prices",
    "delegate_of",
    "delegations",
    "fingerprint",
    "giving",
    "giving_of",
    "is_approved",
    "possible_delegates",
    "replaced_by",
]
