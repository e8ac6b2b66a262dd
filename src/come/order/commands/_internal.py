"""The steps that are ours: reserve numbers and SIMs, inscribe lines in the inventory, change their state there."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal

from django.db import connection, transaction

from come.inventory import (
    commands as inventory_commands,
    policies as inventory_policies,
    queries as inventory_queries,
    records as inventory,
)
from come.order import models
from come.order.commands import _steps
from come.order.policies import freezing
from come.shared import actor as actors, obstacles, period, text

Run = Callable[[models.ProductOrder, Sequence[models.OrderStep], actors.Actor, dt.datetime], int]
NUMBER_KINDS = {"m2m": "m2m", "sip_trunk": "fixed", "number_block": "fixed"}
STATE_AFTER = {"suspend": "suspended", "resume": "active", "terminate": "terminated"}


def run(order: models.ProductOrder, *, actor: actors.Actor, at: dt.datetime, wave: int) -> int:
    """Do at most `wave` ready steps of each kind of ours; return how many moved (done or held)."""
    moved = 0
    verbs: dict[str, Run] = {
        "reserve_resources": _reserve,
        "set_up_billing": _install,
        "update_inventory": _change_state,
        "release": _release,
    }
    for kind, verb in verbs.items():
        steps = list(
            models.OrderStep.objects.select_for_update(of=("self",))
            .filter(order=order, kind=kind, state="ready")
            .select_related("item", "item__pattern")
            .order_by("item__position")[:wave],
        )
        if steps:
            moved += verb(order, steps, actor, at)
    return moved


def _reserve(order: models.ProductOrder, steps: Sequence[models.OrderStep], actor: actors.Actor, at: dt.datetime) -> int:
    reservations = inventory_commands.reserve_resources(wants=[want(order, step.item) for step in steps], at=at)
    by_item = {reservation.reservation_id: reservation for reservation in reservations}
    write_resources(reservations)
    failures = [
        _steps.Failure(step.id, step.kind, step.adapter, by_item[step.item_id].failure_code, by_item[step.item_id].failure_detail)
        for step in steps
        if by_item[step.item_id].failure_code
    ]
    failed = {failure.step_id for failure in failures}
    done = _steps.finish([step.id for step in steps if step.id not in failed], at)
    return done + _steps.hold(order, failures, actor=actor, at=at)


def _release(order: models.ProductOrder, steps: Sequence[models.OrderStep], actor: actors.Actor, at: dt.datetime) -> int:
    """Give back numbers and SIMs of lines that were undone: a SIM that left the stock never serves another line."""
    item_ids = [step.item_id for step in steps]
    gone = set(
        models.OrderStep.objects.filter(item_id__in=item_ids, kind__in=("ship", "activate"), state="done").values_list("item_id", flat=True)
    )
    inventory_commands.release_resources(reservation_ids=sorted(gone), at=at, is_faulty=True)
    inventory_commands.release_resources(reservation_ids=[item_id for item_id in item_ids if item_id not in gone], at=at)
    return _steps.finish([step.id for step in steps], at)


def want(order: models.ProductOrder, item: models.ProductOrderItem) -> inventory.ResourceWant:
    """Return what a line needs reserved."""
    return inventory.ResourceWant(
        reservation_id=item.id,
        agency_id=order.agency_id,
        needs_number=item.pattern.needs_msisdn,
        needs_sim=item.pattern.needs_sim,
        number_kind=NUMBER_KINDS.get(item.pattern.plan_kind, "mobile"),
        wanted_msisdn=item.wanted_msisdn,
        wanted_iccid=item.wanted_iccid,
        is_ported_in=bool(item.rio),
    )


def write_resources(reservations: Sequence[inventory.Reservation]) -> None:
    """Write on the lines which number and SIM they received (one statement)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE order_product_order_item item SET msisdn = coalesce(nullif(given.msisdn, ''), item.msisdn),"
            " iccid = coalesce(nullif(given.iccid, ''), item.iccid)"
            " FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS given(id, msisdn, iccid) WHERE item.id = given.id",
            [
                [reservation.reservation_id for reservation in reservations],
                [reservation.msisdn for reservation in reservations],
                [reservation.iccid for reservation in reservations],
            ],
        )


def _install(order: models.ProductOrder, steps: Sequence[models.OrderStep], actor: actors.Actor, at: dt.datetime) -> int:
    """Inscribe activated lines with their frozen prices; without a billing account they wait for one."""
    if order.billing_account_id is None:
        return _hold_all(order, steps, "BILLING_ACCOUNT_MISSING", actor, at)
    lines = _new_lines(order, [step.item for step in steps], at)
    try:
        with transaction.atomic():
            inventory_commands.install_lines(lines=lines, actor=actor, at=at, source=order.reference)
    except obstacles.Refusal as refusal:
        code = "SIM_TAKEN" if refusal.code == "inventory.sim_taken" else "NUMBER_TAKEN"
        return _hold_all(order, steps, code, actor, at)
    return _steps.finish([step.id for step in steps], at)


def _new_lines(order: models.ProductOrder, items: Sequence[models.ProductOrderItem], at: dt.datetime) -> list[inventory.NewLine]:
    activated = dict(
        models.OrderStep.objects.filter(item_id__in=[item.id for item in items], kind="activate", state="done").values_list(
            "item_id", "done_at"
        ),
    )
    parts_of = {item.pattern_id: freezing.new_parts(item.pattern.frozen) for item in items}
    lines = []
    for item in items:
        pattern = item.pattern
        activated_at = activated.get(item.id) or at
        prices, terms, parts = parts_of[pattern.id]
        months = pattern.commitment_months
        lines.append(
            inventory.NewLine(
                line_id=item.stable_line_id,
                customer_file_id=order.customer_file_id,
                agency_id=order.agency_id,
                billing_account_id=order.billing_account_id,
                offering_code=pattern.plan_code,
                offering_version=pattern.plan_version,
                name_fr=pattern.plan_name_fr,
                kind=inventory_policies.product_kind(pattern.plan_kind),
                activated_at=activated_at,
                user_label=item.user_label,
                cost_centre_id=item.cost_centre_id,
                msisdn=item.msisdn or None,
                iccid=item.iccid or None,
                agreement_reference=order.agreement_reference,
                order_item_ref=f"{order.reference}/{item.position}",
                reservation_id=item.id,
                commitment_end_date=period.add_months(period.local_day(activated_at), months) if months else None,
                prices=prices,
                terms=terms,
                parts=parts,
            ),
        )
    return lines


def _change_state(order: models.ProductOrder, steps: Sequence[models.OrderStep], actor: actors.Actor, at: dt.datetime) -> int:
    """Write in the inventory what the network shows; lines whose state forbids it are held, the others go on."""
    moved = 0
    for operation in sorted({step.item.pattern.operation for step in steps}):
        mine = [step for step in steps if step.item.pattern.operation == operation]
        moved += _modify(order, mine, actor, at) if operation == "modify" else _to_state(order, mine, STATE_AFTER[operation], actor, at)
    return moved


def _to_state(order: models.ProductOrder, steps: Sequence[models.OrderStep], after: str, actor: actors.Actor, at: dt.datetime) -> int:
    lines = inventory_queries.lines_for_orders(line_ids=[step.item.stable_line_id for step in steps])
    states = {line.id: line.state for line in lines}
    able = [step for step in steps if _may(states.get(step.item.stable_line_id, ""), after)]
    unable = [step for step in steps if step not in able]
    by_line: dict[uuid.UUID, models.OrderStep] = {step.item.stable_line_id: step for step in able}
    _charge_fees(order, able, actor, at)
    inventory_commands.change_state(product_ids=list(by_line), to=after, reason=order.reason, actor=actor, at=at)
    return _steps.finish([step.id for step in able], at) + _hold_all(order, unable, "LINE_STATE_FORBIDS", actor, at)


def _charge_fees(order: models.ProductOrder, steps: Sequence[models.OrderStep], actor: actors.Actor, at: dt.datetime) -> None:
    """Write what leaving early costs, once, before the line ends."""
    changes = [
        inventory.LineChange(
            line_id=step.item.stable_line_id,
            order_item_ref=f"{order.reference}/{step.item.position}",
            fee=inventory.FeePrice("FRAIS-RESILIATION", text.T("Frais de résiliation anticipée"), Decimal(fee["amount"]), fee["reason_fr"]),
        )
        for step in steps
        if (fee := step.item.pattern.frozen.get("fee")) is not None
    ]
    if changes:
        inventory_commands.modify_lines(changes=changes, actor=actor, at=at, source=order.reference)


def _modify(order: models.ProductOrder, steps: Sequence[models.OrderStep], actor: actors.Actor, at: dt.datetime) -> int:
    """Change lines in the inventory as the order froze it; those that no longer live are held, the others go on."""
    lines = inventory_queries.lines_for_orders(line_ids=[step.item.stable_line_id for step in steps])
    states = {line.id: line.state for line in lines}
    able = [step for step in steps if states.get(step.item.stable_line_id, "") in inventory_policies.LIVE_STATES]
    unable = [step for step in steps if step not in able]
    shared = {step.item.pattern_id: freezing.line_change(step.item.pattern.frozen) for step in able}
    changes = [
        inventory.LineChange(
            line_id=step.item.stable_line_id,
            agreement_reference=order.agreement_reference,
            order_item_ref=f"{order.reference}/{step.item.position}",
            **shared[step.item.pattern_id],
        )
        for step in able
    ]
    if changes:
        inventory_commands.modify_lines(changes=changes, actor=actor, at=at, source=order.reference)
    return _steps.finish([step.id for step in able], at) + _hold_all(order, unable, "LINE_STATE_FORBIDS", actor, at)


def _may(before: str, after: str) -> bool:
    return before == after or after in inventory_policies.TRANSITIONS.get(before, frozenset())


def _hold_all(order: models.ProductOrder, steps: Sequence[models.OrderStep], code: str, actor: actors.Actor, at: dt.datetime) -> int:
    return _steps.hold(order, [_steps.Failure(step.id, step.kind, step.adapter, code) for step in steps], actor=actor, at=at)
