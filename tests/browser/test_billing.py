"""A seller explains a bill; two billing operators repair, approve and issue."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from playwright import sync_api

from billing import billing_world
from come.billing import commands, models
from come.staff import models as staff_models

OCT_1 = dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)


@pytest.fixture
def world(monkeypatch, settings, tmp_path):
    settings.COME_HOME = tmp_path
    return billing_world.build(monkeypatch)


def operator(login, name):
    member = staff_models.StaffMember.objects.create(login=login, display_name=name, roles=["billing_operator"])
    return dataclasses.replace(billing_world.OLIVIA, staff_id=member.id, name=name)


def test_the_seller_finds_why_an_amount(world, visit, check_accessible, check_fits):
    billing_world.install(
        world, 3, at=OCT_1, prices=[billing_world.price("PLAN", "31.00", clause_number="4.2", clause_text="31 € par ligne")]
    )
    run_id = billing_world.through_issue()
    commands.draw_documents(run_id=run_id, at=billing_world.AT, workers=1)
    billing_world.through_issue("2026-11", dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC))
    page = visit(world.fleet.alice, "/factures/")
    check_accessible(page)
    check_fits(page)
    page.get_by_role("link", name="NVL-2026-0000002").click()
    sync_api.expect(page.get_by_role("heading", level=1)).to_have_text("NVL-2026-0000002")
    sync_api.expect(page.locator(".fragment")).to_have_count(0)
    sync_api.expect(page.get_by_text("Mois incomplet ou double période")).to_be_visible()
    check_accessible(page)
    check_fits(page)
    page.get_by_role("searchbox", name="Utilisateur, numéro ou produit").fill("Ligne 00002")
    page.get_by_role("button", name="Chercher", exact=True).click()
    why = page.get_by_role("link", name="Pourquoi ?")
    sync_api.expect(why).to_have_count(1)
    why.click()
    sync_api.expect(page.get_by_text("Prix négocié : article 4.2")).to_be_visible()
    check_accessible(page)
    check_fits(page)


def test_two_operators_repair_approve_and_issue(world, visit, check_accessible, check_fits):
    olivia, oscar = operator("olivia", "Olivia Blanc"), operator("oscar", "Oscar Noir")
    billing_world.install(world, 1, at=OCT_1, prices=[billing_world.price("PLAN", "10.00")])
    free = billing_world.add_account(world, 9)
    billing_world.install(world, 1, first=60, at=OCT_1, prices=[billing_world.price("FREE", "0.00")], billing_account_id=free)
    run = commands.open_run(cycle=billing_world.CYCLE, actor=olivia, at=billing_world.AT)
    commands.compute_run(run_id=run.run_id, actor=olivia, at=billing_world.AT)
    commands.check_run(run_id=run.run_id, actor=olivia, at=billing_world.AT)
    page = visit(olivia, f"/factures/facturations/{run.reference}/", screen={"width": 1024, "height": 768}, theme="dark")
    sync_api.expect(page.get_by_text("La facture est nulle")).to_be_visible()
    sync_api.expect(page.locator(".fragment")).to_have_count(0)
    check_accessible(page)
    check_fits(page)
    other = visit(olivia, "/factures/facturations/")
    other.get_by_role("button", name="Essayer à blanc").click()
    sync_api.expect(other.get_by_label("Comptes (vide : tous)")).to_be_visible()
    check_accessible(other)
    page.get_by_role("link", name="Ouvrir et réparer").click()
    page.get_by_role("button", name="Lever la retenue").first.click()
    page.get_by_label("Pourquoi est-elle juste ?").fill("Mois offert")
    page.get_by_role("dialog").get_by_role("button", name="Lever la retenue").click()
    sync_api.expect(page.get_by_text("La retenue est levée")).to_be_visible()
    commands.check_run(run_id=run.run_id, actor=olivia, at=billing_world.AT)
    second = visit(oscar, f"/factures/facturations/{run.reference}/")
    second.get_by_role("button", name="Approuver").click()
    sync_api.expect(second.get_by_text("2 factures approuvées")).to_be_visible()
    second.get_by_role("button", name="Émettre").click()
    sync_api.expect(second.get_by_text("2 factures émises")).to_be_visible()
    assert sorted(models.CustomerBill.objects.values_list("number", flat=True)) == ["NVL-2026-0000001", "NVL-2026-0000002"]
