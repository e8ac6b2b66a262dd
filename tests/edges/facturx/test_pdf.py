"""The Factur-X file: deterministic, whole, its XML inside, its metadata right, its text the invoice's."""

from __future__ import annotations

import dataclasses
import io
import pathlib
import re
import time
import uuid
from decimal import Decimal

import facturx
import pikepdf
import pytest

from billing.invoicing import samples
from come.billing.invoicing import document
from come.edges.facturx import cii, pdf, printing, render, validate


def test_the_same_bill_gives_the_same_bytes_whenever_it_is_drawn() -> None:
    invoice = samples.with_presentation(samples.varied(5), centres=2, phone_lines=3)
    first = pdf.make(invoice)
    time.sleep(1.1)
    assert pdf.make(invoice) == first


def test_another_bill_has_another_identifier() -> None:
    first, _ = pdf.make(samples.invoice())
    second, _ = pdf.make(dataclasses.replace(samples.invoice(), document_id=str(uuid.uuid4())))
    assert pikepdf.open(io.BytesIO(first)).trailer.ID[0] != pikepdf.open(io.BytesIO(second)).trailer.ID[0]


def test_the_xml_inside_is_the_one_written_and_a_reader_finds_it() -> None:
    invoice = samples.varied(7)
    page, xml = pdf.make(invoice)
    name, found = facturx.get_xml_from_pdf(page, check_xsd=True)
    assert (name, found) == ("factur-x.xml", xml)
    assert xml == cii.write(invoice)


def test_the_metadata_declares_pdf_a_3b_and_factur_x() -> None:
    page, _ = pdf.make(samples.invoice())
    with pikepdf.open(io.BytesIO(page)) as opened:
        xmp = opened.Root.Metadata.read_bytes().decode()
        attached = opened.Root.AF[0]
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert ">EN 16931</fx:ConformanceLevel>" in xmp
    assert xmp.count("<pdfaExtension:schemas>") == 1
    assert str(attached.AFRelationship) == "/Alternative"
    assert str(attached.UF) == "factur-x.xml"


def test_the_profile_of_bare_xml_is_refused_in_a_pdf() -> None:
    with pytest.raises(ValueError, match="bare XML"):
        pdf.make(dataclasses.replace(samples.invoice(), profile=document.Profile.EXTENDED_CTC_FR))


def test_the_page_says_the_amounts_and_every_mention() -> None:
    invoice = samples.with_presentation(
        samples.invoice((samples.line(quantity=Decimal(61), unit_price=Decimal("20.30")),)), centres=1, phone_lines=2
    )
    data = printing.page_data(invoice)
    assert data["totals"] == {
        "net": "1\u202f238,30\u00a0€",
        "tax": "247,66\u00a0€",
        "gross": "1\u202f485,96\u00a0€",
        "due": "1\u202f485,96\u00a0€",
    }
    assert data["due_label"] == "Montant prélevé"
    mentions = " ".join(data["mentions"])
    for wanted in ("40 euros", "trois fois le taux", "escompte", "d’après les débits", "RCS Nantes"):
        assert wanted in mentions
    assert "B2B" not in data["mentions"]
    assert data["lines"][0] == {
        "name": "Forfait Pro 50 Go",
        "detail": "",
        "period": "01/11 au 30/11/2026",
        "quantity": "61",
        "price": "20,30\u00a0€",
        "tax": "20\u00a0%",
        "amount": "1\u202f238,30\u00a0€",
    }


def test_a_debtor_account_is_never_printed_whole() -> None:
    invoice = samples.invoice()
    assert invoice.payment.debtor_iban not in str(printing.page_data(invoice))


@pytest.mark.parametrize("seed", range(8))
def test_varied_invoices_are_drawn(seed: int) -> None:
    page, _ = pdf.make(samples.with_presentation(samples.varied(seed), centres=seed % 3 + 1, phone_lines=4))
    with pikepdf.open(io.BytesIO(page)) as opened:
        assert len(opened.pages) >= 2
    assert not re.search(rb"/S\s*/JavaScript", page)


@pytest.mark.slow
def test_two_processes_draw_and_one_proves(tmp_path: pathlib.Path) -> None:
    invoices = [samples.varied(seed) for seed in range(20, 26)]
    drawn = {item.number: item for item in render.FacturXRenderer().render(invoices=iter(invoices), folder=tmp_path, workers=2)}
    assert set(drawn) == {invoice.number for invoice in invoices}
    proofs = list(validate.FacturXValidator().prove(invoices=invoices))
    assert [proof.document_id for proof in proofs] == [invoice.document_id for invoice in invoices]
    assert all(proof.passes for proof in proofs)
    for invoice, proof in zip(invoices, proofs, strict=True):
        assert drawn[invoice.number].xml_sha256 == proof.xml_sha256
        assert (tmp_path / drawn[invoice.number].xml_name).read_bytes() == cii.write(invoice)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_wrong_invoice_does_not_pass() -> None:
    wrong = dataclasses.replace(samples.invoice(), mode="Z9")
    (proof,) = validate.FacturXValidator().prove(invoices=[wrong])
    assert not proof.passes
    assert {failure.layer for failure in proof.failures if failure.is_fatal} == {"br-fr"}
