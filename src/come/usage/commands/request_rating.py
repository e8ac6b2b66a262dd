"""Ask for a rating that a worker will do."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from come.shared import actor as actors, eventlog, events as shared_events, idempotency, period
from come.staff import policies as rights
from come.usage import events


def request_rating(*, cycle: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Put the rating of a cycle in the queue, once however often it is asked. Records RatingRequested. Raises NotAllowed, ValueError."""
    rights.require(actor, "usage.write")
    period.parse_cycle(cycle)

    def run() -> dict[str, str]:
        eventlog.record(event=events.RatingRequested(cycle=cycle), actor=actor, at=at, subjects=[shared_events.subject("run", cycle)])
        eventlog.defer("usage.rate_cycle", lock=f"usage.rate:{cycle}", queueing_lock=f"usage.rate:{cycle}", cycle=cycle)
        return {"cycle": cycle}

    with transaction.atomic():
        idempotency.once(actor=actor, command="usage.request_rating", inputs={"cycle": cycle}, run=run)
