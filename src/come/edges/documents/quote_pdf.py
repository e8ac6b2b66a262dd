"""Draw a quote as a PDF by Typst: what it costs at a glance, why, under which conditions, line by line.

The same quote gives the same bytes: the time comes from the version, fonts are those inside the compiler.
"""

from __future__ import annotations

import functools
import json
import pathlib
from typing import Any

import typst

from come.edges.documents import quote_page
from come.quote import records

TEMPLATE_VERSION = "quote_v2"
# The structure that screen readers follow costs more than the page itself: 20 s and 15 MB for 9,000 lines, against 0.4 s and
# 0.7 MB without. Past this many lines it is left out; the customer's page says the same in full structure.
_MOST_STRUCTURED = 1_000


class QuotePdfRenderer:
    """Implements quote.ports.QuoteDocumentRenderer."""

    template_version = TEMPLATE_VERSION

    def render(self, document: records.DocumentInput) -> bytes:
        """Return the PDF/A-2b of a quote, an order form or a contract summary."""
        # The compiler's stubs do not know that it takes a dictionary of files.
        files: Any = {
            "main": _template(TEMPLATE_VERSION),
            "/data.json": json.dumps(quote_page.page_data(document), ensure_ascii=False).encode(),
        }
        made = typst.compile(
            files,
            format="pdf",
            pdf_standards=["a-2b"],
            ignore_system_fonts=True,
            timestamp=int(document.issued_at.timestamp()),
            pdf_tags=len(document.lines) <= _MOST_STRUCTURED,
        )
        if not isinstance(made, bytes):
            msg = "the page compiler gave no single document"
            raise TypeError(msg)
        return made


@functools.cache
def _template(name: str) -> bytes:
    return (pathlib.Path(__file__).parent / "templates" / f"{name}.typ").read_bytes()
