"""Our own checks refuse what the public rules let pass."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from billing.invoicing import samples
from come.billing.invoicing import checks, document

Invoice = document.InvoiceDocument


def codes(invoice: Invoice) -> set[str]:
    return {obstacle.code.removeprefix("billing.") for obstacle in checks.document_obstacles(invoice)}


def changed(**fields: object) -> Callable[[Invoice], Invoice]:
    return lambda invoice: dataclasses.replace(invoice, **fields)  # type: ignore[arg-type]  # fields of the test table


def party(which: str, **fields: object) -> Callable[[Invoice], Invoice]:
    return lambda invoice: dataclasses.replace(invoice, **{which: dataclasses.replace(getattr(invoice, which), **fields)})


def first_line(**fields: object) -> Callable[[Invoice], Invoice]:
    def change(invoice: Invoice) -> Invoice:
        return dataclasses.replace(invoice, lines=(dataclasses.replace(invoice.lines[0], **fields), *invoice.lines[1:]))  # type: ignore[arg-type]  # idem

    return change


def without(subject: document.NoteSubject) -> Callable[[Invoice], Invoice]:
    return lambda invoice: dataclasses.replace(invoice, notes=tuple(note for note in invoice.notes if note.subject != subject))


def vat_plus(cents: str) -> Callable[[Invoice], Invoice]:
    def change(invoice: Invoice) -> Invoice:
        more = Decimal(cents)
        row = invoice.tax_sums[0]
        sums = invoice.totals
        return dataclasses.replace(
            invoice,
            tax_sums=(dataclasses.replace(row, tax_amount=row.tax_amount + more),),
            totals=dataclasses.replace(
                sums, tax_amount=sums.tax_amount + more, gross_amount=sums.gross_amount + more, due_amount=sums.due_amount + more
            ),
        )

    return change


WRONG = [
    ("number_form", changed(number="NVL 2026 1")),
    ("number_form", changed(number="")),
    ("number_form", changed(number="N" * 36)),
    ("currency", changed(currency="USD")),
    ("mode", changed(mode="B1")),
    ("siren", party("buyer", siren="123456789")),
    ("siret", party("buyer", siret="00000000000000")),
    ("seller_vat", party("seller", vat_number="")),
    ("endpoint", party("buyer", endpoint_id="")),
    ("endpoint", party("buyer", endpoint_id="999999999")),
    ("address", party("buyer", address=document.Address("", "35000", "Rennes"))),
    ("note_count", without(document.NoteSubject.TREATMENT)),
    ("note_count", without(document.NoteSubject.LATE_INDEMNITY)),
    ("note_count", without(document.NoteSubject.LEGAL_FORM)),
    ("debits_mention", without(document.NoteSubject.VAT_ON_DEBITS)),
    ("due_before_issue", changed(due_date=dt.date(2026, 11, 1))),
    ("term_too_long", changed(due_date=dt.date(2027, 1, 2))),
    ("no_period", changed(start_date=None)),
    ("empty_period", changed(end_date=dt.date(2026, 10, 1))),
    ("no_line", changed(lines=())),
    ("line_name", first_line(name=" ")),
    ("negative_price", first_line(unit_price=Decimal("-20.00"))),
    ("line_digits", first_line(unit_price=Decimal("20.0000001"))),
    ("line_amount", first_line(net_amount=Decimal("20.01"))),
    ("line_amount", first_line(quantity=Decimal(2))),
    ("line_period", first_line(end_date=dt.date(2026, 11, 1))),
    ("tax_category", first_line(tax=document.Tax("X", Decimal(20)))),
    ("tax_rate", first_line(tax=document.Tax("S", Decimal(19)))),
    ("tax_reason", first_line(tax=document.Tax("E", Decimal(0)))),
    ("tax_cents", vat_plus("0.02")),
    ("tax_cents", vat_plus("-0.01")),
    ("totals", changed(totals=document.Totals(*[Decimal("20.00")] * 8))),
    ("mandate", changed(payment=document.PaymentMeans(document.PaymentMeansCode.SEPA_DIRECT_DEBIT))),
    ("creditor_iban", changed(payment=document.PaymentMeans(document.PaymentMeansCode.TRANSFER))),
    ("no_preceding", changed(type=document.DocumentType.CREDIT_NOTE)),
    ("rebate", changed(type=document.DocumentType.REBATE_CREDIT_NOTE, contract_reference="")),
    ("delivery", first_line(nature=document.Nature.GOODS)),
]


def test_a_right_invoice_has_no_obstacle() -> None:
    assert codes(samples.invoice()) == set()


@pytest.mark.parametrize("seed", range(40))
def test_varied_right_invoices_have_no_obstacle(seed: int) -> None:
    assert codes(samples.varied(seed)) <= {"negative_total"}


@pytest.mark.parametrize(("code", "change"), WRONG, ids=[f"{index}-{code}" for index, (code, _) in enumerate(WRONG)])
def test_each_fault_is_named(code: str, change: Callable[[Invoice], Invoice]) -> None:
    assert code in codes(change(samples.invoice()))


def test_out_of_scope_beside_taxed_needs_the_extended_profile() -> None:
    outside = document.Tax("O", Decimal(0), "Hors champ de la TVA")
    mixed = samples.invoice((samples.line(1), samples.line(2, tax=outside)))
    assert codes(mixed) == {"profile_too_small"}
    assert codes(dataclasses.replace(mixed, profile=document.Profile.FACTURX_EXTENDED)) == set()


def test_a_negative_invoice_is_refused() -> None:
    assert codes(samples.invoice((samples.line(quantity=Decimal(-1)),))) == {"negative_total"}


def test_all_faults_come_at_once() -> None:
    broken = dataclasses.replace(samples.invoice(), number="", currency="USD", due_date=dt.date(2026, 1, 1))
    assert {"number_form", "currency", "due_before_issue"} <= codes(broken)


def test_the_readable_part_must_sum_to_the_same_amount() -> None:
    shown = samples.with_presentation(samples.invoice(), centres=1, phone_lines=3)
    assert codes(shown) == set()
    assert shown.presentation is not None
    wrong = dataclasses.replace(shown.presentation, sections=shown.presentation.sections[1:])
    assert codes(dataclasses.replace(shown, presentation=wrong)) == {"sections_sum"}
