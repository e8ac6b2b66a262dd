"""A seller's whole journey in a real browser: from signing in to the lines at work, a line in error and its repair on the way."""

from __future__ import annotations

import re

import pytest
from playwright import sync_api

import fleet_world as fw
import staff_cast
from come.edges.mail import folder
from come.edges.network import simulator
from come.order import jobs, models as orders
from come.party import models as party
from come.party.matching import names
from come.shared import clock, wiring
from come.staff import models as staff
from quote_scene import scene, snapshots

__all__ = ["scene", "snapshots"]

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
TABLE = (
    "Utilisateur\tForfait\tOptions\tCentre de coût\n"
    "Anne Durand\tIllimité 50 Go\tProtection mobile\tATELIER\n"
    "Paul Girard\tIllimité 50 Go\tProtection mobile; Pass voyage monde\tATELIER\n"
    "Zoé Petit\tIllimité 50 Go\t\tATELIER\n"
)


@pytest.fixture(autouse=True)
def _world_at_its_day(monkeypatch, tmp_path):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)
    monkeypatch.setattr(folder.MailFolder, "__init__", lambda self, path=None: setattr(self, "folder", path or tmp_path / "mail"))
    wiring._load.cache_clear()


@pytest.fixture
def office(scene):
    """Give the scene numbers and SIMs in stock, and Alice her password."""
    fw.stock(10)
    alice = staff.StaffMember.objects.get(login="alice")
    alice.set_password(staff_cast.PASSWORD)
    alice.save(update_fields=["password"])
    unit = party.LegalUnit.objects.get()
    party.PartyName.objects.create(legal_unit=unit, kind="legal", value=unit.legal_name, norm=names.comparable(unit.legal_name))
    return scene


def _sign_in(page, live_server):
    page.goto(f"{live_server.url}/connexion/")
    page.get_by_label("Identifiant").fill("alice")
    page.get_by_label("Mot de passe", exact=True).fill(staff_cast.PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1).filter(has_text="Bonjour Alice").wait_for()


def _find_company(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("boulang")
    page.locator(".palette-hit-subtitle").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1).filter(has_text="Boulangeries du Rhône").wait_for()


def _accept(page, check_accessible):
    check_accessible(page)
    page.get_by_label("Vos nom et prénom").fill("Anne Durand")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="J’accepte le devis").click()
    page.get_by_text("Ce devis est accepté.").wait_for()


def test_from_signing_in_to_lines_at_work(office, visit, check_accessible, live_server):
    page = visit()
    _sign_in(page, live_server)
    _find_company(page)
    page.keyboard.press("d")
    page.get_by_role("button", name="Créer le devis").click()
    page.wait_for_url(re.compile(r"/devis/DEV-[\d-]+/$"))
    quote_address = page.url

    page.evaluate(PASTE, TABLE)
    page.locator("#figures").get_by_text("toutes justes").wait_for()
    # Three times 18,90 € by clause 4.2 of the agreement, two protections at 2,00 €, one pass at 5,00 €.
    page.locator("#figures").get_by_text("65,70").first.wait_for()
    page.get_by_role("button", name="Envoyer au client").wait_for()
    page.keyboard.press("e")
    page.get_by_role("button", name="Figer et envoyer").click()
    page.get_by_text("Le lien du client").wait_for()
    check_accessible(page)

    customer = visit(None, page.locator('a[href*="/devis/accord/"]').first.get_attribute("href").removeprefix(live_server.url))
    _accept(customer, check_accessible)

    page.goto(quote_address)
    page.get_by_text("Accord du client").wait_for()
    page.get_by_role("button", name="Passer la commande").click()
    page.wait_for_url(re.compile(r"/commandes/CMD-[\d-]+/"))
    order = orders.ProductOrder.objects.get()
    simulator.NetworkSimulator().fail_next(1, "SIM_NOT_PROVISIONED")
    jobs.drain(order_id=order.id, at=fw.AT)

    page.reload()
    held = page.locator("main")
    held.get_by_text("Bloquée").first.wait_for()
    check_accessible(page)
    page.get_by_role("button", name=re.compile("Relancer")).first.click()
    page.get_by_role("status").filter(has_text=re.compile("relancée")).first.wait_for()
    jobs.drain(order_id=order.id, at=fw.AT)
    page.reload()
    page.get_by_text("Terminée").first.wait_for()
    check_accessible(page)

    page.goto(f"{live_server.url}/parc/{office.world.company_reference}/")
    sync_api.expect(page.locator("tbody .row-link")).to_have_count(3)
    check_accessible(page)
    page.locator("tbody .row-link").first.click()
    page.get_by_text("Protection mobile").first.wait_for()
    check_accessible(page)


@pytest.mark.parametrize("place", ["/clients/{company}/", "/devis/{quote}/", "/parc/{company}/"])
def test_charlie_of_another_agency_reads_nothing_of_it(office, visit, check_accessible, place):
    quote = office.draft(TABLE)
    address = place.format(company=office.world.company_reference, quote=quote.reference)
    page = visit(office.world.charlie, address, expect_errors=True)
    page.get_by_role("heading", level=1).wait_for()
    check_accessible(page)
    said = page.content()
    assert "Boulangeries" not in said
    assert "Durand" not in said
