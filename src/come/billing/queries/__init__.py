"""Reads of bills, runs and documents."""

from come.billing.queries.bill_rows import (
    applied_rates,
    bill,
    bill_rates,
    bill_row,
    bills,
    company_bills,
    compare,
    documents_of,
    explain_rate,
    line_bills,
    search_hits,
)
from come.billing.queries.commitments import CommitmentProgress, commitment_states
from come.billing.queries.documents import invoice_documents
from come.billing.queries.run_rows import bill_ids, run, run_bills, runs

__all__ = [
    "CommitmentProgress",
    "applied_rates",
    "bill",
    "bill_ids",
    "bill_rates",
    "bill_row",
    "bills",
    "commitment_states",
    "company_bills",
    "compare",
    "documents_of",
    "explain_rate",
    "invoice_documents",
    "line_bills",
    "run",
    "run_bills",
    "runs",
    "search_hits",
]
