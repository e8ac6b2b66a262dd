"""The plan of an order before it is submitted: the same rules as after."""

from __future__ import annotations

import collections
import datetime as dt
import uuid
from collections.abc import Mapping

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.order.policies import accepted as accepted_policies, decomposition
from come.order.queries import detail
from come.quote import queries as quote_queries, records as quotes
from come.shared import period


def sold_offerings(*, accepted: quotes.AcceptedQuote, at: dt.datetime) -> tuple[Mapping[str, catalogue.OfferingRecord], str]:
    """Return the offerings by code, each in the version that the quote sold, and the catalogue's hash of the day.

    What was accepted stays orderable, even when its offering has another version since, or has left the catalogue
    (two statements more for each such offering).
    """
    day = period.local_day(at)
    snapshot = catalogue_queries.catalogue_snapshot(at=day)
    offerings = dict(snapshot.offerings)
    sold = {(component.offering_code, component.offering_version) for line in accepted.lines for component in line.components}
    for code, version in sorted(sold):
        if code in offerings and offerings[code].version == version:
            continue
        for record in catalogue_queries.offering_versions(code=code, at=day):
            if record.version == version:
                offerings[code] = record
    return offerings, snapshot.version_hash


def plan_preview(*, quote_id: uuid.UUID, at: dt.datetime) -> tuple[list[tuple[str, int, dt.date]], dt.date | None]:
    """Return the steps that an accepted quote would become, `(name, lines, planned date)`, and the date that would be promised."""
    accepted = quote_queries.quote_for_order(quote_id=quote_id)
    day = period.local_day(at)
    offerings, _hash = sold_offerings(accepted=accepted, at=at)
    words = detail.step_words()
    counts: dict[str, tuple[int, dt.date]] = {}
    found = accepted_policies.sort(accepted, offerings)
    groups = collections.Counter((place, bool(line.rio)) for line, place in found.lines) if not found.obstacles else {}
    for (place, has_rio), count in groups.items():
        pattern = found.patterns[place]
        facts = decomposition.PatternFacts(
            pattern.operation or "install", pattern.kinds, pattern.needs_msisdn, pattern.needs_sim, pattern.needs_device
        )
        for step in decomposition.plan(facts=facts, has_rio=has_rio, from_day=day):
            known, latest = counts.get(step.kind, (0, step.planned_date))
            counts[step.kind] = (known + count, max(latest, step.planned_date))
    steps = [(words[kind], *counts[kind]) for kind in words if kind in counts]
    return steps, max((planned for _, _, planned in steps), default=None)
