"""Write a draft offering or a specification by hand, before prices and rules come from a file."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from typing import Any

from django.db import transaction

from come.catalogue import events, models, records
from come.catalogue.commands import writing_rows
from come.catalogue.files import content
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, period, text
from come.staff import policies as rights

_CODE_LENGTH = 30


def create_draft(
    *,
    name: str,
    actor: actors.Actor,
    at: dt.datetime,
    kind: str = records.OfferingKind.SERVICE,
    description: str = "",
    specification_id: uuid.UUID | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    is_sellable_alone: bool = True,
) -> uuid.UUID:
    """Write the first version of a new offering as a draft, under a code made of its name; it has no price yet.

    Without a specification, one of the same name is made. Returns the version's id. Raises Refusal; records OfferingCreated.
    """
    rights.require(actor, "catalogue.write")
    start = valid_from or period.local_day(at)
    obstacles.refuse_if_any(_obstacles(name, kind, start, valid_to))

    def run() -> dict[str, Any]:
        code = free_code(name)
        specification = _specification(specification_id, code, name, at)
        offering = content.OfferingContent(
            code=code,
            version=1,
            name_fr=name.strip(),
            description_fr=description,
            kind=kind,
            specification=specification,
            segments=content.SEGMENTS,
            valid_from=start,
            valid_to=valid_to,
            approval="draft",
            tariff=None,
            needs_msisdn=False,
            needs_sim=False,
            needs_device=False,
            is_sellable_alone=is_sellable_alone,
            minimum_fleet=None,
            maximum_fleet=None,
            is_free=False,
            prices=(),
            allowances=(),
            terms=(),
            characteristics=(),
            members=(),
            discount_tiers=(),
        )
        (offering_id,) = writing_rows.write_offerings([offering], [], actor, at)
        subjects = [facts.subject("offering", offering_id)]
        eventlog.record(event=events.OfferingCreated(offering_id, code, 1), actor=actor, at=at, subjects=subjects, after={"name_fr": name})
        return {"offering_id": offering_id}

    inputs = {
        "name": name,
        "kind": kind,
        "description": description,
        "specification_id": specification_id,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "is_sellable_alone": is_sellable_alone,
    }
    with transaction.atomic():
        answer = idempotency.once(actor=actor, command="catalogue.create_draft", inputs=inputs, run=run)
    return uuid.UUID(str(answer["offering_id"]))


def create_specification(*, name: str, actor: actors.Actor, at: dt.datetime, description: str = "", brand: str = "") -> uuid.UUID:
    """Write a specification without characteristics, under a code made of its name. Returns its id; raises Refusal."""
    rights.require(actor, "catalogue.write")
    obstacles.refuse_if_any(name_obstacles(name))

    def run() -> dict[str, Any]:
        made = models.Specification.objects.create(
            code=free_code(name, models.Specification), name_fr=name.strip(), description_fr=description, brand=brand, updated_at=at
        )
        eventlog.record(
            event=events.SpecificationChanged(made.id, made.code),
            actor=actor,
            at=at,
            subjects=[facts.subject("specification", made.id)],
            after={"name_fr": made.name_fr},
        )
        return {"specification_id": made.id}

    inputs = {"name": name, "description": description, "brand": brand}
    with transaction.atomic():
        answer = idempotency.once(actor=actor, command="catalogue.create_specification", inputs=inputs, run=run)
    return uuid.UUID(str(answer["specification_id"]))


def rename_specification(*, specification_id: uuid.UUID, name: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Change a specification's name. Raises NotFound, Refusal; records SpecificationChanged."""
    rights.require(actor, "catalogue.write")
    obstacles.refuse_if_any(name_obstacles(name))

    def run() -> dict[str, Any]:
        row = models.Specification.objects.select_for_update().filter(id=specification_id).first()
        if row is None:
            raise obstacles.not_found(text.T("La spécification"), specification_id)
        before = row.name_fr
        row.name_fr, row.updated_at = name.strip(), at
        row.save(update_fields=["name_fr", "updated_at"])
        eventlog.record(
            event=events.SpecificationChanged(row.id, row.code),
            actor=actor,
            at=at,
            subjects=[facts.subject("specification", row.id)],
            before={"name_fr": before},
            after={"name_fr": row.name_fr},
        )
        return {}

    with transaction.atomic():
        idempotency.once(actor=actor, command="catalogue.rename_specification", inputs={"id": specification_id, "name": name}, run=run)


def name_obstacles(name: str) -> list[obstacles.Obstacle]:
    """Return why a name may not be an offering's."""
    if name.strip() and len(name) <= 200:
        return []
    return [
        obstacles.Obstacle(
            "catalogue.name",
            obstacles.Severity.REFUSAL,
            text.T("Un nom de 1 à 200 signes est attendu."),
            text.T("Donnez le nom montré aux clients."),
            "name",
        ),
    ]


def _obstacles(name: str, kind: str, valid_from: dt.date, valid_to: dt.date | None) -> list[obstacles.Obstacle]:
    found = name_obstacles(name)
    if kind not in content.KINDS:
        found.append(
            obstacles.Obstacle(
                "catalogue.kind",
                obstacles.Severity.REFUSAL,
                text.T("La sorte d’offre « {kind} » n’existe pas.", kind=kind),
                text.T("Choisissez parmi : {kinds}.", kinds=", ".join(content.KINDS)),
                "category",
            ),
        )
    if valid_to is not None and valid_to <= valid_from:
        found.append(
            obstacles.Obstacle(
                "catalogue.period.reversed",
                obstacles.Severity.REFUSAL,
                text.T("La fin de validité n’est pas après le début."),
                text.T("Choisissez une fin postérieure au début."),
                "validFor",
            ),
        )
    return found


def free_code(name: str, model: Any = models.Offering) -> str:
    """Return a code made of a name that nothing else has."""
    plain = unicodedata.normalize("NFKD", name.replace("’", " ")).encode("ascii", "ignore").decode().upper()
    base = re.sub(r"[^A-Z0-9]+", "-", plain).strip("-")[:_CODE_LENGTH].strip("-") or "OFFRE"
    taken = set(model.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))) if code not in taken)


def _specification(specification_id: uuid.UUID | None, code: str, name: str, at: dt.datetime) -> str:
    if specification_id is None:
        made = models.Specification.objects.create(code=free_code(name, models.Specification), name_fr=name.strip(), updated_at=at)
        return made.code
    found = models.Specification.objects.filter(id=specification_id).first()
    if found is None:
        raise obstacles.not_found(text.T("La spécification"), specification_id)
    return found.code
