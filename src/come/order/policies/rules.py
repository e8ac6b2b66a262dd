"""The decomposition rules and the causes, read from data files; pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import importlib.resources
import tomllib
from decimal import Decimal
from typing import Any

from come.shared import text


@dataclasses.dataclass(frozen=True, slots=True)
class StepRule:
    """One kind of step: when a line has it, after what, through which system, how long it takes and may take."""

    kind: str
    label_fr: str
    operations: tuple[str, ...]
    when: str
    adapter: str
    after: tuple[str, ...]
    lead_working_days: int
    maximum_age_hours: int
    point_of_no_return: str = ""
    hard_operations: tuple[str, ...] = ()

    def return_point(self, operation: str) -> str:
        """Return "", "soft" or "hard": what a line may still do once this step has left us, for one operation."""
        return "hard" if operation in self.hard_operations else self.point_of_no_return


@dataclasses.dataclass(frozen=True, slots=True)
class CompensationRule:
    """A step that undoes another, once the line is cancelled after a soft point of no return."""

    kind: str
    label_fr: str
    undoes: str
    adapter: str
    after: tuple[str, ...]
    lead_working_days: int
    maximum_age_hours: int


@dataclasses.dataclass(frozen=True, slots=True)
class PenaltyRule:
    """What undoing a step costs per line, from a day on, and the article that says so."""

    step: str
    amount_eur_excl_tax: Decimal
    valid_from: dt.date
    label_fr: str
    source: str
    valid_to: dt.date | None = None

    def is_valid(self, day: dt.date) -> bool:
        """Tell whether the rule holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclasses.dataclass(frozen=True, slots=True)
class ConflictRule:
    """What becomes of an operation wanted on a line while another runs on it."""

    running: str
    wanted: tuple[str, ...]
    then: str


@dataclasses.dataclass(frozen=True, slots=True)
class CauseRule:
    """What a refusal code means for people, who has it, by when, and how it is repaired."""

    code: str
    cause_fr: str
    next_step_fr: str
    title_fr: str
    owner: str
    due_hours: int
    repairs: tuple[str, ...]


DEFAULT_CAUSE = "default"


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((importlib.resources.files("come.order") / "data" / name).read_text(encoding="utf-8"))


@functools.cache
def step_rules() -> tuple[StepRule, ...]:
    """Return the decomposition rules, in the order in which a plan shows them."""
    return tuple(
        StepRule(
            **{
                **rule,
                "operations": tuple(rule["operations"]),
                "after": tuple(rule["after"]),
                "hard_operations": tuple(rule.get("hard_operations", ())),
            }
        )
        for rule in _data("decomposition.toml")["step"]
    )


@functools.cache
def compensation_rules() -> tuple[CompensationRule, ...]:
    """Return the steps that undo others, in the order in which a plan shows them."""
    return tuple(CompensationRule(**rule | {"after": tuple(rule["after"])}) for rule in _data("decomposition.toml")["compensation"])


@functools.cache
def amendment_limits() -> dict[str, str]:
    """Return, for each thing that may be changed on a line in flight, the step after which it no longer can."""
    return {rule["field"]: rule["until"] for rule in _data("decomposition.toml")["amendment"]}


@functools.cache
def conflict_rules() -> tuple[ConflictRule, ...]:
    """Return what becomes of a second order on a line, as the file says."""
    return tuple(ConflictRule(rule["running"], tuple(rule["wanted"]), rule["then"]) for rule in _data("conflicts.toml")["rule"])


@functools.cache
def penalty_rules() -> tuple[PenaltyRule, ...]:
    """Return what undoing costs, as the dated file says."""
    return tuple(
        PenaltyRule(**rule | {"amount_eur_excl_tax": Decimal(rule["amount_eur_excl_tax"])}) for rule in _data("penalties.toml")["penalty"]
    )


def step_rule(kind: str) -> StepRule:
    """Return the rule of one kind of step; StopIteration when it does not exist."""
    return next(rule for rule in step_rules() if rule.kind == kind)


@functools.cache
def causes() -> dict[str, CauseRule]:
    """Return the causes by code, with `default` for codes that nobody has explained yet."""
    return {code: CauseRule(code=code, **{**cause, "repairs": tuple(cause["repairs"])}) for code, cause in _data("causes.toml").items()}


def cause(code: str) -> CauseRule:
    """Return what a code means; a code that nobody has explained keeps its own name in its sentence."""
    return causes().get(code) or dataclasses.replace(causes()[DEFAULT_CAUSE], code=code)


def cause_sentence(*, code: str, adapter: str, msisdn: str = "", iccid: str = "") -> text.T:
    """Return what happened, to which line."""
    return text.T(
        cause(code).cause_fr, **_values(cause(code).cause_fr, code=code, adapter=adapter, msisdn=msisdn or "—", iccid=iccid or "—")
    )


def next_step_sentence(*, code: str, adapter: str = "") -> text.T:
    """Return what to do now."""
    template = cause(code).next_step_fr
    return text.T(template, **_values(template, code=code, adapter=adapter))


def title_sentence(*, code: str) -> text.T:
    """Return the title of the incident that gathers this cause."""
    return text.T(cause(code).title_fr, **_values(cause(code).title_fr, code=code))


def _values(template: str, **values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if "{" + name + "}" in template}


def signature(*, adapter: str, step_kind: str, code: str, release: str) -> str:
    """Return the normalised name of a cause: failures that share it join one incident."""
    return f"{adapter}/{step_kind}/{code}/{release}"
