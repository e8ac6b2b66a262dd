"""Remove the files that work left behind when it died before its commit."""

from __future__ import annotations

from django.db import transaction

from come.shared import actor as actors
from come.staff import policies as rights
from come.usage import models
from come.usage.commands import locks
from come.usage.queries import places


def sweep_orphans(*, actor: actors.Actor) -> int:
    """Remove what no manifest names from the event log; return how many files. Safe at any time."""
    rights.require(actor, "usage.write")
    with transaction.atomic():
        locks.hold(locks.INTAKE)
        return len(places.log().sweep(set(models.UsagePartition.objects.values_list("path", flat=True))))
