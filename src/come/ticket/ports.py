"""What incidents need from outside: the mail."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Protocol

from come.ticket import records


@dataclasses.dataclass(frozen=True, slots=True)
class Letter:
    """A letter to a person of the staff; `key` is the same however often it is posted."""

    key: uuid.UUID
    recipient: str
    subject: str
    body: str


class MailUnavailable(Exception):  # noqa: N818 - a state of the world, as order.ports.SystemUnavailable
    """The letter was not taken; it may be posted again under the same key."""


class Mail(Protocol):
    """Posts letters to the staff."""

    def post(self, letter: Letter) -> None:
        """Take a letter, once however often it is given; raises MailUnavailable."""
        ...


class StatePage(Protocol):
    """Keeps the page that says what is down, readable without the product."""

    def publish(self, state: records.PublicState) -> None:
        """Write the page whole, or leave the former one; raises OSError."""
        ...
