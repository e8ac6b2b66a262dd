"""Look again at the records that waited for a line: those whose number is known by now leave suspense."""

from __future__ import annotations

import datetime as dt
import pathlib
import shutil
import uuid

from django.db import transaction
from django.db.models import F

from come.shared import actor as actors, eventlog, events as shared_events
from come.staff import policies as rights
from come.usage import events, models, policies, records
from come.usage.commands import locks, manifest
from come.usage.intake import engine
from come.usage.queries import places, price_book

_LOOK_BACK = dt.timedelta(days=430)


def recycle_suspense(*, actor: actors.Actor, at: dt.datetime, cycle: str | None = None) -> records.RecycleAnswer:
    """Accept the suspended records of unknown lines whose number is known now, in one cycle or in all.

    Nothing is rewritten: the old partition is superseded by a new one with what still waits. File totals stay whole. The cycle
    must be rated again afterwards. Records SuspenseRecycled. Raises NotAllowed.
    """
    rights.require(actor, "usage.write")
    workspace = places.workspace(f"recycle-{uuid.uuid4().hex}")
    try:
        with transaction.atomic():
            locks.hold(locks.INTAKE)
            places.log().sweep(set(models.UsagePartition.objects.values_list("path", flat=True)))
            answer = _recycle(workspace, at, cycle)
            if answer.examined:
                eventlog.record(
                    event=events.SuspenseRecycled(examined=answer.examined, accepted=answer.accepted),
                    actor=actor,
                    at=at,
                    subjects=[shared_events.subject("usage_file", "suspense")],
                )
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    return answer


def _recycle(workspace: pathlib.Path, at: dt.datetime, cycle: str | None) -> records.RecycleAnswer:
    groups = models.SuspenseGroup.objects.filter(reason__in=policies.RECYCLABLE, records__gt=0)
    if cycle is not None:
        groups = groups.filter(cycle=cycle)
    waiting = list(groups.order_by("usage_file_id", "cycle"))
    if not waiting:
        return records.RecycleAnswer(0, 0)
    taking = engine.Engine(workspace=workspace)
    try:
        taking.know_numbers(price_book.number_spans(start=at - _LOOK_BACK, end=at + dt.timedelta(days=1)))
        accepted = sum(_recycle_group(taking, group, at) for group in waiting)
    finally:
        taking.close()
    return records.RecycleAnswer(sum(group.records for group in waiting), accepted)


def _recycle_group(taking: engine.Engine, group: models.SuspenseGroup, at: dt.datetime) -> int:
    """Recycle one file's records of one cycle; return how many were accepted."""
    old = list(
        models.UsagePartition.objects.filter(usage_file_id=group.usage_file_id, kind="suspended", cycle=group.cycle, superseded_at=None)
    )
    log = places.log()
    count, stored = taking.recycle(files=[log.absolute(item.path) for item in old], cycle=group.cycle, log=log)
    if not count:
        # What was written again is what already lies there, under the same name or as an orphan: nothing changes.
        return 0
    models.UsagePartition.objects.filter(id__in=[item.id for item in old]).update(superseded_at=at)
    manifest.add_partitions(group.usage_file, stored)
    models.SuspenseGroup.objects.filter(id=group.id).update(records=F("records") - count)
    models.UsageFile.objects.filter(id=group.usage_file_id).update(accepted=F("accepted") + count, suspended=F("suspended") - count)
    return count
