"""Take one usage file in, exactly once."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
import shutil
import uuid
from typing import Any

from django.db import transaction

from come.shared import actor as actors, eventlog, events as shared_events, idempotency, ids, references, wiring
from come.staff import policies as rights
from come.usage import events, models, ports, records
from come.usage.commands import locks, manifest
from come.usage.intake import engine, layout
from come.usage.queries import places, price_book
from come.usage.rating import kernel

# Records of the neighbouring months may carry a number seen before.
_LOOK_BACK = dt.timedelta(days=430)


def ingest_file(
    *,
    path: pathlib.Path,
    actor: actors.Actor,
    at: dt.datetime,
    memory: str = kernel.DEFAULT_MEMORY,
) -> records.FileAnswer:
    """Read, check, deduplicate and store a usage file; every record ends accepted, suspended or duplicate.

    Manifest, totals and fact are one commit; Parquet files are durable before it, so that a crash leaves at most orphans, which
    the next intake sweeps. A file whose bytes came before is recorded as a duplicate and changes nothing else. Records UsageFileTakenIn.
    Raises NotAllowed, FileNotFoundError.
    """
    rights.require(actor, "usage.write")
    workspace = places.workspace(f"intake-{uuid.uuid4().hex}")
    try:
        opened = wiring.port(ports.UsageFileOpener).open(path=path, workspace=workspace)
        with transaction.atomic():
            answer = idempotency.once(
                actor=actor,
                command="usage.ingest_file",
                inputs={"sha256": opened.sha256},
                run=lambda: _ingest(path, opened, workspace, actor, at, memory),
            )
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    return _answer(answer)


def _answer(given: dict[str, Any]) -> records.FileAnswer:
    return records.FileAnswer(
        usage_file_id=uuid.UUID(given["usage_file_id"]),
        reference=given["reference"],
        state=given["state"],
        records_in=given["records_in"],
        accepted=given["accepted"],
        suspended=given["suspended"],
        duplicates=given["duplicates"],
        findings=tuple(given["findings"]),
        rejection=given["rejection"],
    )


def _ingest(  # noqa: PLR0917 - one private caller
    path: pathlib.Path,
    opened: ports.OpenedFile,
    workspace: pathlib.Path,
    actor: actors.Actor,
    at: dt.datetime,
    memory: str,
) -> dict[str, Any]:
    locks.hold(locks.INTAKE)
    earlier = models.UsageFile.objects.filter(sha256=opened.sha256, state="ingested").first()
    if earlier is not None:
        return _record(_file(opened, at, state="duplicate", duplicate_of=earlier), actor, at)
    places.log().sweep(_named())
    intake = _take_in(opened, workspace, at, memory)
    _keep(path, opened.sha256)
    state = "rejected" if intake.rejection else "ingested"
    return _record(_file(opened, at, state=state, intake=intake), actor, at, intake)


def _named() -> set[str]:
    return set(models.UsagePartition.objects.values_list("path", flat=True))


def _take_in(opened: ports.OpenedFile, workspace: pathlib.Path, at: dt.datetime, memory: str) -> engine.Intake:
    taking = engine.Engine(workspace=workspace, memory=memory)
    try:
        try:
            header, findings, announced = taking.read(opened)
        except layout.RejectedFile as refused:
            return engine.rejected(refused.code, opened.findings)
        taking.know_numbers(price_book.number_spans(start=at - _LOOK_BACK, end=at + dt.timedelta(days=1)))
        months = taking.parse(at=at)
        known = models.UsagePartition.objects.filter(
            kind__in=("accepted", "suspended"),
            superseded_at=None,
            cycle__in=[*months, "none"],
        ).values_list("path", flat=True)
        log = places.log()
        return taking.finish(
            header=header, findings=findings, announced=announced, known_files=[log.absolute(item) for item in known], log=log
        )
    finally:
        taking.close()


def _keep(path: pathlib.Path, sha256: str) -> None:
    """Keep the file as it came, under its digest."""
    target = places.received() / f"{sha256}{''.join(path.suffixes[-2:])}"
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    copy = target.with_name(f"{target.name}.part")
    shutil.copyfile(path, copy)
    with copy.open("rb") as handle:
        os.fsync(handle.fileno())
    copy.replace(target)


def _file(
    opened: ports.OpenedFile,
    at: dt.datetime,
    *,
    state: str,
    intake: engine.Intake | None = None,
    duplicate_of: models.UsageFile | None = None,
) -> models.UsageFile:
    made = models.UsageFile(
        id=ids.uuid7(),
        reference=references.next_reference("usage_file", at),
        name=opened.name[:200],
        sha256=opened.sha256,
        size_bytes=opened.size_bytes,
        state=state,
        received_at=at,
        duplicate_of=duplicate_of,
    )
    if duplicate_of is not None:
        made.source, made.sequence = duplicate_of.source, duplicate_of.sequence
    if intake is None:
        return made
    if intake.header is not None:
        made.source, made.sequence = intake.header.source, intake.header.sequence
    made.rejection, made.findings = intake.rejection, list(intake.findings)
    made.announced_records = intake.announced_records
    made.records_in, made.accepted = intake.records_in, intake.accepted
    made.suspended, made.duplicates = intake.suspended, intake.duplicates
    made.first_start_at, made.last_start_at = intake.first_start_at, intake.last_start_at
    return made


def _record(made: models.UsageFile, actor: actors.Actor, at: dt.datetime, intake: engine.Intake | None = None) -> dict[str, Any]:
    made.save(force_insert=True)
    if intake is not None:
        manifest.add_partitions(made, intake.stored)
        models.SuspenseGroup.objects.bulk_create(
            [models.SuspenseGroup(usage_file=made, cycle=cycle, reason=reason, records=count) for cycle, reason, count in intake.reasons],
        )
    fact = events.UsageFileTakenIn(
        usage_file_id=made.id,
        reference=made.reference,
        state=made.state,
        records_in=made.records_in,
        accepted=made.accepted,
        suspended=made.suspended,
        duplicates=made.duplicates,
    )
    eventlog.record(event=fact, actor=actor, at=at, subjects=[shared_events.subject("usage_file", made.id)])
    return {**fact.payload(), "findings": made.findings, "rejection": made.rejection}
