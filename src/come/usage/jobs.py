"""Jobs of usage: rating asked for on a screen goes on in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from come.shared import actor as actors, clock
from come.usage import commands

_ACTOR = actors.system_actor("Valorisation")


@app.task(name="usage.rate_cycle", queue="usage")
def rate_cycle(cycle: str) -> None:
    """Rate a cycle; run again, it goes on where it stopped, or finds that nothing is left to do."""
    commands.rate_cycle(cycle=cycle, actor=_ACTOR, at=clock.now())
