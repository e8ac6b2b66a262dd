"""What the commands that open files share: turns, legal units and establishments taken from the registry, names."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import connection

from come.party import errors, events, models, queries, records
from come.party.matching import names
from come.shared import actor as actors, eventlog, events as facts, identifiers, obstacles

_LOAD_KEY = "party:load"


@dataclasses.dataclass(frozen=True, slots=True)
class CreatedFile:
    """The file that was opened."""

    customer_file_id: uuid.UUID
    reference: str


def wait_for_turn(*keys: str) -> None:
    """Wait until nobody else creates on these keys, till the end of the transaction; loads of files wait for all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 1))", [_LOAD_KEY])
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"party:{key}"])


def wait_for_all() -> None:
    """Wait until nobody else creates a company, till the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [_LOAD_KEY])


def checked_siret(siret: str) -> str:
    """Return the SIRET without separators; raises Refusal."""
    try:
        return identifiers.check_siret(siret)
    except identifiers.InvalidIdentifier as wrong:
        raise errors.bad_identifier(wrong.reason, "siret") from None


def establishment(siret: str, at: dt.datetime, *, called: str = "") -> models.Establishment:
    """Return the establishment that we know, or take it from the registry with its company.

    `called` names a company whose identity the registry does not publish. Raises Refusal when nobody knows the SIRET.
    """
    known = models.Establishment.objects.select_related("legal_unit").filter(siret=siret).first()
    if known is not None:
        return known
    published = queries.registry_lookup(siret=siret)
    if published is None:
        raise errors.unknown_siret(siret)
    return adopt(published, at, called=called)


def adopt(published: records.RegistryEstablishment, at: dt.datetime, *, called: str = "") -> models.Establishment:
    """Keep a registry establishment as ours, and its company when we do not know it."""
    unit, is_new = models.LegalUnit.objects.get_or_create(siren=published.siren, defaults=unit_fields(published, at, called=called))
    if is_new:
        name_unit(unit, source="registry" if published.legal_name else "seller")
    place = models.Establishment.objects.create(legal_unit=unit, **place_fields(published))
    if published.sign:
        add_name(unit, "sign", published.sign, establishment=place, source="registry")
    return place


def unit_fields(published: records.RegistryEstablishment, at: dt.datetime, *, called: str = "") -> dict[str, object]:
    """Return the columns of a legal unit as the registry publishes it; `called` where it publishes no name."""
    return {
        "legal_name": published.legal_name or called,
        "legal_form": published.legal_form,
        "naf": published.naf,
        "size_category": published.size_category,
        "state": "A" if published.is_unit_active else "C",
        "vat_number": published.vat_number,
        "diffusion": published.diffusion,
        "source": "registry",
        "source_date": published.registry_date,
        "created_at": at,
    }


def place_fields(published: records.RegistryEstablishment) -> dict[str, object]:
    """Return the columns of an establishment as the registry publishes it."""
    return {
        "siret": published.siret,
        "is_head_office": published.is_head_office,
        "state": "A" if published.is_active else "F",
        "sign": published.sign,
        "street": published.street,
        "postcode": published.postcode,
        "city": published.city,
        "city_norm": names.city(published.city),
        "insee_commune": published.insee_commune,
    }


def unnamed_unit(called: str, at: dt.datetime) -> models.LegalUnit:
    """Keep a company that we know by its name alone."""
    unit = models.LegalUnit.objects.create(siren=None, legal_name=called, source="seller", created_at=at)
    add_name(unit, "seller", called)
    return unit


def name_unit(unit: models.LegalUnit, *, source: str) -> None:
    """Keep the legal name and the acronym that it makes."""
    if not unit.legal_name:
        return
    add_name(unit, "legal", unit.legal_name, source=source)
    acronym = names.initials(unit.legal_name)
    if acronym:
        add_name(unit, "acronym", acronym, source=source)


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


def ask_about(found: Sequence[records.Candidate], different_because: str) -> None:
    """Raise Conflict with every look-alike, unless the person said why the companies differ."""
    if found and not different_because.strip():
        raise obstacles.Conflict([errors.looks_like(one) for one in found])


def record_opening(file: models.CustomerFile, siren: str, actor: actors.Actor, at: dt.datetime, *, different_because: str = "") -> None:
    """Record that a file was opened, and why it is not the one that it looks like."""
    eventlog.record(
        event=events.CustomerFileCreated(customer_file_id=file.id, reference=file.reference, siren=siren),
        actor=actor,
        at=at,
        subjects=[facts.subject("company", file.id), facts.subject("legal_unit", file.legal_unit_id)],
        after={"name": file.name, "segment": file.segment, "is_provisional": file.is_provisional}
        | ({"different_because": different_because} if different_because else {}),
    )
