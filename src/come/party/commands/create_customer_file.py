"""Open a customer file on the right establishment, or say where it is already."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db import IntegrityError, transaction

from come.party import models, policies, queries
from come.party.commands import _companies
from come.party.matching import names, score
from come.shared import actor as actors, idempotency, obstacles, references
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class _Wanted:
    """A file to open, as it was asked for."""

    siret: str
    perimeter: str
    agency_id: uuid.UUID
    owner_id: uuid.UUID | None
    segment: str
    name: str
    different_because: str


def create_customer_file(
    *,
    siret: str,
    agency_id: uuid.UUID,
    owner_id: uuid.UUID | None,
    segment: str,
    actor: actors.Actor,
    at: dt.datetime,
    name: str = "",
    perimeter: str = "",
    different_because: str = "",
) -> _companies.CreatedFile:
    """Open a file on an establishment that the registry knows, or that we know already.

    Raises Refusal when the SIRET is wrong, unknown or closed, or when its perimeter has an open file (its reference, or its
    agency when it is not visible, is said); Conflict when a provisional file looks like it, until `different_because` says
    why it is another company. Two sellers at the same second: one opens, the other is told. Records CustomerFileCreated.
    """
    rights.require(actor, "customer.write")
    rights.require_agency(actor, agency_id, "Cette agence")
    wanted = _Wanted(
        siret=_companies.checked_siret(siret),
        perimeter=" ".join(perimeter.split()),
        agency_id=agency_id,
        owner_id=owner_id,
        segment=segment,
        name=name.strip(),
        different_because=different_because.strip(),
    )
    try:
        with transaction.atomic():
            answer = idempotency.once(
                actor=actor,
                command="party.create_customer_file",
                inputs=dataclasses.asdict(wanted),
                run=lambda: _create(wanted, actor, at),
            )
    except IntegrityError:
        # The database kept the second of two: say what the first one made.
        obstacles.refuse_if_any(_obstacles(wanted, wanted.name or wanted.siret, actor))
        raise
    return _companies.CreatedFile(uuid.UUID(answer["customer_file_id"]), answer["reference"])


def _create(wanted: _Wanted, actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    # The same company at the same second waits here, then meets the file that the first one opened.
    _companies.wait_for_turn(wanted.siret[:9])
    place = _companies.establishment(wanted.siret, at, called=wanted.name)
    unit = place.legal_unit
    usual = wanted.name or place.sign or unit.legal_name
    obstacles.refuse_if_any(
        [
            *policies.place_obstacles(siret=wanted.siret, is_open=place.state == "A", is_unit_open=unit.state == "A"),
            *_obstacles(wanted, usual, actor),
        ],
    )
    asked = score.Identity(name=usual, siren=unit.siren or "", postcode=place.postcode, city=place.city, street=place.street)
    alike = queries.candidates(asked=asked, viewer=actor)
    _companies.ask_about([one for one in alike if not one.siren], wanted.different_because)
    file = models.CustomerFile.objects.create(
        reference=references.next_reference("customer_file", at),
        legal_unit=unit,
        establishment=place,
        perimeter=wanted.perimeter,
        name=usual,
        sort_name=names.fold(usual),
        agency_id=wanted.agency_id,
        owner_id=wanted.owner_id,
        segment=wanted.segment,
        created_at=at,
    )
    if names.comparable(usual) not in {names.comparable(unit.legal_name), names.comparable(place.sign)}:
        _companies.add_name(unit, "seller", usual)
    _companies.record_opening(file, unit.siren or "", actor, at, different_because=wanted.different_because)
    return {"customer_file_id": str(file.id), "reference": file.reference}


def _obstacles(wanted: _Wanted, usual: str, actor: actors.Actor) -> list[obstacles.Obstacle]:
    known = queries.exists_elsewhere(siret=wanted.siret, perimeter=wanted.perimeter)
    return policies.creation_obstacles(
        segment=wanted.segment,
        name=usual,
        known=known,
        sees_known=known is not None and rights.can_see(actor, known.agency_id),
    )
