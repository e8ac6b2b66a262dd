"""Reads of customer files, filtered by the agencies that a person sees."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from come.party import errors, models, records
from come.party.matching import names
from come.shared import actor as actors, obstacles
from come.staff import policies as rights


def customer_file(
    *,
    viewer: actors.Actor,
    reference: str | None = None,
    customer_file_id: uuid.UUID | None = None,
) -> records.CustomerFileRecord:
    """Return one customer file, by reference (an old one answers too) or by id.

    Raises NotFound when there is none, NotAllowed when another agency follows it: which one is told, not the customer's name.
    """
    rights.require(viewer, "customer.read")
    found = rows()
    if reference is not None:
        row = found.filter(Q(reference=reference) | Q(redirects__old_reference=reference)).order_by("id").first()
    else:
        row = found.filter(id=customer_file_id).order_by("id").first() if customer_file_id else None
    if row is None:
        raise obstacles.not_found("Le dossier client", reference or customer_file_id or "")
    if not rights.can_see(viewer, row.agency_id):
        raise errors.other_agency(row.reference, row.agency.name)
    return record(row)


def customer_files(*, ids: Iterable[uuid.UUID], viewer: actors.Actor | None = None) -> dict[uuid.UUID, records.CustomerFileRecord]:
    """Return these customer files by id, in one statement; with a viewer, only those that they see."""
    found = visible(rows().filter(id__in=set(ids)), viewer)
    return {row.id: record(row) for row in found}


def files_of_units(*, legal_unit_ids: Iterable[uuid.UUID], viewer: actors.Actor | None) -> list[records.CustomerFileRecord]:
    """Return the files of these companies; with a viewer, only those that they see."""
    found = visible(rows().filter(legal_unit_id__in=set(legal_unit_ids)), viewer).order_by("reference")
    return [record(row) for row in found]


def customers(
    *,
    viewer: actors.Actor,
    text: str = "",
    segment: str = "",
    state: str = "",
    is_mine: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[records.CustomerRow], int]:
    """Return one page of the customers that a person sees, by name, and how many there are (two statements)."""
    rights.require(viewer, "customer.read")
    found = visible(models.CustomerFile.objects.all(), viewer)
    if segment:
        found = found.filter(segment=segment)
    if state:
        found = found.filter(state=state)
    if is_mine and viewer.staff_id:
        found = found.filter(owner_id=viewer.staff_id)
    if text:
        found = found.filter(_matches(text))
    total = found.count()
    page = found.select_related("legal_unit", "establishment", "agency", "owner").order_by("sort_name", "name", "reference")
    return [_list_row(row) for row in page[offset : offset + limit]], total


def _matches(text: str) -> Q:
    compact = "".join(text.split())
    named = models.PartyName.objects.filter(norm__contains=names.comparable(text)).values("legal_unit_id")
    placed = models.Establishment.objects.filter(city_norm=names.city(text)).values("legal_unit_id")
    found = Q(name__icontains=text) | Q(reference__iexact=compact) | Q(legal_unit_id__in=named) | Q(legal_unit_id__in=placed)
    return found | Q(legal_unit__siren__startswith=compact[:9]) if compact.isdigit() else found


def _list_row(row: models.CustomerFile) -> records.CustomerRow:
    return records.CustomerRow(
        id=row.id,
        reference=row.reference,
        name=row.name,
        legal_name=row.legal_unit.legal_name,
        siren=row.legal_unit.siren or "",
        city=row.establishment.city if row.establishment else "",
        segment=row.segment,
        state=row.state,
        agency_name=row.agency.name,
        owner_name=row.owner.display_name if row.owner else "",
        is_provisional=row.is_provisional,
    )


def visible_customer_file_ids_filter(viewer: actors.Actor) -> frozenset[uuid.UUID] | None:
    """Return the agency ids by which other packages filter their own rows, or None when everything is visible."""
    return rights.visible_agency_ids(viewer)


def exists_elsewhere(*, siret: str, perimeter: str = "") -> records.CustomerFileRecord | None:
    """Return the open file of this establishment and perimeter whoever follows it; the caller must not leak it."""
    row = rows().filter(establishment__siret=siret, perimeter=perimeter).exclude(state="closed").first()
    return None if row is None else record(row)


def followed(*, sirets: Iterable[str], viewer: actors.Actor) -> dict[str, list[records.FollowedPlace]]:
    """Return the open files of these establishments, whoever follows them, by SIRET (one statement).

    A file of another agency says with whom it is, nothing more.
    """
    found: dict[str, list[records.FollowedPlace]] = {}
    for row in rows().filter(establishment__siret__in=set(sirets)).exclude(state="closed").order_by("reference"):
        told = record(row)
        is_visible = rights.can_see(viewer, row.agency_id)
        seen = (row.perimeter, row.reference, row.name) if is_visible else ("", "", "")
        found.setdefault(told.siret, []).append(records.FollowedPlace(told.siret, *seen, row.agency.name, is_visible))
    return found


def rows() -> QuerySet[models.CustomerFile]:
    """Return every file with the relations that a record needs."""
    return models.CustomerFile.objects.select_related("legal_unit", "establishment", "agency", "owner")


def visible(found: QuerySet[models.CustomerFile], viewer: actors.Actor | None) -> QuerySet[models.CustomerFile]:
    """Keep the files of the agencies that the viewer sees; without viewer, all."""
    if viewer is None or viewer.sees_all_agencies:
        return found
    return found.filter(agency_id__in=viewer.agency_ids)


def record(row: models.CustomerFile) -> records.CustomerFileRecord:
    """Return the frozen record of a row whose relations are loaded."""
    place = row.establishment
    return records.CustomerFileRecord(
        id=row.id,
        reference=row.reference,
        name=row.name,
        legal_name=row.legal_unit.legal_name,
        siren=row.legal_unit.siren or "",
        siret=(place.siret or "") if place else "",
        vat_number=row.legal_unit.vat_number,
        legal_unit_id=row.legal_unit_id,
        establishment_id=row.establishment_id,
        agency_id=row.agency_id,
        agency_name=row.agency.name,
        owner_id=row.owner_id,
        owner_name=row.owner.display_name if row.owner else "",
        segment=row.segment,
        state=row.state,
        size_category=row.legal_unit.size_category,
        is_provisional=row.is_provisional,
        street=place.street if place else "",
        postcode=place.postcode if place else "",
        city=place.city if place else "",
        country=place.country if place else "FR",
    )
