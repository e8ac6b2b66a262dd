"""Record a fact in the caller's transaction, and defer the jobs that follow from it."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from come.shared import actor as actors, events, models

Subscriptions = Mapping[str, Sequence[tuple[str, Sequence[str]]]]


def record(
    *,
    event: events.Event,
    actor: actors.Actor,
    at: dt.datetime,
    subjects: Sequence[str],
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Append one fact to the log and defer its jobs, both in the present transaction.

    `subjects` are keys made by `events.subject`; the pages of those things show the fact. Raises RuntimeError
    outside a transaction, because a fact without its data (or the reverse) would be a lie.
    """
    if not transaction.get_connection().in_atomic_block:
        msg = "facts are recorded inside the transaction of their command"
        raise RuntimeError(msg)
    payload = event.payload()
    models.EventLog.objects.create(
        name=event.name,
        recorded_at=at,
        actor_id=actor.staff_id,
        actor_name=actor.name,
        on_behalf_of_id=actor.on_behalf_of_id,
        on_behalf_of_name=actor.on_behalf_of_name,
        request_id=actor.request_id,
        subjects=list(subjects),
        payload=payload,
        before=None if before is None else events.jsonable(dict(before)),
        after=None if after is None else events.jsonable(dict(after)),
    )
    for job_name, field_names in subscriptions().get(event.name, ()):
        defer(job_name, **{field: payload[field] for field in field_names})


def defer(job_name: str, *, lock: str | None = None, queueing_lock: str | None = None, **arguments: Any) -> None:
    """Put a job in the queue within the present transaction: rolled back with it, run only after its commit."""
    # Imported late: the job application is built after the models are loaded.
    from procrastinate import exceptions  # noqa: PLC0415 - see above
    from procrastinate.contrib.django import app  # noqa: PLC0415 - see above

    deferrer = app.configure_task(job_name, lock=lock, queueing_lock=queueing_lock, allow_unknown=True)
    try:
        with transaction.atomic():
            deferrer.defer(**arguments)
    except exceptions.AlreadyEnqueued:
        return


def subscriptions() -> Subscriptions:
    """Return the one table "when this event happens, defer that job"."""
    module_name, _, attribute = settings.COME_SUBSCRIPTIONS.rpartition(".")
    table: Subscriptions = getattr(importlib.import_module(module_name), attribute)
    return table
