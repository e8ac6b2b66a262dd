"""Change a line in flight: at once while it still can be, after the step that is being sent, or not any more."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from come.order import events, models, queries
from come.order.commands import repair
from come.order.commands.cancel_order import locked_order
from come.order.policies import reversal
from come.party import queries as party_queries
from come.shared import actor as actors, eventlog, events as shared_events, idempotency, identifiers, obstacles, text
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class AmendAnswer:
    """What became of the change: `applied`, or `waiting` for the step that is being sent."""

    outcome: str


def amend_line(*, item_id: uuid.UUID, changes: Mapping[str, str], actor: actors.Actor, at: dt.datetime, reason: str = "") -> AmendAnswer:
    """Change the label, the cost centre or the number of a line in flight; all of it or nothing.

    The data says after which step each can no longer change. While that step is being sent the change is kept and waits
    for its outcome: refused by the outside, it is applied; done, it is refused and said so. Raises Refusal (too late, a
    malformed or taken number, an unknown cost centre), NotFound for another agency's line. Idempotent by request id.
    Records OrderLineAmended.
    """
    rights.require(actor, "order.write")
    given = {"item": item_id, "changes": dict(changes), "reason": reason}
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor, command="order.amend_line", inputs=given, run=lambda: _amend(item_id, dict(changes), reason, actor, at)
        )
    return AmendAnswer(answer["outcome"])


def _amend(item_id: uuid.UUID, changes: dict[str, str], reason: str, actor: actors.Actor, at: dt.datetime) -> dict[str, str]:
    reference = models.ProductOrderItem.objects.filter(id=item_id).values_list("order__reference", flat=True).first()
    if reference is None:
        raise obstacles.not_found(text.T("La ligne de commande"), item_id)
    order = locked_order(reference, actor)
    item = models.ProductOrderItem.objects.select_related("pattern").get(id=item_id)
    standing = next(iter(queries.line_standings(order_id=order.id, item_ids=[item_id], at=at)), None)
    if standing is None or item.pattern.operation != "install":
        raise obstacles.Refusal(_over())
    checked = {name: _checked(order, name, value) for name, value in changes.items()}
    outcomes = {name: reversal.amendment(name, started=standing.begun) for name in checked}
    obstacles.refuse_if_any([reversal.amendment_obstacle(name) for name, outcome in outcomes.items() if outcome == "refused"])
    outcome = "waiting" if "waiting" in outcomes.values() else "applied"
    if outcome == "waiting":
        by = {"id": str(actor.staff_id or ""), "name": actor.name}
        item.waiting_amendment = {"changes": checked, "reason": reason, "by": by}
        item.save(update_fields=["waiting_amendment"])
    else:
        _apply(order, item, checked, at)
    _decide(order, item, checked, outcome, reason, str(actor.staff_id or ""), actor.name, at)
    eventlog.record(
        event=events.OrderLineAmended(order_id=order.id, position=item.position, changes=checked, outcome=outcome),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("order", order.id), shared_events.subject("company", order.customer_file_id)],
    )
    return {"outcome": outcome}


def settle(order: models.ProductOrder, at: dt.datetime) -> int:
    """Apply the changes whose step was refused, refuse those whose step took effect; return how many were settled."""
    waiting = list(models.ProductOrderItem.objects.filter(order=order, waiting_amendment__isnull=False).select_related("pattern"))
    if not waiting:
        return 0
    begun = {line.item_id: line.begun for line in queries.line_standings(order_id=order.id, item_ids=[item.id for item in waiting], at=at)}
    settled = 0
    for item in waiting:
        kept: dict[str, Any] = item.waiting_amendment or {}
        changes = dict(kept["changes"])
        outcomes = {reversal.amendment(name, started=begun[item.id]) for name in changes} if item.id in begun else {"refused"}
        if "waiting" in outcomes:
            continue
        outcome = "refused" if "refused" in outcomes else _applied(order, item, changes, at)
        item.waiting_amendment = None
        item.save(update_fields=["waiting_amendment"])
        _decide(order, item, changes, outcome, kept["reason"], kept["by"]["id"], kept["by"]["name"], at)
        settled += 1
    return settled


def _applied(order: models.ProductOrder, item: models.ProductOrderItem, changes: Mapping[str, str], at: dt.datetime) -> str:
    """Apply a change that waited; a number that somebody took meanwhile refuses it."""
    try:
        with transaction.atomic():
            _apply(order, item, changes, at)
    except obstacles.Refusal:
        item.refresh_from_db()
        return "refused"
    return "applied"


def _apply(order: models.ProductOrder, item: models.ProductOrderItem, changes: Mapping[str, str], at: dt.datetime) -> None:
    if "user_label" in changes:
        item.user_label = changes["user_label"][:160]
    if "cost_centre" in changes:
        centre_id = _centres(order).get(changes["cost_centre"])
        models.ProductOrderItem.objects.filter(id=item.id).update(cost_centre_id=centre_id, cost_centre_code=changes["cost_centre"])
    item.save(update_fields=["user_label"])
    if "msisdn" in changes:
        repair.choose_number(order, item, changes["msisdn"], at)
    repair.refresh_messages(item)


def _checked(order: models.ProductOrder, name: str, value: str) -> str:
    given = value.strip()
    if name == "cost_centre" and given and given not in _centres(order):
        raise obstacles.not_found(text.T("Le centre de coûts"), given)
    if name != "msisdn":
        return given
    try:
        return identifiers.check_msisdn(given)
    except identifiers.InvalidIdentifier as error:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "order.identifier", obstacles.Severity.REFUSAL, error.reason, text.T("Corrigez la valeur, puis relancez."), "msisdn"
            )
        ) from None


def _centres(order: models.ProductOrder) -> dict[str, uuid.UUID]:
    if order.billing_account_id is None:
        return {}
    return {centre.code: centre.id for centre in party_queries.cost_centres(account_ids=[order.billing_account_id])}


def _decide(  # noqa: PLR0917 - the parts of one decision, side by side
    order: models.ProductOrder,
    item: models.ProductOrderItem,
    changes: Mapping[str, str],
    outcome: str,
    reason: str,
    made_by_id: str,
    made_by_name: str,
    at: dt.datetime,
) -> None:
    models.LineDecision.objects.create(
        order=order,
        item=item,
        kind="amend",
        outcome=outcome,
        changes=dict(changes),
        reason=reason[:200],
        made_at=at,
        made_by_id=uuid.UUID(made_by_id) if made_by_id else None,
        made_by_name=made_by_name,
    )


def _over() -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "order.line_over",
        obstacles.Severity.REFUSAL,
        text.T("Cette ligne de commande ne se change plus : elle est finie, en cours d’annulation, ou agit sur une ligne du parc."),
        text.T("Changez la ligne depuis le parc."),
    )
