"""Tables of quotes. A version is immutable once sent: commands refuse, and the database refuses too (triggers)."""

from come.quote.models.edits import GridLayout, QuoteEdit, QuoteImport
from come.quote.models.evidence import QuoteAcceptance, QuoteDocument
from come.quote.models.quotes import Quote, QuoteLine, QuotePattern, QuotePatternPrice

__all__ = [
    "GridLayout",
    "Quote",
    "QuoteAcceptance",
    "QuoteDocument",
    "QuoteEdit",
    "QuoteImport",
    "QuoteLine",
    "QuotePattern",
    "QuotePatternPrice",
]
