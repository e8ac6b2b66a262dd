"""Usage as frozen values: what commands answer and queries return. No Django here.

Amounts are whole micro-euros excluding tax; quantities are seconds (voice), events (SMS, MMS) or bytes (data).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from come.shared import formatting, text


@dataclasses.dataclass(frozen=True, slots=True)
class FileAnswer:
    """What became of a usage file; `records_in` = accepted + suspended + duplicates."""

    usage_file_id: uuid.UUID
    reference: str
    state: str
    records_in: int
    accepted: int
    suspended: int
    duplicates: int
    findings: tuple[str, ...]
    rejection: str


@dataclasses.dataclass(frozen=True, slots=True)
class RunAnswer:
    """What became of a rating run; `records_in` = rated + suspended."""

    rating_run_id: uuid.UUID
    cycle: str
    state: str
    records_in: int
    rated: int
    suspended: int
    charge_micro_eur: int


@dataclasses.dataclass(frozen=True, slots=True)
class RecycleAnswer:
    """How many suspended records were looked at again, and how many left suspense."""

    examined: int
    accepted: int


@dataclasses.dataclass(frozen=True, slots=True)
class UsageCharge:
    """The usage of one line, tariff, service, zone and band in one cycle: a future line of its bill.

    `quantity_rated` counts every unit after increments, `quantity_free` those that allowances gave. `zone_code` is the destination, the
    origin zone for data, "origin/destination" for calls made abroad.
    """

    billing_account_id: uuid.UUID
    line_id: uuid.UUID
    tariff_code: str
    service: str
    zone_code: str
    zone_name_fr: str
    band: str
    events: int
    quantity_rated: int
    quantity_free: int
    unit: str
    charge_micro_eur: int
    allowance_code: str | None
    clause_number: str | None
    rating_run_id: uuid.UUID


@dataclasses.dataclass(frozen=True, slots=True)
class UsageRecord:
    """One rated record of a line; the other party's last four digits are masked."""

    record_id: str
    service: str
    direction: str
    other_party_masked: str
    start_at: dt.datetime
    zone_code: str
    zone_name_fr: str
    quantity: int
    units: int
    units_free: int
    charge_micro_eur: int
    allowance_code: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """One rated record said in a sentence, with each number."""

    record_id: str
    sentence: str
    charge_micro_eur: int
    rating_run_id: uuid.UUID


@dataclasses.dataclass(frozen=True, slots=True)
class UsageFileRecord:
    """One file received, as the intake page shows it."""

    id: uuid.UUID
    reference: str
    name: str
    source: str
    sequence: int | None
    state: str
    rejection_fr: str
    findings_fr: tuple[str, ...]
    records_in: int
    accepted: int
    suspended: int
    duplicates: int
    announced_records: int | None
    first_start_at: dt.datetime | None
    last_start_at: dt.datetime | None
    received_at: dt.datetime

    @property
    def missing_records(self) -> int:
        """Return how many records the trailer announced that did not come."""
        return max((self.announced_records or self.records_in) - self.records_in, 0)


@dataclasses.dataclass(frozen=True, slots=True)
class SequenceGap:
    """Files that a source should have sent between two that came."""

    source: str
    first_missing: int
    last_missing: int


@dataclasses.dataclass(frozen=True, slots=True)
class SuspenseCause:
    """One cause of suspense: how many records, what to do; `stage` is intake or rating."""

    stage: str
    cycle: str
    reason: str
    cause_fr: str
    next_step_fr: str
    records: int
    examples: tuple[str, ...]
    can_recycle: bool


@dataclasses.dataclass(frozen=True, slots=True)
class CycleTotals:
    """A cycle's records, which always add up.

    In = duplicates + suspended at intake + accepted; accepted = rated + suspended at rating + waiting to be rated.
    """

    cycle: str
    records_in: int
    duplicates: int
    suspended_at_intake: int
    accepted: int
    rated: int
    suspended_at_rating: int
    waiting: int
    charge_micro_eur: int
    rating_run_id: uuid.UUID | None
    rated_at: dt.datetime | None

    def __str__(self) -> str:
        """Say the totals in one French sentence."""
        counts = {
            "count": formatting.number(self.records_in),
            "rated": formatting.number(self.rated),
            "left": formatting.number(self.suspended_at_intake + self.suspended_at_rating),
            "duplicates": formatting.number(self.duplicates),
            "waiting": formatting.number(self.waiting),
        }
        if self.waiting:
            return text.T(
                "{count} enregistrements = {rated} valorisés + {left} en suspens + {duplicates} doublons + {waiting} à valoriser",
                **counts,
            )
        return text.T("{count} enregistrements = {rated} valorisés + {left} en suspens + {duplicates} doublons", **counts)

    @property
    def is_whole(self) -> bool:
        """Tell whether every record is accounted for."""
        return (
            self.records_in == self.duplicates + self.suspended_at_intake + self.accepted
            and self.accepted == self.rated + self.suspended_at_rating + self.waiting
        )


@dataclasses.dataclass(frozen=True, slots=True)
class LineUsage:
    """A line's usage of one cycle, charge by charge, and the cycles that have some."""

    line_id: uuid.UUID
    cycle: str
    cycles: tuple[str, ...]
    charges: tuple[UsageCharge, ...]

    @property
    def charge_micro_eur(self) -> int:
        """Return the sum of the charges."""
        return sum(charge.charge_micro_eur for charge in self.charges)
