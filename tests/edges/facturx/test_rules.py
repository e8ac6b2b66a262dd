"""Varied invoices pass the public rules; wrong ones are named by their rule."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from billing.invoicing import samples
from come.billing.invoicing import document
from come.edges.facturx import cii, rules


def fatal(xml: bytes) -> set[str]:
    return {finding.rule for finding in rules.check(xml) if finding.is_fatal}


# A dozen in the quick loop; every one in `make test`.
@pytest.mark.parametrize("seed", [*range(12), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(12, 80))])
def test_varied_invoices_pass_structure_profile_and_french_rules(seed: int) -> None:
    assert fatal(cii.write(samples.varied(seed))) == set()


def test_the_varied_invoices_are_varied() -> None:
    made = [samples.varied(seed) for seed in range(80)]
    assert {invoice.type for invoice in made} == set(document.DocumentType) - {document.DocumentType.DEPOSIT_INVOICE}
    assert {invoice.mode for invoice in made} >= {"S1", "M1"}
    assert {row.tax.rate for invoice in made for row in invoice.tax_sums} == {Decimal(0), Decimal(20), Decimal("8.5")}
    assert any(invoice.adjustments for invoice in made)
    assert any(line.quantity < 0 for invoice in made for line in invoice.lines)


def test_an_extended_invoice_with_out_of_scope_amounts_passes() -> None:
    outside = document.Tax("O", Decimal(0), "Hors champ de la TVA", "VATEX-EU-O")
    mixed = samples.invoice((samples.line(1), samples.line(2, tax=outside)))
    assert fatal(cii.write(mixed)), "EN 16931 forbids the mix"
    assert fatal(cii.write(dataclasses.replace(mixed, profile=document.Profile.FACTURX_EXTENDED))) == set()


def replace(pattern: str, by: str) -> Callable[[bytes], bytes]:
    def change(xml: bytes) -> bytes:
        changed, count = re.subn(pattern.encode(), by.encode(), xml, count=1)
        assert count == 1, pattern
        return changed

    return change


MUTATIONS = [
    ("XML", replace(r"</rsm:CrossIndustryInvoice>", "")),
    ("BT-24", replace(r"urn:cen.eu:en16931:2017", "urn:unknown")),
    ("XSD", replace(r"<ram:TypeCode>380</ram:TypeCode>", "")),
    (
        "BR-CO-10",
        replace(
            r"<ram:LineTotalAmount>20.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLine",
            "<ram:LineTotalAmount>21.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLine",
        ),
    ),
    ("BR-CO-15", replace(r"<ram:GrandTotalAmount>24.00", "<ram:GrandTotalAmount>25.00")),
    (
        "BR-FR-05",
        replace(r"<ram:IncludedNote><ram:Content>[^<]*</ram:Content><ram:SubjectCode>PMT</ram:SubjectCode></ram:IncludedNote>", ""),
    ),
    ("BR-FR-08", replace(r"<ram:ID>S1</ram:ID>", "<ram:ID>Z9</ram:ID>")),
    ("BR-FR-01", replace(r"<ram:ID>NVL-2026-0000001</ram:ID>", "<ram:ID>NVL 2026 0000001 AVEC UN NOM BIEN TROP LONG</ram:ID>")),
    ("BR-FR-04", replace(r"<ram:TypeCode>380</ram:TypeCode>", "<ram:TypeCode>325</ram:TypeCode>")),
    ("BR-FR-12", replace(r"(<ram:BuyerTradeParty>.*?)<ram:URIUniversalCommunication>.*?</ram:URIUniversalCommunication>", r"\1")),
    (
        "BR-FR-16",
        replace(r"<ram:RateApplicablePercent>20</ram:RateApplicablePercent>", "<ram:RateApplicablePercent>19</ram:RateApplicablePercent>"),
    ),
]


@pytest.mark.parametrize(("rule", "mutate"), MUTATIONS, ids=[rule for rule, _ in MUTATIONS])
def test_wrong_documents_are_refused_by_their_rule(rule: str, mutate: Callable[[bytes], bytes]) -> None:
    found = fatal(mutate(cii.write(samples.invoice())))
    assert any(name.startswith(rule) for name in found), found


def test_a_credit_note_without_its_invoice_is_refused() -> None:
    credit = samples.invoice(type_=document.DocumentType.CREDIT_NOTE)
    assert any(name.startswith("BR-FR-CO-05") for name in fatal(cii.write(credit)))


def test_the_same_invoice_gives_the_same_xml() -> None:
    assert cii.write(samples.varied(3)) == cii.write(samples.varied(3))
