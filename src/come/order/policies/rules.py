"""The decomposition rules and the causes, read from data files; pure."""

from __future__ import annotations

import dataclasses
import functools
import importlib.resources
import tomllib
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
        StepRule(**{**rule, "operations": tuple(rule["operations"]), "after": tuple(rule["after"])})
        for rule in _data("decomposition.toml")["step"]
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
