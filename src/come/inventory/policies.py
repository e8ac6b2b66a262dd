"""What the states of products and resources allow, and what an offering's terms become on a line; pure."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from come.shared import obstacles, text

# TM Forum 637 words (its enum writes "aborted " with a blank; the API adds it, nothing else does).
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "created": frozenset({"pendingActive", "active", "cancelled", "aborted"}),
    "pendingActive": frozenset({"active", "cancelled", "aborted"}),
    "active": frozenset({"suspended", "pendingTerminate", "terminated"}),
    "suspended": frozenset({"active", "pendingTerminate", "terminated"}),
    "pendingTerminate": frozenset({"active", "terminated"}),
    "terminated": frozenset(),
    "cancelled": frozenset(),
    "aborted": frozenset(),
}
STATE_WORDS = {
    "created": text.noop("Créée"),
    "pendingActive": text.noop("En activation"),
    "active": text.noop("Active"),
    "suspended": text.noop("Suspendue"),
    "pendingTerminate": text.noop("En résiliation"),
    "terminated": text.noop("Résiliée"),
    "cancelled": text.noop("Annulée"),
    "aborted": text.noop("Abandonnée"),
}
LIVE_STATES = ("active", "pendingTerminate", "suspended")

NUMBER_STATES = ("assigned", "available", "ported_out", "quarantine", "reserved")
NUMBER_KINDS = ("fixed", "m2m", "mobile")
SIM_STATES = ("assigned", "available", "lost", "reserved", "retired")
SIM_KINDS = ("esim", "sim")
DEVICE_STATES = ("assigned", "available", "lost", "reserved", "retired")
CHARGED_PRICE_TYPES = ("deposit", "instalment", "one_off", "recurring")

# A former customer may still ask for the number's portability 40 days after leaving (Arcep 2022-2148): no reuse before.
QUARANTINE_DAYS = 60

# Among the terms of one line, the more particular offering wins.
TERM_PRECEDENCE = {"option": 300, "service": 300, "pool": 200, "bundle": 50}
PLAN_PRECEDENCE = 100

LINE_KINDS = frozenset({"plan", "data_plan", "m2m", "sip_trunk"})


def product_kind(offering_kind: str) -> str:
    """Return what an offering becomes in the inventory: a line, or a thing under it (option, device…)."""
    return "line" if offering_kind in LINE_KINDS else offering_kind


def precedence_of(offering_kind: str) -> int:
    """Return the precedence of the usage terms that an offering of this kind brings to its line."""
    return TERM_PRECEDENCE.get(offering_kind, PLAN_PRECEDENCE)


def label_key(label: str) -> str:
    """Return the form under which a label is found: no accent, no capital, single blanks."""
    decomposed = unicodedata.normalize("NFKD", label)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(plain.casefold().split())


def quarantine_until(*, terminated_at: dt.datetime) -> dt.datetime:
    """Return the instant from which a terminated line's number may be given again."""
    return terminated_at + dt.timedelta(days=QUARANTINE_DAYS)


def transition_obstacles(*, states: Sequence[tuple[str, str]], after: str) -> tuple[obstacles.Obstacle, ...]:
    """Return one obstacle per line, named `(label, state)`, that may not go to the state `after`."""
    return tuple(
        obstacles.Obstacle(
            "inventory.transition",
            obstacles.Severity.REFUSAL,
            text.T(
                "La ligne {line} est « {before} » ; elle ne peut pas devenir « {after} ».",
                line=line,
                before=text.T(STATE_WORDS[before]),
                after=text.T(STATE_WORDS[after]),
            ),
            text.T("Retirez-la de la sélection, ou rechargez le parc : son état a peut-être changé."),
            f"lines/{line}",
        )
        for line, before in states
        if after not in TRANSITIONS[before]
    )


def already_assigned_obstacles(*, taken: Iterable[tuple[str, str, str]]) -> tuple[obstacles.Obstacle, ...]:
    """Return one obstacle per resource, named `(kind, identifier, line that has it)`, that another line holds."""
    words = {
        "number": text.noop("Le numéro {identifier} est déjà affecté à la ligne {line}."),
        "sim": text.noop("La SIM {identifier} est déjà affectée à la ligne {line}."),
        "device": text.noop("L’appareil {identifier} est déjà affecté à la ligne {line}."),
    }
    return tuple(
        obstacles.Obstacle(
            f"inventory.{kind}_taken",
            obstacles.Severity.OBSTACLE,
            text.T(words[kind], identifier=identifier, line=line),
            text.T("Choisissez-en un autre, ou libérez celui-ci depuis la fiche de la ligne."),
            f"resources/{identifier}",
        )
        for kind, identifier, line in taken
    )
