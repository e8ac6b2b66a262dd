"""Write an offer on screen: a new one, a copy, a new version; every save is kept, mistakes included."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from come.catalogue import events, models, policies, queries
from come.catalogue.commands import drafts, writing_rows
from come.catalogue.files import content, problems, sheets
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, period, text
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class SheetAnswer:
    """What a save did: the sheet's new revision, and what still stands in the way of publishing."""

    revision: int
    problems: tuple[problems.Problem, ...]


def copy_offering(*, offering_id: uuid.UUID, name: str, actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Write a new offering as a draft, from all that a version of another says; its rules are copied with it.

    Returns the new version's id. Raises Refusal, NotFound; records OfferingCreated.
    """
    rights.require(actor, "catalogue.write")
    obstacles.refuse_if_any(drafts.name_obstacles(name))
    queries.visible_offering(offering_id=offering_id, viewer=actor)

    def run() -> dict[str, Any]:
        source = queries.offering_content(offering_id=offering_id)
        code = drafts.free_code(name)
        start = period.local_day(at)
        made = dataclasses.replace(
            source,
            code=code,
            version=1,
            name_fr=name.strip(),
            approval="draft",
            valid_from=start,
            valid_to=None,
            allowances=tuple(_own_allowance(allowance, source.code, code) for allowance in source.allowances),
        )
        rules = [
            dataclasses.replace(rule, code=f"{code[:36]}-R{number}", source=code)
            for number, rule in enumerate(queries.own_rules(code=source.code, day=max(source.valid_from, start)), start=1)
        ]
        return {"offering_id": _write(made, rules, (), actor, at)}

    with transaction.atomic():
        inputs = {"offering_id": offering_id, "name": name}
        answer = idempotency.once(actor=actor, command="catalogue.copy_offering", inputs=inputs, run=run)
    return uuid.UUID(str(answer["offering_id"]))


def _own_allowance(allowance: Any, before: str, after: str) -> Any:
    """Give a copied allowance a code of its own, unless it is shared by several offers: one code is one allowance."""
    is_own = allowance.code.startswith(before)
    return dataclasses.replace(allowance, code=f"{after}{allowance.code[len(before) :]}"[:40]) if is_own else allowance


def new_version(*, offering_id: uuid.UUID, valid_from: dt.date, actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Write the next version of an offering as a draft, from what a version says, to start on a day.

    Returns its id. Raises Refusal (a day not to come, or a draft that exists already), NotFound; records OfferingCreated.
    """
    rights.require(actor, "catalogue.write")
    queries.visible_offering(offering_id=offering_id, viewer=actor)

    def run() -> dict[str, Any]:
        source = queries.offering_content(offering_id=offering_id)
        others = list(models.Offering.objects.select_for_update().filter(code=source.code).order_by("version"))
        obstacles.refuse_if_any(_version_obstacles(source, others, valid_from, period.local_day(at)))
        made = dataclasses.replace(
            source, version=others[-1].version + 1, approval="draft", valid_from=valid_from, valid_to=_open_end(source, valid_from)
        )
        rules = queries.own_rules(code=source.code, day=valid_from)
        return {"offering_id": _write(made, rules, [rule.code for rule in rules], actor, at)}

    with transaction.atomic():
        inputs = {"offering_id": offering_id, "valid_from": valid_from}
        answer = idempotency.once(actor=actor, command="catalogue.new_version", inputs=inputs, run=run)
    return uuid.UUID(str(answer["offering_id"]))


def _open_end(source: content.OfferingContent, valid_from: dt.date) -> dt.date | None:
    return source.valid_to if source.valid_to is not None and source.valid_to > valid_from else None


def _version_obstacles(
    source: content.OfferingContent, others: list[models.Offering], valid_from: dt.date, today: dt.date
) -> list[obstacles.Obstacle]:
    found = []
    waiting = next((row for row in others if row.approval in {"draft", "review"}), None)
    if waiting is not None:
        found.append(
            obstacles.Obstacle(
                "catalogue.version.waiting",
                obstacles.Severity.REFUSAL,
                text.T("La version {version} de « {code} » est déjà en préparation.", version=waiting.version, code=source.code),
                text.T("Complétez-la, ou retirez-la avant d’en commencer une autre."),
            ),
        )
    if valid_from < today:
        found.append(
            obstacles.Obstacle(
                "catalogue.version.in_past",
                obstacles.Severity.REFUSAL,
                text.T("Une nouvelle version ne commence pas un jour passé."),
                text.T("Choisissez aujourd’hui ou un jour à venir."),
                "valid_from",
            ),
        )
    return found


def start_sheet(*, offering_id: uuid.UUID, kind_fields: dict[str, Any], actor: actors.Actor, at: dt.datetime) -> None:
    """Give a draft just created its sheet, with the fields that follow from its kind already filled in. Records nothing."""
    row = models.Offering.objects.get(id=offering_id)
    typed, kept = queries.typed_of(row)
    if kept is None:
        typed["offering"].update(kind_fields)
        _keep(row, None, typed, actor, at, is_sound=False)


def _write(
    made: content.OfferingContent, rules: list[content.RuleContent], kept_rules: Any, actor: actors.Actor, at: dt.datetime
) -> uuid.UUID:
    (offering_id,) = writing_rows.write_offerings([made], [], actor, at)
    row = models.Offering.objects.get(id=offering_id)
    typed = {**sheets.typed_of(made, rules), "kept_rules": list(kept_rules)}
    _keep(row, None, typed, actor, at, is_sound=True)
    eventlog.record(
        event=events.OfferingCreated(offering_id, made.code, made.version),
        actor=actor,
        at=at,
        subjects=[facts.subject("offering", offering_id)],
        after={"name_fr": made.name_fr, "version": made.version},
    )
    return offering_id


def save_sheet(*, offering_id: uuid.UUID, typed: sheets.Typed, seen: int, actor: actors.Actor, at: dt.datetime) -> SheetAnswer:
    """Keep what was typed of a draft, mistakes included; its version says it once nothing stands in the way.

    `seen` is the revision that was being edited: somebody else's edit in between is never overwritten (Conflict). Raises Refusal for
    a version that is no draft, NotFound; records OfferingEdited when something changed.
    """
    rights.require(actor, "catalogue.write")
    with transaction.atomic():
        row = models.Offering.objects.select_for_update().filter(id=offering_id).first()
        if row is None:
            raise obstacles.not_found(text.T("L’offre"), offering_id)
        obstacles.refuse_if_any(policies.writing_obstacles(code=row.code, version=row.version, approval=row.approval))
        before, kept = queries.typed_of(row)
        if seen != (kept.revision if kept is not None else 0):
            raise _changed_meanwhile(kept)
        own = {**typed["offering"], "code": row.code, "version": str(row.version)}
        said = _with_calendar({**typed, "offering": own, "kept_rules": before.get("kept_rules", [])})
        known = queries.with_drafts(queries.catalogue_content())
        judged = sheets.judged(known=known, typed=said, today=period.local_day(at))
        if said == before and kept is not None:
            return SheetAnswer(kept.revision, judged.problems)
        is_whole = False
        if judged.is_sound and judged.offering is not None:
            is_whole = write_version(judged, known, actor, at)
        else:
            _name(row, own, actor, at)
        kept = _keep(row, kept, said, actor, at, is_sound=is_whole)
        _record(row, before, said, actor, at)
    return SheetAnswer(kept.revision, judged.problems)


def write_version(judged: sheets.Sheet, known: content.CatalogueContent, actor: actors.Actor, at: dt.datetime) -> bool:
    """Write what a sound sheet says of its version; tell whether the tables then say it all.

    A tariff that the sheet creates enters the catalogue with its prices, at publication: until then the version names none.
    """
    assert judged.offering is not None
    is_known = judged.offering.tariff is None or judged.offering.tariff in {tariff.code for tariff in known.tariffs}
    stored = judged.offering if is_known else dataclasses.replace(judged.offering, tariff=None)
    writing_rows.write_offerings([], [stored], actor, at)
    return is_known


def _with_calendar(typed: sheets.Typed) -> sheets.Typed:
    """Give a new tariff the hours of the one that it is based on, where it says none."""
    tariff = typed.get("tariff", {})
    if not tariff.get("based_on") or tariff.get("calendar_code"):
        return typed
    found = models.Tariff.objects.filter(code=tariff["based_on"]).values_list("calendar_code", flat=True).first()
    return {**typed, "tariff": {**tariff, "calendar_code": found or ""}}


def _changed_meanwhile(kept: models.OfferingSheet | None) -> obstacles.Conflict:
    return obstacles.Conflict(
        obstacles.Obstacle(
            "catalogue.sheet_changed",
            obstacles.Severity.REFUSAL,
            text.T("{name} a modifié cette offre pendant que vous l’écriviez.", name=kept.edited_by_name if kept else ""),
            text.T("Rechargez la page pour voir ses changements, puis refaites le vôtre ; rien n’a été écrasé."),
        ),
    )


def _name(row: models.Offering, own: sheets.Typed, actor: actors.Actor, at: dt.datetime) -> None:
    """Keep the list of offers readable while a draft still has mistakes."""
    name = str(own.get("name_fr", "")).strip()[:200]
    models.Offering.objects.filter(id=row.id).update(
        name_fr=name or row.name_fr, edited_by_id=actor.staff_id, edited_by_name=actor.name, updated_at=at
    )


def _keep(
    row: models.Offering, kept: models.OfferingSheet | None, typed: sheets.Typed, actor: actors.Actor, at: dt.datetime, *, is_sound: bool
) -> models.OfferingSheet:
    authors = {*(kept.author_ids if kept is not None else ()), *([actor.staff_id] if actor.staff_id else [])}
    if kept is None and row.edited_by_id is not None:
        authors.add(row.edited_by_id)
    made = models.OfferingSheet(
        offering=row,
        typed=typed,
        revision=(kept.revision if kept is not None else 0) + 1,
        is_sound=is_sound,
        author_ids=sorted(authors),
        edited_by_name=actor.name,
        edited_at=at,
    )
    models.OfferingSheet.objects.bulk_create(
        [made],
        update_conflicts=True,
        unique_fields=["offering"],
        update_fields=["typed", "revision", "is_sound", "author_ids", "edited_by_name", "edited_at"],
    )
    return made


def _record(row: models.Offering, before: sheets.Typed, after: sheets.Typed, actor: actors.Actor, at: dt.datetime) -> None:
    old, new = dict(flat(before)), dict(flat(after))
    changed = sorted(path for path in {*old, *new} if old.get(path, "") != new.get(path, ""))
    eventlog.record(
        event=events.OfferingEdited(row.id, row.code, row.version),
        actor=actor,
        at=at,
        subjects=[facts.subject("offering", row.id)],
        before={path: old.get(path, "") for path in changed},
        after={path: new.get(path, "") for path in changed},
    )


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of what was typed with its path, "offering.prices.0.amount"."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from flat(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from flat(member, f"{path}.{place}")
    else:
        yield path, str(value)
