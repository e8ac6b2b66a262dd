"""Reads of quotes; each in a constant number of statements."""

from come.quote.queries.changes import price_change
from come.quote.queries.items import ItemRecord, items, quote_records
from come.quote.queries.lines import document, document_input, lines, patterns, quote_for_order, selected_lines
from come.quote.queries.quotes import VersionRow, quote, quote_by_token, quotes, search_hits, state_counts, versions

__all__ = [
    "ItemRecord",
    "VersionRow",
    "document",
    "document_input",
    "items",
    "lines",
    "patterns",
    "price_change",
    "quote",
    "quote_by_token",
    "quote_for_order",
    "quote_records",
    "quotes",
    "search_hits",
    "selected_lines",
    "state_counts",
    "versions",
]
