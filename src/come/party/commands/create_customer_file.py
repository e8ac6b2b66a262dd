"""Open a customer file on the right establishment, or say where it is already."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db import connection, transaction

from come.party import events, models, policies, queries, records
from come.party.matching import names
from come.shared import actor as actors, eventlog, events as facts, idempotency, identifiers, ids, obstacles, references, text
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class CreatedFile:
    """The file that was opened."""

    customer_file_id: uuid.UUID
    reference: str


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
) -> CreatedFile:
    """Open a file on an establishment that the registry knows, or that we know already.

    Raises Refusal when the SIRET is wrong or unknown, or when its perimeter has an open file (its reference, or its agency
    when it is not visible, is said). Two sellers at the same second: one opens, the other is told. Records
    CustomerFileCreated.
    """
    rights.require(actor, "customer.write")
    rights.require_agency(actor, agency_id, "Cette agence")
    try:
        checked = identifiers.check_siret(siret)
    except identifiers.InvalidIdentifier as wrong:
        raise obstacles.Refusal(
            obstacles.Obstacle("party.siret", obstacles.Severity.REFUSAL, wrong.reason, text.T("Corrigez le SIRET."), "siret"),
        ) from None
    inputs = {"siret": checked, "agency_id": agency_id, "perimeter": perimeter, "segment": segment, "name": name}
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="party.create_customer_file",
            inputs=inputs,
            run=lambda: _create(
                siret=checked,
                agency_id=agency_id,
                owner_id=owner_id,
                segment=segment,
                name=name,
                perimeter=perimeter,
                actor=actor,
                at=at,
            ),
        )
    return CreatedFile(uuid.UUID(answer["customer_file_id"]), answer["reference"])


def _create(
    *,
    siret: str,
    agency_id: uuid.UUID,
    owner_id: uuid.UUID | None,
    segment: str,
    name: str,
    perimeter: str,
    actor: actors.Actor,
    at: dt.datetime,
) -> dict[str, Any]:
    # The same establishment at the same second waits here, then meets the file that the first one opened.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"party:{siret[:9]}"])
    known = queries.exists_elsewhere(siret=siret, perimeter=perimeter)
    place = _place(siret, at)
    usual = name.strip() or place.sign or place.legal_unit.legal_name
    obstacles.refuse_if_any(
        policies.creation_obstacles(
            segment=segment,
            name=usual,
            known=known,
            sees_known=known is not None and rights.can_see(actor, known.agency_id),
        ),
    )
    file = models.CustomerFile.objects.create(
        reference=references.next_reference("customer_file", at),
        legal_unit=place.legal_unit,
        establishment=place,
        perimeter=perimeter,
        name=usual,
        agency_id=agency_id,
        owner_id=owner_id,
        segment=segment,
        created_at=at,
    )
    if names.comparable(usual) != names.comparable(place.legal_unit.legal_name):
        add_name(place.legal_unit, "seller", usual)
    _record(file, place.legal_unit.siren or "", actor, at)
    return {"customer_file_id": str(file.id), "reference": file.reference}


def create_provisional_file(
    *,
    name: str,
    agency_id: uuid.UUID,
    owner_id: uuid.UUID | None,
    segment: str,
    actor: actors.Actor,
    at: dt.datetime,
) -> CreatedFile:
    """Open a file without SIREN, flagged: the sale never waits for the registry; a steward completes it.

    Raises Refusal for a missing name or an unknown segment. Records CustomerFileCreated.
    """
    rights.require(actor, "customer.write")
    rights.require_agency(actor, agency_id, "Cette agence")
    obstacles.refuse_if_any(policies.creation_obstacles(segment=segment, name=name, known=None, sees_known=False))

    def run() -> dict[str, Any]:
        unit = models.LegalUnit.objects.create(id=ids.uuid7(), siren=None, legal_name=name.strip(), source="seller", created_at=at)
        add_name(unit, "seller", name.strip())
        file = models.CustomerFile.objects.create(
            reference=references.next_reference("customer_file", at),
            legal_unit=unit,
            establishment=None,
            name=name.strip(),
            agency_id=agency_id,
            owner_id=owner_id,
            segment=segment,
            is_provisional=True,
            created_at=at,
        )
        _record(file, "", actor, at)
        return {"customer_file_id": str(file.id), "reference": file.reference}

    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="party.create_provisional_file",
            inputs={"name": name, "agency_id": agency_id},
            run=run,
        )
    return CreatedFile(uuid.UUID(answer["customer_file_id"]), answer["reference"])


def _place(siret: str, at: dt.datetime) -> models.Establishment:
    known = models.Establishment.objects.select_related("legal_unit").filter(siret=siret).first()
    if known is not None:
        return known
    published = queries.registry_lookup(siret=siret)
    if published is None:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "party.unknown_siret",
                obstacles.Severity.REFUSAL,
                text.T("Le registre national ne connaît pas le SIRET {siret}.", siret=siret),
                text.T("Vérifiez-le sur l’extrait du client ; sinon, créez un dossier provisoire : la vente n’attend pas."),
                "siret",
            ),
        )
    return _adopt(published, at)


def _adopt(published: records.RegistryEstablishment, at: dt.datetime) -> models.Establishment:
    unit, is_new = models.LegalUnit.objects.get_or_create(
        siren=published.siren,
        defaults={
            "legal_name": published.legal_name,
            "legal_form": published.legal_form,
            "naf": published.naf,
            "size_category": published.size_category,
            "vat_number": published.vat_number,
            "diffusion": published.diffusion,
            "source": "registry",
            "source_date": published.registry_date,
            "created_at": at,
        },
    )
    if is_new:
        add_name(unit, "legal", published.legal_name, source="registry")
        acronym = names.initials(published.legal_name)
        if acronym:
            add_name(unit, "acronym", acronym, source="registry")
    place = models.Establishment.objects.create(
        legal_unit=unit,
        siret=published.siret,
        is_head_office=published.is_head_office,
        state="A" if published.is_active else "F",
        sign=published.sign,
        street=published.street,
        postcode=published.postcode,
        city=published.city,
        insee_commune=published.insee_commune,
    )
    if published.sign:
        add_name(unit, "sign", published.sign, establishment=place, source="registry")
    return place


def add_name(
    unit: models.LegalUnit,
    kind: str,
    value: str,
    *,
    establishment: models.Establishment | None = None,
    source: str = "seller",
) -> None:
    """Keep one more name under which the company is found."""
    models.PartyName.objects.create(
        legal_unit=unit,
        establishment=establishment,
        kind=kind,
        value=value,
        norm=names.comparable(value),
        source=source,
    )


def _record(file: models.CustomerFile, siren: str, actor: actors.Actor, at: dt.datetime) -> None:
    eventlog.record(
        event=events.CustomerFileCreated(customer_file_id=file.id, reference=file.reference, siren=siren),
        actor=actor,
        at=at,
        subjects=[facts.subject("company", file.id), facts.subject("legal_unit", file.legal_unit_id)],
        after={"name": file.name, "segment": file.segment, "is_provisional": file.is_provisional},
    )
