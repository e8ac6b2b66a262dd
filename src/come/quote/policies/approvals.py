"""Who must approve what is conceded in a quote, by how much is given up and what margin is left. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import pathlib
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import yaml

from come.quote import records
from come.shared import formatting, obstacles, text

FILE = pathlib.Path(__file__).parent.parent / "data" / "approval_levels.yaml"
ASKED, APPROVED, REFUSED, WITHDRAWN = "asked", "approved", "refused", "withdrawn"
STATES = (ASKED, APPROVED, REFUSED, WITHDRAWN)
NAMES_FR = {
    ASKED: text.noop("Demandée"),
    APPROVED: text.noop("Accordée"),
    REFUSED: text.noop("Refusée"),
    WITHDRAWN: text.noop("Retirée"),
}
DUE_HOURS = 24
"""Hours that an approver has; past them the request also goes to the next level."""
REMINDED_AFTER_HOURS = 4
_HUNDRED = Decimal(100)
_POINT = Decimal("0.01")


@dataclasses.dataclass(frozen=True, slots=True)
class Level:
    """One duty: who holds it, and how far they may go (None = no bound)."""

    code: str
    name_fr: str
    roles: tuple[str, ...]
    maximum_discount_percent: Decimal | None
    maximum_monthly_discount_eur: Decimal | None
    minimum_margin_percent: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class Stake:
    """What a quote gives up: share of the price over the commitment (points), euros a month, margin left (points, None = not known)."""

    discount_percent: Decimal
    monthly_discount: Decimal
    margin_percent: Decimal | None


def stake(*, before: records.Totals, after: records.Totals) -> Stake:
    """Return what is given up between the prices without any concession and those with them; a rise gives up nothing."""
    given_up = max(before.over_commitment - after.over_commitment, Decimal(0))
    percent = given_up * _HUNDRED / before.over_commitment if before.over_commitment > 0 else Decimal(0)
    margin = None
    if after.margin_monthly is not None and after.monthly > 0:
        margin = (after.margin_monthly * _HUNDRED / after.monthly).quantize(_POINT, rounding=ROUND_HALF_UP)
    return Stake(
        percent.quantize(_POINT, rounding=ROUND_HALF_UP),
        max(before.monthly - after.monthly, Decimal(0)),
        margin,
    )


def levels(day: dt.date) -> tuple[Level, ...]:
    """Return the levels in force on a day, the narrowest first."""
    in_force = [entry for entry in _file() if entry["valid_from"] <= day]
    if not in_force:
        msg = f"no approval level is in force on {day}"
        raise LookupError(msg)
    return tuple(_level(given) for given in max(in_force, key=lambda entry: entry["valid_from"])["levels"])


@functools.cache
def _file() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def _level(given: dict[str, Any]) -> Level:
    def bound(name: str) -> Decimal | None:
        return None if given[name] is None else Decimal(given[name])

    return Level(
        code=given["code"],
        name_fr=given["name_fr"],
        roles=tuple(given["roles"]),
        maximum_discount_percent=bound("maximum_discount_percent"),
        maximum_monthly_discount_eur=bound("maximum_monthly_discount_eur"),
        minimum_margin_percent=bound("minimum_margin_percent"),
    )


def suffices(level: Level, given: Stake) -> bool:
    """Tell whether a level may let this leave."""
    if level.maximum_discount_percent is not None and given.discount_percent > level.maximum_discount_percent:
        return False
    if level.maximum_monthly_discount_eur is not None and given.monthly_discount > level.maximum_monthly_discount_eur:
        return False
    # A margin that nobody knows bounds nothing: the approver reads that it is unknown.
    if level.minimum_margin_percent is None or given.margin_percent is None:
        return True
    return given.margin_percent >= level.minimum_margin_percent


def needed(given: Stake, known: Sequence[Level]) -> Level:
    """Return the first level that suffices; the last one when none does (somebody always decides)."""
    return next((level for level in known if suffices(level, given)), known[-1])


def at_least(level_code: str, known: Sequence[Level]) -> tuple[Level, ...]:
    """Return a level and those above it."""
    place = next((index for index, level in enumerate(known) if level.code == level_code), len(known) - 1)
    return tuple(known[place:])


def may_decide(*, roles: Iterable[str], level_code: str, known: Sequence[Level]) -> bool:
    """Tell whether somebody with these roles may decide a request of a level: that level, or one above."""
    held = set(roles)
    return any(held & set(level.roles) for level in at_least(level_code, known))


def closed_obstacles(state: str) -> list[obstacles.Obstacle]:
    """Return why nothing more can be done with a request: it was answered, or taken back."""
    if state == ASKED:
        return []
    said = text.T("Cette demande n’attend plus de réponse : elle est « {state} ».", state=text.T(NAMES_FR[state]))
    return [_refusal("not_open", said, text.T("Ouvrez le devis pour voir ce qui a été décidé."))]


def deciding_obstacles(*, state: str, is_asker: bool, may: bool, is_same: bool, note: str, is_approved: bool) -> list[obstacles.Obstacle]:
    """Return why a person cannot decide a request: decided already, their own, beyond their duty, changed since; a refusal says why."""
    found = closed_obstacles(state)
    if is_asker:
        found.append(_refusal("own_request", text.T("On n’approuve pas sa propre remise."), text.T("Une autre personne doit répondre.")))
    if not may:
        found.append(_refusal("beyond_duty", text.T("Cette remise dépasse ce que vous pouvez approuver."),
                              text.T("Transmettez la demande au niveau indiqué.")))  # fmt: skip
    if not is_same:
        found.append(
            _refusal("changed", text.T("Le devis a changé depuis la demande."), text.T("La demande est à refaire sur les prix du jour."))
        )
    if not is_approved and not note.strip():
        found.append(
            _refusal("no_reason", text.T("Un refus dit pourquoi."), text.T("Écrivez une phrase : le vendeur saura quoi proposer."))
        )
    return found


def asking_obstacles(*, has_concession: bool, issue_count: int, is_needed: bool) -> list[obstacles.Obstacle]:
    """Return why no approval can be asked."""
    if not has_concession:
        return [_refusal("nothing_conceded", text.T("Le devis ne contient pas de remise."), text.T("Il peut partir sans approbation."))]
    if issue_count:
        return [
            _refusal(
                "lines_to_correct",
                text.T("{count} ligne(s) sont à corriger avant de demander l’approbation.", count=issue_count),
                text.T("Corrigez-les : l’approbation porte sur les prix exacts."),
            )
        ]
    if not is_needed:
        return [
            _refusal("not_needed", text.T("Cette remise est de votre ressort."), text.T("Envoyez le devis : personne n’a à l’approuver."))
        ]
    return []


def sending_obstacles(*, level: Level, given: Stake, is_approved: bool) -> list[obstacles.Obstacle]:
    """Return why a quote with concessions cannot leave yet: the level that must approve has not."""
    if level.code == "seller" or is_approved:
        return []
    return [
        _refusal(
            "approval_missing",
            text.T(
                "La remise ({percent}, {monthly} par mois) doit être approuvée : {level}.",
                percent=formatting.percent(given.discount_percent),
                monthly=formatting.money(given.monthly_discount),
                level=level.name_fr,
            ),
            text.T("Demandez l’approbation : la réponse arrive par un lien, même sur un téléphone."),
        )
    ]


def _refusal(code: str, message: text.T, step: text.T) -> obstacles.Obstacle:
    return obstacles.Obstacle(f"quote.approval.{code}", obstacles.Severity.REFUSAL, message, step)
