"""The states of a quote (TM Forum 648) and the only ways between them."""

from __future__ import annotations

import datetime as dt

from come.shared import obstacles, text

IN_PROGRESS = "inProgress"
PENDING = "pending"
APPROVED = "approved"
ACCEPTED = "accepted"
REJECTED = "rejected"
CANCELLED = "cancelled"
STATES = (IN_PROGRESS, PENDING, APPROVED, ACCEPTED, REJECTED, CANCELLED)
# `approved` is TM Forum's word for approved inside and sent: no longer editable.
TRANSITIONS: dict[str, frozenset[str]] = {
    IN_PROGRESS: frozenset({PENDING, APPROVED, CANCELLED}),
    PENDING: frozenset({IN_PROGRESS, APPROVED, CANCELLED}),
    APPROVED: frozenset({ACCEPTED, REJECTED, CANCELLED}),
    ACCEPTED: frozenset(),
    REJECTED: frozenset(),
    CANCELLED: frozenset(),
}
NAMES_FR = {
    IN_PROGRESS: text.noop("Brouillon"),
    PENDING: text.noop("À valider"),
    APPROVED: text.noop("Envoyé"),
    ACCEPTED: text.noop("Accepté"),
    REJECTED: text.noop("Refusé"),
    CANCELLED: text.noop("Annulé"),
}
VALID_DAYS = 30


def transition_obstacles(*, reference: str, state: str, wanted: str) -> list[obstacles.Obstacle]:
    """Return why a quote cannot go from one state to another."""
    if wanted in TRANSITIONS[state]:
        return []
    return [
        obstacles.Obstacle(
            "quote.wrong_state",
            obstacles.Severity.REFUSAL,
            text.T(
                "Le devis {reference} est « {state} » ; il ne peut pas devenir « {wanted} ».",
                reference=reference,
                state=text.T(NAMES_FR[state]),
                wanted=text.T(NAMES_FR[wanted]),
            ),
            text.T("Rechargez la page pour voir où il en est ; une nouvelle version se fait depuis ce devis."),
        ),
    ]


def editing_obstacles(*, reference: str, state: str) -> list[obstacles.Obstacle]:
    """Return why a quote cannot be edited: it was sent, or it is over."""
    if state == IN_PROGRESS:
        return []
    return [
        obstacles.Obstacle(
            "quote.not_editable",
            obstacles.Severity.REFUSAL,
            text.T("Le devis {reference} est « {state} » : il ne se modifie plus.", reference=reference, state=text.T(NAMES_FR[state])),
            text.T("Faites-en une nouvelle version : elle reprend toutes ses lignes."),
        ),
    ]


def sending_obstacles(*, line_count: int, issue_count: int) -> list[obstacles.Obstacle]:
    """Return why a quote cannot be sent: no line, or lines to correct."""
    if not line_count:
        return [
            obstacles.Obstacle(
                "quote.no_line",
                obstacles.Severity.REFUSAL,
                text.T("Le devis n’a pas de ligne."),
                text.T("Collez un tableau, ou ajoutez une ligne."),
            ),
        ]
    if issue_count:
        return [
            obstacles.Obstacle(
                "quote.lines_to_correct",
                obstacles.Severity.REFUSAL,
                text.T("{count} ligne(s) sont à corriger avant l’envoi.", count=issue_count),
                text.T("Affichez « lignes à corriger » : chaque cellule en cause dit pourquoi. Vous pouvez aussi les retirer."),
            ),
        ]
    return []


def acceptance_obstacles(*, valid_until: dt.date, day: dt.date, signatory: str) -> list[obstacles.Obstacle]:
    """Return why a quote cannot be accepted on a day: expired, or nobody named."""
    found: list[obstacles.Obstacle] = []
    if day > valid_until:
        found.append(
            obstacles.Obstacle(
                "quote.expired",
                obstacles.Severity.REFUSAL,
                text.T("Ce devis était valable jusqu’au {day}.", day=f"{valid_until:%d/%m/%Y}"),
                text.T("Demandez une nouvelle version : elle reprend les lignes aux prix du jour."),
            ),
        )
    if not signatory.strip():
        found.append(
            obstacles.Obstacle(
                "quote.no_signatory",
                obstacles.Severity.REFUSAL,
                text.T("Le nom du signataire manque."),
                text.T("Écrivez les nom et prénom de la personne qui accepte."),
                "signatory_name",
            ),
        )
    return found
