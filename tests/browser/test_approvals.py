"""Concede a price on a selection, ask for its approval, answer from a phone, send: by keyboard where a seller is."""

from __future__ import annotations

import pytest

import fleet_world as fw
from come.quote import commands, models, records
from come.shared import clock
from come.staff import models as staff, queries
from quote_scene import scene, snapshots

__all__ = ["scene", "snapshots"]

PHONE = {"width": 375, "height": 700}
TABLE = "Utilisateur\tForfait\n" + "".join(f"Salarié {n}\tMOB-50\n" for n in range(6))


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


def test_a_discount_on_a_selection_is_approved_from_a_phone_and_the_quote_leaves(scene, visit, check_accessible, check_fits):
    diane = staff.StaffMember.objects.create(login="diane", display_name="Diane Roussel", roles=["manager"], email="diane@novaline.example")
    staff.Membership.objects.create(staff_member=diane, agency_id=scene.world.lyon)
    created = scene.draft(TABLE)
    page = visit(scene.world.alice, f"/devis/{created.reference}/")
    page.locator(".ag-row").first.wait_for()
    page.locator("[data-all-lines]").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Remise").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("15")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Fidèle")
    check_accessible(page)
    page.keyboard.press("Enter")
    page.locator("#concessions").get_by_text("À approuver").wait_for()
    # Six times 18,90 € less 15 %.
    page.locator("#figures").get_by_text("96,39").first.wait_for()
    check_accessible(page)

    page.get_by_role("button", name="Demander l’approbation").first.click()
    page.get_by_label("Pourquoi cette remise").fill("Trois ans de fidélité")
    page.get_by_role("button", name="Envoyer la demande").click()
    page.get_by_text("Attend la réponse de Diane Roussel").wait_for()
    check_accessible(page)

    token = models.ApprovalRequest.objects.get().token
    phone = visit(None, f"/devis/approbation/{token}/", screen=PHONE)
    phone.get_by_text("Trois ans de fidélité").wait_for()
    check_accessible(phone)
    check_fits(phone)
    phone.get_by_role("button", name="Approuver").click()
    phone.get_by_text("est approuvée").wait_for()
    check_accessible(phone)

    page.reload()
    page.get_by_text("Remise approuvée : le devis peut partir.").wait_for()
    page.get_by_role("button", name="Envoyer au client").click()
    page.get_by_role("button", name="Figer et envoyer").click()
    page.get_by_text("Le lien du client").wait_for()
    assert scene.head(created.quote_id).state == "approved"


def test_what_waits_is_on_the_managers_first_page(scene, visit, check_accessible):
    diane = staff.StaffMember.objects.create(login="diane", display_name="Diane Roussel", roles=["manager"], email="diane@novaline.example")
    staff.Membership.objects.create(staff_member=diane, agency_id=scene.world.lyon)
    created = scene.draft(TABLE)
    wish = records.Wish("plan", "percentage", 15, "Client fidèle")
    commands.concede_price(quote_id=created.quote_id, selection=records.Selection(), wish=wish, actor=scene.world.alice, at=fw.AT)
    commands.ask_approval(quote_id=created.quote_id, reason="Client fidèle", actor=scene.world.alice, at=fw.AT)
    page = visit(queries.actor_for(staff_id=diane.id), "/", expect_errors=True)
    # Several parts of the page name the quote, and each comes when it is ready.
    page.get_by_role("table", name="Remises à approuver").get_by_role("link", name=created.reference).click()
    page.get_by_role("heading", name="Remise à approuver").wait_for()
    check_accessible(page)
    page.get_by_role("button", name="Refuser").click()
    page.get_by_text("Un refus dit pourquoi.").wait_for()
    page.get_by_label("Votre réponse").fill("Dix pour cent au plus.")
    page.get_by_role("button", name="Refuser").click()
    page.get_by_text("Refusée par Diane Roussel").wait_for()
