"""What orders need from outside. Every system has the same two verbs: do these once each, and show what was done."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol


@dataclasses.dataclass(frozen=True, slots=True)
class Command:
    """Something to do once: `key` is its idempotency key, `target` the line (or the message) it is about."""

    key: uuid.UUID
    operation: str
    target: str
    payload: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What the system answered to one command; `code` says why when it is refused."""

    key: uuid.UUID
    is_accepted: bool
    code: str = ""
    detail: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Effect:
    """Something that the system shows to be done, since when, with what."""

    key: uuid.UUID
    applied_at: dt.datetime
    payload: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class SystemUnavailable(Exception):  # noqa: N818 - a state of the outside world, anticipated
    """The system did not take the call at all."""


class OutsideSystem(Protocol):
    """The common shape: commands may be sent again with the same key, their effect happens once."""

    def execute(self, commands: Sequence[Command]) -> list[Answer]:
        """Ask; an answer may be missing (lost). Raises SystemUnavailable when the system does not take the call."""
        ...

    def observe(self, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Effect]:
        """Return the effects that exist, whatever was answered. Raises SystemUnavailable."""
        ...


class NetworkActivation(OutsideSystem, Protocol):
    """The network: activate_line, add_options, suspend_line, resume_line, terminate_line, modify_line (services)."""


class NumberPortability(OutsideSystem, Protocol):
    """The single desk of number portability: port_in."""


class Logistics(OutsideSystem, Protocol):
    """Stock and carrier: ship."""


class Notices(OutsideSystem, Protocol):
    """Letters to people: send_notice."""
