"""Accept a folder of catalogue files, whole or not at all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import pathlib
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from come.catalogue import events, models, policies, queries
from come.catalogue.commands import writing_rows
from come.catalogue.files import checks, content, merging, problems, reading, shapes, writing
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, period, text
from come.staff import policies as rights

DEMO_FOLDER = pathlib.Path(__file__).resolve().parents[1] / "data" / "demo"
"""The catalogue of the fictional operator Novaline Entreprises."""


class CatalogueRefused(obstacles.Refusal):
    """The folder has mistakes; `problems` lists them all with file and line, and nothing was imported."""

    def __init__(self, found: list[problems.Problem]) -> None:
        self.problems = tuple(found)
        super().__init__([problem.obstacle() for problem in found])


@dataclasses.dataclass(frozen=True, slots=True)
class ImportAnswer:
    """What an import did."""

    import_id: uuid.UUID
    content_hash: str
    created: int
    changed: int
    unchanged: int


def read_folder(folder: pathlib.Path) -> dict[str, bytes]:
    """Return the files of a folder by relative path, hidden ones left out; raises Refusal when it is not a folder."""
    if not folder.is_dir():
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "catalogue.file.missing",
                obstacles.Severity.REFUSAL,
                text.T("« {folder} » n’est pas un dossier lisible.", folder=str(folder)),
                text.T("Donnez le chemin du dossier qui contient catalogue.yaml."),
            ),
        )
    paths = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        relative.as_posix(): path.read_bytes()
        for relative, path in paths.items()
        if not any(part.startswith(".") for part in relative.parts)
    }


def check_catalogue(*, files: Mapping[str, bytes], at: dt.datetime, publish: bool = True) -> list[problems.Problem]:
    """Return every mistake that importing these files would meet, against the catalogue in force; nothing is written."""
    return _prepare(files, at, publish=publish).problems


def import_catalogue(*, files: Mapping[str, bytes], actor: actors.Actor, at: dt.datetime, publish: bool) -> ImportAnswer:
    """Write what the files change of the catalogue, in one transaction.

    With `publish`, versions written as approved are approved; without it they arrive as drafts. Versions already sold
    never change, except for their end. Importing the same files again changes nothing. Raises CatalogueRefused with every
    mistake; records CatalogueImported.
    """
    rights.require(actor, "catalogue.write")
    if publish:
        rights.require(actor, "catalogue.publish")
    digest = reading.files_hash(files)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('catalogue.import', 0))")
        answer = idempotency.once(
            actor=actor,
            command="catalogue.import_catalogue",
            inputs={"hash": digest, "publish": publish},
            run=lambda: _import(files, digest, actor, at, publish=publish),
        )
    return ImportAnswer(uuid.UUID(str(answer["import_id"])), digest, answer["created"], answer["changed"], answer["unchanged"])


@dataclasses.dataclass(frozen=True, slots=True)
class _Prepared:
    given: content.CatalogueContent
    difference: merging.Difference
    problems: list[problems.Problem]


def _prepare(files: Mapping[str, bytes], at: dt.datetime, *, publish: bool) -> _Prepared:
    given, read = reading.read_files(files)
    known = queries.catalogue_content()
    if not publish:
        given = _as_drafts(known, given, read)
    merged, difference = merging.merge(known, given)
    found = _new_mistakes(checks.check(merged, read), known)
    found += _frozen(known, difference, read, period.local_day(at))
    return _Prepared(given, difference, sorted(set(found)))


def _new_mistakes(found: list[problems.Problem], known: content.CatalogueContent) -> list[problems.Problem]:
    """Leave out what was wrong before and stands in no file: somebody's unfinished draft stops no import."""
    elsewhere = shapes.Reading().mark(known).file
    if all(problem.file != elsewhere for problem in found):
        return found
    before = {(problem.code, str(problem.message)) for problem in checks.check(known, shapes.Reading())}
    return [problem for problem in found if problem.file != elsewhere or (problem.code, str(problem.message)) not in before]


def _as_drafts(known: content.CatalogueContent, given: content.CatalogueContent, read: shapes.Reading) -> content.CatalogueContent:
    """Return the folder with its new versions as drafts; those already approved and unchanged stay as they are."""
    approved = {(offering.code, offering.version): offering for offering in known.offerings if offering.approval == "approved"}
    offerings = []
    for offering in given.offerings:
        before = approved.get((offering.code, offering.version))
        draft = offering if before == offering or offering.approval != "approved" else dataclasses.replace(offering, approval="draft")
        read.same_place(draft, offering)
        offerings.append(draft)
    return dataclasses.replace(given, offerings=tuple(offerings))


def _frozen(
    known: content.CatalogueContent, difference: merging.Difference, read: shapes.Reading, today: dt.date
) -> list[problems.Problem]:
    """Return the versions that the folder rewrites although they have been sold."""
    before = {(offering.code, offering.version): offering for offering in known.offerings}
    found = []
    for offering in difference.changed["offerings"]:
        old = before[offering.code, offering.version]
        for obstacle in policies.change_obstacles(
            code=offering.code,
            version=offering.version,
            approval=old.approval,
            valid_from=old.valid_from,
            today=today,
            only_end_changes=dataclasses.replace(offering, valid_to=old.valid_to) == old,
            new_end=offering.valid_to,
        ):
            mark = read.mark(offering)
            found.append(problems.Problem(mark.file, mark.line, obstacle.code, text.T(obstacle.message), text.T(obstacle.next_step)))
    return found


def _import(files: Mapping[str, bytes], digest: str, actor: actors.Actor, at: dt.datetime, *, publish: bool) -> dict[str, Any]:
    prepared = _prepare(files, at, publish=publish)
    if prepared.problems:
        raise CatalogueRefused(prepared.problems)
    difference = prepared.difference
    touched = writing_rows.write(prepared.given, difference, actor, at)
    header = prepared.given.header
    made = models.CatalogueImport.objects.create(
        imported_at=at,
        imported_by_id=actor.staff_id,
        imported_by_name=actor.name,
        operator=header.operator,
        currency=header.currency,
        home_zone=header.home_zone,
        contract_zone=header.contract_zone,
        description_fr=header.description_fr,
        content_hash=digest,
        is_published=publish,
        created_count=difference.created_count,
        changed_count=difference.changed_count,
        unchanged_count=difference.unchanged_count,
    )
    models.CatalogueImportFile.objects.bulk_create(
        models.CatalogueImportFile(catalogue_import=made, path=path, sha256=hashlib.sha256(raw).hexdigest(), size_bytes=len(raw))
        for path, raw in sorted(files.items())
    )
    counts = (difference.created_count, difference.changed_count, difference.unchanged_count)
    eventlog.record(
        event=events.CatalogueImported(made.id, digest, publish, *counts),
        actor=actor,
        at=at,
        subjects=[facts.subject("catalogue", made.id), *(facts.subject("offering", offering_id) for offering_id in touched)],
    )
    return {"import_id": made.id, "created": counts[0], "changed": counts[1], "unchanged": counts[2]}


def export_catalogue() -> dict[str, bytes]:
    """Return the files that describe the catalogue as it is; importing them into an empty one gives the same catalogue."""
    return writing.write_files(queries.catalogue_content())
