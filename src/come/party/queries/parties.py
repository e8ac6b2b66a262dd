"""Pages of companies, persons, customers and accounts for machines: filtered, counted, in a constant number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db.models import Prefetch, Q, QuerySet

from come.party import models, records
from come.party.matching import names
from come.party.queries import accounts as account_reads, company, files
from come.shared import actor as actors
from come.staff import policies as rights

Filters = Mapping[str, str]


def organizations(
    *,
    viewer: actors.Actor,
    filters: Filters,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[records.OrganizationRecord], int]:
    """Return one page of the companies that have a file visible to the person, or no file yet, and how many (five statements).

    Filters: id, siren, name (any of its names), state (validated, initialized, closed).
    """
    rights.require(viewer, "customer.read")
    seen = files.visible(models.CustomerFile.objects.all(), viewer)
    found = models.LegalUnit.objects.filter(Q(id__in=seen.values("legal_unit_id")) | Q(customer_files__isnull=True))
    if "id" in filters:
        found = found.filter(id=_uuid(filters["id"]))
    if "siren" in filters:
        found = found.filter(siren=filters["siren"])
    if "name" in filters:
        found = found.filter(names__norm=names.comparable(filters["name"]))
    if "state" in filters:
        found = found.filter(_STATES.get(filters["state"], Q(pk__isnull=True)))
    found = found.distinct()
    total = found.count()
    page = found.order_by("id").prefetch_related("names", "establishments", Prefetch("customer_files", seen, "seen_files"))
    return [_organization(row) for row in page[offset : offset + limit]], total


_STATES = {
    "closed": Q(state="C"),
    "validated": Q(state="A", siren__isnull=False),
    "initialized": Q(state="A", siren__isnull=True),
}


def _uuid(given: str) -> uuid.UUID:
    """Return the id, or the one that nothing has: a malformed id names nothing."""
    try:
        return uuid.UUID(given)
    except ValueError:
        return uuid.UUID(int=0)


def _organization(row: models.LegalUnit) -> records.OrganizationRecord:
    # `seen_files` is the prefetch of the page above: the files that the person sees.
    seen: list[models.CustomerFile] = vars(row)["seen_files"]
    return records.OrganizationRecord(
        id=row.id,
        siren=row.siren or "",
        legal_name=row.legal_name,
        legal_form=row.legal_form,
        naf=row.naf,
        size_category=row.size_category,
        is_active=row.state == "A",
        vat_number=row.vat_number,
        diffusion=row.diffusion,
        source_date=row.source_date,
        names=company.names_of(row),
        establishments=company.establishments_of(row),
        customer_file_ids=tuple(sorted(file.id for file in seen)),
    )


def persons(*, viewer: actors.Actor, filters: Filters, offset: int = 0, limit: int = 100) -> tuple[list[records.PersonRecord], int]:
    """Return one page of the contacts of visible customers, and how many (two statements).

    Filters: id, given_name, family_name, email, organization (company id), customer (file id).
    """
    rights.require(viewer, "customer.read")
    found = models.ContactPoint.objects.filter(customer_file__in=files.visible(models.CustomerFile.objects.all(), viewer))
    columns = {"given_name": "given_name__iexact", "family_name": "family_name__iexact", "email": "email__iexact"}
    found = found.filter(**{column: filters[name] for name, column in columns.items() if name in filters})
    keys = {"id": "id", "organization": "customer_file__legal_unit_id", "customer": "customer_file_id"}
    found = found.filter(**{column: _uuid(filters[name]) for name, column in keys.items() if name in filters})
    total = found.count()
    page = found.select_related("customer_file").order_by("id")[offset : offset + limit]
    return [
        records.PersonRecord(company.contact(row), row.customer_file_id, row.customer_file.name, row.customer_file.legal_unit_id)
        for row in page
    ], total


def customers_with_accounts(
    *,
    viewer: actors.Actor,
    filters: Filters,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[records.CustomerWithAccounts], int]:
    """Return one page of visible customer files with their accounts, and how many (three statements).

    Filters: id (or reference), name (exact, case ignored), state, organization (company id).
    """
    rights.require(viewer, "customer.read")
    found = files.visible(files.rows(), viewer)
    if "id" in filters:
        found = found.filter(Q(reference=filters["id"]) | Q(id=_uuid(filters["id"])))
    if "name" in filters:
        found = found.filter(name__iexact=filters["name"])
    if "state" in filters:
        found = found.filter(state=filters["state"])
    if "organization" in filters:
        found = found.filter(legal_unit_id=_uuid(filters["organization"]))
    total = found.count()
    page = found.order_by("id").prefetch_related("billing_accounts")[offset : offset + limit]
    return [_with_accounts(row) for row in page], total


def _with_accounts(row: models.CustomerFile) -> records.CustomerWithAccounts:
    paying = sorted((account.reference, account.id, account.name) for account in row.billing_accounts.all())
    return records.CustomerWithAccounts(
        customer=files.record(row),
        perimeter=row.perimeter,
        created_at=row.created_at,
        accounts=tuple((identifier, reference, name) for reference, identifier, name in paying),
    )


def visible_accounts(
    *,
    viewer: actors.Actor,
    filters: Filters,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[records.BillingAccountRecord], int]:
    """Return one page of the billing accounts of visible customers, and how many (three statements).

    Filters: id (or reference), name, customer (file id).
    """
    rights.require(viewer, "customer.read")
    found: QuerySet[models.BillingAccount] = account_reads.rows()
    if not viewer.sees_all_agencies:
        found = found.filter(customer_file__agency_id__in=viewer.agency_ids)
    if "id" in filters:
        found = found.filter(Q(reference=filters["id"]) | Q(id=_uuid(filters["id"])))
    if "name" in filters:
        found = found.filter(name__iexact=filters["name"])
    if "customer" in filters:
        found = found.filter(customer_file_id=_uuid(filters["customer"]))
    total = found.count()
    return [account_reads.record(row) for row in found.order_by("reference")[offset : offset + limit]], total
