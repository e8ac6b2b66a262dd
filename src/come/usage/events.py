"""Facts of usage."""

from __future__ import annotations

import dataclasses
import uuid

from come.shared import events


@dataclasses.dataclass(frozen=True)
class UsageFileTakenIn(events.Event):
    """A usage file was read; `records_in` = accepted + suspended + duplicates."""

    usage_file_id: uuid.UUID
    reference: str
    state: str
    records_in: int
    accepted: int
    suspended: int
    duplicates: int


@dataclasses.dataclass(frozen=True)
class CycleRated(events.Event):
    """Every accepted record of a cycle was rated or suspended."""

    rating_run_id: uuid.UUID
    cycle: str
    records_in: int
    rated: int
    suspended: int
    charge_micro_eur: int


@dataclasses.dataclass(frozen=True)
class SuspenseRecycled(events.Event):
    """Suspended records were looked at again."""

    examined: int
    accepted: int


@dataclasses.dataclass(frozen=True)
class SimulationRequested(events.Event):
    """Somebody asked what a past month would cost with usage prices that are being written."""

    simulation_id: uuid.UUID
    offering_id: uuid.UUID
    cycle: str


@dataclasses.dataclass(frozen=True)
class RatingRequested(events.Event):
    """Somebody asked for a cycle to be rated."""

    cycle: str
