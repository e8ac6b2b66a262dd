"""The states of a run and of an account's bill within it, and what leads from one to the other."""

from __future__ import annotations

from collections.abc import Mapping

from come.shared import obstacles, text

# due: the run owes this account a bill. refused: set aside with its reason (nothing to bill, or a person's decision).
BILL_TRANSITIONS: Mapping[str, frozenset[str]] = {
    "due": frozenset({"computed", "held", "refused"}),
    "computed": frozenset({"due", "checked", "held", "refused"}),
    "held": frozenset({"due", "computed", "checked", "refused"}),
    "checked": frozenset({"due", "held", "approved", "refused"}),
    "approved": frozenset({"held", "issued"}),
    "issued": frozenset(),
    "refused": frozenset({"due"}),
}
BILL_WORDS = {
    "due": text.noop("À calculer"),
    "computed": text.noop("Calculée"),
    "held": text.noop("Retenue"),
    "checked": text.noop("Contrôlée"),
    "approved": text.noop("Approuvée"),
    "issued": text.noop("Émise"),
    "refused": text.noop("Écartée"),
}
# Tones of the design system.
BILL_TONES = {
    "due": "draft",
    "computed": "draft",
    "held": "blocked",
    "checked": "progress",
    "approved": "waiting",
    "issued": "done",
    "refused": "cancelled",
}
# TM Forum 678: new, onHold, validated, sent, partiallyPaid, settled. A refused bill is not published at all.
TMF_STATES = {"due": "new", "computed": "new", "held": "onHold", "checked": "validated", "approved": "validated", "issued": "sent"}

RUN_TRANSITIONS: Mapping[str, frozenset[str]] = {
    "opened": frozenset({"computed", "cancelled"}),
    "computed": frozenset({"computed", "checked", "cancelled"}),
    "checked": frozenset({"computed", "checked", "approved", "cancelled"}),
    "approved": frozenset({"issued", "checked"}),
    "issued": frozenset({"computed", "checked", "approved", "closed"}),
    "closed": frozenset(),
    "cancelled": frozenset(),
}
RUN_WORDS = {
    "opened": text.noop("Ouverte"),
    "computed": text.noop("Calculée"),
    "checked": text.noop("Contrôlée"),
    "approved": text.noop("Approuvée"),
    "issued": text.noop("Émise"),
    "closed": text.noop("Close"),
    "cancelled": text.noop("Annulée"),
}

RUN_TONES = {
    "opened": "draft",
    "computed": "progress",
    "checked": "waiting",
    "approved": "waiting",
    "issued": "done",
    "closed": "done",
    "cancelled": "cancelled",
}


def bill_may_become(state: str, wanted: str) -> bool:
    """Tell whether a bill may go from one state to the other."""
    return wanted in BILL_TRANSITIONS[state]


def run_step_obstacles(*, state: str, wanted: str) -> list[obstacles.Obstacle]:
    """Return why a run cannot go to the wanted state, or nothing."""
    if wanted in RUN_TRANSITIONS[state]:
        return []
    return [
        obstacles.Obstacle(
            "billing.run_state",
            obstacles.Severity.REFUSAL,
            text.T("La facturation est « {state} » : cette étape n’est pas possible maintenant.", state=text.T(RUN_WORDS[state])),
            text.T("Rechargez la page pour voir où elle en est."),
        ),
    ]


def approval_obstacles(
    *,
    opened_by: str,
    approver: str,
    due: int,
    computed: int,
    checked: int,
) -> list[obstacles.Obstacle]:
    """Return why this person cannot approve this run: two different people, everything computed and checked, something to issue.

    `opened_by` and `approver` identify people (staff id, or a system's name).
    """
    found = []
    if opened_by == approver:
        found.append(
            obstacles.Obstacle(
                "billing.same_person",
                obstacles.Severity.REFUSAL,
                text.T("La personne qui a lancé la facturation ne peut pas l’approuver."),
                text.T("Demandez l’approbation à un collègue habilité ; rien n’est à refaire."),
            ),
        )
    if due or computed:
        found.append(
            obstacles.Obstacle(
                "billing.not_all_checked",
                obstacles.Severity.REFUSAL,
                text.T("{count} comptes ne sont pas encore calculés et contrôlés.", count=due + computed),
                text.T("Attendez la fin du calcul et des contrôles, ou relancez-les."),
            ),
        )
    if not checked:
        found.append(
            obstacles.Obstacle(
                "billing.nothing_to_approve",
                obstacles.Severity.REFUSAL,
                text.T("Aucune facture contrôlée n’attend d’approbation."),
                text.T("Réparez ou écartez les comptes retenus."),
            ),
        )
    return found
