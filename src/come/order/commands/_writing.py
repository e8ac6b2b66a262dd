"""Write an order: itself, its patterns, its lines, its first promise, in a constant number of statements."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from come.order import events, models
from come.order.policies import decomposition, freezing
from come.shared import actor as actors, bulk, eventlog, events as shared_events, ids, period, references, text

_ITEM_COLUMNS = (
    "id", "order_id", "pattern_id", "position", "external_id", "action", "stable_line_id", "state", "state_since_at",
    "user_label", "cost_centre_id", "cost_centre_code", "wanted_msisdn", "wanted_iccid", "rio", "msisdn", "iccid", "after_item_id",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class DraftLine:
    """One line of an order to be written; `pattern` is the place of its pattern in the draft."""

    stable_line_id: uuid.UUID
    pattern: int
    user_label: str = ""
    msisdn: str = ""
    iccid: str = ""
    rio: str = ""
    cost_centre: str = ""
    external_id: str = ""
    after_item_id: uuid.UUID | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """An order to be written."""

    kind: str
    operation: str
    action: str
    customer_file_id: uuid.UUID
    agency_id: uuid.UUID
    billing_account_id: uuid.UUID | None
    patterns: Sequence[freezing.FrozenPattern]
    lines: Sequence[DraftLine]
    quote_id: uuid.UUID | None = None
    quote_reference: str = ""
    agreement_reference: str = ""
    external_id: str = ""
    reason: str = ""
    requested_start_date: dt.date | None = None
    catalogue_version_hash: str = ""
    cost_centre_ids: dict[str, Any] = dataclasses.field(default_factory=dict)


def write(draft: Draft, *, actor: actors.Actor, at: dt.datetime) -> models.ProductOrder:
    """Write the order and record OrderSubmitted; must run in the caller's transaction."""
    order = models.ProductOrder.objects.create(
        reference=references.next_reference("order", at),
        external_id=draft.external_id,
        kind=draft.kind,
        state="acknowledged",
        state_since_at=at,
        reason=draft.reason,
        quote_id=draft.quote_id,
        quote_reference=draft.quote_reference,
        customer_file_id=draft.customer_file_id,
        agency_id=draft.agency_id,
        billing_account_id=draft.billing_account_id,
        agreement_reference=draft.agreement_reference,
        ordered_by_id=actor.staff_id,
        ordered_by_name=actor.name,
        on_behalf_of_id=actor.on_behalf_of_id,
        on_behalf_of_name=actor.on_behalf_of_name,
        ordered_at=at,
        requested_start_date=draft.requested_start_date,
        line_count=len(draft.lines),
        catalogue_version_hash=draft.catalogue_version_hash,
    )
    patterns = models.OrderPattern.objects.bulk_create(
        [
            models.OrderPattern(
                order=order,
                position=position,
                action=pattern.action or draft.action,
                operation=pattern.operation or draft.operation,
                plan_code=pattern.plan_code,
                plan_version=pattern.plan_version,
                plan_name_fr=pattern.plan_name_fr,
                plan_kind=pattern.plan_kind,
                option_codes=list(pattern.option_codes),
                device_code=pattern.device_code,
                needs_msisdn=pattern.needs_msisdn,
                needs_sim=pattern.needs_sim,
                needs_device=pattern.needs_device,
                commitment_months=pattern.commitment_months,
                frozen=pattern.frozen,
            )
            for position, pattern in enumerate(draft.patterns)
        ],
    )
    bulk.copy_rows(
        table="order_product_order_item",
        columns=_ITEM_COLUMNS,
        rows=_item_rows(draft, order, [pattern.id for pattern in patterns], at),
    )
    _promise(draft, order, actor, at)
    _record(draft, order, actor, at)
    return order


def _item_rows(draft: Draft, order: models.ProductOrder, pattern_ids: Sequence[int], at: dt.datetime) -> Iterator[tuple[Any, ...]]:
    for position, line in enumerate(draft.lines, start=1):
        action = draft.patterns[line.pattern].action or draft.action
        is_new = action == "add"
        yield (
            ids.uuid7(), order.id, pattern_ids[line.pattern], position, line.external_id or str(position), action,
            line.stable_line_id, "acknowledged", at, line.user_label[:160], draft.cost_centre_ids.get(line.cost_centre),
            line.cost_centre[:60], line.msisdn if is_new else "", line.iccid if is_new else "", line.rio,
            "" if is_new else line.msisdn, "" if is_new else line.iccid, line.after_item_id,
        )  # fmt: skip


def _promise(draft: Draft, order: models.ProductOrder, actor: actors.Actor, at: dt.datetime) -> None:
    """Give the first promised date: the last day of the plan, from the order day or the day that was asked for."""
    day = period.local_day(at)
    start = max(day, draft.requested_start_date or day)
    ported = {line.pattern for line in draft.lines if line.rio}
    plans = [
        decomposition.plan(
            facts=decomposition.PatternFacts(
                pattern.operation or draft.operation, pattern.kinds, pattern.needs_msisdn, pattern.needs_sim, pattern.needs_device
            ),
            has_rio=position in ported,
            from_day=start,
        )
        for position, pattern in enumerate(draft.patterns)
    ]
    promised = decomposition.promised_date(plans)
    order.requested_completion_date = promised
    order.save(update_fields=["requested_completion_date"])
    models.Promise.objects.create(
        order=order,
        promised_date=promised,
        made_at=at,
        made_by_id=actor.staff_id,
        made_by_name=actor.name,
        reason_fr=text.T("Date calculée par le plan de la commande."),
        evidence="plan",
    )


def _record(draft: Draft, order: models.ProductOrder, actor: actors.Actor, at: dt.datetime) -> None:
    subjects = [shared_events.subject("order", order.id), shared_events.subject("company", order.customer_file_id)]
    if draft.quote_id is not None:
        subjects.append(shared_events.subject("quote", draft.quote_id))
    touched = [line for line in draft.lines if (draft.patterns[line.pattern].action or draft.action) != "add"]
    subjects += [shared_events.subject("line", line.stable_line_id) for line in touched]
    eventlog.record(
        event=events.OrderSubmitted(
            order_id=order.id,
            reference=order.reference,
            kind=order.kind,
            line_count=order.line_count,
            quote_id=order.quote_id,
        ),
        actor=actor,
        at=at,
        subjects=subjects,
    )
