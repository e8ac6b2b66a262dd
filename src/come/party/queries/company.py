"""The company's page in a constant number of statements."""

from __future__ import annotations

from come.party import models, records
from come.party.queries import accounts, files
from come.shared import actor as actors


def company_page(*, reference: str, viewer: actors.Actor) -> records.CompanyPage:
    """Return the identity, places, people, names and accounts of a customer file (eight statements).

    Raises NotFound or NotAllowed as `customer_file` does.
    """
    customer = files.customer_file(reference=reference, viewer=viewer)
    row = models.CustomerFile.objects.select_related("legal_unit").prefetch_related("contacts").get(id=customer.id)
    unit = row.legal_unit
    siblings = files.files_of_units(legal_unit_ids=[unit.id], viewer=viewer)
    return records.CompanyPage(
        customer=customer,
        perimeter=row.perimeter,
        created_at=row.created_at,
        legal_form=unit.legal_form,
        naf=unit.naf,
        unit_state=unit.state,
        diffusion=unit.diffusion,
        source=unit.source,
        source_date=unit.source_date,
        establishments=establishments_of(unit),
        contacts=tuple(contact(person) for person in sorted(row.contacts.all(), key=lambda person: person.name)),
        names=names_of(unit),
        accounts=tuple(accounts.billing_accounts(customer_file_id=customer.id)),
        sibling_references=tuple(found.reference for found in siblings if found.id != customer.id),
    )


def establishments_of(unit: models.LegalUnit) -> tuple[records.EstablishmentRecord, ...]:
    """Return the places of a company, head office first (no statement when they are prefetched)."""
    places = sorted(
        unit.establishments.all(), key=lambda place: (not place.is_head_office, place.state, place.city_norm, place.siret or "")
    )
    return tuple(
        records.EstablishmentRecord(
            id=place.id,
            siret=place.siret or "",
            sign=place.sign,
            is_head_office=place.is_head_office,
            state=place.state,
            street=place.street,
            postcode=place.postcode,
            city=place.city,
            country=place.country,
        )
        for place in places
    )


def names_of(unit: models.LegalUnit) -> tuple[records.NameRecord, ...]:
    """Return the names of a company (no statement when they are prefetched)."""
    found = sorted(unit.names.all(), key=lambda name: (name.kind, name.value))
    return tuple(records.NameRecord(name.kind, name.value, name.valid_from, name.valid_to) for name in found)


def contact(row: models.ContactPoint) -> records.ContactRecord:
    """Return the frozen record of a person."""
    return records.ContactRecord(row.id, row.name, row.role, row.phone, row.email, row.given_name, row.family_name)
