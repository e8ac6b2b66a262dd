"""Reads of the event log."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from come.shared import models


@dataclasses.dataclass(frozen=True, slots=True)
class EventRecord:
    """One fact as a page shows it."""

    id: uuid.UUID
    name: str
    recorded_at: dt.datetime
    actor_id: uuid.UUID | None
    actor_name: str
    on_behalf_of_name: str
    request_id: str
    subjects: tuple[str, ...]
    payload: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def events_about(*, subject: str, limit: int = 50, offset: int = 0) -> list[EventRecord]:
    """Return the facts about one thing, newest first (one statement). The caller checks the right to see it."""
    rows = models.EventLog.objects.filter(subjects__contains=[subject]).order_by("-recorded_at", "-id")
    return [
        EventRecord(
            id=row.id,
            name=row.name,
            recorded_at=row.recorded_at,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            on_behalf_of_name=row.on_behalf_of_name,
            request_id=row.request_id,
            subjects=tuple(row.subjects),
            payload=row.payload,
            before=row.before,
            after=row.after,
        )
        for row in rows[offset : offset + limit]
    ]
