"""Tables of quotes. A version is immutable once sent: commands refuse, and the database refuses too (triggers)."""

from come.quote.models.evidence import QuoteAcceptance, QuoteDocument
from come.quote.models.quotes import Quote, QuoteEdit, QuoteLine, QuotePattern, QuotePatternPrice

__all__ = ["Quote", "QuoteAcceptance", "QuoteDocument", "QuoteEdit", "QuoteLine", "QuotePattern", "QuotePatternPrice"]
