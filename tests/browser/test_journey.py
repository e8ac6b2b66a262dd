"""A seller's whole journey in a real browser: from signing in to the lines at work, a line in error and its repair on the way."""

from __future__ import annotations

import asyncio
import re
import threading

import pytest
from django.utils import module_loading
from playwright import sync_api
from procrastinate.contrib.django import models as queue

import fleet_world as fw
import signing
import staff_cast
from come.edges.mail import folder
from come.edges.network import simulator
from come.order import commands as order_commands, jobs as order_jobs
from come.party import models as party
from come.party.matching import names
from come.project import worker
from come.quote import commands as quote_commands
from come.shared import clock, identifiers, wiring
from come.staff import models as staff
from quote_scene import scene, snapshots

__all__ = ["scene", "snapshots"]

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
PORTED = identifiers.test_msisdn(5_000)
PORTED_SHOWN = identifiers.format_msisdn(PORTED)
RIO = "01EA1B2C3" + identifiers.rio_key("01EA1B2C3", PORTED)
TABLE = (
    "Utilisateur\tForfait\tOptions\tNuméro\tRIO\tCentre de coût\n"
    "Anne Durand\tIllimité 50 Go\tProtection mobile\t\t\tATELIER\n"
    f"Paul Girard\tIllimité 50 Go\tProtection mobile; Pass voyage monde\t{PORTED_SHOWN}\t{RIO}\tATELIER\n"
    "Zoé Petit\tIllimité 50 Go\t\t\t\tATELIER\n"
)
# Three times 18,90 € by clause 4.2 of the agreement, two protections at 2,00 €, one pass at 5,00 €.
MONTHLY = "65,70"


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


@pytest.fixture
def work():
    """Return a function that runs the product's worker until no job is left: in a thread, since this one has Playwright's loop."""

    def run():
        async def until_idle():
            await worker._work(concurrency=1, wait=False, stopped=asyncio.Event())

        module_loading.autodiscover_modules("jobs")
        thread = threading.Thread(target=lambda: asyncio.run(until_idle()))
        thread.start()
        thread.join()
        assert list(queue.ProcrastinateJob.objects.exclude(status="succeeded").values_list("task_name", "status")) == []

    return run


def sign_in(page, live_server):
    page.goto(f"{live_server.url}/connexion/")
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type(staff_cast.PASSWORD)
    page.keyboard.press("Enter")
    opened(page, title="Bonjour Alice")


def opened(page, *, title):
    """Wait until a page is there with its scripts: keys pressed before are nobody's."""
    page.get_by_role("heading", level=1).filter(has_text=title).wait_for()
    page.wait_for_load_state()


def find_company(page, typed):
    page.keyboard.press("Control+k")
    page.locator("#search input:focus").wait_for()
    page.keyboard.type(typed)
    page.locator("#search").get_by_role("option").filter(has_text="Boulangeries du Rhône").first.wait_for()
    page.keyboard.press("Enter")
    opened(page, title="Boulangeries du Rhône")


def stands(page, word):
    """Wait until the top of an order's page says where it stands; the page follows the order by itself."""
    sync_api.expect(page.locator("#order-state")).to_have_text(word)


def quote_is_sent(page, check_accessible):
    """From a company's page: open a quote, paste its lines, read its price, send it. Return the quote's address."""
    page.get_by_role("link", name="Nouveau devis").first.click()
    page.get_by_label("Objet du devis").fill("Flotte de l’atelier")
    page.get_by_role("button", name="Créer le devis").click()
    page.wait_for_url(re.compile(r"/devis/DEV-[\d-]+/$"))
    opened(page, title="DEV-")
    page.get_by_text("Aucune ligne encore").wait_for()
    page.evaluate(PASTE, TABLE)
    page.locator("#figures").get_by_text("toutes justes").wait_for()
    page.locator("#figures").get_by_text(MONTHLY).first.wait_for()
    check_accessible(page)
    page.get_by_role("button", name="Envoyer au client").click()
    page.get_by_role("dialog").get_by_text("3 lignes ·").wait_for()
    page.get_by_role("button", name="Figer et envoyer").click()
    page.get_by_text("Le lien du client").wait_for()
    check_accessible(page)
    return page.url


def customer_accepts(customer, link, check_accessible):
    """Read the quote and accept it, as the customer: with no account, only the link."""
    customer.goto(link)
    customer.get_by_text(MONTHLY).first.wait_for()
    check_accessible(customer)
    customer.get_by_label("Vos nom et prénom").fill("Anne Durand")
    customer.get_by_label("Votre fonction").fill("Gérante")
    signing.type_code(customer)
    customer.get_by_role("checkbox").check()
    customer.get_by_role("button", name="J’accepte le devis").click()
    customer.get_by_text("Ce devis est accepté.").wait_for()
    check_accessible(customer)


def order_is_held_repaired_and_done(page, work, check_accessible):
    """On the page of an order just passed: one line is refused by the network, repaired on its screen, and goes through."""
    order_address = page.url
    simulator.NetworkSimulator().fail_next(1, "SIM_NOT_PROVISIONED")
    work()
    # No reload: whoever waits before the page sees the order move.
    stands(page, "Bloquée")
    blocked = page.get_by_role("region", name="Ce qui bloque")
    blocked.get_by_text(re.compile(r"Le réseau ne connaît pas encore la SIM \d{19} \(1 ligne\)")).wait_for()
    blocked.get_by_text("Remplacez la SIM").wait_for()
    sync_api.expect(page.locator("#order-figures")).to_contain_text(re.compile(r"Faites\s*2\s*Bloquées\s*1"))
    check_accessible(page)
    page.get_by_role("table", name="Lignes de la commande").get_by_role("row").filter(has_text="Bloquée").get_by_role("link").click()
    page.get_by_text("Le réseau ne connaît pas encore la SIM").first.wait_for()
    check_accessible(page)
    page.get_by_role("button", name="Remplacer la SIM et relancer").click()
    page.wait_for_url(order_address)
    stands(page, "En cours")
    work()
    stands(page, "Terminée")
    sync_api.expect(page.get_by_role("button", name="Annuler")).to_have_count(0)
    check_accessible(page)


def fleet_is_read(page, check_accessible):
    """From the company's page: its fleet has the three lines, and the ported one says its prices, options and history."""
    page.locator(".page-actions").get_by_role("link", name="Parc").click()
    sync_api.expect(page.locator("tbody .row-link")).to_have_count(3)
    check_accessible(page)
    page.locator("tbody tr").filter(has_text=PORTED_SHOWN).locator(".row-link").click()
    page.get_by_role("heading", level=1).filter(has_text=PORTED_SHOWN).wait_for()
    page.get_by_text("clause 4.2").first.wait_for()
    page.get_by_text("Pass voyage monde").first.wait_for()
    sync_api.expect(page.get_by_role("list", name="États de la ligne")).to_contain_text("Active")
    check_accessible(page)


def test_from_signing_in_to_lines_at_work(office, visit, work, check_accessible, live_server):
    page = visit()
    sign_in(page, live_server)
    find_company(page, "boulang")
    quote_address = quote_is_sent(page, check_accessible)
    customer_accepts(visit(), page.get_by_role("link", name="Voir ce que voit le client").get_attribute("href"), check_accessible)
    page.goto(quote_address)
    page.get_by_text("Anne Durand · Gérante").wait_for()
    page.get_by_role("button", name="Passer la commande").click()
    page.wait_for_url(re.compile(r"/commandes/CMD-[\d-]+/$"))
    order_is_held_repaired_and_done(page, work, check_accessible)
    page.get_by_role("link", name="Boulangeries du Rhône").first.click()
    fleet_is_read(page, check_accessible)


def test_a_quote_is_sent_with_the_keyboard_alone(office, visit, live_server):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, live_server)
    # As a spreadsheet would have left it.
    page.evaluate("(text) => navigator.clipboard.writeText(text)", TABLE)
    find_company(page, identifiers.test_siren(1))
    page.keyboard.press("d")
    page.locator("[name=title]:focus").wait_for()
    page.keyboard.type("Flotte de l’atelier")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/devis/DEV-[\d-]+/$"))
    opened(page, title="DEV-")
    page.get_by_text("Aucune ligne encore").wait_for()
    page.keyboard.press("Control+V")
    page.locator("#figures").get_by_text("toutes justes").wait_for()
    page.locator("#figures").get_by_text(MONTHLY).first.wait_for()
    page.get_by_role("button", name="Envoyer au client").wait_for()
    page.keyboard.press("e")
    sync_api.expect(page.get_by_role("button", name="Figer et envoyer")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("Le lien du client").wait_for()


def ordered(office):
    """Return an order of the table's lines, not yet moved by anybody."""
    sent = office.sent(TABLE, billing_account_id=office.world.account)
    quote_commands.accept_quote(quote_id=sent.quote_id, identity="Anne Durand", actor=office.world.alice, at=fw.AT)
    return office.head(sent.quote_id), order_commands.submit_order(quote_id=sent.quote_id, actor=office.world.alice, at=fw.AT)


def test_an_order_that_moves_leaves_the_keyboard_where_it_is(office, visit):
    _, order = ordered(office)
    page = visit(office.world.alice, f"/commandes/{order.reference}/")
    link = page.get_by_role("link", name="Zoé Petit")
    link.focus()
    for _ in range(2):
        with page.expect_response("**/suivi/**"):
            pass
    sync_api.expect(link).to_be_focused()


def test_charlie_of_another_agency_reads_nothing_of_it(office, visit, check_accessible):
    quote, order = ordered(office)
    order_jobs.drain(order_id=order.order_id, at=fw.AT)
    page = visit(office.world.charlie, expect_errors=True)
    secrets = ("Boulangeries", "Rhône", "Durand", "Girard", "18,90", MONTHLY, PORTED[3:], PORTED_SHOWN, identifiers.test_siren(1))
    company = office.world.company_reference
    alice = visit(office.world.alice, f"/parc/{company}/")
    line = alice.locator("tbody .row-link").first.get_attribute("href")
    base = alice.url.removesuffix(f"/parc/{company}/")
    for address, status, title in (
        (f"/clients/{company}/", 403, "Vous n’avez pas ce droit"),
        (f"/devis/{quote.reference}/", 403, "Vous n’avez pas ce droit"),
        (f"/devis/{quote.reference}/devis.pdf", 403, "Vous n’avez pas ce droit"),
        (f"/commandes/{order.reference}/", 404, "Cette page n’existe pas"),
        (f"/parc/{company}/", 403, "Vous n’avez pas ce droit"),
        (line, 404, "Cette page n’existe pas"),
    ):
        answer = page.goto(base + address)
        assert answer.status == status, address
        page.get_by_role("heading", level=1, name=title).wait_for()
        # What to do next, and a way back.
        page.get_by_text(re.compile("Demandez la visibilité au responsable|Vérifiez la référence")).wait_for()
        page.get_by_role("button", name="Revenir en arrière").wait_for()
        said = page.content()
        assert [secret for secret in secrets if secret in said] == [], address
        check_accessible(page)
