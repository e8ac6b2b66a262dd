"""Open a file without SIREN, and put it on its establishment once this is known."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from come.party import errors, events, models, policies, queries
from come.party.commands import _companies
from come.party.matching import names, score
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, references, text
from come.staff import policies as rights


def create_provisional_file(
    *,
    name: str,
    agency_id: uuid.UUID,
    owner_id: uuid.UUID | None,
    segment: str,
    actor: actors.Actor,
    at: dt.datetime,
    postcode: str = "",
    different_because: str = "",
    legal_unit_id: uuid.UUID | None = None,
) -> _companies.CreatedFile:
    """Open a file without SIREN, flagged: the sale never waits for the registry; a steward completes it.

    `legal_unit_id` is a company registered before, without SIREN too.

    Raises Refusal for a missing name or an unknown segment; Conflict with the companies that it looks like, until
    `different_because` says why it is another one. Records CustomerFileCreated.
    """
    rights.require(actor, "customer.write")
    rights.require_agency(actor, agency_id, "Cette agence")
    called = " ".join(name.split())
    obstacles.refuse_if_any(policies.creation_obstacles(segment=segment, name=called, known=None, sees_known=False))

    def run() -> dict[str, Any]:
        # Two sellers who type one name at the same second: the second is asked about the first.
        _companies.wait_for_turn(f"name:{names.comparable(called)}")
        alike = queries.candidates(asked=score.Identity(name=called, postcode=postcode), viewer=actor)
        _companies.ask_about(alike, different_because)
        unit = _unit(legal_unit_id, called, at)
        file = models.CustomerFile.objects.create(
            reference=references.next_reference("customer_file", at),
            legal_unit=unit,
            establishment=None,
            name=called,
            sort_name=names.fold(called),
            agency_id=agency_id,
            owner_id=owner_id,
            segment=segment,
            is_provisional=True,
            created_at=at,
        )
        _companies.record_opening(file, "", actor, at, different_because=different_because.strip())
        return {"customer_file_id": str(file.id), "reference": file.reference}

    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="party.create_provisional_file",
            inputs={"name": called, "agency_id": agency_id, "segment": segment, "because": different_because, "unit": legal_unit_id},
            run=run,
        )
    return _companies.CreatedFile(uuid.UUID(answer["customer_file_id"]), answer["reference"])


def _unit(legal_unit_id: uuid.UUID | None, called: str, at: dt.datetime) -> models.LegalUnit:
    if legal_unit_id is not None:
        return models.LegalUnit.objects.get(id=legal_unit_id, siren__isnull=True)
    return _companies.unnamed_unit(called, at)


@transaction.atomic
def place_customer_file(*, customer_file_id: uuid.UUID, siret: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Put a provisional file on the establishment of this SIRET: it is provisional no more.

    A company not known yet takes the SIREN; a known one receives the file. The file's accounts take the address and the
    electronic address that they lacked. Raises Refusal when the SIRET is wrong, unknown, closed, or has an open file of the
    same perimeter; Conflict when the file is placed already elsewhere. Records CustomerFilePlaced.
    """
    rights.require(actor, "customer.write")
    queries.customer_file(customer_file_id=customer_file_id, viewer=actor)
    checked = _companies.checked_siret(siret)
    _companies.wait_for_turn(checked[:9])
    file = (
        models.CustomerFile.objects.select_for_update(of=("self",)).select_related("legal_unit", "establishment").get(id=customer_file_id)
    )
    if file.establishment is not None:
        if file.establishment.siret == checked:
            return
        raise _placed_already(file)
    place = _place(file, checked, at)
    known = queries.exists_elsewhere(siret=checked, perimeter=file.perimeter)
    obstacles.refuse_if_any(
        [
            *policies.place_obstacles(siret=checked, is_open=place.state == "A", is_unit_open=place.legal_unit.state == "A"),
            *policies.creation_obstacles(
                segment=file.segment,
                name=file.name,
                known=known,
                sees_known=known is not None and rights.can_see(actor, known.agency_id),
            ),
        ],
    )
    before = file.legal_unit_id
    file.legal_unit, file.establishment, file.is_provisional = place.legal_unit, place, False
    file.save(update_fields=["legal_unit", "establishment", "is_provisional"])
    if file.legal_unit_id != before and names.comparable(file.name) != names.comparable(place.legal_unit.legal_name):
        _companies.add_name(place.legal_unit, "seller", file.name)
    file.billing_accounts.filter(endpoint_id="").update(endpoint_id=checked[:9])
    file.billing_accounts.filter(city="").update(street=place.street, postcode=place.postcode, city=place.city, country=place.country)
    eventlog.record(
        event=events.CustomerFilePlaced(customer_file_id=file.id, reference=file.reference, siret=checked),
        actor=actor,
        at=at,
        subjects=[facts.subject("company", file.id), facts.subject("legal_unit", file.legal_unit_id)],
        before={"legal_unit_id": before, "is_provisional": True},
        after={"legal_unit_id": file.legal_unit_id, "is_provisional": False, "siret": checked},
    )


def _place(file: models.CustomerFile, siret: str, at: dt.datetime) -> models.Establishment:
    """Return the establishment; a company that nobody knew becomes the file's own, so that what points to it stays right."""
    if models.LegalUnit.objects.filter(siren=siret[:9]).exists():
        return _companies.establishment(siret, at, called=file.name)
    published = queries.registry_lookup(siret=siret)
    if published is None:
        raise errors.unknown_siret(siret)
    unit = file.legal_unit
    fields = _companies.unit_fields(published, at, called=file.name) | {"siren": published.siren, "created_at": unit.created_at}
    models.LegalUnit.objects.filter(id=unit.id).update(**fields)
    unit.refresh_from_db()
    _companies.name_unit(unit, source="registry")
    return _companies.adopt(published, at)


def _placed_already(file: models.CustomerFile) -> obstacles.Conflict:
    assert file.establishment is not None
    return obstacles.Conflict(
        obstacles.Obstacle(
            "party.placed_already",
            obstacles.Severity.REFUSAL,
            text.T(
                "Le dossier {reference} est déjà rattaché au SIRET {siret}.", reference=file.reference, siret=file.establishment.siret or ""
            ),
            text.T("Pour un autre établissement, ouvrez un autre dossier."),
            "siret",
        ),
    )
