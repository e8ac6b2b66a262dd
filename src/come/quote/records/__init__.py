"""Quotes as frozen values. Amounts are euros excluding tax, exact; no Django here."""

from come.quote.records.lines import AcceptedLine, AcceptedQuote, Issue, LinePage, LineRecord, NewLine, PatternRecord, Selection
from come.quote.records.prices import (
    Concession,
    ConcessionRow,
    Pattern,
    PriceChange,
    PricedComponent,
    PricedPattern,
    PricedQuote,
    PriceLevel,
    Totals,
    Wish,
)
from come.quote.records.quotes import (
    AcceptanceRecord,
    AlternativeRecord,
    DocumentCustomer,
    DocumentInput,
    QuoteFilters,
    QuoteRecord,
    QuoteRow,
    Signatory,
)

__all__ = [
    "AcceptanceRecord",
    "AcceptedLine",
    "AcceptedQuote",
    "AlternativeRecord",
    "Concession",
    "ConcessionRow",
    "DocumentCustomer",
    "DocumentInput",
    "Issue",
    "LinePage",
    "LineRecord",
    "NewLine",
    "Pattern",
    "PatternRecord",
    "PriceChange",
    "PriceLevel",
    "PricedComponent",
    "PricedPattern",
    "PricedQuote",
    "QuoteFilters",
    "QuoteRecord",
    "QuoteRow",
    "Selection",
    "Signatory",
    "Totals",
    "Wish",
]
