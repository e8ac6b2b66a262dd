"""What `quote` needs from outside."""

from __future__ import annotations

from typing import Protocol

from come.quote import records


class QuoteDocumentRenderer(Protocol):
    """Makes the document that the customer reads and accepts."""

    template_version: str

    def render(self, document: records.DocumentInput) -> bytes:
        """Return the PDF; the same input gives the same bytes."""
        ...
