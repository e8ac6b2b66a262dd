"""What every step of a run needs: the run itself, locked, and who acts."""

from __future__ import annotations

import uuid

from come.billing import models
from come.billing.policies import states
from come.shared import actor as actors, obstacles


def locked(*, run_id: uuid.UUID) -> models.BillRun:
    """Return the run, locked; raises NotFound."""
    run = models.BillRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise obstacles.not_found("La facturation", run_id)
    return run


def loaded(*, run_id: uuid.UUID) -> models.BillRun:
    """Return the run with its issuing entity; raises NotFound."""
    run = models.BillRun.objects.select_related("issuing_entity").filter(id=run_id).first()
    if run is None:
        raise obstacles.not_found("La facturation", run_id)
    return run


def advance(run: models.BillRun, wanted: str) -> None:
    """Move the run to a state; raises Refusal when the table of transitions forbids it. The caller saves."""
    if run.state == wanted:
        return
    obstacles.refuse_if_any(states.run_step_obstacles(state=run.state, wanted=wanted))
    run.state = wanted


def person(actor: actors.Actor) -> str:
    """Return what identifies who acts, to tell two people apart."""
    return str(actor.staff_id) if actor.staff_id else f"system:{actor.name}"
