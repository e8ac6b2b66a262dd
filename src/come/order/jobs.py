"""Jobs of orders. The work is in the database: a job only moves it on, and may die at any moment.

`drain` is the whole of it, called by the worker, by tests and by the demonstration alike.
"""

from __future__ import annotations

import datetime as dt
import uuid

from procrastinate.contrib.django import app

from come.inventory import commands as inventory_commands
from come.order import commands, ports, queries
from come.shared import actor as actors, clock, eventlog, wiring

PORTS: dict[str, type[ports.OutsideSystem]] = {
    "network": ports.NetworkActivation,
    "portability": ports.NumberPortability,
    "logistics": ports.Logistics,
    "mail": ports.Notices,
}
MESSAGES_PER_CALL = 500
ROUNDS_PER_JOB = 40
ORDERS_PER_TICK = 200
_ACTOR = actors.system_actor("Commandes")


@app.task(name="order.advance_order", queue="orders")
def advance_order(order_id: str) -> None:
    """Move an order on as far as it goes now; what is left for later is found again by the tick."""
    if drain(order_id=uuid.UUID(order_id), rounds=ROUNDS_PER_JOB):
        defer_advance(uuid.UUID(order_id))


@app.task(name="order.replay_incident", queue="orders")
def replay_incident(ticket_id: str) -> None:
    """Try again every step that a resolved incident held."""
    commands.retry_steps(incident_id=uuid.UUID(ticket_id), actor=_ACTOR, at=clock.now())


@app.periodic(cron="* * * * * */10")
@app.task(name="order.tick", queue="orders", queueing_lock="order.tick", pass_context=False)
def tick(timestamp: int) -> None:
    """Find the orders that something may move: lost jobs, answers awaited, breakers to probe. Free old numbers."""
    at = clock.now()
    inventory_commands.release_expired_quarantine(at=at)
    for order_id in queries.orders_to_advance(at=at, limit=ORDERS_PER_TICK):
        defer_advance(order_id)


def defer_advance(order_id: uuid.UUID) -> None:
    """Ask for an order to be advanced, once however often it is asked."""
    eventlog.defer("order.advance_order", queueing_lock=f"order:{order_id}", order_id=str(order_id))


def drain(*, order_id: uuid.UUID, rounds: int = 10_000, at: dt.datetime | None = None) -> bool:
    """Advance an order in this process until nothing moves, or `rounds` are done; tell whether more could move now.

    Each round is one wave of steps and one exchange with each outside system concerned. `at` fixes the instant (tests);
    otherwise the clock is read at each round.
    """
    for _ in range(rounds):
        moment = at or clock.now()
        moved = commands.advance_order(order_id=order_id, actor=_ACTOR, at=moment)
        for adapter in queries.adapters_waiting(order_id=order_id, at=moment):
            moved += dispatch(order_id=order_id, adapter=adapter, at=at)
        if not moved:
            return False
    return True


def drain_all(*, at: dt.datetime | None = None) -> int:
    """Advance every order that something may move, in this process; return how many were looked at."""
    order_ids = queries.orders_to_advance(at=at or clock.now(), limit=1_000_000)
    for order_id in order_ids:
        drain(order_id=order_id, at=at)
    return len(order_ids)


def dispatch(*, order_id: uuid.UUID, adapter: str, at: dt.datetime | None = None) -> int:
    """Exchange once with an outside system about one order; return how many messages moved.

    One process at a time per order and system (session lock, freed by the database if the process dies). What may have
    been sent before is looked for first; what is accepted is looked at before it is said to be done.
    """
    with queries.dispatch_lock(order_id=order_id, adapter=adapter) as is_mine:
        if not is_mine:
            return 0
        moment = at or clock.now()
        claimed = commands.claim_messages(order_id=order_id, adapter=adapter, at=moment, limit=MESSAGES_PER_CALL)
        if claimed is None:
            return 0
        system = wiring.port(PORTS[adapter])
        try:
            moved = _exchange(system, order_id, adapter, claimed, at)
            moved += _observe(system, order_id, adapter, at)
            commands.record_available(adapter=adapter, at=at or clock.now())
            return moved
        except ports.SystemUnavailable as error:
            keys = [message.key for message in claimed]
            commands.record_unavailable(adapter=adapter, keys=keys, error=str(error), at=at or clock.now())
            return 0


def _exchange(
    system: ports.OutsideSystem,
    order_id: uuid.UUID,
    adapter: str,
    claimed: list[commands.Claimed],
    at: dt.datetime | None,
) -> int:
    again = [message.key for message in claimed if message.attempts > 1]
    moved = 0
    done: set[uuid.UUID] = set()
    if again:
        effects = system.observe(again)
        done = set(effects)
        moved += commands.record_effects(order_id=order_id, keys=list(effects), effects=effects, actor=_ACTOR, at=at or clock.now())
    asked = [message for message in claimed if message.key not in done]
    if asked:
        answers = system.execute([_command(message) for message in asked])
        moved += commands.record_answers(
            order_id=order_id,
            adapter=adapter,
            keys=[message.key for message in asked],
            answers=answers,
            actor=_ACTOR,
            at=at or clock.now(),
        )
    return moved


def _observe(system: ports.OutsideSystem, order_id: uuid.UUID, adapter: str, at: dt.datetime | None) -> int:
    keys = queries.keys_to_observe(order_id=order_id, adapter=adapter, at=at or clock.now(), limit=MESSAGES_PER_CALL)
    if not keys:
        return 0
    effects = system.observe(keys)
    return commands.record_effects(order_id=order_id, keys=keys, effects=effects, actor=_ACTOR, at=at or clock.now())


def _command(message: commands.Claimed) -> ports.Command:
    target = message.payload.get("line_id") or message.payload.get("order") or ""
    return ports.Command(message.key, message.operation, str(target), message.payload)
