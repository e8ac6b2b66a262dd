"""From a pattern of lines to its steps and dates; pure. The same code shows the plan before submission and makes it after."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from come.order.policies import dates, rules

NETWORK_KINDS = frozenset({"plan", "data_plan", "m2m", "sip_trunk", "number_block"})
GOODS_KINDS = frozenset({"device", "accessory"})
NETWORK_OPTION_KINDS = frozenset({"option"})


@dataclasses.dataclass(frozen=True, slots=True)
class PatternFacts:
    """What the rules need to know of lines sold alike."""

    operation: str
    kinds: frozenset[str]
    needs_msisdn: bool
    needs_sim: bool
    needs_device: bool


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of a plan: `after` keeps only the steps that the line has."""

    kind: str
    sequence: int
    adapter: str
    after: tuple[str, ...]
    planned_date: dt.date
    maximum_age_seconds: int


def plan(*, facts: PatternFacts, has_rio: bool, from_day: dt.date) -> tuple[PlannedStep, ...]:
    """Return the steps of a line with these facts, in order, each with the day it is planned for."""
    kept = [rule for rule in rules.step_rules() if facts.operation in rule.operations and _applies(rule.when, facts, has_rio=has_rio)]
    kinds = {rule.kind for rule in kept}
    return tuple(
        PlannedStep(
            kind=rule.kind,
            sequence=sequence,
            adapter=rule.adapter,
            after=tuple(kind for kind in rule.after if kind in kinds),
            planned_date=dates.after_working_days(from_day, rule.lead_working_days),
            maximum_age_seconds=rule.maximum_age_hours * 3600,
        )
        for sequence, rule in enumerate(kept)
    )


def promised_date(plans: Iterable[tuple[PlannedStep, ...]]) -> dt.date:
    """Return the day that can be promised for a whole order: the last planned one. ValueError without a plan."""
    return max(step.planned_date for steps in plans for step in steps)


def _applies(condition: str, facts: PatternFacts, *, has_rio: bool) -> bool:
    match condition:
        case "always":
            return True
        case "needs_resources":
            return facts.needs_msisdn or facts.needs_sim
        case "has_rio":
            return has_rio and facts.needs_msisdn
        case "needs_goods":
            return facts.needs_sim or facts.needs_device or bool(facts.kinds & GOODS_KINDS)
        case "is_network_service":
            return bool(facts.kinds & NETWORK_KINDS) or facts.needs_sim
        case "has_network_options":
            return bool(facts.kinds & NETWORK_OPTION_KINDS) and (bool(facts.kinds & NETWORK_KINDS) or facts.needs_sim)
        case _:
            msg = f"no such condition in the decomposition rules: {condition}"
            raise ValueError(msg)
