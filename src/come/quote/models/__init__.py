"""Tables of quotes. A version is immutable once sent: commands refuse, and the database refuses too (triggers)."""

from come.quote.models.approvals import ApprovalDelegation, ApprovalRequest, QuoteConcession
from come.quote.models.edits import GridLayout, QuoteEdit, QuoteImport
from come.quote.models.evidence import QuoteAcceptance, QuoteChallenge, QuoteDocument, QuoteLetter
from come.quote.models.quotes import Quote, QuoteInstalled, QuoteLine, QuotePattern, QuotePatternPrice

__all__ = [
    "ApprovalDelegation",
    "ApprovalRequest",
    "GridLayout",
    "Quote",
    "QuoteAcceptance",
    "QuoteChallenge",
    "QuoteConcession",
    "QuoteDocument",
    "QuoteEdit",
    "QuoteImport",
    "QuoteInstalled",
    "QuoteLetter",
    "QuoteLine",
    "QuotePattern",
    "QuotePatternPrice",
]
