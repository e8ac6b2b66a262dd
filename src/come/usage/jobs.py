"""Jobs of usage: rating asked for on a screen goes on in the background."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from come.shared import actor as actors, clock
from come.usage import commands

_ACTOR = actors.system_actor("Valorisation")


@app.task(name="usage.rate_cycle", queue="usage")
def rate_cycle(cycle: str) -> None:
    """Rate a cycle; run again, it goes on where it stopped, or finds that nothing is left to do."""
    commands.rate_cycle(cycle=cycle, actor=_ACTOR, at=clock.now())


@app.task(name="usage.simulate_tariff", queue="usage")
def simulate_tariff(simulation_id: str) -> None:
    """Rate a past month with other usage prices, for somebody who waits to see."""
    commands.run_simulation(simulation_id=uuid.UUID(simulation_id), actor=_ACTOR, at=clock.now())
