"""Acts 1 to 5: find anything, quote, paste and correct, concede, sell. Each by keyboard alone, each on data of its own."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import time
from email import message_from_bytes, policy
from typing import Any

from playwright import sync_api

from come.project.bench.acts import robot

_DESKTOP: Any = {"width": 1366, "height": 768}
_FIRST_HIT = '#search-results [role="option"] >> nth=0'
_QUOTE = re.compile(r"/devis/DEV-[\d-]+/$")


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """The served product: a browser, its address, what the demonstration told of itself."""

    chromium: sync_api.Browser
    base: str
    told: dict[str, Any]
    home: pathlib.Path

    def person(self, login: str) -> robot.Robot:
        """Return a signed-in robot on its home page, with a clipboard of its own."""
        context = self.chromium.new_context(viewport=_DESKTOP, locale="fr-FR", timezone_id="Europe/Paris")
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.base)
        page = context.new_page()
        page.goto(f"{self.base}/connexion/")
        page.locator("#f-login").fill(login)
        page.locator("#f-password").fill(self.told["password"])
        page.locator("#f-password").press("Enter")
        page.locator(".user-button").wait_for()
        return robot.Robot(page)


def find_anything(world: World) -> robot.Effort:
    """Act 1: a company by the first letters of its name, its SIREN, an order by the end of its reference; the dearest of them counts."""
    seller = world.person("alice")
    seller.page.goto(f"{world.base}{world.told['seller_pages']['company']}")
    name = seller.page.locator("h1").inner_text().strip().splitlines()[0]
    siren = re.findall(r"SIREN (\d{9})", seller.page.locator("main").inner_text())[0]
    company = re.compile(re.escape(world.told["seller_pages"]["company"]) + "$")
    efforts = [
        _typed(world, seller, name, name, company),
        _pasted(world, seller, siren, company),
        _pasted(world, seller, world.told["order"], re.compile("/commandes/" + world.told["order"])),
    ]
    seller.page.context.close()
    return max(efforts, key=lambda one: (one.inputs, one.seconds))


def _typed(world: World, seller: robot.Robot, text: str, title: str, there: re.Pattern[str]) -> robot.Effort:
    """Type letter by letter until the first answer is the wanted one, then Enter."""
    seller.page.goto(world.base + "/")
    seller.begin()
    seller.press("Control+k")
    for letter in text:
        with seller.page.expect_response("**/recherche/**"):
            seller.type(letter)
        first = seller.page.locator(_FIRST_HIT)
        first.wait_for()
        if title in first.inner_text():
            break
    seller.think()
    seller.press("Enter")
    seller.arrive(there)
    return seller.effort()


def _pasted(world: World, seller: robot.Robot, text: str, there: re.Pattern[str]) -> robot.Effort:
    seller.page.goto(world.base + "/")
    seller.begin()
    seller.press("Control+k")
    seller.paste(text)
    seller.press("Enter")
    seller.arrive(there)
    return seller.effort()


def _new_quote(world: World, seller: robot.Robot, table: str = "") -> str:
    """Make a draft that is not part of the act; return its reference."""
    seller.page.goto(f"{world.base}/devis/nouveau/?client={world.told['company']}")
    seller.page.locator("textarea[name=table]").fill(table)
    seller.page.get_by_role("button", name="Créer le devis").click()
    seller.page.wait_for_url(_QUOTE)
    return seller.page.url.rstrip("/").rsplit("/", 1)[1]


def quote_to_order(world: World) -> robot.Effort:
    """Act 5: a priced draft is sent, signed by the customer on their own page, and ordered."""
    seller = world.person("alice")
    reference = _new_quote(world, seller, "Utilisateur\tForfait\nAnne\tNovaline Illimité 50 Go\nPaul\tNovaline Illimité 50 Go\n")
    seller.begin()
    seller.press("e")
    seller.think()
    seller.press("Enter")
    link = seller.page.locator('a[href*="/devis/accord/"]').first
    seller.see(link)
    _sign(world, link.get_attribute("href") or "")
    seller.reload()
    seller.see(seller.page.get_by_role("button", name="Passer la commande"))
    seller.think()
    seller.press("c")
    seller.arrive(re.compile(r"/commandes/CMD-"))
    effort = seller.effort()
    seller.page.context.close()
    if reference not in seller.page.url and "CMD" not in seller.page.url:
        msg = "the order was not opened"
        raise RuntimeError(msg)
    return effort


def _code(world: World, address: str) -> str:
    """Return the code that the customer finds in their mailbox, once the worker has posted it."""
    for _ in range(100):
        letters = sorted((world.home / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in letters:
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = letter.get_body(("plain",))
            found = re.search(r"\b\d{6}\b", body.get_content()) if body is not None and address in str(letter["To"]) else None
            if found:
                return found[0]
        time.sleep(0.1)
    msg = "no code came"
    raise RuntimeError(msg)


def _sign(world: World, address: str) -> None:
    context = world.chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(world.base + address if address.startswith("/") else address)
    page.get_by_label("Vos nom et prénom").fill("Anne Durand")
    # An address of their own: no letter of another run is taken for this one.
    mailbox = f"anne.{time.monotonic_ns()}@client.example"
    page.get_by_label("Votre adresse e-mail").fill(mailbox)
    page.get_by_role("button", name="Recevoir mon code").click()
    page.get_by_text("Un code a été envoyé").wait_for()
    page.get_by_label("Le code reçu").fill(_code(world, mailbox))
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="J’accepte le devis").click()
    page.get_by_text("Ce devis est accepté").first.wait_for()
    context.close()


def quote_ten_lines(world: World) -> robot.Effort:
    """Act 2: from the customer's page to a priced draft of ten lines of three offers, at the prices of their agreement."""
    seller = world.person("alice")
    seller.page.goto(world.base + world.told["seller_pages"]["company"])
    seller.begin()
    seller.press("d")
    seller.see(seller.page.get_by_role("button", name="Créer le devis"))
    seller.press("Enter")
    seller.arrive(_QUOTE)
    lines = 0
    for count, offer in (("5", "illimité 50"), ("3", "mobile 50"), ("2", "éco 5")):
        seller.press("a")
        seller.think()
        seller.type(offer)
        seller.press("Tab")
        seller.type(count)
        lines += int(count)
        with seller.page.expect_navigation():
            seller.press("Enter")
        seller.see(seller.page.locator("#figures").get_by_text("toutes justes"))
    effort = seller.effort()
    found = seller.page.locator("#lines-card .card-count").inner_text()
    seller.page.context.close()
    if found.strip() != str(lines):
        msg = f"{found} lines were made, not {lines}"
        raise RuntimeError(msg)
    return effort


def paste_and_correct(world: World) -> robot.Effort:
    """Act 3: 500 lines pasted from a spreadsheet, three of them wrong and corrected in place, priced."""
    seller = world.person("alice")
    _new_quote(world, seller)
    wrong = {100, 250, 400}
    rows = [f"Salarié {n}\t{'Forfait inconnu' if n in wrong else 'Novaline Illimité 50 Go'}" for n in range(500)]
    seller.page.locator("h1").wait_for()
    seller.begin()
    seller.paste("Utilisateur\tForfait\n" + "\n".join(rows) + "\n")
    seller.see(seller.page.locator("#figures").get_by_text("3 à corriger"))
    for left in (2, 1, 0):
        seller.press("F8")
        seller.see(seller.page.locator('.ag-cell-focus.cell-bad[col-id="plan"]'))
        seller.type("éco 5")
        seller.press("Enter")
        said = f"{left} à corriger" if left else "toutes justes"
        seller.see(seller.page.locator("#figures").get_by_text(said))
    effort = seller.effort()
    seller.page.context.close()
    return effort


def discount_and_approval(world: World) -> robot.Effort:
    """Act 4: a discount on every line that the grid shows, and its approval asked."""
    seller = world.person("alice")
    table = "Utilisateur\tForfait\n" + "".join(f"Salarié {n}\tNovaline Illimité 50 Go\n" for n in range(40))
    _new_quote(world, seller, table)
    seller.page.locator(".ag-row").first.wait_for()
    seller.begin()
    seller.press("l", "Control+a")
    seller.see(seller.page.locator('[data-open-dialog="concede-dialog"]:not([disabled])'))
    seller.press("Control+m")
    seller.see(seller.page.locator("#concede-dialog[open]"))
    seller.think()
    seller.type("15")
    seller.press("Tab", "Tab")
    seller.type("fidèle")
    seller.press("Enter")
    seller.see(seller.page.locator("#concessions").get_by_text("À approuver"))
    seller.see(seller.page.locator(".page-actions").get_by_text("Demander l’approbation"))
    seller.press("Control+Enter")
    seller.think()
    seller.press("Enter")
    seller.see(seller.page.get_by_text("Attend la réponse de"))
    effort = seller.effort()
    seller.page.context.close()
    return effort
