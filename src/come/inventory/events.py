"""Facts of the installed base."""

from __future__ import annotations

import dataclasses
import uuid

from come.shared import events


@dataclasses.dataclass(frozen=True)
class LinesInstalled(events.Event):
    """Lines became active with their frozen prices."""

    line_count: int
    first_line_id: uuid.UUID
    source: str


@dataclasses.dataclass(frozen=True)
class LinesChangedState(events.Event):
    """Lines were suspended, resumed or terminated."""

    line_count: int
    state: str
    reason: str


@dataclasses.dataclass(frozen=True)
class LinesEdited(events.Event):
    """Labels or cost centres of lines were changed."""

    line_count: int
    user_label: str | None
    cost_centre_id: str | None


@dataclasses.dataclass(frozen=True)
class StockReceived(events.Event):
    """Numbers or SIMs entered the stock."""

    kind: str
    added: int
    already_known: int


@dataclasses.dataclass(frozen=True)
class LinesModified(events.Event):
    """Lines changed what they have: plan, options, devices, prices or commitment."""

    line_count: int
    source: str
