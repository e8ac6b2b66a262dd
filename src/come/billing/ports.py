"""What billing needs from outside: to draw invoices and to have them proven by the public rules."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from come.billing.invoicing import document


@dataclasses.dataclass(frozen=True, slots=True)
class RenderedInvoice:
    """An invoice written to disk: the file names inside its folder, their SHA-256, the template that drew it."""

    document_id: str
    number: str
    pdf_name: str
    pdf_sha256: str
    pdf_bytes: int
    xml_name: str
    xml_sha256: str
    template_version: str


@dataclasses.dataclass(frozen=True, slots=True)
class RuleFailure:
    """One public rule that an invoice breaks; `layer` is xsd, en16931 or br-fr."""

    layer: str
    rule: str
    is_fatal: bool
    message: str
    location: str


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """What the public rules said of one invoice's XML, whose SHA-256 stands beside the verdict."""

    document_id: str
    xml_sha256: str
    failures: tuple[RuleFailure, ...]

    @property
    def passes(self) -> bool:
        """Tell whether no fatal rule failed."""
        return not any(failure.is_fatal for failure in self.failures)


class InvoiceRenderer(Protocol):
    """Draws invoices as files."""

    template_version: str

    def render(self, *, invoices: Iterable[document.InvoiceDocument], folder: pathlib.Path, workers: int = 2) -> Iterator[RenderedInvoice]:
        """Write each invoice's PDF and XML into the folder, in any order, and return what was written."""
        ...

    def preview(self, *, invoice: document.InvoiceDocument) -> bytes:
        """Return the PDF of one invoice without keeping it."""
        ...

    def xml_sha256(self, *, invoice: document.InvoiceDocument) -> str:
        """Return the SHA-256 of the invoice's XML, to compare it with a proven one."""
        ...


class InvoiceValidator(Protocol):
    """Proves invoices by the public rules."""

    def prove(self, *, invoices: Iterable[document.InvoiceDocument]) -> Iterator[Proof]:
        """Return the verdict on each invoice, in their order."""
        ...
