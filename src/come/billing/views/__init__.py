"""Screens of billing."""

from come.billing.views.agreement_pages import agreement_commitments
from come.billing.views.bill_pages import act_on_bill, bill, bills, company_bills, comparison, document, line_bills, rates, why
from come.billing.views.run_pages import act_on_run, home_runs, run, run_progress, runs

__all__ = [
    "act_on_bill",
    "act_on_run",
    "agreement_commitments",
    "bill",
    "bills",
    "company_bills",
    "comparison",
    "document",
    "home_runs",
    "line_bills",
    "rates",
    "run",
    "run_progress",
    "runs",
    "why",
]
