"""The state machines of orders, items, steps, messages and breakers: one table each, and what follows from them; pure."""

from __future__ import annotations

from collections.abc import Mapping

from come.shared import text

Transitions = Mapping[str, frozenset[str]]

# TM Forum 622 words. `pending` waits for the customer or the seller, `held` for us: whose move it is.
ORDER_TRANSITIONS: Transitions = {
    "acknowledged": frozenset(
        {"inProgress", "held", "pending", "rejected", "cancelled", "completed", "partial", "failed", "pendingCancellation"}
    ),
    "inProgress": frozenset(
        {"held", "pending", "completed", "partial", "failed", "cancelled", "assessingCancellation", "pendingCancellation"}
    ),
    "held": frozenset(
        {"inProgress", "pending", "completed", "partial", "failed", "cancelled", "assessingCancellation", "pendingCancellation"}
    ),
    "pending": frozenset(
        {"inProgress", "held", "completed", "partial", "failed", "cancelled", "assessingCancellation", "pendingCancellation"}
    ),
    "assessingCancellation": frozenset({"inProgress", "held", "pending", "pendingCancellation", "completed", "partial", "cancelled"}),
    "pendingCancellation": frozenset({"cancelled", "partial", "held", "inProgress", "failed"}),
    "completed": frozenset(),
    "partial": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
    "rejected": frozenset(),
}
ITEM_TRANSITIONS: Transitions = {
    "acknowledged": frozenset({"inProgress", "held", "pending", "completed", "failed", "cancelled", "rejected", "pendingCancellation"}),
    "inProgress": frozenset({"held", "pending", "completed", "failed", "cancelled", "pendingCancellation"}),
    "held": frozenset({"inProgress", "pending", "completed", "failed", "cancelled", "pendingCancellation"}),
    "pending": frozenset({"inProgress", "held", "completed", "failed", "cancelled", "pendingCancellation"}),
    # What was done is being undone; a step that resists holds the line.
    "pendingCancellation": frozenset({"held", "cancelled"}),
    "completed": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
    "rejected": frozenset(),
}
# planned: waits for another step; ready: may run; sent: asked of the outside, effect not yet observed;
# held: something stands in the way, with its cause, owner and date. A repair may ask for a done step again (the SIM that
# replaces another is shipped too).
STEP_TRANSITIONS: Transitions = {
    "planned": frozenset({"ready", "cancelled"}),
    "ready": frozenset({"sent", "done", "held", "cancelled"}),
    "sent": frozenset({"done", "held"}),
    "held": frozenset({"ready", "cancelled"}),
    "done": frozenset({"ready"}),
    "cancelled": frozenset(),
}
# pending: to be sent; sending: a process has it in hand; sent: received, effect awaited; refused: may be tried again.
MESSAGE_TRANSITIONS: Transitions = {
    "pending": frozenset({"sending", "cancelled"}),
    "sending": frozenset({"sending", "pending", "sent", "observed", "refused"}),
    "sent": frozenset({"observed", "pending", "refused"}),
    "observed": frozenset(),
    "refused": frozenset({"pending", "cancelled"}),
    "cancelled": frozenset(),
}
BREAKER_TRANSITIONS: Transitions = {
    "closed": frozenset({"open"}),
    "open": frozenset({"half_open"}),
    "half_open": frozenset({"closed", "open"}),
}
MACHINES: Mapping[str, Transitions] = {
    "ProductOrder": ORDER_TRANSITIONS,
    "ProductOrderItem": ITEM_TRANSITIONS,
    "OrderStep": STEP_TRANSITIONS,
    "OutboxMessage": MESSAGE_TRANSITIONS,
    "AdapterBreaker": BREAKER_TRANSITIONS,
}

ORDER_WORDS = {
    "acknowledged": text.noop("Reçue"),
    "inProgress": text.noop("En cours"),
    "held": text.noop("Bloquée"),
    "pending": text.noop("En attente"),
    "assessingCancellation": text.noop("Annulation étudiée"),
    "pendingCancellation": text.noop("Annulation en cours"),
    "completed": text.noop("Terminée"),
    "partial": text.noop("Partielle"),
    "failed": text.noop("Échouée"),
    "cancelled": text.noop("Annulée"),
    "rejected": text.noop("Refusée"),
}
STEP_WORDS = {
    "planned": text.noop("Prévue"),
    "ready": text.noop("Prête"),
    "sent": text.noop("Envoyée"),
    "held": text.noop("Bloquée"),
    "done": text.noop("Faite"),
    "cancelled": text.noop("Annulée"),
}
OPEN_ORDER_STATES = ("acknowledged", "assessingCancellation", "held", "inProgress", "pending", "pendingCancellation")
FINAL_ITEM_STATES = frozenset(state for state, after in ITEM_TRANSITIONS.items() if not after)

# A line is busy until its last step that touches it is over: the letter that follows holds nobody.
BUSY_SQL = """
item.state NOT IN ('completed', 'cancelled', 'failed', 'rejected') AND (running.decomposed_at IS NULL OR EXISTS (
    SELECT 1 FROM order_step step WHERE step.item_id = item.id AND step.adapter <> 'mail' AND step.state NOT IN ('done', 'cancelled')))
"""


def may(machine: Transitions, before: str, after: str) -> bool:
    """Tell whether a thing may go from one state to another; KeyError for an unknown state."""
    return after in machine[before]


def item_state(steps: Mapping[str, int], *, is_cancelling: bool = False) -> str:
    """Derive a line's state from the number of its steps in each state; `is_cancelling` once what was done is to be undone."""
    present = {state for state, count in steps.items() if count}
    if "held" in present:
        return "held"
    if is_cancelling:
        return "cancelled" if present <= {"done", "cancelled"} else "pendingCancellation"
    if "cancelled" in present and present <= {"done", "cancelled"}:
        return "cancelled"
    if present == {"done"}:
        return "completed"
    if present <= {"planned", "ready", "cancelled"}:
        return "acknowledged"
    return "inProgress"


def order_state(items: Mapping[str, int]) -> str:
    """Derive an order's state from the number of its lines in each state: computed, never typed by hand."""
    present = {state for state, count in items.items() if count}
    if not present:
        return "acknowledged"
    running = present - FINAL_ITEM_STATES
    if running:
        return _running_state(running, present)
    if len(present) == 1:
        return present.pop()
    return "partial" if "completed" in present else "failed"


def _running_state(running: set[str], present: set[str]) -> str:
    if running == {"acknowledged"} == present:
        return "acknowledged"
    for state in ("held", "pending", "pendingCancellation"):
        if running == {state}:
            return state
    return "inProgress"


def diagram(machine: Transitions) -> str:
    """Draw a machine as a Mermaid state diagram, always in the same order."""
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(machine))}"]
    lines += [f"    {before} --> {after}" for before, targets in machine.items() for after in sorted(targets)]
    lines += [f"    {before} --> [*]" for before, targets in machine.items() if not targets]
    return "\n".join(lines)
