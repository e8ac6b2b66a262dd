"""Change labels and cost centres of lines as a set; nothing that the network or the price depends on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from come.inventory import events, models, policies
from come.party import queries as party_queries
from come.shared import actor as actors, eventlog, events as shared_events, idempotency, obstacles, text
from come.staff import policies as rights

MAXIMUM_LABEL = 160


def edit_lines(
    *,
    line_ids: Sequence[uuid.UUID],
    actor: actors.Actor,
    at: dt.datetime,
    user_label: str | None = None,
    cost_centre_id: str | None = None,
) -> int:
    """Write the label and the cost centre of lines (None leaves it, "" removes it); return how many lines changed.

    Raises Refusal when the cost centre is of another billing account, NotAllowed for a line of another agency; then
    nothing changes. Records LinesEdited with the values before.
    """
    rights.require(actor, "inventory.write")
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="inventory.edit_lines",
            inputs={"lines": sorted(str(line_id) for line_id in line_ids), "label": user_label, "cost_centre": cost_centre_id},
            run=lambda: {"changed": _edit(line_ids, user_label, cost_centre_id, actor, at)},
        )
    return int(answer["changed"])


def _edit(
    line_ids: Sequence[uuid.UUID],
    user_label: str | None,
    cost_centre_id: str | None,
    actor: actors.Actor,
    at: dt.datetime,
) -> int:
    lines = list(models.Product.objects.select_for_update().filter(id__in=line_ids, parent=None).order_by("id"))
    for agency_id in {line.agency_id for line in lines}:
        rights.require_agency(actor, agency_id, text.T("Une de ces lignes"))
    written: dict[str, Any] = {}
    if user_label is not None:
        label = " ".join(user_label.split())[:MAXIMUM_LABEL]
        written |= {"user_label": label, "label_key": policies.label_key(label)}
    if cost_centre_id is not None:
        _check_cost_centre(lines, cost_centre_id)
        written["cost_centre_id"] = cost_centre_id or None
    if not lines or not written:
        return 0
    models.Product.objects.filter(id__in=[line.id for line in lines]).update(**written)
    _record(lines, user_label, cost_centre_id, actor, at)
    return len(lines)


def _check_cost_centre(lines: Sequence[models.Product], cost_centre_id: str) -> None:
    if not cost_centre_id:
        return
    accounts = {line.billing_account_id for line in lines if line.billing_account_id}
    allowed = {str(centre.id) for centre in party_queries.cost_centres(account_ids=sorted(accounts))}
    if cost_centre_id not in allowed or len(accounts) != 1:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "inventory.cost_centre",
                obstacles.Severity.REFUSAL,
                text.T("Ce centre de coûts n’est pas celui du compte de facturation de toutes les lignes choisies."),
                text.T("Choisissez des lignes d’un seul compte de facturation, puis un de ses centres de coûts."),
                "cost_centre_id",
            ),
        )


def _record(
    lines: Sequence[models.Product],
    user_label: str | None,
    cost_centre_id: str | None,
    actor: actors.Actor,
    at: dt.datetime,
) -> None:
    eventlog.record(
        event=events.LinesEdited(line_count=len(lines), user_label=user_label, cost_centre_id=cost_centre_id),
        actor=actor,
        at=at,
        subjects=[
            *(shared_events.subject("company", company) for company in sorted({line.customer_file_id for line in lines})),
            *(shared_events.subject("line", line.id) for line in lines),
        ],
        before={
            "labels": {str(line.id): line.user_label for line in lines} if user_label is not None else {},
            "cost_centres": {str(line.id): str(line.cost_centre_id or "") for line in lines} if cost_centre_id is not None else {},
        },
    )
