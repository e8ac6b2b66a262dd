"""What rating speaks of: records in, portions and suspended records out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """One checked usage record; `start_at` is aware."""

    record_id: str
    service: str
    direction: str
    served_msisdn: str
    other_party: str
    start_at: dt.datetime
    duration_seconds: int
    volume_bytes: int
    visited_network: str | None = None

    @property
    def record_key(self) -> int:
        """Return the key that orders records of one instant, whatever their arrival."""
        return record_key(self.record_id)

    @property
    def quantity(self) -> int:
        """Return seconds, bytes or events."""
        return {"voice": self.duration_seconds, "data": self.volume_bytes}.get(self.service, 1)


@dataclasses.dataclass(frozen=True, slots=True)
class Portion:
    """One rated portion, in the terms of the result file."""

    record_id: str
    portion_number: int
    line_id: str
    origin_zone: str
    destination_zone: str | None
    tariff_code: str
    band_code: str | None
    quantity: int
    units: int
    allowance_code: str | None
    connection_fee_micro_eur: int
    adjustment_micro_eur: int
    charge_micro_eur: int
    clause: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Suspended:
    """A record that cannot be rated, and why."""

    record_id: str
    reason: str


def record_key(record_id: str) -> int:
    """Return the 63-bit key of a record id."""
    return int.from_bytes(hashlib.md5(record_id.encode(), usedforsecurity=False).digest()[8:], "little") >> 1
