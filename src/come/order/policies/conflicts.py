"""Two orders on one line: what becomes of the second, and how it is said; pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from come.order.policies import rules
from come.shared import formatting, obstacles, text

OPERATION_WORDS = {
    "install": text.noop("mise en service"),
    "suspend": text.noop("suspension"),
    "resume": text.noop("rétablissement"),
    "modify": text.noop("modification"),
    "terminate": text.noop("résiliation"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Running:
    """What another order is doing to a line: `item_id` is its line there."""

    item_id: uuid.UUID
    reference: str
    operation: str
    ordered_by_name: str
    ordered_at: dt.datetime


def outcome(*, running: str, wanted: str) -> str:
    """Return "queue", "merge" or "refuse" for an operation wanted while another runs on the same line."""
    return next((rule.then for rule in rules.conflict_rules() if rule.running == running and wanted in rule.wanted), "queue")


def sentence(running: Running) -> text.T:
    """Say which order has the line, what it does to it, whose it is and since when."""
    return text.T(
        "Déjà dans la commande {reference} : {what}, passée par {name} le {at}.",
        reference=running.reference,
        what=text.T(OPERATION_WORDS.get(running.operation, running.operation)),
        name=running.ordered_by_name,
        at=formatting.instant(running.ordered_at),
    )


def obstacle(*, label: str, running: Running) -> obstacles.Obstacle:
    """Return why a line is left out of an order."""
    return obstacles.Obstacle(
        "order.line_busy",
        obstacles.Severity.REFUSAL,
        text.T("{line} — {why}", line=label, why=sentence(running)),
        text.T("Annulez cette ligne dans l’autre commande, ou attendez sa fin."),
        f"lines/{label}",
    )
