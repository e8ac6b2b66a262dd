"""Move a version of an offering along its life: review, publication, end."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction

from come.catalogue import events, models, policies, queries
from come.catalogue.commands import sheets as sheet_commands, writing_rows
from come.catalogue.files import content, merging, problems, sheets
from come.shared import actor as actors, eventlog, events as facts, formatting, idempotency, obstacles, period, text
from come.staff import policies as rights


def submit_for_review(*, offering_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Hand a draft to a second person. Raises Refusal; records OfferingSubmitted."""
    rights.require(actor, "catalogue.write")

    def run(row: models.Offering) -> events.OfferingSubmitted:
        obstacles.refuse_if_any(policies.transition_obstacles(code=row.code, before=row.approval, after="review"))
        written = models.OfferingSheet.objects.select_for_update().filter(offering=row).first()
        if written is not None:
            judged = _judged(written, queries.with_drafts(queries.catalogue_content()), at)
            _settle(row, written, judged, actor, at)
        row.approval = "review"
        return events.OfferingSubmitted(row.id, row.code, row.version)

    _change("submit_for_review", offering_id, actor, at, run)


def send_back(*, offering_id: uuid.UUID, reason: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Give a version in review back to its author, who may write in it again. Raises Refusal; records OfferingSentBack."""
    rights.require(actor, "catalogue.write")

    def run(row: models.Offering) -> events.OfferingSentBack:
        obstacles.refuse_if_any(policies.transition_obstacles(code=row.code, before=row.approval, after="draft"))
        row.approval = "draft"
        return events.OfferingSentBack(row.id, row.code, row.version, reason.strip())

    _change("send_back", offering_id, actor, at, run, reason=reason)


def publish_offering(*, offering_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Approve a version: scheduled until its first day, then live. Somebody else than its authors does it.

    A version written on screen brings its rules and usage prices with it, and ends the version before it on its first day.
    Raises Refusal (author, state, mistakes, or another version sold on the same days); records OfferingPublished.
    """
    rights.require(actor, "catalogue.publish")

    def run(row: models.Offering) -> events.OfferingPublished:
        written = models.OfferingSheet.objects.select_for_update().filter(offering=row).first()
        found = policies.publication_obstacles(
            code=row.code,
            approval=row.approval,
            edited_by_id=row.edited_by_id,
            publisher_id=actor.staff_id,
            author_ids=written.author_ids if written is not None else (),
        )
        if written is not None:
            obstacles.refuse_if_any(found)
            _bring(row, written, actor, at)
        obstacles.refuse_if_any([*found, *_overlaps(row), *_unpriced(row)])
        row.approval = "approved"
        return events.OfferingPublished(row.id, row.code, row.version, row.valid_from)

    _change("publish_offering", offering_id, actor, at, run)


def retire_offering(*, offering_id: uuid.UUID, valid_to: dt.date, actor: actors.Actor, at: dt.datetime) -> None:
    """Stop selling a version from a day on; a version never sold is withdrawn. What customers have does not change.

    Raises Refusal for a past day or a later end; records OfferingRetired.
    """
    rights.require(actor, "catalogue.publish")
    today = period.local_day(at)

    def run(row: models.Offering) -> events.OfferingRetired:
        obstacles.refuse_if_any(
            policies.retirement_obstacles(code=row.code, approval=row.approval, valid_to=row.valid_to, last=valid_to, today=today)
        )
        if row.approval != "approved" or valid_to <= row.valid_from:
            row.approval = "withdrawn"
        else:
            row.valid_to = valid_to
        return events.OfferingRetired(row.id, row.code, row.version, valid_to)

    _change("retire_offering", offering_id, actor, at, run, valid_to=valid_to)


def rename_offering(*, offering_id: uuid.UUID, name: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Change the public name of a version that has not been sold yet. Raises Refusal; records OfferingRenamed."""
    rights.require(actor, "catalogue.write")
    today = period.local_day(at)

    def run(row: models.Offering) -> events.OfferingRenamed:
        obstacles.refuse_if_any(
            policies.change_obstacles(
                code=row.code,
                version=row.version,
                approval=row.approval,
                valid_from=row.valid_from,
                today=today,
                only_end_changes=False,
                new_end=row.valid_to,
            ),
        )
        row.name_fr = name
        row.edited_by_id, row.edited_by_name = actor.staff_id, actor.name
        return events.OfferingRenamed(row.id, row.code, row.version)

    _change("rename_offering", offering_id, actor, at, run, name=name)


def _judged(written: models.OfferingSheet, known: content.CatalogueContent, at: dt.datetime) -> sheets.Sheet:
    """Return what a sheet says; raises Refusal with every mistake, each at its field."""
    judged = sheets.judged(known=known, typed=written.typed, today=period.local_day(at))
    obstacles.refuse_if_any([_at_field(problem) for problem in judged.problems])
    return judged


def _settle(row: models.Offering, written: models.OfferingSheet, judged: sheets.Sheet, actor: actors.Actor, at: dt.datetime) -> None:
    """Make the tables say what the sheet says: it may have become sound since it was last saved, or its tariff is written now."""
    if written.is_sound or judged.offering is None:
        return
    author = (row.edited_by_id, row.edited_by_name)
    is_whole = sheet_commands.write_version(judged, queries.catalogue_content(), actor, at)
    row.refresh_from_db()
    row.edited_by_id, row.edited_by_name = author
    models.OfferingSheet.objects.filter(offering=row).update(is_sound=is_whole)


def _at_field(problem: problems.Problem) -> obstacles.Obstacle:
    return dataclasses.replace(problem.obstacle(), path=problem.file)


def _bring(row: models.Offering, written: models.OfferingSheet, actor: actors.Actor, at: dt.datetime) -> None:
    """Write all that publishing a sheet brings but the version's own approval; refuse it while a mistake is left."""
    known = queries.catalogue_content()
    judged = _judged(written, known, at)
    ended = [one for one in judged.given.offerings if one.code == row.code and one.version != row.version]
    rest = dataclasses.replace(judged.given, offerings=())
    _, difference = merging.merge(known, rest)
    writing_rows.write(rest, difference, actor, at)
    _settle(row, written, judged, actor, at)
    for one in ended:
        old = models.Offering.objects.select_for_update().get(code=one.code, version=one.version)
        before, old.valid_to, old.updated_at = old.valid_to, one.valid_to, at
        old.save(update_fields=["valid_to", "updated_at"])
        _refresh_hash(old)
        assert one.valid_to is not None
        eventlog.record(
            event=events.OfferingRetired(old.id, old.code, old.version, one.valid_to),
            actor=actor,
            at=at,
            subjects=[facts.subject("offering", old.id)],
            before={"valid_to": before},
            after={"valid_to": one.valid_to},
        )


_SHOWN = ("approval", "valid_to", "name_fr")


def _change(
    verb: str,
    offering_id: uuid.UUID,
    actor: actors.Actor,
    at: dt.datetime,
    run: Callable[[models.Offering], facts.Event],
    **inputs: Any,
) -> None:
    def once() -> dict[str, Any]:
        row = models.Offering.objects.select_for_update().filter(id=offering_id).first()
        if row is None:
            raise obstacles.not_found(text.T("L’offre"), offering_id)
        before = {name: getattr(row, name) for name in _SHOWN}
        event = run(row)
        row.updated_at = at
        row.save(update_fields=[*_SHOWN, "edited_by_id", "edited_by_name", "content_hash", "updated_at"])
        _refresh_hash(row)
        after = {name: getattr(row, name) for name in _SHOWN}
        eventlog.record(event=event, actor=actor, at=at, subjects=[facts.subject("offering", row.id)], before=before, after=after)
        return {}

    with transaction.atomic():
        idempotency.once(actor=actor, command=f"catalogue.{verb}", inputs={"offering_id": offering_id, **inputs}, run=once)


def _refresh_hash(row: models.Offering) -> None:
    """Keep the version's hash true to what it says."""
    said = queries.offering_content(offering_id=row.id)
    models.Offering.objects.filter(id=row.id).update(content_hash=writing_rows.offering_hash(said))


def _overlaps(row: models.Offering) -> list[obstacles.Obstacle]:
    days = period.DayPeriod(row.valid_from, row.valid_to)
    others = models.Offering.objects.select_for_update().filter(code=row.code, approval="approved").exclude(id=row.id).order_by("version")
    return [
        obstacles.Obstacle(
            "catalogue.period.overlap",
            obstacles.Severity.REFUSAL,
            text.T(
                "La version {other} de « {code} » est en vente aux mêmes dates (du {start} au {end}).",
                other=other.version,
                code=row.code,
                start=formatting.day(other.valid_from),
                end=formatting.day(other.valid_to),
            ),
            text.T("Donnez d’abord une fin à cette version, au plus tard le {day}.", day=formatting.day(row.valid_from)),
            "valid_from",
        )
        for other in others
        if days.overlaps(period.DayPeriod(other.valid_from, other.valid_to))
    ]


def _unpriced(row: models.Offering) -> list[obstacles.Obstacle]:
    if row.is_free or row.kind in {"bundle", "discount"} or models.Price.objects.filter(offering=row).exists():
        return []
    return [
        obstacles.Obstacle(
            "catalogue.price.missing",
            obstacles.Severity.REFUSAL,
            text.T("L’offre « {code} » n’a aucun prix : un prix absent n’est jamais zéro.", code=row.code),
            text.T("Ajoutez ses prix, ou déclarez-la volontairement gratuite, puis publiez-la."),
            "prices",
        ),
    ]
