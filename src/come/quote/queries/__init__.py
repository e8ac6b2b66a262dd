"""Reads of quotes; each in a constant number of statements."""

from come.quote.queries.agreement_quotes import AgreementQuote, AgreementQuotes, agreement_quotes
from come.quote.queries.approvals import (
    ApprovalRecord,
    ConcededPrice,
    DelegationRecord,
    Giving,
    approval,
    approval_by_token,
    approvals_of,
    approvals_to_decide,
    approvers,
    conceded_prices,
    delegations,
    giving_of,
    possible_delegates,
    replaced_by,
)
from come.quote.queries.changes import price_change
from come.quote.queries.comparison import ComparedLine, ComparedPrice, Comparison, compare
from come.quote.queries.concessions import concession_rows
from come.quote.queries.documents import document, document_input, document_kinds
from come.quote.queries.edits import EditNews, ImportPreview, News, UndoState, grid_layout, import_preview, kept_edits, news, undo_state
from come.quote.queries.fleet import fleet_change
from come.quote.queries.included import negotiated_volumes
from come.quote.queries.issues import FoundIssue, IssueKind, issue_kinds, next_issue
from come.quote.queries.items import ItemRecord, items, quote_records
from come.quote.queries.lines import every_line, lines, quote_for_order, selected_lines
from come.quote.queries.offering_trials import ImpactLine, QuoteImpact, Trial, offering_impact, try_offering
from come.quote.queries.offers import alternatives
from come.quote.queries.quotes import VersionRow, expiring, letters, quote, quote_by_token, quotes, search_hits, state_counts, versions
from come.quote.queries.rules import months_to_waive_of as months_to_waive
from come.quote.queries.sold import patterns

__all__ = [
    "AgreementQuote",
    "AgreementQuotes",
    "ApprovalRecord",
    "ComparedLine",
    "ComparedPrice",
    "Comparison",
    "ConcededPrice",
    "DelegationRecord",
    "EditNews",
    "FoundIssue",
    "Giving",
    "ImpactLine",
    "ImportPreview",
    "IssueKind",
    "ItemRecord",
    "News",
    "QuoteImpact",
    "Trial",
    "UndoState",
    "VersionRow",
    "agreement_quotes",
    "alternatives",
    "approval",
    "approval_by_token",
    "approvals_of",
    "approvals_to_decide",
    "approvers",
    "compare",
    "conceded_prices",
    "concession_rows",
    "delegations",
    "document",
    "document_input",
    "document_kinds",
    "every_line",
    "expiring",
    "fleet_change",
    "giving_of",
    "grid_layout",
    "import_preview",
    "issue_kinds",
    "items",
    "kept_edits",
    "letters",
    "lines",
    "months_to_waive",
    "negotiated_volumes",
    "news",
    "next_issue",
    "offering_impact",
    "patterns",
    "possible_delegates",
    "price_change",
    "quote",
    "quote_by_token",
    "quote_for_order",
    "quote_records",
    "quotes",
    "replaced_by",
    "search_hits",
    "selected_lines",
    "state_counts",
    "try_offering",
    "undo_state",
    "versions",
]
