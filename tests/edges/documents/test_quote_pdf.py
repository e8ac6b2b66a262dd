"""The quote's document: what it says in words, and the same bytes for the same quote."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import pathlib
import uuid
from decimal import Decimal

import pikepdf
import pytest

from come.edges.documents import quote_page, quote_pdf
from come.quote import records
from come.quote.records import fleet as fleet_records
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


def pages(content):
    """Return how many pages a PDF has."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def accepted(**given):
    values = ("Anne Durand", "Gérante", "anne@client.example", AT, "ab" * 32, "online", "")
    return quote(state="accepted", acceptance=records.AcceptanceRecord(*values, **given))


def fleet_change():
    plan = fleet_records.InstalledOffering("MOB-5", 1, "Éco 5 Go", "line", ())
    before = fleet_records.InstalledLine((plan,), dt.date(2026, 3, 1), dt.date(2028, 3, 1))
    changed = fleet_records.LineDifference(
        "modify", Decimal("9.90"), Decimal("18.90"), one_off=Decimal(10), added=("MOB-50",), ended=("MOB-5",),
        commitment_end_date=dt.date(2028, 10, 5), is_recommitted=True,
    )  # fmt: skip
    fee = fleet_records.TerminationFee(
        Decimal("31.68"), Decimal(20), 16, "20 % des 16 mois d’abonnement qui restent (158,40 €).", True, "L224-28"
    )
    ended = fleet_records.LineDifference("terminate", Decimal("9.90"), Decimal(0), one_off=fee.amount, fee=fee)
    groups = (
        fleet_records.ChangeGroup(
            "modify",
            "",
            2,
            before,
            "MOB-50",
            "Illimité 50 Go",
            ("Illimité 50 Go",),
            ("Éco 5 Go",),
            changed,
            prices=(component("MOB-50", "Illimité 50 Go", "18.90", "20.00"),),
        ),
        fleet_records.ChangeGroup("terminate", "", 1, before, "", "Éco 5 Go", (), (), ended),
    )
    zero = Decimal(0)
    return fleet_records.ChangeSummary(groups, Decimal("29.70"), Decimal("37.80"), Decimal("51.68"), zero, Decimal("31.68"), 2, 1, 0, 0)


def offers():
    one = document().patterns[0]
    both = (("A", "Tout compris", "47.80"), ("B", "Économique", "19.80"))
    return tuple(
        records.AlternativeRecord(letter, name, 2, records.Totals(monthly=Decimal(monthly)), (one,)) for letter, name, monthly in both
    )


LAW = (("Après douze mois, la sortie coûte au plus 20 % des mensualités qui restent.", "Code de la consommation, L224-28"),)
KINDS = {
    "order_form": lambda: document(kind="order_form", quote=accepted()),
    "summary": lambda: document(kind="summary", legal=LAW),
    "change": lambda: document(change=fleet_change(), quote=quote(kind="change", title="")),
    "offers": lambda: document(alternatives=offers(), waived_months=36, quote=quote(alternatives={"A": "Tout compris", "B": "Économique"})),
}


@pytest.mark.parametrize("name", list(KINDS))
def test_each_document_says_its_golden_words_in_the_same_bytes(name):
    given = KINDS[name]()
    golden = json.loads((GOLDEN.parent / f"{name}_v2.json").read_text(encoding="utf-8"))
    assert quote_page.page_data(given) == golden["words"]
    content = quote_pdf.QuotePdfRenderer().render(given)
    assert content == quote_pdf.QuotePdfRenderer().render(given)
    assert (hashlib.sha256(content).hexdigest(), pages(content)) == (golden["sha256"], golden["pages"])
