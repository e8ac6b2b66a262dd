"""What screens and doors receive, as frozen values."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal

from come.billing import records
from come.billing.invoicing import document, presentation
from come.shared import text
from come.usage import records as used


@dataclasses.dataclass(frozen=True, slots=True)
class BillRow:
    """A bill in a list; amounts including tax unless said."""

    id: uuid.UUID
    number: str
    state: str
    cycle: str
    account_reference: str
    customer_reference: str
    customer_name: str
    issue_date: dt.date
    due_date: dt.date | None
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    phone_lines: int
    billing_account_id: uuid.UUID
    customer_file_id: uuid.UUID
    run_id: uuid.UUID
    run_reference: str


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """Why a bill is held, who looks after it and by when; `decision` once it is closed."""

    code: str
    severity: str
    message: text.T
    next_step: text.T
    path: str
    owner_name: str
    promised_date: dt.date
    found_at: dt.datetime
    closed_at: dt.datetime | None
    closed_by_name: str
    decision: str


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file of an issued bill."""

    kind: str
    name: str
    sha256: str
    size_bytes: int
    template_version: str
    made_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class BillPage:
    """One bill, whole but for its phone lines."""

    bill: BillRow
    account_name: str
    is_preview: bool
    start_date: dt.date | None
    last_day: dt.date | None
    payment_means: str
    sections: tuple[presentation.SectionSum, ...]
    lines: tuple[records.InvoiceLine, ...]
    tax_sums: tuple[document.TaxSum, ...]
    findings: tuple[Finding, ...]
    documents: tuple[DocumentFile, ...]
    history: tuple[tuple[str, Decimal], ...]
    previous_id: uuid.UUID | None
    is_proven: bool


@dataclasses.dataclass(frozen=True, slots=True)
class RateRow:
    """A rate with the key that a screen asks its explanation by."""

    id: int
    rate: records.Rate


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """Why an amount: the rate, its sentences, and for usage the calls themselves (numbers masked)."""

    bill: BillRow
    row: RateRow
    sentences: tuple[text.T, ...]
    usage_records: tuple[used.UsageRecord, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class BillComparison:
    """The change since the previous bill, excluding tax; the differences sum to it."""

    current: BillRow
    previous: BillRow | None
    differences: tuple[tuple[records.ReasonedDifference, text.T], ...]

    @property
    def change_amount(self) -> Decimal:
        """Return current less previous."""
        return self.current.net_amount - (self.previous.net_amount if self.previous else Decimal(0))


@dataclasses.dataclass(frozen=True, slots=True)
class Control:
    """An equality that must hold before (or after) issuing: both sides, and whether they agree."""

    name: text.T
    left: Decimal
    right: Decimal
    detail: text.T

    @property
    def holds(self) -> bool:
        """Tell whether both sides agree."""
        return self.left == self.right


@dataclasses.dataclass(frozen=True, slots=True)
class RunRow:
    """A billing in a list."""

    id: uuid.UUID
    reference: str
    cycle: str
    issue_date: dt.date
    state: str
    is_preview: bool
    opened_at: dt.datetime
    opened_by_name: str
    approved_by_name: str
    approved_at: dt.datetime | None
    issued_at: dt.datetime | None
    counts: Mapping[str, int]
    gross_amount: Decimal

    @property
    def accounts(self) -> int:
        """Return how many accounts the run owes a bill to."""
        return sum(self.counts.values())


@dataclasses.dataclass(frozen=True, slots=True)
class HeldBill:
    """A bill that waits for a person, with its open causes."""

    bill: BillRow
    findings: tuple[Finding, ...]
    is_releasable: bool


@dataclasses.dataclass(frozen=True, slots=True)
class RunPage:
    """A billing's console."""

    run: RunRow
    controls: tuple[Control, ...]
    held: tuple[HeldBill, ...]
    held_total: int
    undrawn: int
