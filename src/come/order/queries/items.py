"""Lines of an order, one page at a time, with their steps."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from come.order import models, records
from come.order.policies import rules
from come.order.queries import detail
from come.shared import actor as actors, obstacles, text
from come.staff import policies as rights, queries as staff_queries
from come.ticket import queries as ticket_queries

MAXIMUM_LIMIT = 1_000


def order_items(
    *,
    order_id: uuid.UUID,
    viewer: actors.Actor,
    at: dt.datetime,
    state: str = "",
    step_kind: str = "",
    step_state: str = "",
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[records.ItemRecord], int]:
    """Return one page of an order's lines with their steps, and how many match (six statements).

    Filters: the line's state, the state of one kind of step, a label or number. An order of another agency is not found.
    """
    detail.order_plain(viewer=viewer, order_id=order_id)
    rows = models.ProductOrderItem.objects.filter(order_id=order_id)
    if state:
        rows = rows.filter(state=state)
    if step_kind and step_state:
        rows = rows.filter(steps__kind=step_kind, steps__state=step_state)
    if text:
        digits = "".join(character for character in text if character.isdigit()).removeprefix("0")
        found = Q(user_label__icontains=text)
        rows = rows.filter(found | Q(msisdn__contains=digits) | Q(iccid__contains=digits) if digits else found)
    total = rows.count()
    page = list(rows.select_related("pattern").order_by("position")[offset : offset + min(limit, MAXIMUM_LIMIT)])
    return _records(page, at), total


def item(*, item_id: uuid.UUID, viewer: actors.Actor, at: dt.datetime) -> tuple[records.ItemRecord, str]:
    """Return one line with its steps, and its order's reference (four statements); raises NotFound."""
    row = models.ProductOrderItem.objects.select_related("pattern", "order").filter(id=item_id).first()
    if row is None or not rights.can_see(viewer, row.order.agency_id):
        raise obstacles.not_found(text.T("La ligne de commande"), item_id)
    return _records([row], at)[0], row.order.reference


_PLAIN = """
SELECT item.order_id, item.external_id, item.action, item.state, item.stable_line_id, coalesce(nullif(item.msisdn, ''), item.wanted_msisdn),
       coalesce(nullif(item.iccid, ''), item.wanted_iccid), item.rio, item.user_label, item.cost_centre_code, pattern.plan_code,
       pattern.plan_name_fr, pattern.option_codes
FROM order_product_order_item item JOIN order_pattern pattern ON pattern.id = item.pattern_id
WHERE item.order_id = ANY(%s) AND (%s::int IS NULL OR item.position <= %s)
ORDER BY item.order_id, item.position
"""


def items_plain(*, order_ids: Sequence[uuid.UUID], limit_per_order: int | None = None) -> dict[uuid.UUID, list[records.PlainItem]]:
    """Return the lines of orders that the caller has checked, at most the first `limit_per_order` of each (one statement)."""
    found: dict[uuid.UUID, list[records.PlainItem]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN, [list(order_ids), limit_per_order, limit_per_order])
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(_plain(row))
    return found


def _plain(row: tuple[Any, ...]) -> records.PlainItem:
    _, external_id, action, state, line_id, msisdn, iccid, rio, label, centre, plan_code, plan_name, options = row
    return records.PlainItem(external_id, action, state, line_id, msisdn, iccid, rio, label, centre, plan_code, plan_name, tuple(options))


def _records(rows: Sequence[models.ProductOrderItem], at: dt.datetime) -> list[records.ItemRecord]:
    steps = list(models.OrderStep.objects.filter(item_id__in=[row.id for row in rows]).order_by("item_id", "sequence"))
    names = staff_queries.staff_names(ids={step.owner_id for step in steps if step.owner_id and step.state == "held"})
    tickets = ticket_queries.tickets_by_id(ids=sorted({step.incident_id for step in steps if step.incident_id and step.state == "held"}))
    words = detail.step_words()
    by_item: dict[uuid.UUID, list[models.OrderStep]] = {}
    for step in steps:
        by_item.setdefault(step.item_id, []).append(step)
    return [
        records.ItemRecord(
            id=row.id,
            position=row.position,
            external_id=row.external_id,
            action=row.action,
            stable_line_id=row.stable_line_id,
            state=row.state,
            state_since_at=row.state_since_at,
            user_label=row.user_label,
            cost_centre_code=row.cost_centre_code,
            msisdn=row.msisdn or row.wanted_msisdn,
            iccid=row.iccid or row.wanted_iccid,
            rio=row.rio,
            plan_code=row.pattern.plan_code,
            plan_name_fr=row.pattern.plan_name_fr,
            option_codes=tuple(row.pattern.option_codes),
            pattern_position=row.pattern.position,
            completed_at=row.completed_at,
            steps=tuple(_step(step, row, names, tickets, words, at) for step in by_item.get(row.id, ())),
            is_installed=row.action != "add"
            or any(step.kind == "set_up_billing" and step.state == "done" for step in by_item.get(row.id, ())),
        )
        for row in rows
    ]


def _step(  # noqa: PLR0917 - a row and the dictionaries that name what it points at
    step: models.OrderStep,
    row: models.ProductOrderItem,
    names: dict[uuid.UUID, str],
    tickets: dict[uuid.UUID, tuple[str, str, str, object]],
    words: dict[str, str],
    at: dt.datetime,
) -> records.StepRecord:
    is_held = step.state == "held"
    waits = step.state in ("held", "ready", "sent")
    return records.StepRecord(
        id=step.id,
        kind=step.kind,
        label_fr=words[step.kind],
        adapter=step.adapter,
        state=step.state,
        state_since_at=step.state_since_at,
        planned_date=step.planned_date,
        done_at=step.done_at,
        cause_fr=detail.cause_sentence(step.cause_code, step.adapter, row.msisdn or row.wanted_msisdn, row.iccid or row.wanted_iccid)
        if is_held
        else "",
        next_step_fr=rules.next_step_sentence(code=step.cause_code) if is_held else "",
        owner_name=detail.owner_name(step.owner_id, step.owner_team, names) if is_held else "",
        due_at=step.due_at if is_held else None,
        incident_reference=tickets[step.incident_id][0] if is_held and step.incident_id in tickets else "",
        repairs=rules.cause(step.cause_code).repairs if is_held else (),
        is_overdue=waits and at - step.state_since_at > dt.timedelta(seconds=step.maximum_age_seconds),
    )
