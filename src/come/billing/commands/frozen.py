"""Freeze on the bill what it used of the account, the customer and the issuer: an issued bill is never read from today's files."""

from __future__ import annotations

import datetime as dt
from typing import Any

from come.billing import models
from come.billing.commands import sources
from come.billing.policies import assembly, comparison
from come.billing.queries import rates as parts
from come.party import records as party_records


def freeze(*, bill: models.CustomerBill, run: models.BillRun, source: sources.AccountSource, made: assembly.AssembledBill) -> None:
    """Write totals, dates, frozen terms and the change since the previous bill on the bill; the caller saves it."""
    account = source.account
    bill.frozen = {
        "issuer": _issuer(run.issuing_entity),
        "account": _account(account),
        "buyer": _buyer(account),
        "contract_reference": _contract(made),
        "differences": _differences(source, made),
        "cost_centres": {centre.code: centre.name for centre in account.cost_centres},
    }
    bill.profile = made.profile.value
    bill.mode = made.mode
    bill.issue_date = run.issue_date
    bill.due_date = run.issue_date + dt.timedelta(days=account.payment_term_days)
    bill.start_date = made.start_date
    bill.end_date = made.end_date
    bill.net_amount_exact = made.net_amount_exact
    bill.net_amount = made.totals.net_amount
    bill.tax_amount = made.totals.tax_amount
    bill.gross_amount = made.totals.gross_amount
    bill.phone_lines = made.phone_lines
    bill.previous_bill_id = source.previous_bill_id
    bill.customer_name = account.customer.name


def _issuer(entity: models.IssuingEntity) -> dict[str, Any]:
    names = (
        "name", "siren", "siret", "vat_number", "legal_form_text", "register_text", "street", "postcode", "city", "country",
        "endpoint_scheme", "endpoint_id", "contact_name", "contact_phone", "contact_email", "iban", "creditor_identifier",
        "vat_on_debits", "late_indemnity_text", "late_penalties_text", "early_discount_text",
    )  # fmt: skip
    return {name: getattr(entity, name) for name in names}


def _account(account: party_records.BillingAccountRecord) -> dict[str, Any]:
    return {
        "reference": account.reference,
        "name": account.name,
        "currency": account.currency,
        "payment_means": account.payment_means,
        "iban": account.iban,
        "mandate_reference": account.mandate_reference,
        "purchase_order_number": account.purchase_order_number,
        "vat_territory": account.vat_territory,
        "payment_term_days": account.payment_term_days,
    }


def _buyer(account: party_records.BillingAccountRecord) -> dict[str, Any]:
    customer = account.customer
    # The account's own address is where its bills go; without one, the customer's establishment.
    place: party_records.BillingAccountRecord | party_records.CustomerFileRecord = account if account.street and account.city else customer
    return {
        "name": customer.legal_name,
        "reference": customer.reference,
        "siren": customer.siren,
        "siret": customer.siret,
        "vat_number": customer.vat_number,
        "street": place.street,
        "postcode": place.postcode,
        "city": place.city,
        "country": place.country,
        "endpoint_scheme": account.endpoint_scheme,
        "endpoint_id": account.endpoint_id,
        "delivery": {
            "name": customer.name,
            "street": customer.street,
            "postcode": customer.postcode,
            "city": customer.city,
            "country": customer.country,
        },
    }


def _contract(made: assembly.AssembledBill) -> str:
    agreements = {rate.agreement_reference for rate in made.rates if rate.agreement_reference}
    return agreements.pop() if len(agreements) == 1 else ""


def _differences(source: sources.AccountSource, made: assembly.AssembledBill) -> list[dict[str, Any]]:
    if source.previous_bill_id is None:
        return []
    found = comparison.compare(previous=source.previous_keys, current=parts.compared_keys(made.rates))
    return [{"code": item.code, "name": item.name, "lines": item.lines, "amount": str(item.amount)} for item in found]
