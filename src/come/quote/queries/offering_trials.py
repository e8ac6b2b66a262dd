"""An offer before it is sold: what a small quote of it would cost, and which quotes in progress it would change."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import Q

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.quote import models, pricing, records
from come.quote.policies import states
from come.quote.queries import changes, reading
from come.shared import actor as actors, obstacles, text
from come.staff import policies as rights

OPEN_STATES = (states.IN_PROGRESS, states.PENDING, states.APPROVED)
_PRICED_AGAIN = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """What a few lines of an offer would cost; `day` is the day of the catalogue tried."""

    offering: catalogue.OfferingRecord
    day: dt.date
    priced: records.PricedQuote
    choices: tuple[tuple[str, str], ...]
    """What may come with the line: options, or the plan that carries an option."""


def try_offering(
    *,
    offering_id: uuid.UUID,
    viewer: actors.Actor,
    today: dt.date,
    quantity: int = 10,
    segment: str = "pme",
    with_codes: Sequence[str] = (),
) -> Trial:
    """Price a few lines of a version that is not on sale, by the kernel of quotes, together with the other drafts.

    A bundle is tried with what it proposes by default. Raises NotAllowed for those who do not write the catalogue, NotFound,
    Refusal for a quantity that is none.
    """
    snapshot = catalogue_queries.trial_snapshot(offering_id=offering_id, viewer=viewer, at=today)
    version = catalogue_queries.visible_offering(offering_id=offering_id, viewer=viewer)
    if not 1 <= quantity <= 100_000:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.trial_quantity",
                obstacles.Severity.REFUSAL,
                text.T("Un essai porte sur 1 à 100 000 lignes."),
                text.T("Écrivez un nombre de lignes."),
                "quantity",
            )
        )
    chosen = tuple(code for code in dict.fromkeys(with_codes) if code in snapshot.offerings and code != version.code)
    counts = quantities(snapshot.offerings[version.code], chosen, quantity, snapshot.offerings)
    priced = pricing.price_quote(quantities=counts, snapshot=snapshot, agreement=None, segment=segment)
    return Trial(version, snapshot.at, priced, tuple(_choices(version, snapshot)))


def quantities(
    version: catalogue.OfferingRecord, chosen: Sequence[str], quantity: int, offerings: Mapping[str, catalogue.OfferingRecord]
) -> dict[records.Pattern, int]:
    """Return the lines that a trial is about: an offer with what is chosen beside it, or a bundle with what it proposes."""
    if version.kind == catalogue.OfferingKind.BUNDLE:
        members = [member for member in version.members if member.code in offerings]
        lines = [member for member in members if offerings[member.code].kind in _LINE_KINDS]
        others = [member for member in members if member not in lines and offerings[member.code].kind not in _PARTS]
        options = sorted(
            member.code
            for member in members
            if offerings[member.code].kind == catalogue.OfferingKind.OPTION and (member.default > 0 or member.code in chosen)
        )
        found: dict[records.Pattern, int] = {}
        for member in (*lines, *others):
            count = member.default or (1 if member.code in chosen else 0)
            if count:
                own = tuple(options) if member in lines else ()
                found[records.Pattern(member.code, own, "", version.code)] = count * quantity
        return found
    carriers = [code for code in chosen if offerings[code].kind in _LINE_KINDS]
    parts = [code for code in chosen if offerings[code].kind == catalogue.OfferingKind.OPTION]
    devices = [code for code in chosen if offerings[code].kind == catalogue.OfferingKind.DEVICE]
    if version.kind == catalogue.OfferingKind.OPTION and carriers:
        return {records.Pattern(carriers[0], tuple(sorted({version.code, *parts})), devices[0] if devices else ""): quantity}
    return {records.Pattern(version.code, tuple(sorted(parts)), devices[0] if devices else ""): quantity}


_LINE_KINDS = (
    catalogue.OfferingKind.PLAN,
    catalogue.OfferingKind.DATA_PLAN,
    catalogue.OfferingKind.M2M,
    catalogue.OfferingKind.SIP_TRUNK,
)
_PARTS = (catalogue.OfferingKind.OPTION, catalogue.OfferingKind.DISCOUNT)


def _choices(version: catalogue.OfferingRecord, snapshot: catalogue.CatalogueSnapshot) -> list[tuple[str, str]]:
    if version.kind == catalogue.OfferingKind.BUNDLE:
        wanted = [snapshot.offerings[member.code] for member in version.members if member.code in snapshot.offerings]
    else:
        kinds = (*_LINE_KINDS, catalogue.OfferingKind.OPTION) if version.kind == catalogue.OfferingKind.OPTION else ("option", "device")
        wanted = [record for record in snapshot.offerings.values() if record.kind in kinds and record.code != version.code]
    return sorted(((record.code, record.name_fr) for record in wanted), key=lambda one: one[1])


@dataclasses.dataclass(frozen=True, slots=True)
class ImpactLine:
    """One quote in progress: what it says a month and once, and what it would say with the new version."""

    reference: str
    customer_name: str
    state: str
    line_count: int
    monthly: Decimal
    new_monthly: Decimal
    one_off: Decimal
    new_one_off: Decimal
    obstacle: str = ""

    @property
    def monthly_difference(self) -> Decimal:
        """Return what changes each month."""
        return self.new_monthly - self.monthly


@dataclasses.dataclass(frozen=True, slots=True)
class QuoteImpact:
    """The quotes in progress that use an offer; the most recent are priced again with the new version."""

    quote_count: int
    line_count: int
    lines: tuple[ImpactLine, ...]

    @property
    def monthly_difference(self) -> Decimal:
        """Return what changes each month in all the quotes priced again."""
        return sum((line.monthly_difference for line in self.lines if not line.obstacle), Decimal(0))


def offering_impact(*, offering_id: uuid.UUID, viewer: actors.Actor, today: dt.date) -> QuoteImpact:
    """Return which quotes in progress use the offer of a version, and what each would cost with it (the 20 latest are priced again).

    Quotes keep the prices that they say until somebody prices them again. Raises NotAllowed, NotFound.
    """
    rights.require(viewer, "quote.read")
    version = catalogue_queries.visible_offering(offering_id=offering_id, viewer=viewer)
    uses = Q(plan_code=version.code) | Q(option_codes__contains=[version.code]) | Q(device_code=version.code) | Q(bundle_code=version.code)
    counts: dict[uuid.UUID, int] = {}
    for quote_id, quantity in models.QuotePattern.objects.filter(uses, quantity__gt=0).values_list("quote_id", "quantity"):
        counts[quote_id] = counts.get(quote_id, 0) + quantity
    heads = models.Quote.objects.filter(id__in=counts, state__in=OPEN_STATES, valid_until__gte=today)
    if not viewer.sees_all_agencies:
        heads = heads.filter(agency_id__in=viewer.agency_ids)
    found = list(heads.select_related("customer_file").order_by("-updated_at"))
    again = found[:_PRICED_AGAIN]
    snapshot = catalogue_queries.trial_snapshot(offering_id=offering_id, viewer=viewer, at=today)
    patterns: dict[uuid.UUID, dict[records.Pattern, int]] = {}
    for row in models.QuotePattern.objects.filter(quote__in=again, quantity__gt=0):
        patterns.setdefault(row.quote_id, {})[reading.pattern_key(row)] = row.quantity
    return QuoteImpact(
        quote_count=len(found),
        line_count=sum(counts[head.id] for head in found),
        lines=tuple(_impact_line(head, patterns[head.id], counts[head.id], snapshot) for head in again),
    )


def _impact_line(head: models.Quote, patterns: dict[records.Pattern, int], count: int, snapshot: catalogue.CatalogueSnapshot) -> ImpactLine:
    priced = changes.priced_on(head, patterns, snapshot)
    said = reading.totals(head)
    obstacle = next((str(one.obstacles[0].message) for one in priced.patterns if one.obstacles), "")
    return ImpactLine(
        reference=head.reference,
        customer_name=head.customer_file.name,
        state=head.state,
        line_count=count,
        monthly=said.monthly + said.instalments_monthly,
        new_monthly=priced.totals.monthly + priced.totals.instalments_monthly,
        one_off=said.one_off,
        new_one_off=priced.totals.one_off,
        obstacle=obstacle,
    )
