"""The facts of billing."""

from __future__ import annotations

import dataclasses
import uuid
from decimal import Decimal

from come.shared import events


@dataclasses.dataclass(frozen=True)
class BillRunOpened(events.Event):
    """A billing was opened; `accounts` owe a bill."""

    run_id: uuid.UUID
    reference: str
    cycle: str
    accounts: int
    is_preview: bool


@dataclasses.dataclass(frozen=True)
class BillsComputed(events.Event):
    """The bills of a run were computed; `held` wait for a repair."""

    run_id: uuid.UUID
    computed: int
    held: int
    refused: int


@dataclasses.dataclass(frozen=True)
class BillsChecked(events.Event):
    """The bills of a run were checked and proven."""

    run_id: uuid.UUID
    checked: int
    held: int


@dataclasses.dataclass(frozen=True)
class BillHoldReleased(events.Event):
    """A person decided that a held bill is right."""

    bill_id: uuid.UUID
    run_id: uuid.UUID
    decision: str


@dataclasses.dataclass(frozen=True)
class BillRefused(events.Event):
    """A person set an account aside from a run."""

    bill_id: uuid.UUID
    decision: str


@dataclasses.dataclass(frozen=True)
class BillRecomputed(events.Event):
    """One account was computed again after a repair."""

    bill_id: uuid.UUID
    run_id: uuid.UUID
    state: str


@dataclasses.dataclass(frozen=True)
class BillRunApproved(events.Event):
    """A second person approved the checked bills."""

    run_id: uuid.UUID
    bills: int
    gross_amount: Decimal


@dataclasses.dataclass(frozen=True)
class BillRunIssued(events.Event):
    """Bills received their numbers and were booked."""

    run_id: uuid.UUID
    bills: int
    first_number: str
    last_number: str
    gross_amount: Decimal


@dataclasses.dataclass(frozen=True)
class BillRunCancelled(events.Event):
    """A run was given up before anything was issued."""

    run_id: uuid.UUID
    reason: str
