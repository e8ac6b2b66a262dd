"""What an act on many lines of a fleet asks of each, from what the line has; pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from come.catalogue import records as catalogue
from come.inventory import policies as inventory_policies
from come.order.policies import freezing
from come.quote import records as quotes
from come.quote.records import fleet as fleet_records
from come.shared import obstacles, text

OPERATIONS = {
    "suspend": "suspend",
    "resume": "resume",
    "terminate": "terminate",
    "add_option": "modify",
    "remove_option": "modify",
    "swap_plan": "modify",
}
ACT_WORDS = {
    "add_option": text.noop("Ajouter une option"),
    "remove_option": text.noop("Retirer une option"),
    "swap_plan": text.noop("Changer de forfait"),
    "suspend": text.noop("Suspendre"),
    "resume": text.noop("Rétablir"),
    "terminate": text.noop("Résilier"),
}
ORDER_KINDS = {"modify": "change", "suspend": "suspend", "resume": "resume", "terminate": "terminate"}
STATE_AFTER = {"suspend": "suspended", "resume": "active", "terminate": "terminated"}
OPTION_KINDS = frozenset({"option", "service", "number_block", "accessory"})
PLAN_KINDS = frozenset({"plan", "data_plan", "m2m", "sip_trunk"})
MAXIMUM_LINES = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class ActGroup:
    """Lines that an act does the same to: `changes`, `already` as wanted, or `refused` with the reasons."""

    outcome: str
    line_ids: tuple[uuid.UUID, ...]
    labels: tuple[str, ...]
    operation: str = ""
    pattern: freezing.FrozenPattern | None = None
    monthly: Decimal = Decimal(0)
    one_off: Decimal = Decimal(0)
    reasons: tuple[obstacles.Obstacle, ...] = ()

    @property
    def line_count(self) -> int:
        """Return how many lines it has."""
        return len(self.line_ids)


@dataclasses.dataclass(frozen=True, slots=True)
class ActPlan:
    """What an act would do to a selection, line by line; `digest` names it, so that nothing else is ordered than what was shown."""

    groups: tuple[ActGroup, ...]
    agreement_reference: str
    catalogue_version_hash: str
    promised_date: dt.date | None
    digest: str

    def count_of(self, outcome: str) -> int:
        """Return how many lines meet an outcome."""
        return sum(group.line_count for group in self.groups if group.outcome == outcome)

    @property
    def monthly(self) -> Decimal:
        """Return what changes each month, excluding tax."""
        return sum((group.monthly * group.line_count for group in self.groups if group.outcome == "changes"), Decimal(0))

    @property
    def one_off(self) -> Decimal:
        """Return what is paid once, excluding tax."""
        return sum((group.one_off * group.line_count for group in self.groups if group.outcome == "changes"), Decimal(0))


def act_obstacles(
    *, kind: str, offering: catalogue.OfferingRecord | None, offering_code: str, line_count: int
) -> tuple[obstacles.Obstacle, ...]:
    """Return why an act cannot be done at all: no such act, no such offering, no line, too many."""
    found = []
    if kind not in OPERATIONS:
        found.append(_refusal("order.act_unknown", text.T("Cet acte n’existe pas."), text.T("Choisissez un acte de la liste."), "act"))
    elif OPERATIONS[kind] == "modify" and kind != "remove_option":
        kinds = PLAN_KINDS if kind == "swap_plan" else OPTION_KINDS
        if offering is None or str(offering.kind) not in kinds:
            found.append(
                _refusal(
                    "order.act_offering",
                    text.T("L’offre « {code} » n’est pas au catalogue pour cet acte.", code=offering_code or "—"),
                    text.T("Choisissez une offre de la liste."),
                    "offering",
                )
            )
    elif kind == "remove_option" and not offering_code:
        found.append(
            _refusal("order.act_offering", text.T("Aucune option n’est choisie."), text.T("Choisissez une offre de la liste."), "offering")
        )
    if line_count == 0:
        found.append(
            _refusal(
                "order.empty", text.T("Aucune ligne n’est choisie."), text.T("Choisissez des lignes du parc, ou collez leurs numéros.")
            )
        )
    if line_count > MAXIMUM_LINES:
        found.append(
            _refusal(
                "order.too_many_lines",
                text.T(
                    "Un acte groupé porte sur {maximum} lignes au plus ; {count} sont choisies.", maximum=MAXIMUM_LINES, count=line_count
                ),
                text.T("Réduisez la sélection par un filtre."),
            )
        )
    return tuple(found)


def wanted(kind: str, offering_code: str, before: fleet_records.InstalledLine) -> quotes.Pattern | None:
    """Return what a line would have after the act; None when it has it already."""
    plan = before.offerings[0].code
    options = [one.code for one in before.offerings[1:] if one.kind in OPTION_KINDS]
    device = next((one.code for one in before.offerings[1:] if one.kind == "device"), "")
    if kind == "add_option":
        return None if offering_code in options else quotes.Pattern(plan, tuple(sorted([*options, offering_code])), device)
    if kind == "remove_option":
        kept = tuple(sorted(code for code in options if code != offering_code))
        return None if offering_code not in options else quotes.Pattern(plan, kept, device)
    return None if plan == offering_code else quotes.Pattern(offering_code, tuple(sorted(options)), device)


def is_already(kind: str, state: str) -> bool:
    """Tell whether a line is in the state that the act wants."""
    return STATE_AFTER.get(kind) == state


def state_obstacles(kind: str, label: str, state: str) -> tuple[obstacles.Obstacle, ...]:
    """Return why the state of a line forbids the act."""
    if kind in STATE_AFTER:
        return inventory_policies.transition_obstacles(states=[(label, state)], after=STATE_AFTER[kind])
    if state in inventory_policies.LIVE_STATES:
        return ()
    return (
        _refusal(
            "order.line_ended",
            text.T("La ligne {line} n’est plus en service.", line=label),
            text.T("Retirez-la de la sélection."),
            f"lines/{label}",
        ),
    )


def number_obstacles(*, wrong: Sequence[tuple[int, str, str]], unknown: Sequence[tuple[int, str]]) -> tuple[obstacles.Obstacle, ...]:
    """Return every number of a pasted list that cannot be read, `(row, given, reason)`, or is no line of the customer, `(row, given)`."""
    unread = [
        _refusal(
            "order.number_unreadable",
            text.T("Ligne {row}, « {given} » : {reason}", row=row, given=given, reason=reason),
            text.T("Corrigez ce numéro, ou retirez-le."),
            f"numbers/{row}",
        )
        for row, given, reason in wrong
    ]
    strangers = [
        _refusal(
            "order.number_unknown",
            text.T("Ligne {row}, « {given} » : ce numéro n’est pas au parc de ce client.", row=row, given=given),
            text.T("Corrigez ce numéro, ou retirez-le."),
            f"numbers/{row}",
        )
        for row, given in unknown
    ]
    return (*unread, *strangers)


def _refusal(code: str, message: text.T, next_step: text.T, path: str = "") -> obstacles.Obstacle:
    return obstacles.Obstacle(code, obstacles.Severity.REFUSAL, message, next_step, path)
