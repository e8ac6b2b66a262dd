"""Orders in flight in a real browser, by keyboard: one act on a fleet, its plan first, then a cancellation with its cost."""

from __future__ import annotations

import re

import pytest
from playwright import sync_api

import fleet_world as fw
from come.catalogue import queries as catalogue_queries, records as catalogue
from come.edges.network import simulator
from come.inventory import commands as inventory_commands, models as inventory_models
from come.order import commands, jobs, models
from come.quote import queries as quote_queries
from come.shared import clock

ORDER = re.compile(r"/commandes/CMD-[\d-]+/$")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)
    snapshot = catalogue.CatalogueSnapshot(fw.AT.date(), "hash", fw.OFFERINGS, ())
    monkeypatch.setattr(catalogue_queries, "catalogue_snapshot", lambda **_given: snapshot)
    monkeypatch.setattr(catalogue_queries, "agreements", lambda **_given: [])


def test_an_option_goes_to_a_whole_fleet_by_keyboard(visit, check_accessible):
    world = fw.build()
    lines = [fw.new_line(world, number, parts=()) for number in range(60)]
    inventory_commands.install_lines(lines=lines, actor=fw.SYSTEM, at=fw.AT, source="reprise")
    simulator.load_inventory(at=fw.AT)
    page = visit(world.alice, f"/parc/{world.company_reference}/")
    page.keyboard.press("g")
    page.get_by_text("60 lignes choisies").wait_for()
    check_accessible(page)
    page.keyboard.type("Option : Offre NV")
    for _field in ("numbers", "reason", "button"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Commander 60 lignes").wait_for()
    sync_api.expect(page.get_by_role("button", name="Commander 60 lignes")).to_be_focused()
    check_accessible(page)
    page.keyboard.press("Enter")
    page.wait_for_url(ORDER)
    check_accessible(page)
    order = models.ProductOrder.objects.get()
    assert (order.kind, order.line_count) == ("change", 60)
    page.get_by_role("button", name="Arrêter").press("Enter")
    page.get_by_text("Commande arrêtée par Alice Martin").wait_for()
    check_accessible(page)
    page.get_by_role("button", name="Reprendre").press("Enter")
    page.get_by_role("button", name="Arrêter").wait_for()
    jobs.drain(order_id=order.id)
    assert inventory_models.Product.objects.filter(offering_code="NV-OPT-MONDE", state="active").count() == 60


def test_a_shipped_line_is_cancelled_once_its_cost_is_accepted(visit, check_accessible, monkeypatch, tmp_path):
    world = fw.build()
    fw.stock(3)
    quote = fw.accepted_quote(world, 3)
    monkeypatch.setattr(quote_queries, "quote_for_order", lambda **_given: quote)
    simulator.NetworkSimulator().fail_next(2, "MSISDN_IN_USE")
    answer = commands.submit_order(quote_id=quote.quote_id, actor=world.alice, at=fw.AT)
    for _wave in range(4):
        commands.advance_order(order_id=answer.order_id, actor=fw.SYSTEM, at=fw.AT)
        for adapter in ("logistics", "network"):
            jobs.dispatch(order_id=answer.order_id, adapter=adapter)
    page = visit(world.alice, f"/commandes/{answer.reference}/")
    check_accessible(page)
    page.get_by_role("link", name="Annuler").press("Enter")
    page.get_by_text("Ce qui peut encore changer").first.wait_for()
    check_accessible(page)
    page.get_by_label("Raison").fill("Le client renonce")
    page.get_by_label("Défaire aussi ce qui est parti").press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(ORDER)
    page.get_by_text("En cours d’annulation : 3").wait_for()
    check_accessible(page)
    jobs.drain(order_id=answer.order_id)
    assert models.ProductOrder.objects.get().state == "cancelled"
