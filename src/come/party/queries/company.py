"""The company's page in a constant number of statements."""

from __future__ import annotations

from come.party import models, records
from come.party.queries import accounts, files
from come.shared import actor as actors


def company_page(*, reference: str, viewer: actors.Actor) -> records.CompanyPage:
    """Return the identity, places, people, names and accounts of a customer file (eight statements at most).

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
        establishments=tuple(
            records.EstablishmentRecord(
                place.id,
                place.siret or "",
                place.sign,
                place.is_head_office,
                place.state,
                place.street,
                place.postcode,
                place.city,
                place.country,
            )
            for place in unit.establishments.order_by("-is_head_office", "city", "siret")
        ),
        contacts=tuple(
            records.ContactRecord(person.id, person.name, person.role, person.phone, person.email, person.given_name, person.family_name)
            for person in sorted(row.contacts.all(), key=lambda person: person.name)
        ),
        names=tuple(
            records.NameRecord(name.kind, name.value, name.valid_from, name.valid_to) for name in unit.names.order_by("kind", "value")
        ),
        accounts=tuple(accounts.billing_accounts(customer_file_id=customer.id)),
        sibling_references=tuple(found.reference for found in siblings if found.id != customer.id),
    )
