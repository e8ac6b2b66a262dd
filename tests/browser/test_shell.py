"""The door, the home and the search box, by keyboard."""

from __future__ import annotations

import pytest
from django.contrib.sessions import models as sessions
from playwright import sync_api

import staff_cast
from come.shared import search

TABLET = {"width": 1024, "height": 768}


@pytest.fixture
def cast() -> staff_cast.Cast:
    return staff_cast.gather()


def provider(*, text: str, viewer: object, limit: int) -> list[search.Hit]:
    """Answer two pages that exist whatever is installed."""
    return [
        search.Hit("Client", f"Charpentes {text}", "SIREN 732 829 320 · Lyon", "/compte/", badge="25 lignes", score=2),
        search.Hit("Ligne", "06 12 34 56 78", f"{text} · Atelier", "/recherche/?q=atelier", score=1),
    ]


@pytest.fixture
def _found(monkeypatch) -> None:
    monkeypatch.setattr(search, "_providers", lambda: (provider,))


def test_signing_in_by_keyboard(cast, visit, check_accessible):
    page = visit(None, "/compte/")
    sync_api.expect(page).to_have_title("Connexion · COME")
    check_accessible(page)
    page.keyboard.type("alice")
    page.keyboard.press("Tab")
    page.keyboard.type(staff_cast.PASSWORD)
    page.keyboard.press("Enter")
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")


def test_a_wrong_password_says_what_to_do(cast, visit, check_accessible):
    page = visit(None, "/connexion/", expect_errors=True)
    page.get_by_label("Identifiant").fill("alice")
    page.get_by_label("Mot de passe").fill("faux")
    page.keyboard.press("Enter")
    sync_api.expect(page.get_by_role("alert")).to_contain_text("Identifiant ou mot de passe incorrect.")
    sync_api.expect(page.get_by_label("Identifiant")).to_have_value("alice")
    sync_api.expect(page.get_by_label("Mot de passe")).to_be_focused()
    check_accessible(page)


@pytest.fixture
def _nothing(monkeypatch) -> None:
    monkeypatch.setattr(search, "_providers", lambda: ())


@pytest.mark.usefixtures("_nothing")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_people_are_accessible(cast, visit, check_accessible, check_fits, theme):
    page = visit(cast.marc, "/equipe/", theme=theme, screen=TABLET)
    base = page.url.removesuffix("/equipe/")
    addresses = ("/equipe/", "/equipe/nouvelle-personne/", "/equipe/nouvelle-agence/", "/compte/", "/recherche/")
    for address in (*addresses, f"/equipe/{cast.alice.staff_id}/"):
        page.goto(base + address)
        sync_api.expect(page.get_by_role("heading", level=1)).to_be_visible()
        sync_api.expect(page.locator(".fragment")).to_have_count(0)
        check_accessible(page)
        check_fits(page)


@pytest.mark.usefixtures("_found")
@pytest.mark.parametrize("keys", ["Control+k", "/"])
def test_search_opens_finds_and_goes_without_the_mouse(cast, visit, check_accessible, keys):
    page = visit(cast.alice, "/recherche/")
    page.locator("#page").focus()
    page.keyboard.press(keys)
    box = page.get_by_role("combobox")
    sync_api.expect(box).to_be_focused()
    page.keyboard.type("vaubrun")
    options = page.get_by_role("option")
    sync_api.expect(options.first).to_contain_text("Charpentes vaubrun")
    sync_api.expect(options.first).to_have_attribute("aria-selected", "true")
    sync_api.expect(box).to_have_attribute("aria-activedescendant", "hit-0")
    check_accessible(page)
    page.keyboard.press("ArrowDown")
    sync_api.expect(box).to_have_attribute("aria-activedescendant", "hit-1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")


@pytest.mark.usefixtures("_found")
def test_enter_before_the_answer_goes_as_soon_as_it_comes(cast, visit):
    page = visit(cast.alice, "/recherche/")
    page.keyboard.press("Control+k")
    page.keyboard.type("732829320")
    page.keyboard.press("Enter")
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")


@pytest.mark.usefixtures("_found")
def test_slash_is_a_character_inside_a_field(cast, visit):
    page = visit(cast.alice, "/recherche/")
    field = page.get_by_label("Nom, SIREN, SIRET")
    field.fill("")
    field.press("/")
    sync_api.expect(field).to_have_value("/")
    sync_api.expect(page.get_by_role("combobox")).to_be_hidden()


@pytest.mark.usefixtures("_found")
def test_a_session_that_ended_sends_to_the_door_and_says_why(cast, visit):
    page = visit(cast.alice, "/recherche/?q=atelier", expect_errors=True)
    sessions.Session.objects.all().delete()
    page.keyboard.press("Control+k")
    page.keyboard.type("vaubrun")
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
    sync_api.expect(page.get_by_text("Votre session a expiré.")).to_be_visible()
    page.get_by_label("Identifiant").fill("alice")
    page.get_by_label("Mot de passe").fill(staff_cast.PASSWORD)
    page.keyboard.press("Enter")
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Recherche")


def test_the_first_tab_skips_to_the_page(cast, visit):
    page = visit(cast.alice, "/compte/")
    page.keyboard.press("Tab")
    sync_api.expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    sync_api.expect(page.locator("#page")).to_be_focused()


def test_a_page_that_does_not_exist_stays_in_the_frame(cast, visit, check_accessible):
    page = visit(cast.alice, "/nulle-part/", expect_errors=True)
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’existe pas")
    check_accessible(page)
    page.get_by_role("link", name="Aller à l’accueil").click()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Alice")


def test_a_part_that_fails_says_so_and_tries_again(cast, visit, live_server):
    page = visit(cast.marc, expect_errors=True)
    page.route("**/journal/**", lambda route: route.abort())
    page.goto(f"{live_server.url}/equipe/{cast.alice.staff_id}/")
    sync_api.expect(page.get_by_text("Cette partie de la page n’a pas pu être chargée.")).to_be_visible()
    page.unroute("**/journal/**")
    page.get_by_role("button", name="Réessayer").click()
    sync_api.expect(page.get_by_text("Compte créé")).to_be_visible()


@pytest.mark.usefixtures("_nothing")
def test_a_printed_page_has_the_page_alone(cast, visit):
    page = visit(cast.alice, "/compte/")
    page.emulate_media(media="print")
    sync_api.expect(page.get_by_role("heading", level=1)).to_be_visible()
    sync_api.expect(page.locator(".rail")).to_be_hidden()
    sync_api.expect(page.locator(".frame")).to_have_css("background-image", "none")


@pytest.mark.usefixtures("_nothing")
def test_the_frame_fits_a_phone(cast, visit):
    page = visit(cast.alice, "/compte/", screen={"width": 390, "height": 844})
    sync_api.expect(page.get_by_label("Mon compte")).to_be_in_viewport(ratio=1)
    sync_api.expect(page.locator("[data-open-search]")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
