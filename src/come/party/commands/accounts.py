"""Accounts, cost centres and contacts of a customer file."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from come.party import events, models, policies, queries, records
from come.shared import actor as actors, eventlog, events as facts, idempotency, identifiers, obstacles, references, text
from come.staff import policies as rights


def create_billing_account(
    *,
    customer_file_id: uuid.UUID,
    account: records.AccountRow,
    actor: actors.Actor,
    at: dt.datetime,
) -> records.BillingAccountRecord:
    """Open an account at the customer's establishment, with its cost centres.

    Raises Refusal for a wrong IBAN, a direct debit without mandate or a term beyond the law. Records BillingAccountCreated.
    """
    rights.require(actor, "customer.write")
    customer = queries.customer_file(customer_file_id=customer_file_id, viewer=actor)
    obstacles.refuse_if_any(policies.account_obstacles(account))

    def run() -> dict[str, Any]:
        row = models.BillingAccount.objects.create(
            reference=references.next_reference("billing_account", at),
            customer_file_id=customer_file_id,
            created_at=at,
            **account_fields(account, customer),
        )
        models.CostCentre.objects.bulk_create(
            [models.CostCentre(billing_account=row, code=code, name=name) for code, name in account.cost_centres],
        )
        eventlog.record(
            event=events.BillingAccountCreated(billing_account_id=row.id, customer_file_id=customer_file_id, reference=row.reference),
            actor=actor,
            at=at,
            subjects=[facts.subject("account", row.id), facts.subject("company", customer_file_id)],
            after={"name": row.name, "payment_means": row.payment_means},
        )
        return {"id": str(row.id)}

    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="party.create_billing_account",
            inputs={"customer_file_id": customer_file_id, "account": account},
            run=run,
        )
    return queries.billing_account(account_id=uuid.UUID(answer["id"]))


def account_fields(account: records.AccountRow, customer: records.CustomerFileRecord) -> dict[str, Any]:
    """Return the columns of an account: what was given, the customer's address, its SIREN as electronic address."""
    return {
        "name": account.name,
        "payment_means": account.payment_means,
        "iban": identifiers.check_iban(account.iban) if account.iban else "",
        "mandate_reference": account.mandate_reference,
        "mandate_signed_on": account.mandate_signed_on,
        "purchase_order_number": account.purchase_order_number,
        "vat_territory": account.vat_territory,
        "endpoint_scheme": "0225",
        "endpoint_id": customer.siren,
        "payment_term_days": account.payment_term_days,
        "email": account.email,
        "street": customer.street,
        "postcode": customer.postcode,
        "city": customer.city,
        "country": customer.country,
        "is_split_by_cost_centre": account.is_split_by_cost_centre,
    }


@transaction.atomic
def add_cost_centre(*, billing_account_id: uuid.UUID, code: str, name: str, actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Add a cost centre, or return the one that has this code already. Raises Refusal without a code. Records CostCentreAdded."""
    rights.require(actor, "customer.write")
    account = queries.billing_account(account_id=billing_account_id)
    rights.require_agency(actor, account.customer.agency_id, f"Le compte {account.reference}")
    if not code.strip():
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "party.no_code",
                obstacles.Severity.REFUSAL,
                text.T("Un centre de coûts a un code."),
                text.T("Reprenez le code que le client emploie dans ses comptes."),
                "code",
            ),
        )
    row, is_new = models.CostCentre.objects.get_or_create(
        billing_account_id=billing_account_id,
        code=code.strip(),
        defaults={"name": name},
    )
    if is_new:
        eventlog.record(
            event=events.CostCentreAdded(cost_centre_id=row.id, billing_account_id=billing_account_id, code=row.code),
            actor=actor,
            at=at,
            subjects=[facts.subject("account", billing_account_id), facts.subject("company", account.customer.id)],
            after={"code": row.code, "name": row.name},
        )
    return row.id


@transaction.atomic
def add_contact_point(*, customer_file_id: uuid.UUID, contact: records.ContactRow, actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Add a person of the customer. Raises Refusal without a name or with a phone number that cannot be. Records ContactPointAdded."""
    rights.require(actor, "customer.write")
    queries.customer_file(customer_file_id=customer_file_id, viewer=actor)
    name = contact.name.strip() or f"{contact.given_name} {contact.family_name}".strip()
    obstacles.refuse_if_any(policies.contact_obstacles(name=name, phone=contact.phone, email=contact.email))

    def run() -> dict[str, Any]:
        row = models.ContactPoint.objects.create(
            customer_file_id=customer_file_id,
            name=name,
            given_name=contact.given_name.strip(),
            family_name=contact.family_name.strip(),
            role=contact.role,
            phone=identifiers.check_phone(contact.phone) if contact.phone else "",
            email=contact.email.strip().lower(),
        )
        eventlog.record(
            event=events.ContactPointAdded(contact_point_id=row.id, customer_file_id=customer_file_id),
            actor=actor,
            at=at,
            subjects=[facts.subject("company", customer_file_id)],
            after={"name": name, "role": contact.role},
        )
        return {"id": str(row.id)}

    answer = idempotency.once(
        actor=actor,
        command="party.add_contact_point",
        inputs={"customer_file_id": customer_file_id, "contact": contact},
        run=run,
    )
    return uuid.UUID(answer["id"])
