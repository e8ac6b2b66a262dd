"""A prospect becomes a customer the day something of theirs works."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction

from come.party import events, models
from come.shared import actor as actors, eventlog, events as shared_events


@transaction.atomic
def welcome_customers(*, customer_file_ids: Collection[uuid.UUID], actor: actors.Actor, at: dt.datetime) -> int:
    """Make customers of these files that are prospects still; return how many. Records CustomersWelcomed if there is one.

    The caller has the right to the act that makes them customers (installing their first line).
    """
    rows = models.CustomerFile.objects.select_for_update().filter(id__in=set(customer_file_ids), state="prospect").order_by("id")
    prospects = list(rows.values_list("id", flat=True))
    if not prospects:
        return 0
    models.CustomerFile.objects.filter(id__in=prospects).update(state="active")
    eventlog.record(
        event=events.CustomersWelcomed(customer_file_ids=tuple(prospects)),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("company", prospect) for prospect in prospects],
        before={"state": "prospect"},
        after={"state": "active"},
    )
    return len(prospects)
