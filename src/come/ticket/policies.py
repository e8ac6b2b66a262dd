"""What an incident's states allow; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from come.shared import obstacles, text

SEVERITIES = ("critical", "major", "minor")
SEVERITY_WORDS = {"critical": text.noop("Critique"), "major": text.noop("Majeur"), "minor": text.noop("Mineur")}

# TM Forum 621 words; the only table of what may follow what.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "acknowledged": frozenset({"inProgress", "rejected", "cancelled", "resolved"}),
    "inProgress": frozenset({"pending", "held", "resolved", "cancelled"}),
    "pending": frozenset({"inProgress", "resolved", "cancelled"}),
    "held": frozenset({"inProgress", "resolved", "cancelled"}),
    "resolved": frozenset({"closed", "inProgress"}),
    "closed": frozenset(),
    "rejected": frozenset(),
    "cancelled": frozenset(),
}
OPEN_STATUSES = ("acknowledged", "held", "inProgress", "pending")
STATUS_WORDS = {
    "acknowledged": text.noop("Reçu"),
    "inProgress": text.noop("En cours"),
    "pending": text.noop("En attente"),
    "held": text.noop("Suspendu"),
    "resolved": text.noop("Résolu"),
    "closed": text.noop("Clos"),
    "rejected": text.noop("Refusé"),
    "cancelled": text.noop("Annulé"),
}


def transition_obstacles(*, before: str, after: str) -> tuple[obstacles.Obstacle, ...]:
    """Return why a ticket may not go from one status to another; nothing when it may."""
    if after in TRANSITIONS[before]:
        return ()
    return (
        obstacles.Obstacle(
            "ticket.transition",
            obstacles.Severity.REFUSAL,
            text.T(
                "L’incident est « {before} » ; il ne peut pas devenir « {after} ».",
                before=text.T(STATUS_WORDS[before]),
                after=text.T(STATUS_WORDS[after]),
            ),
            text.T("Rechargez la page : un collègue l’a peut-être déjà traité."),
        ),
    )


def promise_obstacles(*, promised_at: dt.datetime | None, at: dt.datetime) -> tuple[obstacles.Obstacle, ...]:
    """Return why a promised date cannot be taken: none given, or already past."""
    if promised_at is None:
        message = text.T("Prendre en charge un incident demande une date promise.")
    elif promised_at <= at:
        message = text.T("La date promise est déjà passée.")
    else:
        return ()
    return (
        obstacles.Obstacle(
            "ticket.promise",
            obstacles.Severity.REFUSAL,
            message,
            text.T("Indiquez le jour et l’heure auxquels la correction est attendue."),
            "promised_at",
        ),
    )


def sentence_obstacles(*, sentence: str) -> tuple[obstacles.Obstacle, ...]:
    """Return why a report cannot be taken: it needs one sentence."""
    if sentence.strip():
        return ()
    return (
        obstacles.Obstacle(
            "ticket.sentence",
            obstacles.Severity.REFUSAL,
            text.T("Dites en une phrase ce qui se passe."),
            text.T("L’écran, l’objet et la dernière erreur sont déjà joints."),
            "description",
        ),
    )
