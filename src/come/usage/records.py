"""What usage tells the other packages, as frozen values. No Django here."""

from __future__ import annotations

import dataclasses
import uuid


@dataclasses.dataclass(frozen=True, slots=True)
class UsageCharge:
    """A line's rated usage of one kind in one cycle: what was used, what of it was included, what it costs.

    `quantity_rated` counts every billed unit, the included `quantity_free` among them, in `unit` (seconds, bytes, events).
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
    allowance_code: str
    clause_number: str | None
    rating_run_id: str
