"""Incidents by keyboard: signalled from any screen, joined, taken, repaired, confirmed; the public page read alone."""

from __future__ import annotations

import datetime as dt
import os
import pathlib

import pytest
from playwright import sync_api

import staff_cast
from come.edges.state_page import writer
from come.ticket import commands, models, records

AT = staff_cast.AT


@pytest.fixture
def cast() -> staff_cast.Cast:
    return staff_cast.gather()


def _shot(page: sync_api.Page, name: str) -> None:
    folder = os.environ.get("COME_SCREENSHOTS")
    if folder:
        page.screenshot(path=pathlib.Path(folder) / f"{name}.png")


def test_an_incident_is_signalled_from_any_screen_by_keyboard_alone(cast, visit, check_accessible, check_fits):
    known = commands.open_ticket(description="La portabilité est refusée sans raison", context={}, actor=cast.charlie, at=AT)
    page = visit(cast.alice, "/incidents/")
    page.keyboard.press("Alt+s")
    sentence = page.get_by_label("Que se passe-t-il ?")
    sync_api.expect(sentence).to_be_focused()
    page.keyboard.type("le portage est refuse")
    sync_api.expect(page.get_by_text("Est-ce l’un de ceux-ci ?")).to_be_visible()
    check_accessible(page)
    check_fits(page)
    _shot(page, "signaler")
    page.keyboard.press("Tab")
    sync_api.expect(page.get_by_role("button", name="Moi aussi : La portabilité")).to_be_focused()
    page.keyboard.press("Enter")
    sync_api.expect(page.get_by_role("heading", level=1)).to_contain_text("La portabilité est refusée")
    sync_api.expect(page.get_by_text("Alice Morel le rencontre aussi : le portage est refuse")).to_be_visible()
    assert models.TicketSubscriber.objects.filter(ticket__reference=known).count() == 2


def test_a_new_incident_carries_its_screen(cast, visit):
    page = visit(cast.alice, "/compte/")
    page.keyboard.press("Alt+s")
    sync_api.expect(page.get_by_label("Que se passe-t-il ?")).to_be_focused()
    page.keyboard.type("Le changement de mot de passe ne repond pas")
    page.keyboard.press("Control+Enter")
    sync_api.expect(page.get_by_role("heading", level=1)).to_contain_text("Le changement de mot de passe")
    assert models.TroubleTicket.objects.get().context["page"] == "/compte/"


def test_a_repair_is_promised_done_denied_and_confirmed_by_keyboard(cast, visit, check_accessible, check_fits):
    reference = commands.open_ticket(description="Les devis sortent blancs", context={"act": "quote:quote"}, actor=cast.alice, at=AT)
    karim = visit(cast.karim, f"/incidents/{reference}/")
    karim.get_by_role("button", name="Prendre en charge").press("Enter")
    karim.get_by_label("Correction promise pour le").fill("2099-01-01T09:00")
    check_accessible(karim)
    karim.get_by_label("Correction promise pour le").press("Enter")
    sync_api.expect(karim.get_by_text("Karim Saïdi s’en occupe")).to_be_visible()
    _resolve(karim, "Le service des documents est relancé")
    alice = visit(cast.alice, f"/incidents/{reference}/")
    check_accessible(alice)
    check_fits(alice)
    _shot(alice, "repare")
    alice.get_by_label("Sinon, que se passe-t-il encore ?").fill("Toujours blanc")
    alice.get_by_label("Sinon, que se passe-t-il encore ?").press("Enter")
    sync_api.expect(alice.get_by_text("dit que ce n’est pas réparé : Toujours blanc")).to_be_visible()
    karim.reload()
    _resolve(karim, "Cette fois le modèle est corrigé")
    alice.goto(alice.url.split("/incidents/")[0] + "/incidents/")
    sync_api.expect(alice.get_by_role("heading", name="Nouvelles pour vous")).to_be_visible()
    check_accessible(alice)
    _shot(alice, "nouvelles")
    alice.get_by_role("button", name="Oui, c’est réparé").first.press("Enter")
    sync_api.expect(alice.get_by_text("Alice Morel confirme : c’est réparé.")).to_be_visible()
    assert models.TroubleTicket.objects.get().status == "closed"


def _resolve(page: sync_api.Page, said: str) -> None:
    page.get_by_role("button", name="C’est réparé").press("Enter")
    page.get_by_label("Ce qui a été réparé").fill(said)
    page.get_by_role("button", name="Dire que c’est réparé").press("Enter")
    sync_api.expect(page.get_by_text(f"Réparé : {said}")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_public_page_says_what_is_down_and_that_it_is_old(theme, visit, check_accessible, check_fits, settings, tmp_path):
    settings.COME_STATE_DIR = tmp_path
    ticket = records.PublicTicket("INC-2026-000001", "quote", "major", "inProgress", "", AT, AT + dt.timedelta(days=1), None, 42)
    writer.StateFolder().publish(records.PublicState(at=AT, down=(ticket,), repaired=(), kept_promise_share=0.9))
    page = visit(None, "/etat/", theme=theme)
    sync_api.expect(page.get_by_role("heading", name="Devis")).to_be_visible()
    sync_api.expect(page.get_by_role("alert")).to_contain_text("n’a pas été réécrite")
    check_accessible(page)
    check_fits(page)
    _shot(page, f"etat-{theme}")
    page.get_by_role("link", name="English").press("Enter")
    sync_api.expect(page.get_by_role("heading", name="What does not work")).to_be_visible()
