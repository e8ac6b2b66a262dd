"""The plan of an order before it is submitted: the same rules as after."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.order import records
from come.order.policies import accepted as accepted_policies, decomposition, freezing, rules
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


def plan_preview(*, quote_id: uuid.UUID, at: dt.datetime) -> records.PlanPreview:
    """Return what an accepted quote would become: its steps per group of lines alike, each with its day, and the day promised.

    The same rules and calendar as after the submission; nothing is written. Without a group when an offer forbids the order.
    """
    accepted = quote_queries.quote_for_order(quote_id=quote_id)
    day = period.local_day(at)
    offerings, _hash = sold_offerings(accepted=accepted, at=at)
    found = accepted_policies.sort(accepted, offerings)
    if found.obstacles:
        return records.PlanPreview((), (), None)
    counts = collections.Counter((place, bool(line.rio)) for line, place in found.lines)
    groups = tuple(_group(found.patterns[place], count, has_rio=has_rio, day=day) for (place, has_rio), count in sorted(counts.items()))
    steps: dict[str, records.PreviewStep] = {}
    for step in (step for group in groups for step in group.steps):
        known = steps.get(step.kind)
        steps[step.kind] = dataclasses.replace(
            step,
            line_count=step.line_count + (known.line_count if known else 0),
            planned_date=max(step.planned_date, known.planned_date) if known else step.planned_date,
        )
    ordered = tuple(steps[kind] for kind in detail.step_words() if kind in steps)
    return records.PlanPreview(groups, ordered, max((step.planned_date for step in ordered), default=None))


def _group(pattern: freezing.FrozenPattern, count: int, *, has_rio: bool, day: dt.date) -> records.PreviewGroup:
    operation = pattern.operation or "install"
    facts = decomposition.PatternFacts(operation, pattern.kinds, pattern.needs_msisdn, pattern.needs_sim, pattern.needs_device)
    words = detail.step_words()
    steps = tuple(
        records.PreviewStep(step.kind, words[step.kind], count, step.planned_date, rules.step_rule(step.kind).return_point(operation))
        for step in decomposition.plan(facts=facts, has_rio=has_rio, from_day=day)
    )
    last = max((step.planned_date for step in steps), default=None)
    return records.PreviewGroup(pattern.plan_name_fr, operation, count, has_rio, steps, last)
