"""A second person approves what was checked; or the run is given up."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from come.billing import events, models
from come.billing.commands import runs
from come.billing.policies import states
from come.shared import actor as actors, eventlog, events as facts, obstacles, text
from come.staff import policies as rights


def approve_run(*, run_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> int:
    """Approve the checked bills of a run; return how many. Held ones stay behind, to be repaired and approved later.

    Records BillRunApproved. Raises Refusal when the same person opened the run, or when something is still to compute.
    """
    rights.require(actor, "billing.approve")
    with transaction.atomic():
        run = runs.locked(run_id=run_id)
        if run.is_preview:
            raise obstacles.Refusal(
                obstacles.Obstacle(
                    "billing.preview",
                    obstacles.Severity.REFUSAL,
                    text.T("Un essai à blanc ne s’approuve ni ne s’émet."),
                    text.T("Ouvrez la facturation du mois."),
                ),
            )
        counts = Counter(models.CustomerBill.objects.filter(run_id=run_id).values_list("state", flat=True))
        obstacles.refuse_if_any(
            [
                *states.run_step_obstacles(state=run.state, wanted="approved"),
                *states.approval_obstacles(
                    opened_by=run.opened_by,
                    approver=runs.person(actor),
                    due=counts["due"],
                    computed=counts["computed"],
                    checked=counts["checked"],
                ),
            ],
        )
        checked = models.CustomerBill.objects.filter(run_id=run_id, state="checked")
        gross = checked.aggregate(total=Sum("gross_amount"))["total"] or Decimal("0.00")
        approved = checked.update(state="approved")
        before = run.state
        runs.advance(run, "approved")
        run.approved_at, run.approved_by, run.approved_by_name = at, runs.person(actor), actor.name
        run.save(update_fields=["state", "approved_at", "approved_by", "approved_by_name"])
        eventlog.record(
            event=events.BillRunApproved(run.id, approved, gross),
            actor=actor,
            at=at,
            subjects=[facts.subject("run", run.id)],
            before={"state": before},
            after={"state": run.state},
        )
    return approved


def cancel_run(*, run_id: uuid.UUID, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Give up a run of which nothing was approved nor issued. Records BillRunCancelled."""
    rights.require(actor, "billing.run")
    with transaction.atomic():
        run = runs.locked(run_id=run_id)
        before = run.state
        runs.advance(run, "cancelled")
        run.save(update_fields=["state"])
        eventlog.record(
            event=events.BillRunCancelled(run.id, reason),
            actor=actor,
            at=at,
            subjects=[facts.subject("run", run.id)],
            before={"state": before},
            after={"state": run.state},
        )


def resume_run(*, run_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Ask for a run's computing, checks and documents to go on, when a job was lost. Safe at any time; changes nothing itself."""
    rights.require(actor, "billing.run")
    with transaction.atomic():
        run = runs.locked(run_id=run_id)
        job = "billing.draw_documents" if run.state == "issued" else "billing.advance_run"
        eventlog.defer(job, queueing_lock=f"{job}:{run_id}", run_id=str(run_id))
