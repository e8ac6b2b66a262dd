"""Every component, drawn by the real base layout, tried with a keyboard and with axe, in both themes."""

from __future__ import annotations

import datetime as dt
import pathlib
import re

import pytest
from django import test as django_test
from django.template import engines
from playwright import sync_api

import staff_cast
from come.staff.views import shell

KIT = pathlib.Path(__file__).with_name("kit.html").read_text(encoding="utf-8")


@pytest.fixture
def kit(live_server, visit):
    """Open the page of all components as the server would send it, at an address of the product."""
    alice = staff_cast.gather().alice
    request = django_test.RequestFactory().get("/", {"sort": "-amount"})
    request.actor = alice
    request.session = {}
    request._messages = []
    request.shell = shell.Shell(request)
    body = engines["jinja2"].from_string(KIT).render({"now": dt.datetime.now(dt.UTC), "csp_nonce": ""}, request)

    def opened(**options) -> sync_api.Page:
        page = visit(alice, **options)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'self'; img-src 'self' data:"}
        page.route(f"{live_server.url}/composants/", lambda route: route.fulfill(body=body, headers=headers))
        page.goto(f"{live_server.url}/composants/")
        return page

    return opened


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 1024])
def test_components_are_accessible_and_fit(kit, check_accessible, check_fits, theme, width):
    page = kit(theme=theme, screen={"width": width, "height": 768})
    check_accessible(page)
    check_fits(page)


def test_arrows_walk_the_rows(kit):
    page = kit()
    rows = page.locator(".row-link")
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    sync_api.expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("End")
    sync_api.expect(rows.last).to_be_focused()
    page.keyboard.press("Enter")
    sync_api.expect(page).to_have_url(re.compile("#ligne-5$"))


def test_a_click_anywhere_in_the_row_opens_it(kit):
    page = kit()
    cell = page.get_by_role("form", name="Parc").locator("tbody tr").nth(1).locator("td").nth(3)
    cell.scroll_into_view_if_needed()
    place = cell.bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + 5, place["y"] + 5)
    sync_api.expect(page).to_have_url(re.compile("#ligne-1$"))


def test_a_selection_goes_from_one_to_all_that_match(kit, check_accessible):
    page = kit()
    bar = page.locator("[data-selection-bar]")
    sync_api.expect(bar).to_be_hidden()
    page.get_by_label("Ligne 1", exact=True).check()
    page.get_by_label("Ligne 4", exact=True).click(modifiers=["Shift"])
    sync_api.expect(bar).to_contain_text("4 sélectionnées sur cette page")
    check_accessible(page)
    page.get_by_label("Tout sélectionner sur cette page").check()
    sync_api.expect(bar).to_contain_text("6 sélectionnées sur cette page")
    page.get_by_role("button", name="Tout sélectionner ce qui correspond").click()
    sync_api.expect(bar).to_contain_text("120 sélectionnées : tout ce qui correspond aux filtres")
    assert page.locator("input[name=all_matching]").input_value() == "1"
    page.get_by_label("Ligne 0", exact=True).uncheck()
    assert page.locator("input[name=all_matching]").input_value() == ""
    page.get_by_role("button", name="Effacer la sélection").click()
    sync_api.expect(bar).to_be_hidden()


def test_a_dialog_opens_and_closes_by_keyboard(kit, check_accessible):
    page = kit()
    opener = page.get_by_role("button", name="Annuler", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    sync_api.expect(page.get_by_role("dialog", name="Annuler la commande ?")).to_be_visible()
    check_accessible(page)
    page.keyboard.press("Escape")
    sync_api.expect(page.get_by_role("dialog", name="Annuler la commande ?")).to_be_hidden()
    sync_api.expect(opener).to_be_focused()


def test_two_fields_of_one_name_keep_their_own_labels(kit):
    page = kit()
    assert (
        page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id).filter((id, at, all) => all.indexOf(id) !== at)") == []
    )
    page.get_by_role("button", name="Annuler", exact=True).click()
    page.get_by_label("Motif").fill("erreur")
    sync_api.expect(page.get_by_label("SIREN")).to_have_value("1")


def test_a_letter_acts_outside_fields_alone(kit):
    page = kit()
    page.get_by_label("SIREN").fill("")
    page.get_by_label("SIREN").press("p")
    assert not page.url.endswith("#parc")
    page.locator("#page").focus()
    page.keyboard.press("p")
    sync_api.expect(page).to_have_url(re.compile("#parc$"))


def test_a_tip_is_read_by_keyboard_and_leaves_with_escape(kit):
    page = kit()
    page.locator(".tip-button").focus()
    sync_api.expect(page.locator(".tip-text")).to_be_visible()
    page.keyboard.press("Escape")
    sync_api.expect(page.locator(".tip-text")).to_be_hidden()


def test_a_greyed_button_says_why_and_does_nothing(kit):
    page = kit()
    button = page.get_by_role("button", name="Envoyer")
    assert button.get_attribute("aria-description") == "Le devis n’a pas encore de prix."
    # Playwright will not click what says that it is disabled; a person may.
    button.dispatch_event("click")
    assert page.url.endswith("/composants/")


def test_the_theme_that_one_chooses_stays(kit, live_server):
    page = kit(theme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("summary.user-button").click()
    page.get_by_role("button", name="Sombre").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.locator("summary.user-button").click()
    page.get_by_role("button", name="Auto").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_days_are_said_relative_to_now(kit):
    page = kit()
    sync_api.expect(page.locator(".kv .when-relative")).to_have_text(" · aujourd’hui")
