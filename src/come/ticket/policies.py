"""What an incident's states allow; pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from come.shared import obstacles, text

_NAMES_SOMEBODY = re.compile(r"@|\d[\d .]{7,}\d|[A-Z]{2,4}-\d{4}-\d+")

# The version of the words and weights of `matching` that tickets are indexed with: one more when either changes.
INDEX_VERSION = 1
# A repair that nobody denied is closed after so long.
CLOSED_AFTER = dt.timedelta(days=5)
# What a handler may decide besides taking and repairing, and the word of the story that says it.
DECISIONS = ("pending", "held", "rejected", "cancelled", "closed")
# A change of state or date: told to everyone who is hurt and to their managers.
TOLD_TO_MANAGERS = frozenset({"accepted", "promise_moved", "resolved", "reopened", *DECISIONS})
TOLD = TOLD_TO_MANAGERS | {"news"}

SEVERITIES = ("critical", "major", "minor")
SEVERITY_WORDS = {"critical": text.noop("Critique"), "major": text.noop("Majeur"), "minor": text.noop("Mineur")}

# TM Forum 621 words; the only table of what may follow what.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "acknowledged": frozenset({"inProgress", "rejected", "cancelled", "resolved"}),
    "inProgress": frozenset({"pending", "held", "resolved", "cancelled"}),
    "pending": frozenset({"inProgress", "resolved", "cancelled"}),
    "held": frozenset({"inProgress", "resolved", "cancelled"}),
    "resolved": frozenset({"closed", "acknowledged"}),
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


# The part of the product that an incident is of: the first word of its signature, or the screens of its act.
AREA_WORDS = {
    "network": text.noop("Mise en service sur le réseau"),
    "portability": text.noop("Portabilité des numéros"),
    "logistics": text.noop("Livraisons"),
    "notices": text.noop("Courriels"),
    "party": text.noop("Clients"),
    "quote": text.noop("Devis"),
    "order": text.noop("Commandes"),
    "inventory": text.noop("Parc"),
    "usage": text.noop("Consommation"),
    "billing": text.noop("Factures"),
    "catalogue": text.noop("Catalogue"),
    "staff": text.noop("Connexion et comptes"),
    "": text.noop("Application"),
}
# One person's report that nobody has read yet is not public news; the same said by several is.
PUBLIC_FOLLOWERS = 3
SCREEN = "screen"
_ERROR = re.compile(r"(?P<code>[\w.-]{1,60})(?: (?P<act>[\w:-]{1,80}) (?P<fingerprint>[0-9a-f]{16}))?")


def area(*, signature: str, act: str) -> str:
    """Return the key in AREA_WORDS of the part of the product that an incident is of."""
    parts = signature.split("/")
    first = parts[1] if parts[0] == SCREEN and len(parts) > 1 else parts[0]
    for name in (first or act, act):
        found = name.partition(":")[0]
        if found in AREA_WORDS:
            return found
    return ""


def is_public(*, status: str, origin: str, follower_count: int) -> bool:
    """Tell whether an open incident is news for everyone: taken in hand, seen by the product, or met by several people."""
    return status in OPEN_STATUSES and (status != "acknowledged" or origin == "product" or follower_count >= PUBLIC_FOLLOWERS)


def error_signature(*, act: str, fingerprint: str, release: str) -> str:
    """Return the signature of an unforeseen error: where it happened, its trace, in which release. Nobody's data is in it."""
    return f"{SCREEN}/{act}/{fingerprint}/{release}"


def read_error(given: str) -> dict[str, str]:
    """Return code, act and fingerprint of an error as screens carry it ("code act fingerprint"); nothing for anything else."""
    found = _ERROR.fullmatch(given.strip())
    return {} if found is None else {name: value for name, value in found.groupdict().items() if value}


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


def repair_answer_obstacles(*, status: str, is_subscribed: bool, has_answered: bool) -> tuple[obstacles.Obstacle, ...]:
    """Return why a person may not say whether the repair holds: it was not said yet, they do not follow it, or they answered."""
    if status != "resolved":
        message = text.T("L’incident n’est pas (ou plus) à confirmer : son état est « {status} ».", status=text.T(STATUS_WORDS[status]))
    elif not is_subscribed:
        message = text.T("Seules les personnes qui suivent l’incident disent s’il est réparé.")
    elif has_answered:
        message = text.T("Vous avez déjà répondu pour cette réparation.")
    else:
        return ()
    return (
        obstacles.Obstacle(
            "ticket.answer",
            obstacles.Severity.REFUSAL,
            message,
            text.T("Si le problème dure, signalez-le en une phrase."),
        ),
    )


def decision_obstacles(*, status: str) -> tuple[obstacles.Obstacle, ...]:
    """Return why a status is not one that can be decided: taking and repairing are acts of their own."""
    if status in DECISIONS:
        return ()
    return (
        obstacles.Obstacle(
            "ticket.decision",
            obstacles.Severity.REFUSAL,
            text.T("« {status} » ne se décide pas ainsi.", status=status),
            text.T("Prenez l’incident en charge avec une date, ou dites ce qui a été réparé."),
            "status",
        ),
    )


def public_sentence_obstacles(*, sentence: str) -> tuple[obstacles.Obstacle, ...]:
    """Return why a sentence cannot go on the public page: it holds an address, a reference or a number that names somebody."""
    if not _NAMES_SOMEBODY.search(sentence):
        return ()
    return (
        obstacles.Obstacle(
            "ticket.public_sentence",
            obstacles.Severity.REFUSAL,
            text.T("La phrase publique contient une adresse, une référence ou un numéro."),
            text.T("Dites ce qui est en panne, sans nommer de client, de personne ni de ligne."),
            "public_sentence",
        ),
    )
