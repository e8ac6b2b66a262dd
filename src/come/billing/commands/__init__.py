"""What billing does: open, compute, check, hold, approve, issue, draw."""

from come.billing.commands.approve import approve_run, cancel_run, resume_run
from come.billing.commands.check import CheckedRun, ProofExtent, check_run
from come.billing.commands.compute import ComputedRun, compute_run, recompute_bill
from come.billing.commands.draw import draw_documents
from come.billing.commands.holds import refuse_bill, release_bill
from come.billing.commands.issue import IssuedRun, invoices_folder, issue_run
from come.billing.commands.open_run import OpenedRun, open_run
from come.billing.commands.set_up import Issuer, set_up_issuer

__all__ = [
    "CheckedRun",
    "ComputedRun",
    "IssuedRun",
    "Issuer",
    "OpenedRun",
    "ProofExtent",
    "approve_run",
    "cancel_run",
    "check_run",
    "compute_run",
    "draw_documents",
    "invoices_folder",
    "issue_run",
    "open_run",
    "recompute_bill",
    "refuse_bill",
    "release_bill",
    "resume_run",
    "set_up_issuer",
]
