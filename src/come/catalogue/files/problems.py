"""A mistake in a catalogue file: where it is, which rule it breaks, what to do."""

from __future__ import annotations

import dataclasses

from come.shared import obstacles, text


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; lines count from 1, 0 means the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `code` names the rule (docs/formats/catalogue.md lists them), the sentences are for people."""

    file: str
    line: int
    code: str
    message: text.T
    next_step: text.T

    def obstacle(self) -> obstacles.Obstacle:
        """Return the mistake as an obstacle, its place as the path."""
        return obstacles.Obstacle(self.code, obstacles.Severity.REFUSAL, self.message, self.next_step, f"{self.file}:{self.line}")


def problem(mark: Mark, code: str, message: text.T, next_step: text.T) -> Problem:
    """Return a mistake found at a place; `code` is given without its "catalogue." prefix."""
    return Problem(mark.file, mark.line, f"catalogue.{code}", message, next_step)
