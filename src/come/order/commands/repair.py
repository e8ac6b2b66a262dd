"""Repair held steps: mend the data, then try again; or try again everything that one cause holds."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from come.inventory import commands as inventory_commands, records as inventory
from come.order import events, models
from come.order.commands import _internal, _progress
from come.order.policies import rules
from come.party import queries as party_queries
from come.shared import actor as actors, eventlog, events as shared_events, idempotency, identifiers, obstacles, text
from come.staff import policies as rights


def retry_steps(
    *,
    actor: actors.Actor,
    at: dt.datetime,
    order_id: uuid.UUID | None = None,
    step_ids: Sequence[int] = (),
    signature: str = "",
    incident_id: uuid.UUID | None = None,
) -> int:
    """Try again the held steps of an order, of a list, of one cause or of one incident; return how many.

    Only orders that the person sees are touched; steps that are no longer held are left alone. Success will be said when
    the effect is observed, not now. Records OrderRepaired for each order, which advances it.
    """
    rights.require(actor, "order.repair")
    held = models.OrderStep.objects.filter(state="held")
    if not (order_id or step_ids or signature or incident_id):
        return 0
    if order_id is not None:
        held = held.filter(order_id=order_id)
    if step_ids:
        held = held.filter(id__in=step_ids)
    if signature:
        held = held.filter(cause_signature=signature)
    if incident_id is not None:
        held = held.filter(incident_id=incident_id)
    if not actor.sees_all_agencies:
        held = held.filter(order__agency_id__in=actor.agency_ids)
    with transaction.atomic():
        orders = list(
            models.ProductOrder.objects.select_for_update().filter(id__in=held.values("order_id")).order_by("id"),
        )
        identifiers_of: dict[uuid.UUID, list[int]] = {order.id: [] for order in orders}
        for held_id, held_order in held.filter(order__in=orders).values_list("id", "order_id"):
            identifiers_of[held_order].append(held_id)
        return sum(_retry(order, identifiers_of[order.id], "retry", actor, at) for order in orders if identifiers_of[order.id])


def repair_item(
    *,
    item_id: uuid.UUID,
    actor: actors.Actor,
    at: dt.datetime,
    replace_sim: bool = False,
    iccid: str = "",
    msisdn: str = "",
    any_number: bool = False,
    rio: str = "",
    billing_account_id: uuid.UUID | None = None,
) -> int:
    """Mend the data of a held line, then try its held steps again; return how many.

    `replace_sim` takes `iccid`, or any SIM of the agency's stock when it is empty; `msisdn` chooses another number,
    `any_number` lets us choose; `rio` corrects the portability; `billing_account_id` serves the whole order. Raises
    Refusal (a malformed identifier, a SIM or number that is not free), and then nothing changes. Idempotent by request
    id. Records OrderRepaired.
    """
    rights.require(actor, "order.repair")
    given = {
        "item_id": item_id,
        "replace_sim": replace_sim,
        "iccid": iccid,
        "msisdn": msisdn,
        "any_number": any_number,
        "rio": rio,
        "billing_account_id": billing_account_id,
    }
    with transaction.atomic():
        answer = idempotency.once(actor=actor, command="order.repair_item", inputs=given, run=lambda: _repair(given, actor, at))
    return int(answer["retried"])


def _repair(given: dict[str, Any], actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    item = models.ProductOrderItem.objects.select_related("order", "pattern").filter(id=given["item_id"]).first()
    if item is None or not rights.can_see(actor, item.order.agency_id):
        raise obstacles.not_found(text.T("La ligne de commande"), given["item_id"])
    order = models.ProductOrder.objects.select_for_update().get(id=item.order_id)
    item = models.ProductOrderItem.objects.select_for_update(of=("self",)).select_related("pattern").get(id=item.id)
    done: list[str] = []
    if given["rio"]:
        item.rio = _checked("rio", lambda: identifiers.check_rio(given["rio"], item.wanted_msisdn))
        item.save(update_fields=["rio"])
        done.append("rio")
    if given["replace_sim"] or given["iccid"]:
        _replace_sim(order, item, given["iccid"], at)
        done.append("replace_sim")
    if given["msisdn"] or given["any_number"]:
        choose_number(order, item, given["msisdn"], at)
        done.append("choose_number")
    if given["billing_account_id"]:
        _choose_account(order, given["billing_account_id"])
        done.append("billing_account")
    refresh_messages(item)
    held = models.OrderStep.objects.filter(state="held", order=order)
    held = held.filter(cause_code="BILLING_ACCOUNT_MISSING") if given["billing_account_id"] else held.filter(item=item)
    return {"retried": _retry(order, list(held.values_list("id", flat=True)), "+".join(done) or "retry", actor, at)}


def _replace_sim(order: models.ProductOrder, item: models.ProductOrderItem, iccid: str, at: dt.datetime) -> None:
    """Give the line another SIM; the one that it had is retired, and the new one is shipped as the first was."""
    wanted = _checked("iccid", lambda: identifiers.check_iccid(iccid)) if iccid else ""
    item.wanted_iccid = wanted
    if not item.iccid:
        item.save(update_fields=["wanted_iccid"])
        return
    inventory_commands.release_resources(reservation_ids=[item.id], at=at, kinds=("sim",), is_faulty=True)
    item.iccid = _reserve(order, item, at, needs_sim=True).iccid
    item.save(update_fields=["wanted_iccid", "iccid"])
    shipped = models.OrderStep.objects.filter(item=item, kind="ship", state="done")
    for step in shipped:
        step.state = "ready"
        step.state_since_at = at
        step.attempts += 1
        step.message = None
        step.done_at = None
        step.save(update_fields=["state", "state_since_at", "attempts", "message", "done_at"])


def choose_number(order: models.ProductOrder, item: models.ProductOrderItem, msisdn: str, at: dt.datetime) -> None:
    """Give the line another number, `msisdn` or any; the one that it had is free again. Raises Refusal when it is not to be had."""
    item.wanted_msisdn = _checked("msisdn", lambda: identifiers.check_msisdn(msisdn)) if msisdn else ""
    item.rio = "" if not msisdn else item.rio
    if item.msisdn:
        inventory_commands.release_resources(reservation_ids=[item.id], at=at, kinds=("number",))
        item.msisdn = _reserve(order, item, at, needs_sim=False).msisdn
    item.save(update_fields=["wanted_msisdn", "rio", "msisdn"])


def _reserve(order: models.ProductOrder, item: models.ProductOrderItem, at: dt.datetime, *, needs_sim: bool) -> inventory.Reservation:
    want = _internal.want(order, item)
    one = inventory.ResourceWant(
        reservation_id=want.reservation_id,
        agency_id=want.agency_id,
        needs_number=not needs_sim,
        needs_sim=needs_sim,
        number_kind=want.number_kind,
        wanted_msisdn=want.wanted_msisdn,
        wanted_iccid=want.wanted_iccid,
        is_ported_in=want.is_ported_in,
    )
    (reservation,) = inventory_commands.reserve_resources(wants=[one], at=at)
    if reservation.failure_code:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                f"order.{reservation.failure_code.lower()}",
                obstacles.Severity.REFUSAL,
                rules.cause_sentence(
                    code=reservation.failure_code, adapter="inventory", msisdn=item.wanted_msisdn, iccid=item.wanted_iccid
                ),
                rules.next_step_sentence(code=reservation.failure_code),
                f"items/{item.position}",
            ),
        )
    return reservation


def _choose_account(order: models.ProductOrder, billing_account_id: uuid.UUID) -> None:
    allowed = {account.id for account in party_queries.billing_accounts(customer_file_id=order.customer_file_id)}
    if billing_account_id not in allowed:
        raise obstacles.not_found(text.T("Le compte de facturation de ce client"), billing_account_id)
    order.billing_account_id = billing_account_id
    order.save(update_fields=["billing_account"])


def refresh_messages(item: models.ProductOrderItem) -> None:
    """Write the mended number and SIM into what will be sent again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE order_outbox_message message SET payload = message.payload"
            " || jsonb_build_object('msisdn', %s::text, 'iccid', %s::text, 'rio', %s::text)"
            " FROM order_step step WHERE step.message_id = message.id AND step.item_id = %s AND message.state IN ('pending', 'refused')",
            [item.msisdn, item.iccid, item.rio, item.id],
        )


def _checked(path: str, check: Any) -> str:
    try:
        return str(check())
    except identifiers.InvalidIdentifier as error:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "order.identifier", obstacles.Severity.REFUSAL, error.reason, text.T("Corrigez la valeur, puis relancez."), path
            ),
        ) from None


def _retry(order: models.ProductOrder, step_ids: Sequence[int], repair: str, actor: actors.Actor, at: dt.datetime) -> int:
    """Make held steps ready, their refused messages to be sent again under the same key; records OrderRepaired."""
    retried = models.OrderStep.objects.filter(id__in=step_ids, state="held").update(state="ready", state_since_at=at, due_at=None)
    models.OutboxMessage.objects.filter(steps__id__in=step_ids, state="refused").update(state="pending", due_at=at, closed_at=None)
    _progress.derive(order, actor=actor, at=at)
    eventlog.record(
        event=events.OrderRepaired(order_id=order.id, repair=repair, step_count=retried),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("order", order.id), shared_events.subject("company", order.customer_file_id)],
    )
    return retried
