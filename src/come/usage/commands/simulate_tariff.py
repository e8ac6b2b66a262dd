"""Ask for a simulation of usage prices, and do it in the background; nothing is billed of it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from come.catalogue import queries as catalogue_queries
from come.party import queries as party_queries
from come.shared import actor as actors, eventlog, events as shared_events, idempotency, ids, obstacles, period
from come.staff import policies as rights
from come.usage import events, models
from come.usage.queries import simulation


def request_simulation(
    *, offering_id: uuid.UUID, cycle: str, actor: actors.Actor, at: dt.datetime, customer_reference: str = ""
) -> uuid.UUID:
    """Put the simulation of a version's usage prices on a past month in the queue; a worker does it.

    Returns its id. Raises NotAllowed, NotFound, ValueError for a month that is none; records SimulationRequested.
    """
    rights.require(actor, "catalogue.write")
    rights.require(actor, "usage.read")
    period.parse_cycle(cycle)
    catalogue_queries.visible_offering(offering_id=offering_id, viewer=actor)
    if customer_reference:
        party_queries.customer_file(reference=customer_reference, viewer=actor)

    def run() -> dict[str, str]:
        made = models.TariffSimulation.objects.create(
            id=ids.uuid7(),
            offering_id=offering_id,
            cycle=cycle,
            customer_reference=customer_reference,
            asked_by_name=actor.name,
            asked_at=at,
        )
        eventlog.record(
            event=events.SimulationRequested(simulation_id=made.id, offering_id=offering_id, cycle=cycle),
            actor=actor,
            at=at,
            subjects=[shared_events.subject("offering", offering_id)],
        )
        eventlog.defer("usage.simulate_tariff", lock="usage.simulate", simulation_id=str(made.id))
        return {"simulation_id": str(made.id)}

    inputs = {"offering_id": offering_id, "cycle": cycle, "customer": customer_reference}
    with transaction.atomic():
        answer = idempotency.once(actor=actor, command="usage.request_simulation", inputs=inputs, run=run)
    return uuid.UUID(answer["simulation_id"])


def run_simulation(*, simulation_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Do a simulation that was asked for, saying how far it is; run again, it starts afresh. A refusal is kept with its sentence."""
    row = models.TariffSimulation.objects.filter(id=simulation_id).exclude(state="done").first()
    if row is None:
        return
    kept = models.TariffSimulation.objects.filter(id=simulation_id)
    kept.update(state="running", failure="")

    def progress(done: int, total: int) -> None:
        kept.update(done=done, total=total)

    try:
        _tariff, rates, tariffs = catalogue_queries.draft_rates(offering_id=row.offering_id, viewer=actor)
        found = simulation.simulate_tariff(
            cycle=row.cycle,
            rates=rates,
            tariffs=tariffs,
            viewer=actor,
            customer_reference=row.customer_reference,
            on_progress=progress,
        )
    except obstacles.Refusal as refusal:
        said = " ".join(f"{one.message} {one.next_step}".strip() for one in refusal.obstacles)
        kept.update(state="failed", failure=said, finished_at=at)
        return
    kept.update(state="done", figures=simulation.as_json(found), finished_at=at)
