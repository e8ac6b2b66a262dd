"""What stands in the way of an act: said to a person, with what to do now."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Sequence

from come.shared import text


class Severity(enum.StrEnum):
    """How much an obstacle weighs: a warning is confirmed, an obstacle holds, a refusal ends."""

    WARNING = "warning"
    OBSTACLE = "obstacle"
    REFUSAL = "refusal"


@dataclasses.dataclass(frozen=True, slots=True)
class Obstacle:
    """One anticipated difficulty.

    `code` is stable and dotted ("quote.missing_price"); `path` points at the cell or field ("lines/12/rio").
    """

    code: str
    severity: Severity
    message: str
    next_step: str = ""
    path: str = ""

    def as_dict(self, language: str = text.SOURCE_LANGUAGE) -> dict[str, str]:
        """Return the obstacle for a JSON answer, in the reader's language."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": text.said(self.message, language),
            "next_step": text.said(self.next_step, language),
            "path": self.path,
        }


class Refusal(Exception):  # noqa: N818 - the business word; nothing went wrong, the act is refused
    """An anticipated refusal: every obstacle at once, and nothing was changed."""

    status = 422

    def __init__(self, obstacles: Sequence[Obstacle] | Obstacle) -> None:
        self.obstacles: tuple[Obstacle, ...] = (obstacles,) if isinstance(obstacles, Obstacle) else tuple(obstacles)
        if not self.obstacles:
            msg = "a refusal needs at least one obstacle"
            raise ValueError(msg)
        super().__init__("; ".join(f"{obstacle.code}: {obstacle.message}" for obstacle in self.obstacles))

    @property
    def code(self) -> str:
        """Return the first obstacle's code, the one that a problem document carries as its own."""
        return self.obstacles[0].code


class NotAllowed(Refusal):
    """The person has no right to this act, or not on this file."""

    status = 403


class NotFound(Refusal):
    """Nothing of that name exists for this person."""

    status = 404


class Conflict(Refusal):
    """The state of the thing forbids the act now, or another request came first."""

    status = 409


def blocking(obstacles: Iterable[Obstacle]) -> tuple[Obstacle, ...]:
    """Return those that are more than a warning."""
    return tuple(obstacle for obstacle in obstacles if obstacle.severity is not Severity.WARNING)


def refuse_if_any(obstacles: Iterable[Obstacle]) -> None:
    """Raise a Refusal with every blocking obstacle, when there is one."""
    found = blocking(obstacles)
    if found:
        raise Refusal(found)


def not_found(what: str, identifier: object) -> NotFound:
    """Return the refusal for a thing that does not exist, or that this person may not see."""
    return NotFound(
        Obstacle(
            "shared.not_found",
            Severity.REFUSAL,
            text.T("{what} « {identifier} » n’existe pas, ou n’est pas visible avec vos droits.", what=what, identifier=str(identifier)),
            text.T("Vérifiez la référence, ou cherchez-la avec Ctrl-K."),
        ),
    )
