"""Bills as invoices ready to be written: from what was stored and frozen, never from today's files."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from come.billing import models, records
from come.billing.invoicing import document, presentation, totals
from come.billing.policies import assembly, showing
from come.billing.queries import rates as parts
from come.shared import formatting

BATCH_BILLS = 25
DIRECT_DEBIT = "direct_debit"
_TREATMENT = "B2B"


def provisional_number(*, prefix: str, year: int) -> str:
    """Return the number under which a bill is proven before it has its own: same form, never given."""
    return f"{prefix}-{year}-0000000"


def invoice_documents(*, bill_ids: Sequence[uuid.UUID], provisional: bool = False) -> Iterator[document.InvoiceDocument]:
    """Return these bills as invoices, a few at a time (four statements per batch of 25).

    `provisional` gives all of them the number of a proof instead of their own; a bill without a number gets it too.
    """
    for start in range(0, len(bill_ids), BATCH_BILLS):
        yield from _batch(bill_ids[start : start + BATCH_BILLS], provisional=provisional)


def _batch(bill_ids: Sequence[uuid.UUID], *, provisional: bool) -> Iterator[document.InvoiceDocument]:
    bills = {
        bill.id: bill for bill in models.CustomerBill.objects.select_related("run__issuing_entity", "previous_bill").filter(id__in=bill_ids)
    }
    lines = parts.lines_of(bill_ids=bill_ids)
    sums = parts.tax_sums_of(bill_ids=bill_ids)
    rates = parts.rates_of(bill_ids=bill_ids)
    for bill_id in bill_ids:
        bill = bills[bill_id]
        proof_number = provisional_number(prefix=bill.run.issuing_entity.number_prefix, year=bill.issue_date.year)
        number = proof_number if provisional or bill.number is None else bill.number
        shown = _presentation(bill, rates[bill_id])
        yield _document(bill, number, lines[bill_id], sums[bill_id], shown)


def _document(
    bill: models.CustomerBill,
    number: str,
    lines: Sequence[records.InvoiceLine],
    sums: Sequence[document.TaxSum],
    shown: presentation.Presentation,
) -> document.InvoiceDocument:
    account, buyer = bill.frozen["account"], bill.frozen["buyer"]
    written = tuple(assembly.document_line(line) for line in lines)
    has_goods = any(line.nature == document.Nature.GOODS for line in written)
    assert bill.due_date is not None, "a computed bill has its dates"
    return document.InvoiceDocument(
        document_id=str(bill.id),
        number=number,
        type=document.DocumentType(bill.document_type),
        issue_date=bill.issue_date,
        due_date=bill.due_date,
        currency=account["currency"],
        mode=bill.mode,
        profile=document.Profile(bill.profile),
        tax_point=document.TaxPoint.DEBITS if bill.frozen["issuer"]["vat_on_debits"] else document.TaxPoint.COLLECTION,
        seller=_seller(bill.frozen["issuer"]),
        buyer=_buyer(buyer),
        notes=_notes(bill.frozen["issuer"]),
        lines=written,
        adjustments=(),
        tax_sums=tuple(sums),
        totals=totals.totals(lines=written, sums=sums),
        payment=_payment(account, bill.frozen["issuer"], number),
        payment_terms=_terms(account),
        start_date=bill.start_date,
        end_date=bill.end_date,
        purchase_order=account["purchase_order_number"],
        contract_reference=bill.frozen["contract_reference"],
        account_reference=account["reference"],
        delivery=_delivery(buyer["delivery"]) if has_goods else None,
        presentation=shown,
    )


def _seller(issuer: Mapping[str, Any]) -> document.Party:
    return document.Party(
        name=issuer["name"],
        siren=issuer["siren"],
        siret=issuer["siret"],
        vat_number=issuer["vat_number"],
        address=document.Address(issuer["street"], issuer["postcode"], issuer["city"], issuer["country"]),
        endpoint_id=issuer["endpoint_id"],
        endpoint_scheme=issuer["endpoint_scheme"],
        legal_information=f"{issuer['legal_form_text']}, {issuer['register_text']}",
        contact_name=issuer["contact_name"],
        contact_phone=issuer["contact_phone"],
        contact_email=issuer["contact_email"],
    )


def _buyer(buyer: Mapping[str, Any]) -> document.Party:
    return document.Party(
        name=buyer["name"],
        siren=buyer["siren"],
        siret=buyer["siret"],
        vat_number=buyer["vat_number"],
        address=document.Address(buyer["street"], buyer["postcode"], buyer["city"], buyer["country"]),
        endpoint_id=buyer["endpoint_id"],
        endpoint_scheme=buyer["endpoint_scheme"],
    )


def _notes(issuer: Mapping[str, Any]) -> tuple[document.Note, ...]:
    subject = document.NoteSubject
    notes = [
        document.Note(subject.LATE_INDEMNITY, issuer["late_indemnity_text"]),
        document.Note(subject.LATE_PENALTIES, issuer["late_penalties_text"]),
        document.Note(subject.EARLY_DISCOUNT, issuer["early_discount_text"]),
        document.Note(subject.TREATMENT, _TREATMENT),
        document.Note(subject.LEGAL_FORM, issuer["legal_form_text"]),
        document.Note(subject.REGISTER, issuer["register_text"]),
    ]
    if issuer["vat_on_debits"]:
        notes.append(document.Note(subject.VAT_ON_DEBITS, "Option pour le paiement de la taxe d’après les débits."))
    return tuple(notes)


def _payment(account: Mapping[str, Any], issuer: Mapping[str, Any], number: str) -> document.PaymentMeans:
    if account["payment_means"] == DIRECT_DEBIT:
        return document.PaymentMeans(
            document.PaymentMeansCode.SEPA_DIRECT_DEBIT,
            debtor_iban=account["iban"],
            mandate_reference=account["mandate_reference"],
            creditor_identifier=issuer["creditor_identifier"],
            remittance=number,
        )
    return document.PaymentMeans(document.PaymentMeansCode.TRANSFER, creditor_iban=issuer["iban"], remittance=number)


def _terms(account: Mapping[str, Any]) -> str:
    means = "Prélèvement automatique" if account["payment_means"] == DIRECT_DEBIT else "Paiement par virement"
    return f"{means} à {account['payment_term_days']} jours de la date de facture."


def _delivery(place: Mapping[str, Any]) -> document.Delivery:
    return document.Delivery(place["name"], document.Address(place["street"], place["postcode"], place["city"], place["country"]))


def _presentation(bill: models.CustomerBill, rates: Sequence[records.Rate]) -> presentation.Presentation:
    found = showing.section_sums(rates)
    codes = [section.code for section in found]
    return presentation.Presentation(
        period_name=formatting.cycle_name(bill.cycle),
        customer_reference=bill.customer_reference,
        account_name=bill.frozen["account"]["name"],
        sections=found,
        cost_centres=showing.cost_centre_sums(rates=rates, section_codes=codes, names=bill.frozen["cost_centres"]),
        usage=showing.usage_sums(rates),
        comparison=_comparison(bill),
        explanations=showing.explanations(rates),
        customer_service=bill.frozen["issuer"]["contact_phone"],
    )


def _comparison(bill: models.CustomerBill) -> presentation.Comparison | None:
    before = bill.previous_bill
    if before is None:
        return None
    return presentation.Comparison(
        previous_number=before.number or "",
        previous_period=formatting.cycle_name(before.cycle),
        previous_amount=before.net_amount,
        current_amount=bill.net_amount,
        differences=showing.top_differences(differences(bill)),
    )


def differences(bill: models.CustomerBill) -> list[records.ReasonedDifference]:
    """Return the reasons of the change as they were computed with the bill."""
    return [
        records.ReasonedDifference(item["code"], item["name"], item["lines"], Decimal(item["amount"]))
        for item in bill.frozen.get("differences", [])
    ]


def as_proven(invoice: document.InvoiceDocument) -> document.InvoiceDocument:
    """Return the invoice under the number of its proof: the same but for BT-1 and the remittance."""
    prefix, year, _ = invoice.number.rsplit("-", 2)
    number = provisional_number(prefix=prefix, year=int(year))
    return dataclasses.replace(invoice, number=number, payment=dataclasses.replace(invoice.payment, remittance=number))
