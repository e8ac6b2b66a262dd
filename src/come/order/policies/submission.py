"""What forbids an order to be taken. Only law, money or a wrong customer do; the rest holds a line, later, with its repair."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from come.order.policies import reversal
from come.shared import formatting, obstacles, text

MAXIMUM_LINES = 20_000


def submission_obstacles(*, line_count: int) -> tuple[obstacles.Obstacle, ...]:
    """Return why an order of this size cannot be taken."""
    if line_count == 0:
        return (
            obstacles.Obstacle(
                "order.empty",
                obstacles.Severity.REFUSAL,
                text.T("Une commande a au moins une ligne."),
                text.T("Ajoutez des lignes au devis, faites-le accepter, puis commandez."),
            ),
        )
    if line_count > MAXIMUM_LINES:
        return (
            obstacles.Obstacle(
                "order.too_many_lines",
                obstacles.Severity.REFUSAL,
                text.T("Une commande compte au plus {maximum} lignes ; celle-ci en a {count}.", maximum=MAXIMUM_LINES, count=line_count),
                text.T("Envoyez-la en plusieurs commandes."),
            ),
        )
    return ()


def cancellation_obstacles(*, cancellable: int, costly: int = 0, asked: Sequence[reversal.Standing] = ()) -> tuple[obstacles.Obstacle, ...]:
    """Return why nothing of what was asked can be cancelled: a cost to accept first, or a point of no return that is past."""
    if cancellable:
        return ()
    if costly:
        penalty = sum((standing.penalty_eur_excl_tax for standing in asked if standing.level == "soft"), Decimal(0))
        return (
            obstacles.Obstacle(
                "order.cancellation_cost",
                obstacles.Severity.REFUSAL,
                text.T("Annuler coûte {penalty} hors taxes : ce qui est parti doit être défait.", penalty=formatting.money(penalty)),
                text.T("Acceptez ce coût pour annuler, ou laissez la commande continuer."),
            ),
        )
    doubtful = next((standing for standing in asked if standing.level == "doubtful"), None)
    if doubtful is not None:
        return (
            obstacles.Obstacle(
                "order.outcome_unknown",
                obstacles.Severity.REFUSAL,
                reversal.sentence(doubtful),
                text.T("Relancez l’étape depuis la page de la ligne."),
            ),
        )
    return (
        obstacles.Obstacle(
            "order.point_of_no_return",
            obstacles.Severity.REFUSAL,
            text.T("Toutes les lignes de cette commande ont passé le point de non-retour (expédiées ou activées)."),
            text.T("Résiliez les lignes depuis le parc ; leurs conditions de sortie s’appliquent."),
        ),
    )
