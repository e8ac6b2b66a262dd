"""What forbids an order to be taken. Only law, money or a wrong customer do; the rest holds a line, later, with its repair."""

from __future__ import annotations

from come.shared import obstacles, text

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


def cancellation_obstacles(*, cancellable: int) -> tuple[obstacles.Obstacle, ...]:
    """Return why nothing of an order can be cancelled any more."""
    if cancellable:
        return ()
    return (
        obstacles.Obstacle(
            "order.point_of_no_return",
            obstacles.Severity.REFUSAL,
            text.T("Toutes les lignes de cette commande ont passé le point de non-retour (expédiées ou activées)."),
            text.T("Résiliez les lignes depuis le parc ; leurs conditions de sortie s’appliquent."),
        ),
    )
