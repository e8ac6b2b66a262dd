"""What makes a bill doubtful before it leaves: nothing to pay, too much, negative, a line that vanished."""

from __future__ import annotations

from decimal import Decimal

from come.billing import records
from come.shared import formatting, obstacles, text

HABIT_FACTOR = 3
# Below this, three times the habit is noise (a first option, a first roaming day).
HABIT_FLOOR_EUR = Decimal(50)
_SHOWN = 5


def bill_obstacles(figures: records.BillFigures) -> list[obstacles.Obstacle]:
    """Return every anomaly of a computed bill; each holds it until a person repairs or releases it."""
    found = []
    if figures.phone_lines and not figures.net_amount:
        found.append(
            _anomaly(
                "zero_bill",
                text.T("La facture est nulle pour un compte de {count} ligne(s).", count=figures.phone_lines),
                text.T("Vérifiez les prix et les remises du compte, puis recalculez, ou levez la retenue."),
            ),
        )
    if figures.net_amount < 0:
        found.append(
            _anomaly(
                "negative_bill",
                text.T("La facture est négative ({amount}).", amount=formatting.money(figures.net_amount)),
                text.T("Les régularisations dépassent les charges : émettez un avoir, ou reportez-les."),
            ),
        )
    habit = _habit(figures.previous_net_amounts)
    if habit > 0 and figures.net_amount > HABIT_FACTOR * habit and figures.net_amount - habit > HABIT_FLOOR_EUR:
        found.append(
            _anomaly(
                "three_times_habit",
                text.T(
                    "La facture ({amount}) dépasse trois fois l’habitude du compte ({habit}).",
                    amount=formatting.money(figures.net_amount),
                    habit=formatting.money(habit),
                ),
                text.T("Comparez-la avec la précédente ; si les écarts sont justes, levez la retenue."),
            ),
        )
    if figures.missing_labels:
        shown = ", ".join(figures.missing_labels[:_SHOWN])
        found.append(
            _anomaly(
                "missing_line",
                text.T(
                    "{count} lignes facturées la fois précédente n’ont plus aucun prix : {shown}.",
                    count=len(figures.missing_labels),
                    shown=shown,
                ),
                text.T("Rétablissez leurs prix dans le parc, ou résiliez-les à leur date, puis recalculez."),
            ),
        )
    return found


def _habit(previous: tuple[Decimal, ...]) -> Decimal:
    return sum(previous, Decimal(0)) / len(previous) if previous else Decimal(0)


def _anomaly(code: str, message: text.T, next_step: text.T) -> obstacles.Obstacle:
    return obstacles.Obstacle(f"billing.{code}", obstacles.Severity.OBSTACLE, message, next_step)
