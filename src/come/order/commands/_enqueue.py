"""Write to the outbox what outside systems must do, in the commit that made it ready."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from come.inventory import queries as inventory_queries
from come.order import models
from come.order.policies import decomposition
from come.party import queries as party_queries
from come.shared import bulk, ids, period

_COLUMNS = (
    "adapter",
    "operation",
    "key",
    "order_id",
    "payload",
    "state",
    "attempts",
    "observations",
    "created_at",
    "due_at",
    "answer_code",
)
_OPERATIONS = {
    "activate": "activate_line",
    "add_options": "add_options",
    "ship": "ship",
    "port_in": "port_in",
    "notify": "send_notice",
    "recall_parcel": "recall",
    "deactivate": "terminate_line",
}
# What undoes a change that the network already shows.
_UNDOING_OPERATIONS = {"suspend": "resume_line", "resume": "suspend_line", "modify": "modify_line"}
_NETWORK_OPERATIONS = {"suspend": "suspend_line", "resume": "resume_line", "terminate": "terminate_line", "modify": "modify_line"}


def enqueue(order: models.ProductOrder, *, at: dt.datetime, wave: int) -> int:
    """Write one message per ready step towards the outside (one for all notices of the wave); return how many steps got one."""
    steps = list(
        models.OrderStep.objects.select_for_update(of=("self",))
        .filter(order=order, state="ready", message=None)
        .exclude(adapter="inventory")
        .select_related("item", "item__pattern")
        .order_by("item__position", "sequence")[:wave],
    )
    if not steps:
        return 0
    notices = [step for step in steps if step.adapter == "mail"]
    others = [step for step in steps if step.adapter != "mail"]
    rows = [_row(order, step, payload, at) for step, payload in zip(others, _payloads(order, others), strict=True)]
    links = [(step.id, row[2]) for step, row in zip(others, rows, strict=True)]
    if notices:
        row = _notice_row(order, notices, at)
        rows.append(row)
        links += [(step.id, row[2]) for step in notices]
    bulk.copy_rows(table="order_outbox_message", columns=_COLUMNS, rows=rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE order_step step SET message_id = message.id FROM unnest(%s::bigint[], %s::uuid[]) AS link(step_id, key)"
            " JOIN order_outbox_message message ON message.key = link.key WHERE step.id = link.step_id",
            [[step_id for step_id, _ in links], [key for _, key in links]],
        )
    return len(steps)


def _row(order: models.ProductOrder, step: models.OrderStep, payload: dict[str, Any], at: dt.datetime) -> tuple[Any, ...]:
    operation = (
        _OPERATIONS.get(step.kind)
        or (_UNDOING_OPERATIONS if step.kind == "undo_change" else _NETWORK_OPERATIONS)[step.item.pattern.operation]
    )
    # The key is the step's own, and another one only when a repair asks for the step again.
    key = ids.derived("order.step", step.id, step.attempts)
    return (step.adapter, operation, key, order.id, json.dumps(payload), "pending", 0, 0, at, at, "")


def _payloads(order: models.ProductOrder, steps: Sequence[models.OrderStep]) -> list[dict[str, Any]]:
    address = _address(order) if any(step.kind == "ship" for step in steps) else {}
    former = _former_services(order, steps)
    return [_payload(order, step.item) | (address if step.kind == "ship" else {}) | former.get(step.id, {}) for step in steps]


def _former_services(order: models.ProductOrder, steps: Sequence[models.OrderStep]) -> dict[int, dict[str, Any]]:
    """Return, for steps that put a changed line back, the services that the fleet still has for it."""
    undone = {step.item.stable_line_id: step.id for step in steps if step.kind == "undo_change"}
    if not undone:
        return {}
    return {
        undone[line.id]: {"services": [held.code for held in line.offerings if held.kind in decomposition.NETWORK_OPTION_KINDS]}
        for line in inventory_queries.fleet_lines(line_ids=list(undone), day=period.local_day(order.ordered_at))
    }


def _payload(order: models.ProductOrder, item: models.ProductOrderItem) -> dict[str, Any]:
    offerings = item.pattern.frozen.get("offerings", ())
    return {
        "line_id": str(item.stable_line_id),
        "msisdn": item.msisdn,
        "iccid": item.iccid,
        "rio": item.rio,
        "services": _services(item.pattern.frozen),
        "goods": [offering["code"] for offering in offerings if offering["kind"] in decomposition.GOODS_KINDS],
        "order": order.reference,
        "label": item.user_label,
    }


def _services(frozen: Mapping[str, Any]) -> list[str]:
    """Return the services that the line has afterwards: all of them, kept or new."""
    if "change" in frozen:
        return list(frozen["change"]["services"])
    return [offering["code"] for offering in frozen.get("offerings", ()) if offering["kind"] in decomposition.NETWORK_OPTION_KINDS]


def _address(order: models.ProductOrder) -> dict[str, Any]:
    company = party_queries.customer_files(ids=[order.customer_file_id], viewer=None)[order.customer_file_id]
    return {"address": {"name": company.name, "street": company.street, "postcode": company.postcode, "city": company.city}}


def _notice_row(order: models.ProductOrder, steps: Sequence[models.OrderStep], at: dt.datetime) -> tuple[Any, ...]:
    payload = {
        "staff_id": str(order.ordered_by_id) if order.ordered_by_id else "",
        "staff_name": order.ordered_by_name,
        "order": order.reference,
        "operation": steps[0].item.pattern.operation,
        "line_count": len(steps),
        "order_line_count": order.line_count,
        "lines": [[step.item.user_label, step.item.msisdn] for step in steps[:50]],
    }
    return (
        "mail",
        "send_notice",
        ids.derived("order.notice", steps[0].id, steps[0].attempts),
        order.id,
        json.dumps(payload),
        "pending",
        0,
        0,
        at,
        at,
        "",
    )
