"""Reads of quotes; frozen records, a constant number of statements."""

from come.quote.queries.document import document, document_input
from come.quote.queries.head import quote, quote_by_token, quote_id_of, versions
from come.quote.queries.lines import lines, patterns
from come.quote.queries.lists import quotes, search_hits
from come.quote.queries.order import quote_for_order

__all__ = [
    "document",
    "document_input",
    "lines",
    "patterns",
    "quote",
    "quote_by_token",
    "quote_for_order",
    "quote_id_of",
    "quotes",
    "search_hits",
    "versions",
]
