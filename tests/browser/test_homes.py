"""The first page of each trade: every part comes, nothing complains, light or dark, on a desk or on a tablet."""

from __future__ import annotations

import pytest
from playwright import sync_api

import staff_cast

TRADES = ("alice", "bob", "diane", "hugo", "jeanne", "karim", "marc")
SCREENS = ({"width": 1366, "height": 768}, {"width": 1024, "height": 768})


@pytest.mark.parametrize("who", TRADES)
def test_every_part_of_a_home_comes(who, visit, check_accessible, check_fits):
    cast = staff_cast.gather()
    at = TRADES.index(who)
    page = visit(getattr(cast, who), "/", screen=SCREENS[at % 2], theme="dark" if at % 3 == 2 else "light")
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text(f"Bonjour {who.capitalize()}")
    sync_api.expect(page.locator(".fragment")).to_have_count(0)
    assert page.locator("main .card").count() >= 1
    check_accessible(page)
    check_fits(page)


def test_every_place_of_the_rail_opens(visit, check_accessible, check_fits):
    page = visit(staff_cast.gather().diane, "/")
    places = page.locator(".rail-link").evaluate_all("(links) => links.map((one) => [one.textContent.trim(), one.href])")
    for name, address in places:
        page.goto(address)
        sync_api.expect(page.locator(".rail-link[aria-current]")).to_have_text(name)
        sync_api.expect(page.get_by_role("heading", level=1)).to_have_count(1)
        sync_api.expect(page.locator(".fragment")).to_have_count(0)
        check_accessible(page)
        check_fits(page)
