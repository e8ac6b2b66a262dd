"""Move steps in sets: done, or held with their cause, owner, date and incident."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib.metadata
import itertools
import uuid
from collections.abc import Sequence

from come.order import events, models
from come.order.policies import rules
from come.party import queries as party_queries
from come.shared import actor as actors, eventlog, events as shared_events
from come.ticket import commands as ticket_commands, records as ticket_records

RELEASE = importlib.metadata.version("come")
SUPPORT_TEAM = "support"


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """A step that met an obstacle."""

    step_id: int
    kind: str
    adapter: str
    code: str
    detail: str = ""


def finish(step_ids: Sequence[int], at: dt.datetime) -> int:
    """Mark our own steps done; return how many."""
    return models.OrderStep.objects.filter(id__in=step_ids, state="ready").update(state="done", state_since_at=at, done_at=at)


def hold(order: models.ProductOrder, failures: Sequence[Failure], *, actor: actors.Actor, at: dt.datetime) -> int:
    """Hold steps with a normalised cause, an owner and a date, and attach them to the one incident of each cause.

    Return how many were held. Records OrderStepsHeld once per cause.
    """
    held = 0

    def cause_of(failure: Failure) -> tuple[str, str, str]:
        return failure.adapter, failure.kind, failure.code

    for (adapter, kind, code), group in itertools.groupby(sorted(failures, key=cause_of), key=cause_of):
        held += _hold_cause(order, adapter, kind, code, list(group), actor, at)
    return held


def _hold_cause(  # noqa: PLR0917 - the parts of a cause, side by side
    order: models.ProductOrder,
    adapter: str,
    kind: str,
    code: str,
    failures: Sequence[Failure],
    actor: actors.Actor,
    at: dt.datetime,
) -> int:
    cause = rules.cause(code)
    signature = rules.signature(adapter=adapter, step_kind=kind, code=code, release=RELEASE)
    ticket_id = _incident(order, signature, code, kind, adapter, actor, at)
    belongs_to_seller = cause.owner == "seller" and order.ordered_by_id is not None
    held = models.OrderStep.objects.filter(id__in=[failure.step_id for failure in failures], state__in=("ready", "sent")).update(
        state="held",
        state_since_at=at,
        cause_code=code,
        cause_signature=signature,
        cause_detail=failures[0].detail[:300],
        owner_id=order.ordered_by_id if belongs_to_seller else None,
        owner_team="" if belongs_to_seller else SUPPORT_TEAM,
        due_at=at + dt.timedelta(hours=cause.due_hours),
        incident_id=ticket_id,
    )
    eventlog.record(
        event=events.OrderStepsHeld(order_id=order.id, code=code, line_count=held, ticket_id=ticket_id),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("order", order.id), shared_events.subject("company", order.customer_file_id)],
    )
    return held


def _incident(  # noqa: PLR0917 - as above
    order: models.ProductOrder,
    signature: str,
    code: str,
    kind: str,
    adapter: str,
    actor: actors.Actor,
    at: dt.datetime,
) -> uuid.UUID:
    return ticket_commands.attach_or_open(
        signature=signature,
        title=rules.title_sentence(code=code),
        description=rules.next_step_sentence(code=code, adapter=adapter),
        context={"adapter": adapter, "step": kind, "code": code, "release": RELEASE, "first_order": order.reference},
        subjects=[
            ticket_records.Subject("order", order.id, order.reference),
            ticket_records.Subject("company", order.customer_file_id, _company_reference(order)),
        ],
        subscriber_ids=[order.ordered_by_id] if order.ordered_by_id else [],
        actor=actor,
        at=at,
    )


def _company_reference(order: models.ProductOrder) -> str:
    companies = party_queries.customer_files(ids=[order.customer_file_id], viewer=None)
    return companies[order.customer_file_id].reference
