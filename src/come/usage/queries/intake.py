"""What came in: files, gaps, suspense by cause, totals that add up."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Sum

from come.shared import actor as actors, text
from come.staff import policies as rights
from come.usage import models, policies, records
from come.usage.intake import layout

_NO_CYCLE = "none"


def usage_files(*, viewer: actors.Actor, limit: int = 50, offset: int = 0) -> tuple[list[records.UsageFileRecord], int]:
    """Return files, newest first, and how many there are (two statements); raises NotAllowed."""
    rights.require(viewer, "usage.read")
    rows = models.UsageFile.objects.order_by("-received_at", "-reference")
    return [_file(row) for row in rows[offset : offset + limit]], models.UsageFile.objects.count()


def usage_file(*, reference: str, viewer: actors.Actor) -> records.UsageFileRecord | None:
    """Return one file, or None; raises NotAllowed."""
    rights.require(viewer, "usage.read")
    row = models.UsageFile.objects.filter(reference=reference).first()
    return None if row is None else _file(row)


def _file(row: models.UsageFile) -> records.UsageFileRecord:
    return records.UsageFileRecord(
        id=row.id,
        reference=row.reference,
        name=row.name,
        source=row.source,
        sequence=row.sequence,
        state=row.state,
        rejection_fr=text.T(layout.REJECTIONS[row.rejection]) if row.rejection else "",
        findings_fr=tuple(text.T(layout.FILE_FINDINGS[code]) for code in row.findings),
        records_in=row.records_in,
        accepted=row.accepted,
        suspended=row.suspended,
        duplicates=row.duplicates,
        announced_records=row.announced_records,
        first_start_at=row.first_start_at,
        last_start_at=row.last_start_at,
        received_at=row.received_at,
    )


def sequence_gaps(*, viewer: actors.Actor) -> list[records.SequenceGap]:
    """Return the files missing in each source's sequence (one statement); raises NotAllowed."""
    rights.require(viewer, "usage.read")
    rows = (
        models.UsageFile.objects.filter(state="ingested")
        .exclude(sequence=None)
        .order_by("source", "sequence")
        .values_list("source", "sequence")
        .distinct()
    )
    found = []
    before: tuple[str, int] | None = None
    for source, sequence in rows:
        assert sequence is not None
        if before is not None and before[0] == source and sequence > before[1] + 1:
            found.append(records.SequenceGap(source, before[1] + 1, sequence - 1))
        before = (source, sequence)
    return found


def suspense_causes(*, viewer: actors.Actor) -> list[records.SuspenseCause]:
    """Return what waits in suspense by cycle and cause, intake then rating, most records first (two statements); raises NotAllowed."""
    rights.require(viewer, "usage.read")
    at_intake = (
        models.SuspenseGroup.objects.filter(records__gt=0)
        .values("cycle", "reason")
        .annotate(total=Sum("records"))
        .order_by("-total", "cycle", "reason")
    )
    found = [_cause("intake", row["cycle"], row["reason"], row["total"], ()) for row in at_intake]
    details: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for cycle, reason, detail, count in (
        models.RatingSuspense.objects.filter(partition__rating_run__is_current=True)
        .order_by("-records", "detail")
        .values_list("partition__rating_run__cycle", "reason", "detail", "records")
    ):
        details.setdefault((cycle, reason), []).append((detail, count))
    at_rating = [
        _cause(
            "rating",
            cycle,
            reason,
            sum(count for _, count in rows),
            tuple(dict.fromkeys(_shown(reason, detail) for detail, _ in rows if detail))[:5],
        )
        for (cycle, reason), rows in details.items()
    ]
    return found + sorted(at_rating, key=lambda cause: -cause.records)


def _shown(reason: str, detail: str) -> str:
    return policies.masked(detail) if reason in {"unknown_destination", "expired_destination"} else detail


def _cause(stage: str, cycle: str, reason: str, count: int, examples: tuple[str, ...]) -> records.SuspenseCause:
    cause, next_step = policies.cause_of(reason)
    return records.SuspenseCause(
        stage=stage,
        cycle="" if cycle == _NO_CYCLE else cycle,
        reason=reason,
        cause_fr=text.T(cause),
        next_step_fr=text.T(next_step),
        records=count,
        examples=examples,
        can_recycle=stage == "intake" and reason in policies.RECYCLABLE,
    )


def cycles(*, viewer: actors.Actor) -> list[str]:
    """Return the cycles that have records, newest first (one statement); raises NotAllowed."""
    rights.require(viewer, "usage.read")
    return list(models.UsagePartition.objects.exclude(cycle=_NO_CYCLE).order_by("-cycle").values_list("cycle", flat=True).distinct())


def cycle_totals(*, cycle: str) -> records.CycleTotals:
    """Return what became of a cycle's records (two statements). Records without a readable date belong to no cycle."""
    sums: Mapping[str, int] = dict(
        models.UsagePartition.objects.filter(cycle=cycle, superseded_at=None)
        .values_list("kind")
        .annotate(total=Sum("records"))
        .order_by("kind"),
    )
    run = models.RatingRun.objects.filter(cycle=cycle, is_current=True).first()
    accepted, suspended, duplicates = (int(sums.get(kind, 0)) for kind in ("accepted", "suspended", "duplicate"))
    rated_in = 0 if run is None else run.records_in
    return records.CycleTotals(
        cycle=cycle,
        records_in=accepted + suspended + duplicates,
        duplicates=duplicates,
        suspended_at_intake=suspended,
        accepted=accepted,
        rated=0 if run is None else run.rated,
        suspended_at_rating=0 if run is None else run.suspended,
        waiting=accepted - rated_in,
        charge_micro_eur=0 if run is None else run.charge_micro_eur,
        rating_run_id=None if run is None else run.id,
        rated_at=None if run is None else run.finished_at,
    )


def waiting_by_cause(*, viewer: actors.Actor) -> list[tuple[str, int]]:
    """Return each cause of suspense once, with its records of every cycle and stage, most records first; raises NotAllowed."""
    waiting: dict[str, int] = {}
    for cause in suspense_causes(viewer=viewer):
        waiting[cause.cause_fr] = waiting.get(cause.cause_fr, 0) + cause.records
    return sorted(waiting.items(), key=lambda one: (-one[1], one[0]))
