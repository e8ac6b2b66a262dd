"""The outbox: what is claimed to be sent, what was answered, what is observed to be done. Nothing is sent here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from come.order import models, ports
from come.order.commands import _cancelling, _progress, _steps
from come.order.policies import breaker as breakers
from come.shared import actor as actors

RESEND_SECONDS = (0, 5, 15, 60, 300)
OBSERVE_SECONDS = (0, 2, 5, 15, 60)
MAXIMUM_OBSERVATIONS = 8

_CLAIM = """
UPDATE order_outbox_message SET state = 'sending', attempts = attempts + 1
WHERE id IN (
    SELECT id FROM order_outbox_message
    WHERE order_id = %(order)s AND adapter = %(adapter)s AND ((state = 'pending' AND due_at <= %(at)s AND NOT EXISTS (
        SELECT 1 FROM order_product_order stopped WHERE stopped.id = %(order)s AND stopped.stopped_since_at IS NOT NULL))
      OR state = 'sending')
    ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id, key, operation, payload, attempts
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Claimed:
    """A message in hand; `attempts` above 1 means that its effect may exist already."""

    key: uuid.UUID
    operation: str
    payload: Mapping[str, Any]
    attempts: int


def claim_messages(*, order_id: uuid.UUID, adapter: str, at: dt.datetime, limit: int) -> list[Claimed] | None:
    """Take in hand at most `limit` messages of an order for one system, as its breaker allows.

    The caller holds the dispatch lock of that order and system: a message found "sending" was left by a process that
    died, and is taken again (its effect is looked for before it is sent again). None when the breaker is open: the system
    is not to be called; when its time to probe has come, one message.
    """
    with transaction.atomic():
        row = _breaker(adapter, at)
        allowed = breakers.may_call(_value(row), at=at)
        if allowed == "no":
            return None
        if allowed == "probe" and row.state == "open":
            _write_breaker(row, dataclasses.replace(_value(row), state="half_open"), at)
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"order": order_id, "adapter": adapter, "at": at, "limit": 1 if allowed == "probe" else limit})
            rows = sorted(cursor.fetchall())
    return [Claimed(key, operation, json.loads(payload), attempts) for _, key, operation, payload, attempts in rows]


def record_answers(
    *,
    order_id: uuid.UUID,
    adapter: str,
    keys: Sequence[uuid.UUID],
    answers: Sequence[ports.Answer],
    actor: actors.Actor,
    at: dt.datetime,
) -> int:
    """Write what a system answered to `keys`; return how many messages are settled.

    Accepted: the effect is awaited. Refused: the step is held with its cause. No answer: to be looked for, then sent
    again under the same key.
    """
    accepted = [answer.key for answer in answers if answer.is_accepted]
    refused = {answer.key: answer for answer in answers if not answer.is_accepted}
    lost = sorted(set(keys) - {answer.key for answer in answers})
    with transaction.atomic():
        order = _locked(order_id)
        models.OutboxMessage.objects.filter(key__in=accepted, state="sending").update(state="sent", sent_at=at, due_at=at, observations=0)
        _mark_sent([*accepted, *lost], at)
        _again(lost, at)
        _refuse(order, refused, actor, at)
    return len(accepted) + len(refused)


def record_effects(
    *,
    order_id: uuid.UUID,
    keys: Sequence[uuid.UUID],
    effects: Mapping[uuid.UUID, ports.Effect],
    actor: actors.Actor,
    at: dt.datetime,
) -> int:
    """Write which of `keys` are observed to be done, and when they took effect (never later than now); return how many.

    Those accepted and still not visible are looked at again later, and held after eight times.
    """
    with transaction.atomic():
        order = _locked(order_id)
        seen = [key for key in keys if key in effects]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE order_step step SET state = 'done', state_since_at = %s, done_at = effect.applied_at"
                " FROM order_outbox_message message"
                " JOIN unnest(%s::uuid[], %s::timestamptz[]) AS effect(key, applied_at) ON effect.key = message.key"
                " WHERE step.message_id = message.id AND step.state IN ('ready', 'sent')",
                [at, seen, [min(effects[key].applied_at, at) for key in seen]],
            )
        models.OutboxMessage.objects.filter(key__in=seen).exclude(state="observed").update(state="observed", closed_at=at)
        unseen = [key for key in keys if key not in effects]
        _look_again(order, unseen, actor, at)
        if seen or unseen:
            _progress.derive(order, actor=actor, at=at)
    return len(seen)


def record_unavailable(*, adapter: str, keys: Sequence[uuid.UUID], error: str, at: dt.datetime) -> None:
    """Give back messages that the system did not take, and count its failure: after three its breaker opens."""
    with transaction.atomic():
        row = _breaker(adapter, at)
        after = breakers.after_failure(_value(row), at=at)
        _write_breaker(row, after, at, error)
        due_at = after.next_probe_at or at + dt.timedelta(seconds=RESEND_SECONDS[1])
        models.OutboxMessage.objects.filter(key__in=keys, state="sending").update(state="pending", due_at=due_at)


def record_available(*, adapter: str, at: dt.datetime) -> None:
    """Note that the system took a call: its breaker closes, and what waited for it goes at once."""
    known = models.AdapterBreaker.objects.filter(adapter=adapter).first()
    if known is None or (known.state == "closed" and not known.consecutive_failures):
        return
    with transaction.atomic():
        row = _breaker(adapter, at)
        _write_breaker(row, breakers.after_success(_value(row)), at)
        models.OutboxMessage.objects.filter(adapter=adapter, state="pending", due_at__gt=at).update(due_at=at)


def _locked(order_id: uuid.UUID) -> models.ProductOrder:
    return models.ProductOrder.objects.select_for_update().get(id=order_id)


def _mark_sent(keys: Sequence[uuid.UUID], at: dt.datetime) -> None:
    models.OrderStep.objects.filter(message__key__in=keys, state="ready").update(state="sent", state_since_at=at)


def _again(keys: Sequence[uuid.UUID], at: dt.datetime) -> None:
    """Let unanswered messages be taken again, later each time."""
    for attempts, delay in enumerate(RESEND_SECONDS, start=1):
        rows = models.OutboxMessage.objects.filter(key__in=keys, state="sending")
        rows = rows.filter(attempts=attempts) if attempts < len(RESEND_SECONDS) else rows
        rows.update(state="pending", sent_at=at, due_at=at + dt.timedelta(seconds=delay))


def _refuse(
    order: models.ProductOrder,
    refused: Mapping[uuid.UUID, ports.Answer],
    actor: actors.Actor,
    at: dt.datetime,
) -> None:
    if not refused:
        return
    codes = {key: answer.code[:60] or "default" for key, answer in refused.items()}
    for code in set(codes.values()):
        keys = [key for key, given in codes.items() if given == code]
        models.OutboxMessage.objects.filter(key__in=keys).update(state="refused", closed_at=at, answer_code=code)
    steps = models.OrderStep.objects.filter(message__key__in=list(refused)).values_list("id", "kind", "adapter", "message__key")
    failures = [_steps.Failure(step_id, kind, adapter, codes[key], refused[key].detail) for step_id, kind, adapter, key in steps]
    _steps.hold(order, failures, actor=actor, at=at)
    _cancelling.settle(order, at)
    _progress.derive(order, actor=actor, at=at)


def _look_again(order: models.ProductOrder, keys: Sequence[uuid.UUID], actor: actors.Actor, at: dt.datetime) -> None:
    rows = models.OutboxMessage.objects.filter(key__in=keys, state="sent")
    for observations, delay in enumerate(OBSERVE_SECONDS):
        waiting = (
            rows.filter(observations=observations)
            if observations < len(OBSERVE_SECONDS) - 1
            else rows.filter(observations__gte=observations)
        )
        waiting.filter(due_at__lte=at).update(observations=F("observations") + 1, due_at=at + dt.timedelta(seconds=max(delay, 1)))
    given_up = dict(rows.filter(observations__gte=MAXIMUM_OBSERVATIONS).values_list("key", "id"))
    _refuse(order, {key: ports.Answer(key, is_accepted=False, code="EFFECT_NOT_OBSERVED") for key in given_up}, actor, at)


def _breaker(adapter: str, at: dt.datetime) -> models.AdapterBreaker:
    models.AdapterBreaker.objects.bulk_create([models.AdapterBreaker(adapter=adapter, state_since_at=at)], ignore_conflicts=True)
    return models.AdapterBreaker.objects.select_for_update().get(adapter=adapter)


def _value(row: models.AdapterBreaker) -> breakers.Breaker:
    return breakers.Breaker(row.state, row.consecutive_failures, row.next_probe_at, row.probe_delay_seconds)


def _write_breaker(row: models.AdapterBreaker, after: breakers.Breaker, at: dt.datetime, error: str = "") -> None:
    if row.state != after.state:
        row.state_since_at = at
    row.state = after.state
    row.consecutive_failures = after.consecutive_failures
    row.next_probe_at = after.next_probe_at
    row.probe_delay_seconds = after.probe_delay_seconds
    row.last_error = error[:200]
    row.save()
