"""Acts 1 to 5: find anything, quote, paste and correct, concede, sell. Each by keyboard alone, each on data of its own."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import re
import time
from typing import Any

from playwright import sync_api

from come.edges.mail import letters
from come.project.bench.acts import robot

_DESKTOP: Any = {"width": 1366, "height": 768}
_FIRST_HIT = '#search-results [role="option"] >> nth=0'


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
    seller.page.wait_for_url(re.compile(r"/devis/DEV-[\d-]+/$"))
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
    mailbox = letters.LetterFolder(world.home / "mail")
    for _ in range(100):
        with contextlib.suppress(LookupError):
            found = re.search(r"\b\d{6}\b", mailbox.last_to(address))
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
    page.get_by_label("Votre adresse électronique").fill(mailbox)
    page.get_by_role("button", name="Recevoir mon code").click()
    page.get_by_text("Un code a été envoyé").wait_for()
    page.get_by_label("Le code reçu").fill(_code(world, mailbox))
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="J’accepte le devis").click()
    page.get_by_text("Ce devis est accepté").first.wait_for()
    context.close()
