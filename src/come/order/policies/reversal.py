"""What a line in flight may still become, and what that costs: the points of no return, kept as data; pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from come.order.policies import dates, decomposition, rules
from come.shared import obstacles, text


@dataclasses.dataclass(frozen=True, slots=True)
class Started:
    """A step that has left us: `is_in_flight` while its outcome is not known, `is_doubtful` when its effect may exist unseen."""

    kind: str
    is_in_flight: bool = False
    is_doubtful: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Cost:
    """One reason why cancelling a line costs something."""

    step: str
    amount_eur_excl_tax: Decimal
    label_fr: str
    source: str


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """Whether a line may still be cancelled: `free`, `soft` (undone, at a cost), `hard` or `doubtful` (not now); and why."""

    level: str
    because: str = ""
    waits_for: tuple[str, ...] = ()
    costs: tuple[Cost, ...] = ()

    @property
    def penalty_eur_excl_tax(self) -> Decimal:
        """Return what cancelling the line costs."""
        return sum((cost.amount_eur_excl_tax for cost in self.costs), Decimal(0))

    @property
    def may_cancel(self) -> bool:
        """Tell whether the line may be cancelled, free of charge or not."""
        return self.level in {"free", "soft"}


@dataclasses.dataclass(frozen=True, slots=True)
class StandingLine:
    """Where a line in flight stands; `started` are the steps that have left us."""

    item_id: uuid.UUID
    started: tuple[str, ...]
    standing: Standing
    begun: tuple[Started, ...] = ()

    @property
    def sentence(self) -> text.T:
        """Say it in French."""
        return sentence(self.standing)


def standing(*, operation: str, started: Iterable[Started], day: dt.date) -> Standing:
    """Return where a line stands, from its steps that have left us, at the penalties of that day."""
    begun = sorted(started, key=lambda one: _place(one.kind))
    points = [(one, rules.step_rule(one.kind).return_point(operation)) for one in begun]
    hard = next((one for one, point in points if point == "hard"), None)
    if hard is not None:
        return Standing("hard", hard.kind)
    doubtful = next((one for one in begun if one.is_doubtful), None)
    if doubtful is not None:
        return Standing("doubtful", doubtful.kind)
    soft = [one for one, point in points if point == "soft"]
    if not soft:
        return Standing("free")
    costs = tuple(
        Cost(rule.step, rule.amount_eur_excl_tax, rule.label_fr, rule.source)
        for one in soft
        for rule in rules.penalty_rules()
        if rule.step == one.kind and rule.is_valid(day)
    )
    return Standing("soft", soft[-1].kind, tuple(one.kind for one in soft if one.is_in_flight), costs)


def sentence(found: Standing) -> text.T:
    """Say where a line stands, in French."""
    if found.level == "free":
        return text.T("Rien n’est parti : la ligne s’annule sans frais.")
    step = text.T(rules.step_rule(found.because).label_fr)
    if found.level == "hard":
        return text.T("Point de non-retour passé à l’étape « {step} » : la ligne se résilie depuis le parc.", step=step)
    if found.level == "doubtful":
        return text.T("L’étape « {step} » a pu prendre effet sans se montrer : relancez-la d’abord, son issue décidera.", step=step)
    if found.waits_for:
        return text.T("L’étape « {step} » est en cours d’envoi : l’annulation attend son issue, puis défait ce qui a été fait.", step=step)
    return text.T("L’étape « {step} » a eu lieu : elle sera défaite.", step=step)


def amendment(field: str, *, started: Iterable[Started]) -> str:
    """Return what becomes of a change asked now: "applied", "waiting" for a step being sent, or "refused" past its limit."""
    limit = rules.amendment_limits()[field]
    found = next((one for one in started if one.kind == limit), None)
    if found is None:
        return "applied"
    return "waiting" if found.is_in_flight or found.is_doubtful else "refused"


def amendment_obstacle(field: str) -> obstacles.Obstacle:
    """Return why something can no longer be changed on a line in flight."""
    step = text.T(rules.step_rule(rules.amendment_limits()[field]).label_fr)
    return obstacles.Obstacle(
        "order.amendment_late",
        obstacles.Severity.REFUSAL,
        text.T("L’étape « {step} » a eu lieu : cela ne se change plus dans la commande.", step=step),
        text.T("Changez la ligne depuis le parc une fois la commande finie."),
        field,
    )


def compensation(done_kinds: Sequence[str], *, from_day: dt.date) -> tuple[decomposition.PlannedStep, ...]:
    """Return the steps that undo these, after those of the plan; only what was done is undone."""
    kept = [rule for rule in rules.compensation_rules() if rule.undoes in done_kinds]
    kinds = {rule.kind for rule in kept}
    first = len(rules.step_rules())
    return tuple(
        decomposition.PlannedStep(
            kind=rule.kind,
            sequence=first + place,
            adapter=rule.adapter,
            after=tuple(kind for kind in rule.after if kind in kinds),
            planned_date=dates.after_working_days(from_day, rule.lead_working_days),
            maximum_age_seconds=rule.maximum_age_hours * 3600,
        )
        for place, rule in enumerate(kept)
    )


def compensation_kinds() -> frozenset[str]:
    """Return the kinds of steps that undo others."""
    return frozenset(rule.kind for rule in rules.compensation_rules())


def _place(kind: str) -> int:
    return next(place for place, rule in enumerate(rules.step_rules()) if rule.kind == kind)
