"""The quotes that rest on an agreement: what each says, what it would cost on another day, and without the agreement."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from django.db.models import Count, OuterRef, Q, Subquery

from come.catalogue import queries as catalogue_queries
from come.quote import models, records
from come.quote.policies import states
from come.quote.queries import changes, reading
from come.shared import actor as actors
from come.staff import policies as rights

_OPEN = (states.IN_PROGRESS, states.PENDING, states.APPROVED)
_PRICED_AGAIN = 20


@dataclasses.dataclass(frozen=True, slots=True)
class AgreementQuote:
    """One quote in progress: what it says a month, what it would on a day, and on that day without the agreement.

    `obstacle` says why it cannot be priced on that day.
    """

    reference: str
    customer_name: str
    state: str
    valid_until: dt.date
    line_count: int
    monthly: Decimal
    monthly_then: Decimal
    monthly_without: Decimal
    obstacle: str = ""

    @property
    def difference_then(self) -> Decimal:
        """Return what changes each month on that day."""
        return self.monthly_then - self.monthly

    @property
    def difference_without(self) -> Decimal:
        """Return what changes each month without the agreement."""
        return self.monthly_without - self.monthly


@dataclasses.dataclass(frozen=True, slots=True)
class AgreementQuotes:
    """The quotes of an agreement: those in progress (the latest are priced again), and how many were accepted."""

    day: dt.date
    open_count: int
    accepted_count: int
    quotes: tuple[AgreementQuote, ...]

    @property
    def difference_then(self) -> Decimal:
        """Return what changes each month in all the quotes priced again."""
        return sum((one.difference_then for one in self.quotes if not one.obstacle), Decimal(0))

    @property
    def difference_without(self) -> Decimal:
        """Return what changes each month without the agreement, in all the quotes priced again."""
        return sum((one.difference_without for one in self.quotes if not one.obstacle), Decimal(0))


def agreement_quotes(*, reference: str, viewer: actors.Actor, today: dt.date, day: dt.date | None = None) -> AgreementQuotes:
    """Return the quotes that rest on an agreement, and what the 20 latest in progress would cost on a day (today by default).

    Quotes of other agencies are not counted. Nothing is written: a quote says its prices until somebody prices it again. Raises
    NotAllowed, NotFound for an agreement that the person does not see.
    """
    rights.require(viewer, "quote.read")
    agreement = catalogue_queries.visible_agreement(reference=reference, viewer=viewer)
    then = day or today
    latest = models.Quote.objects.filter(reference=OuterRef("reference")).order_by("-version").values("version")[:1]
    found = models.Quote.objects.filter(agreement_id=agreement.id, version=Subquery(latest))
    agencies = rights.visible_agency_ids(viewer)
    if agencies is not None:
        found = found.filter(agency_id__in=agencies)
    is_open = Q(state__in=_OPEN, valid_until__gte=today)
    counts = found.aggregate(open=Count("id", filter=is_open), accepted=Count("id", filter=Q(state=states.ACCEPTED)))
    heads = list(found.filter(is_open).select_related("customer_file").order_by("-updated_at", "-id")[:_PRICED_AGAIN])
    patterns: dict[uuid.UUID, dict[records.Pattern, int]] = {head.id: {} for head in heads}
    for row in models.QuotePattern.objects.filter(quote__in=heads, quantity__gt=0):
        patterns[row.quote_id][reading.pattern_key(row)] = row.quantity
    return AgreementQuotes(
        day=then,
        open_count=counts["open"],
        accepted_count=counts["accepted"],
        quotes=tuple(_priced_again(head, patterns[head.id], then) for head in heads),
    )


def _priced_again(head: models.Quote, patterns: dict[records.Pattern, int], day: dt.date) -> AgreementQuote:
    snapshot = changes.snapshot_of(head, day)
    alone = copy.copy(head)
    alone.agreement_id = None
    then, without = (changes.priced_on(one, patterns, snapshot) for one in (head, alone))
    obstacle = next((str(one.obstacles[0].message) for one in (*then.patterns, *without.patterns) if one.obstacles), "")
    return AgreementQuote(
        reference=head.reference,
        customer_name=head.customer_file.name,
        state=head.state,
        valid_until=head.valid_until,
        line_count=head.line_count,
        monthly=_monthly(reading.totals(head)),
        monthly_then=_monthly(then.totals),
        monthly_without=_monthly(without.totals),
        obstacle=obstacle,
    )


def _monthly(totals: records.Totals) -> Decimal:
    return totals.monthly + totals.instalments_monthly
