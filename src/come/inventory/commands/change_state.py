"""Suspend, resume or terminate lines as a set, keeping what was true before."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from come.inventory import events, models, policies
from come.inventory.commands import _rows
from come.shared import actor as actors, eventlog, events as shared_events, obstacles, period, text
from come.staff import policies as rights


def change_state(
    *,
    product_ids: Sequence[uuid.UUID],
    to: str,
    reason: str,
    actor: actors.Actor,
    at: dt.datetime,
) -> int:
    """Put lines in the state `to` (active, suspended, terminated) from `at` on; return how many changed.

    Lines already in that state are counted out, not refused. Suspending keeps prices, options and history.
    Terminating ends the parts, prices, usage terms and assignments, and puts the numbers in quarantine. Raises
    Refusal with every line whose state forbids it, and then none changes. Records LinesChangedState.
    """
    rights.require(actor, "inventory.write")
    with transaction.atomic():
        lines = list(models.Product.objects.select_for_update().filter(id__in=product_ids, parent=None).order_by("id"))
        for agency_id in {line.agency_id for line in lines}:
            rights.require_agency(actor, agency_id, text.T("Une de ces lignes"))
        changing = [line for line in lines if line.state != to]
        obstacles.refuse_if_any(
            policies.transition_obstacles(states=[(line.user_label or str(line.id), line.state) for line in changing], after=to),
        )
        if not changing:
            return 0
        identifiers = [line.id for line in changing]
        if to == "terminated":
            identifiers += _end_everything(identifiers, at)
        _rows.write_state(identifiers, to, reason, actor, at)
        _record(changing, to, reason, actor, at)
    return len(changing)


def _end_everything(line_ids: Sequence[uuid.UUID], at: dt.datetime) -> list[uuid.UUID]:
    """End what hangs under terminated lines; return the parts that end with them."""
    parts = list(
        models.Product.objects.filter(parent_id__in=line_ids).exclude(state="terminated").values_list("id", flat=True),
    )
    everything = [*line_ids, *parts]
    _rows.end_prices(everything, period.local_day(at))
    models.ProductUsageTerm.objects.filter(line_id__in=line_ids, valid_to=None).update(valid_to=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_number_resource SET state = 'quarantine', quarantine_until_at = %s, state_since_at = %s WHERE id IN"
            " (SELECT number_id FROM inventory_resource_assignment WHERE product_id = ANY(%s) AND end_at IS NULL)",
            [policies.quarantine_until(terminated_at=at), at, list(line_ids)],
        )
        cursor.execute(
            "UPDATE inventory_sim_resource SET state = 'retired', state_since_at = %s WHERE id IN"
            " (SELECT sim_id FROM inventory_resource_assignment WHERE product_id = ANY(%s) AND end_at IS NULL)",
            [at, list(line_ids)],
        )
    models.ResourceAssignment.objects.filter(product_id__in=everything, end_at=None).update(end_at=at)
    return parts


def _record(lines: Sequence[models.Product], to: str, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    companies = sorted({line.customer_file_id for line in lines})
    states = sorted({line.state for line in lines})
    eventlog.record(
        event=events.LinesChangedState(line_count=len(lines), state=to, reason=reason),
        actor=actor,
        at=at,
        subjects=[
            *(shared_events.subject("company", company) for company in companies),
            *(shared_events.subject("line", line.id) for line in lines),
        ],
        before={"states": states},
        after={"state": to},
    )
