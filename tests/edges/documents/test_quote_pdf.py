"""The quote's document: what it says in words, and the same bytes for the same quote."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import pathlib
import uuid
from decimal import Decimal

import pikepdf
import pytest

from come.edges.documents import quote_page, quote_pdf
from come.quote import records
from come.shared import ids

AT = dt.datetime(2026, 10, 5, 9, 0, tzinfo=dt.UTC)
GOLDEN = pathlib.Path(__file__).parent / "quote_v2.json"


def component(code, name, amount, listed, price_type="recurring", **given):
    values = {
        "offering_code": code,
        "offering_version": 1,
        "price_code": "P",
        "price_type": price_type,
        "name_fr": "Abonnement mensuel",
        "nature": "service",
        "tax_category": "standard",
        "list_amount": Decimal(listed),
        "amount": Decimal(amount),
        "level": "list",
        "clause_number": None,
        "clause_text": "",
        "reason_fr": "Prix du catalogue.",
        "offering_name_fr": name,
    }
    return records.PricedComponent(**(values | given))


def pattern(quantity, plan, totals, *components, **given):
    values = {
        "id": 1,
        "plan_code": "MOB-50",
        "plan_name_fr": plan,
        "option_codes": (),
        "option_names_fr": (),
        "device_code": "",
        "device_name_fr": "",
        "bundle_code": "",
        "quantity": quantity,
        "commitment_months": 24,
        "totals": totals,
        "components": components,
        "issues": (),
    }
    return records.PatternRecord(**(values | given))


def quote(**given):
    values = {field.name: None for field in dataclasses.fields(records.QuoteRecord)} | {
        "id": ids.derived("test.quote"),
        "reference": "DEV-2026-000123",
        "version": 1,
        "latest_version": 1,
        "title": "Renouvellement de la flotte",
        "state": "approved",
        "customer_reference": "CLI-2026-000001",
        "customer_name": "Boulangeries du Rhône",
        "agency_name": "Agence Lyon",
        "seller_name": "Alice Morel",
        "agreement_reference": "ACC-2026-000007",
        "agreement_name": "Accord-cadre flotte",
        "billing_account_reference": "CF-2026-000001",
        "valid_until": dt.date(2026, 11, 4),
        "kind": "new",
        "alternatives": {},
        "line_count": 3,
        "issue_count": 0,
        "totals": records.Totals(*(Decimal(one) for one in ("20.00", "58.70", "12.50", "0", "1708.80", "64.90"))),
    }  # fmt: skip
    return records.QuoteRecord(**(values | given))


def line(position, label, plan, monthly, one_off, **cells):
    given = {"user_label": label, "plan": plan} | cells
    return records.LineRecord(uuid.UUID(int=position), position, given, "", 24, Decimal(monthly), Decimal(one_off), Decimal(0), ())


def document(**given):
    clause = {"level": "agreement", "clause_number": "4.2", "clause_text": "Illimité 50 Go : 18,90 € par ligne et par mois."}
    device = {"price_type": "instalment", "instalment_count": 24, "name_fr": "Altia A9, mensualité"}
    values = {
        "quote": quote(),
        "customer": records.DocumentCustomer(
            "Boulangeries du Rhône", "BOULANGERIES DU RHONE SAS", "CLI-2026-000001", "990000012", "12 rue des Fournils", "69003", "Lyon"
        ),
        "seller_email": "alice@novaline.example",
        "operator_name": "Novaline Entreprises",
        "patterns": (
            pattern(2, "Illimité 50 Go", records.Totals(Decimal(10), Decimal("23.90"), Decimal("12.50")),
                    component("MOB-50", "Illimité 50 Go", "18.90", "20.00", **clause),
                    component("MOB-50", "Illimité 50 Go", "10.00", "10.00", "one_off", name_fr="Mise en service"),
                    component("OPT", "Pass voyage monde", "5.00", "5.00"),
                    component("TEL", "Altia A9", "12.50", "12.50", **device),
                    option_names_fr=("Pass voyage monde",), device_name_fr="Altia A9"),
            pattern(1, "Éco 5 Go", records.Totals(monthly=Decimal("10.90")), component("MOB-5", "Éco 5 Go", "10.90", "14.90", level="fleet",
                    clause_text="Remise de flotte : 5 % à partir de 10 lignes."), commitment_months=0),
        ),
        "lines": (
            line(1, "Anne Petit", "Illimité 50 Go", "23.90", "10.00", msisdn="06 39 98 00 12", options="Pass voyage monde"),
            line(2, "Paul Roux", "Illimité 50 Go", "23.90", "10.00"),
            line(3, "Zoé Blanc", "Éco 5 Go", "10.90", "0"),
        ),
        "terms": ("Engagement de 24 mois.",),
        "issued_at": AT,
    }  # fmt: skip
    return records.DocumentInput(**(values | given))


def test_the_words_of_the_page_are_the_golden_ones():
    assert quote_page.page_data(document()) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_same_quote_gives_the_same_bytes():
    renderer = quote_pdf.QuotePdfRenderer()
    assert renderer.render(document()) == renderer.render(document())
    assert renderer.render(document()) != renderer.render(document(quote=quote(title="Autre")))


def test_the_document_is_a_tagged_archive_pdf_in_french():
    content = quote_pdf.QuotePdfRenderer().render(document())
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.docinfo["/Title"] == "Devis DEV-2026-000123"
        assert str(pdf.Root.Lang).startswith("fr")
        assert b"pdfaid:part" in pdf.Root.Metadata.read_bytes()
        assert "/StructTreeRoot" in pdf.Root
        assert len(pdf.pages) == 3


def test_two_thousand_lines_are_an_annex_not_a_wall():
    many = tuple(line(n, f"Salarié {n}", "Illimité 50 Go", "23.90", "10.00") for n in range(1, 2_001))
    content = quote_pdf.QuotePdfRenderer().render(document(lines=many, quote=quote(line_count=2_000)))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert 20 < len(pdf.pages) < 50
    assert len(content) < 400_000


@pytest.mark.parametrize("months", [0, 24])
def test_the_commitment_is_said_in_words(months):
    patterns = (pattern(1, "Éco 5 Go", records.Totals(monthly=Decimal("9.90")), commitment_months=months),)
    said = " ".join(quote_page.page_data(document(patterns=patterns))["summary"])
    assert ("engagées pour 24 mois" in said) == bool(months)
    assert ("pas engagé" in said) == (not months)
