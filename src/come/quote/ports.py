"""What `quote` needs from outside."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Protocol

from come.quote import records


class QuoteDocumentRenderer(Protocol):
    """Makes the documents that the customer reads and accepts."""

    template_version: str

    def render(self, document: records.DocumentInput) -> bytes:
        """Return the PDF that `document.kind` asks for; the same input gives the same bytes."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class Letter:
    """A letter to a customer; `key` is the same however often it is posted."""

    key: uuid.UUID
    recipient: str
    subject: str
    body: str


class MailUnavailable(Exception):  # noqa: N818 - a state of the world, as order.ports.SystemUnavailable
    """The letter was not taken; it may be posted again under the same key."""


class Mail(Protocol):
    """Posts letters to customers."""

    def post(self, letter: Letter) -> None:
        """Take a letter, once however often it is given; raises MailUnavailable."""
        ...


@dataclasses.dataclass(frozen=True, slots=True)
class SignatureRequest:
    """Who is about to accept what."""

    challenge_id: uuid.UUID
    reference: str
    version: int
    document_sha256: str
    name: str
    email: str


@dataclasses.dataclass(frozen=True, slots=True)
class SignatureChallenge:
    """What the person must do: type a code that a letter brings (`code`), or sign elsewhere (`elsewhere`, at `address`).

    `digest` lets the provider recognise the answer; it gives nothing away.
    """

    kind: str
    lifetime_seconds: int
    digest: str = ""
    address: str = ""
    letter_subject: str = ""
    letter_body: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class SignatureProof:
    """What the provider vouches for: its name, the level of the signature, how the person was known, its own reference."""

    provider: str
    level_fr: str
    method_fr: str
    reference: str


class SignatureProvider(Protocol):
    """Vouches that the person who accepts is the one that the offer was sent to."""

    name: str

    def begin(self, request: SignatureRequest) -> SignatureChallenge:
        """Return what the person must do; whatever must be sent is in the answer, nothing leaves from here."""
        ...

    def prove(self, request: SignatureRequest, challenge: SignatureChallenge, answer: str) -> SignatureProof | None:
        """Return the proof when the answer is right (or the ceremony elsewhere is over), else None. Called outside transactions."""
        ...
