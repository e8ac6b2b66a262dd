"""Reads of billing accounts and cost centres."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from come.party import models, records
from come.party.queries import files
from come.shared import obstacles


def billing_account(*, account_id: uuid.UUID) -> records.BillingAccountRecord:
    """Return one account; raises NotFound. The caller checks the right to see its customer."""
    found = billing_accounts(ids=[account_id])
    if not found:
        raise obstacles.not_found("Le compte de facturation", account_id)
    return found[0]


def billing_accounts(
    *,
    customer_file_id: uuid.UUID | None = None,
    ids: Iterable[uuid.UUID] | None = None,
    references: Iterable[str] | None = None,
) -> list[records.BillingAccountRecord]:
    """Return the accounts of one customer file, of these ids or references, or all, by reference (two statements)."""
    found = rows()
    if customer_file_id is not None:
        found = found.filter(customer_file_id=customer_file_id)
    if ids is not None:
        found = found.filter(id__in=set(ids))
    if references is not None:
        found = found.filter(reference__in=set(references))
    return [record(row) for row in found.order_by("reference")]


def rows() -> QuerySet[models.BillingAccount]:
    """Return every account with the relations that a record needs."""
    return models.BillingAccount.objects.select_related(
        "customer_file__legal_unit",
        "customer_file__establishment",
        "customer_file__agency",
        "customer_file__owner",
    ).prefetch_related("cost_centres")


def cost_centres(*, account_ids: Iterable[uuid.UUID]) -> list[records.CostCentreRecord]:
    """Return the cost centres of these accounts, by code (one statement)."""
    found = models.CostCentre.objects.filter(billing_account_id__in=set(account_ids)).order_by("code")
    return [_centre(row) for row in found]


def _centre(row: models.CostCentre) -> records.CostCentreRecord:
    return records.CostCentreRecord(row.id, row.billing_account_id, row.code, row.name)


def record(row: models.BillingAccount) -> records.BillingAccountRecord:
    """Return the frozen record of a row whose relations are loaded."""
    return records.BillingAccountRecord(
        id=row.id,
        reference=row.reference,
        name=row.name,
        currency=row.currency,
        payment_means=row.payment_means,
        iban=row.iban,
        mandate_reference=row.mandate_reference,
        mandate_signed_on=row.mandate_signed_on,
        purchase_order_number=row.purchase_order_number,
        vat_territory=row.vat_territory,
        endpoint_scheme=row.endpoint_scheme,
        endpoint_id=row.endpoint_id,
        payment_term_days=row.payment_term_days,
        email=row.email,
        street=row.street,
        postcode=row.postcode,
        city=row.city,
        country=row.country,
        is_split_by_cost_centre=row.is_split_by_cost_centre,
        customer=files.record(row.customer_file),
        cost_centres=tuple(_centre(centre) for centre in sorted(row.cost_centres.all(), key=lambda centre: centre.code)),
    )
