"""What an agreement makes of the volumes that offers include is said on the quote's lines, with its clause."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

import fleet_world as fw
import quote_scene
from come.catalogue import models as catalogue_models, records as catalogue
from come.edges.documents import quote_page
from come.quote import queries
from come.shared import clock

GO = 1_000_000_000
DATA = catalogue.AllowanceRecord("DATA", "Internet mobile inclus", "data", 10 * GO, "bytes", "line")
VOICE = catalogue.AllowanceRecord("VOIX", "Appels inclus", "voice", 7200, "seconds", "line")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


@pytest.fixture
def included(scene):
    """Make the plan and the small one include ten gigabytes, the plan two hours of calls too."""

    def with_volumes(one):
        volumes = {"MOB-50": (DATA, VOICE), "MOB-5": (DATA,)}.get(one.code, ())
        return dataclasses.replace(one, allowances=volumes)

    scene.snapshots[None] = tuple(with_volumes(one) for one in quote_scene.OFFERINGS)
    return scene


def clause(scene, number="7.1", **given):
    values = {
        "agreement_id": scene.agreement_id,
        "position": 9,
        "number": number,
        "kind": "quantity",
        "target_kind": "allowance",
        "text_fr": "Vingt gigaoctets par ligne.",
        "allowance_code": "DATA",
        "allowance_quantity": 20 * GO,
    }
    catalogue_models.AgreementClause.objects.create(**(values | given))


def said(scene, created):
    found = queries.negotiated_volumes(quote=scene.head(created.quote_id))
    return {code: [(one.name_fr, one.listed, one.quantity, one.scope) for one in volumes] for code, volumes in found.items()}


def written(page):
    return page.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_quote_without_such_a_clause_says_nothing(included):
    assert said(included, included.draft("Forfait\nMOB-50\n")) == {}


def test_each_offer_that_brings_it_says_it_and_one_clause_on_an_offer_comes_first(included):
    clause(included)
    clause(included, "7.2", offering_code="MOB-50", allowance_quantity=30 * GO, allowance_scope="pool_per_line", position=10)
    clause(included, "7.3", allowance_code="VOIX", allowance_quantity=0, valid_to=dt.date(2026, 2, 1), position=11)

    found = said(included, included.draft("Forfait\nMOB-50\nMOB-5\n"))

    assert {code: [tuple(map(written, one)) for one in volumes] for code, volumes in found.items()} == {
        "MOB-50": [("Internet mobile inclus", "10 Go", "30 Go", "Apporté par chaque ligne au volume commun")],
        "MOB-5": [("Internet mobile inclus", "10 Go", "20 Go", "Par ligne")],
    }


def test_the_page_and_the_customer_s_page_show_it(included, browse):
    clause(included)
    created = included.draft("Forfait\nMOB-50\n")
    seller = browse(included.world.alice)
    sent = included.send(created.quote_id)

    for page in (seller.get(f"/devis/{created.reference}/prix/"), browse().get(f"/devis/accord/{sent.token}/")):
        assert page.status_code == 200
        shown = written(page.content.decode())
        assert "20 Go" in shown
        assert "Accord ACC-2026-000001, clause 7.1 : Vingt gigaoctets par ligne." in shown


def test_the_document_that_is_signed_says_it(included):
    clause(included, allowance_scope="pool_per_line")
    created = included.draft("Forfait\nMOB-50\n")

    page = quote_page.page_data(queries.document_input(quote_id=created.quote_id, at=fw.AT))

    (formula,) = page["patterns"]
    volume = formula["prices"][-1]
    assert (volume["name"], written(volume["amount"]), written(volume["listed"]), volume["source"]) == (
        "Internet mobile inclus · apporté par chaque ligne au volume commun",
        "20 Go",
        "10 Go",
        "clause 7.1",
    )
    assert ["Clause 7.1", "Vingt gigaoctets par ligne."] in page["clauses"]
