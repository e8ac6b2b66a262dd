"""Jobs of billing: what a person started goes on in the background; each may die and be run again."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from come.billing import commands
from come.shared import actor as actors, clock

_ACTOR = actors.system_actor("Facturation")


@app.task(name="billing.advance_run", queue="billing")
def advance_run(run_id: str) -> None:
    """Compute what a run still owes, then check what is computed."""
    found = uuid.UUID(run_id)
    commands.compute_run(run_id=found, actor=_ACTOR, at=clock.now())
    commands.check_run(run_id=found, actor=_ACTOR, at=clock.now())


@app.task(name="billing.draw_documents", queue="billing")
def draw_documents(run_id: str) -> None:
    """Draw the documents of a run's issued bills."""
    commands.draw_documents(run_id=uuid.UUID(run_id), at=clock.now())
