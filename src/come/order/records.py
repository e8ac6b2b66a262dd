"""Orders as frozen values. No Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as lists show it: `trouble` and `next_step` say what holds it, in French."""

    id: uuid.UUID
    reference: str
    kind: str
    state: str
    state_since_at: dt.datetime
    customer_file_id: uuid.UUID
    customer_name: str
    customer_reference: str
    ordered_at: dt.datetime
    ordered_by_name: str
    line_count: int
    done_count: int
    held_count: int
    promised_date: dt.date | None
    was_promise_moved: bool
    trouble: str
    next_step: str
    trouble_due_at: dt.datetime | None

    def is_late(self, day: dt.date) -> bool:
        """Tell whether the promised day is past and the order still open."""
        return self.promised_date is not None and self.done_count < self.line_count and self.promised_date < day

    @property
    def done_percent(self) -> int:
        """Return the share of lines done, in points."""
        return 100 * self.done_count // self.line_count if self.line_count else 0


@dataclasses.dataclass(frozen=True, slots=True)
class StepProgress:
    """One kind of step over all lines of an order: how many in each state."""

    kind: str
    label_fr: str
    adapter: str
    planned_date: dt.date
    counts: dict[str, int]
    oldest_since_at: dt.datetime | None

    @property
    def total(self) -> int:
        """Return how many lines have this step."""
        return sum(self.counts.values())

    @property
    def state(self) -> str:
        """Return the state that a reader should see first."""
        for state in ("held", "sent", "ready", "planned", "cancelled"):
            if self.counts.get(state):
                return state
        return "done"


@dataclasses.dataclass(frozen=True, slots=True)
class HeldCause:
    """What holds lines, once per cause: who has it, by when, which incident gathers it, which repairs make sense."""

    signature: str
    code: str
    step_kind: str
    step_label_fr: str
    cause_fr: str
    next_step_fr: str
    line_count: int
    order_count: int
    owner_name: str
    due_at: dt.datetime
    held_since_at: dt.datetime
    incident_reference: str
    incident_status: str
    incident_promised_at: dt.datetime | None
    repairs: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class PromiseRecord:
    """A date given to the customer."""

    promised_date: dt.date
    previous_date: dt.date | None
    made_at: dt.datetime
    made_by_name: str
    reason_fr: str
    evidence: str


@dataclasses.dataclass(frozen=True, slots=True)
class PatternPrice:
    """A frozen price of lines sold alike."""

    name_fr: str
    price_type: str
    amount: Decimal
    clause_number: str


@dataclasses.dataclass(frozen=True, slots=True)
class PatternRecord:
    """Lines sold alike: what, how many, at which prices."""

    position: int
    plan_code: str
    plan_name_fr: str
    option_codes: tuple[str, ...]
    device_code: str
    line_count: int
    prices: tuple[PatternPrice, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class WaitedOrder:
    """An earlier order that lines of this one come after."""

    reference: str
    ordered_by_name: str
    ordered_at: dt.datetime
    line_count: int


@dataclasses.dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order as its page shows it, whatever its number of lines."""

    id: uuid.UUID
    reference: str
    external_id: str
    kind: str
    state: str
    state_since_at: dt.datetime
    reason: str
    quote_id: uuid.UUID | None
    quote_reference: str
    customer_file_id: uuid.UUID
    agency_id: uuid.UUID
    billing_account_id: uuid.UUID | None
    agreement_reference: str
    ordered_by_name: str
    on_behalf_of_name: str
    ordered_at: dt.datetime
    completed_at: dt.datetime | None
    is_decomposed: bool
    line_count: int
    items: dict[str, int]
    steps: tuple[StepProgress, ...]
    causes: tuple[HeldCause, ...]
    promises: tuple[PromiseRecord, ...]
    # The most frequent.
    patterns: tuple[PatternRecord, ...]
    waiting_systems: tuple[str, ...]
    waits_for: tuple[WaitedOrder, ...] = ()
    stopped_since_at: dt.datetime | None = None
    stopped_by_name: str = ""

    @property
    def promised_date(self) -> dt.date | None:
        """Return the date promised last."""
        return self.promises[0].promised_date if self.promises else None


@dataclasses.dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of one line, with what holds it."""

    id: int
    kind: str
    label_fr: str
    adapter: str
    state: str
    state_since_at: dt.datetime
    planned_date: dt.date
    done_at: dt.datetime | None
    cause_fr: str
    next_step_fr: str
    owner_name: str
    due_at: dt.datetime | None
    incident_reference: str
    repairs: tuple[str, ...]
    is_overdue: bool


@dataclasses.dataclass(frozen=True, slots=True)
class ItemRecord:
    """One line of an order."""

    id: uuid.UUID
    position: int
    external_id: str
    action: str
    stable_line_id: uuid.UUID
    state: str
    state_since_at: dt.datetime
    user_label: str
    cost_centre_code: str
    msisdn: str
    iccid: str
    rio: str
    plan_code: str
    plan_name_fr: str
    option_codes: tuple[str, ...]
    pattern_position: int
    completed_at: dt.datetime | None
    steps: tuple[StepRecord, ...]
    is_installed: bool

    @property
    def current_step(self) -> StepRecord | None:
        """Return the step that matters now: the one held, else the first that is not done."""
        held = [step for step in self.steps if step.state == "held"]
        rest = [step for step in self.steps if step.state not in ("done", "cancelled")]
        return next(iter(held or rest), None)


@dataclasses.dataclass(frozen=True, slots=True)
class LineDecisionRecord:
    """What was decided on a line in flight."""

    kind: str
    outcome: str
    because: str
    changes: dict[str, Any]
    penalty_eur_excl_tax: Decimal
    penalty_source: str
    reason: str
    made_at: dt.datetime
    made_by_name: str


@dataclasses.dataclass(frozen=True, slots=True)
class PreviewStep:
    """A step that lines would have; `return_point` is "", "soft" or "hard" once it has left."""

    kind: str
    label_fr: str
    line_count: int
    planned_date: dt.date
    return_point: str


@dataclasses.dataclass(frozen=True, slots=True)
class PreviewGroup:
    """Lines that would have the same plan."""

    plan_name_fr: str
    operation: str
    line_count: int
    has_rio: bool
    steps: tuple[PreviewStep, ...]
    last_date: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class PlanPreview:
    """The plan of an order before it is submitted."""

    groups: tuple[PreviewGroup, ...]
    steps: tuple[PreviewStep, ...]
    promised_date: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class FleetAct:
    """What is to be done to many lines at once: suspend, resume, terminate, add_option, remove_option or swap_plan."""

    kind: str
    offering_code: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class PlainItem:
    """One line of an order, without its steps, for machines."""

    external_id: str
    action: str
    state: str
    stable_line_id: uuid.UUID
    msisdn: str
    iccid: str
    rio: str
    user_label: str
    cost_centre_code: str
    plan_code: str
    plan_name_fr: str
    option_codes: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class TrackedLine:
    """A line as the customer's link shows it."""

    user_label: str
    plan_name_fr: str
    msisdn: str
    state: str


@dataclasses.dataclass(frozen=True, slots=True)
class TrackedOrder:
    """An order as the customer's link shows it: one page of its lines, its promises the last one first; none once it is over."""

    reference: str
    customer_name: str
    agency_name: str
    seller_name: str
    ordered_at: dt.datetime
    completed_at: dt.datetime | None
    state: str
    is_over: bool
    line_count: int
    done_count: int
    promises: tuple[PromiseRecord, ...]
    lines: tuple[TrackedLine, ...]

    @property
    def promised_date(self) -> dt.date | None:
        """Return the day promised now: the very one that the seller reads."""
        return self.promises[0].promised_date if self.promises else None
