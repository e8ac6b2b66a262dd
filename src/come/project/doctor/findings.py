"""What an examination finds: a state, a sentence, and how to mend it."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterator


class State(enum.StrEnum):
    """How a thing is: well, to be looked at, or wrong."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: a French and an English sentence, and what to do about it."""

    code: str
    state: State
    french: str
    english: str
    mend_french: str = ""
    mend_english: str = ""


def counted(count: int, one: str, many: str) -> str:
    """Return the number with the words of one thing, or of several."""
    return f"{count} {one if count == 1 else many}"


# Yields one or several findings; whatever it raises becomes a finding too.
Examination = Callable[[], Iterator[Finding]]


def well(code: str, french: str, english: str) -> Finding:
    """Return a finding without anything to do."""
    return Finding(code, State.WELL, french, english)


def look(code: str, french: str, english: str, mend_french: str, mend_english: str) -> Finding:
    """Return a finding that hinders nothing today."""
    return Finding(code, State.LOOK, french, english, mend_french, mend_english)


def wrong(code: str, french: str, english: str, mend_french: str, mend_english: str) -> Finding:
    """Return a finding that must be mended."""
    return Finding(code, State.WRONG, french, english, mend_french, mend_english)
