"""What a customer reads of their order: fewer words than ours, and the same date."""

from __future__ import annotations

import datetime as dt

from come.shared import text

# A link goes on telling where an order stands for three months after its end; then it says that it is closed.
KEPT_DAYS = 90
CUSTOMER_WORDS = {
    "acknowledged": text.noop("Reçue"),
    "inProgress": text.noop("En préparation"),
    "held": text.noop("En préparation"),
    "pending": text.noop("En attente de votre réponse"),
    "assessingCancellation": text.noop("Annulation étudiée"),
    "pendingCancellation": text.noop("Annulation en cours"),
    "completed": text.noop("Terminée"),
    "partial": text.noop("Terminée en partie"),
    "failed": text.noop("Non réalisée"),
    "cancelled": text.noop("Annulée"),
    "rejected": text.noop("Refusée"),
}
TONES = {"completed": "done", "partial": "done", "cancelled": "neutral", "rejected": "blocked", "failed": "blocked", "pending": "waiting"}


def customer_word(state: str) -> str:
    """Return how a customer reads the state of an order or of one of its lines."""
    return text.T(CUSTOMER_WORDS[state])


def tone(state: str) -> str:
    """Return the tone that a state is shown in; ours to repair is in progress for the customer."""
    return TONES.get(state, "progress")


def note(state: str, *, is_late: bool) -> str:
    """Return what is said beside a line that waits for us: that it is known, and whether the date still holds."""
    if state != "held":
        return ""
    if is_late:
        return text.T("Un point reste à régler de notre côté.")
    return text.T("Un point reste à régler de notre côté ; la date annoncée en tient compte.")


def is_over(*, completed_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Tell whether the link of an order has nothing more to say."""
    return completed_at is not None and at >= completed_at + dt.timedelta(days=KEPT_DAYS)
