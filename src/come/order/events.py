"""Facts of orders."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from come.shared import events


@dataclasses.dataclass(frozen=True)
class OrderSubmitted(events.Event):
    """An order was taken and numbered."""

    order_id: uuid.UUID
    reference: str
    kind: str
    line_count: int
    quote_id: uuid.UUID | None


@dataclasses.dataclass(frozen=True)
class OrderProgressed(events.Event):
    """Lines of an order moved: how many are now in each state."""

    order_id: uuid.UUID
    reference: str
    state: str
    lines: dict[str, int]


@dataclasses.dataclass(frozen=True)
class OrderStepsHeld(events.Event):
    """Steps met an obstacle: its code, how many lines, the incident that gathers them."""

    order_id: uuid.UUID
    code: str
    line_count: int
    ticket_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class OrderRepaired(events.Event):
    """Held steps were tried again, after a repair or not."""

    order_id: uuid.UUID
    repair: str
    step_count: int


@dataclasses.dataclass(frozen=True)
class OrderCancelled(events.Event):
    """Lines of an order were cancelled before their point of no return, or are being undone at a cost."""

    order_id: uuid.UUID
    reason: str
    cancelled: int
    kept: int
    undoing: int = 0
    penalty_eur_excl_tax: Decimal = Decimal(0)


@dataclasses.dataclass(frozen=True)
class OrderLineAmended(events.Event):
    """Something of a line in flight was changed, or waits for a step that is being sent."""

    order_id: uuid.UUID
    position: int
    changes: dict[str, str]
    outcome: str


@dataclasses.dataclass(frozen=True)
class OrderStopped(events.Event):
    """Nothing more of an order leaves until it is resumed."""

    order_id: uuid.UUID
    reference: str


@dataclasses.dataclass(frozen=True)
class OrderResumed(events.Event):
    """A stopped order goes on where it stood."""

    order_id: uuid.UUID
    reference: str


@dataclasses.dataclass(frozen=True)
class PromiseMade(events.Event):
    """A date was given to the customer, or moved."""

    order_id: uuid.UUID
    promised_date: dt.date
    previous_date: dt.date | None
    reason: str
