"""Versions compared, a fleet changed by a quote, offers to choose from, and an acceptance on a phone, in a real browser."""

from __future__ import annotations

import re

import pytest

import fleet_world as fw
import quote_scene
import signing
from come.catalogue import queries as catalogue_queries
from come.edges.mail import letters
from come.inventory import commands as inventory_commands, models as inventory_models
from come.quote import commands, models, queries
from come.quote.policies import consent
from come.shared import clock
from fleet_lines import installed_line
from quote_scene import scene, snapshots

__all__ = ["scene", "snapshots"]

PHONE = {"width": 375, "height": 740}


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


def test_two_versions_are_compared(scene, visit, check_accessible, check_fits):
    sent = scene.sent("Utilisateur\tForfait\nAnne\tMOB-50\nPaul\tMOB-5\n")
    commands.make_new_version(quote_id=sent.quote_id, actor=scene.world.alice, at=fw.AT)
    draft = scene.head(models.Quote.objects.get(reference=sent.reference, version=2).id)
    paul = scene.lines(draft.id)[1].stable_id
    commands.edit_lines(quote_id=draft.id, changes={paul: {"plan": "MOB-50"}}, actor=scene.world.alice, at=fw.AT)
    page = visit(scene.world.alice, f"/devis/{sent.reference}/")
    page.get_by_role("link", name="Comparer", exact=True).click()
    page.get_by_text("De la version 1 à la version 2").wait_for()
    page.get_by_text("0 ajoutées, 0 retirées, 1 modifiées").wait_for()
    assert re.search(r"Forfait : Éco 5 Go → Illimité 50 Go", page.locator("#page").inner_text())
    check_accessible(page)
    check_fits(page)


def test_a_fleet_is_changed_from_its_page(scene, visit, check_accessible, monkeypatch):
    versions = {one.code: [one] for one in quote_scene.OFFERINGS}
    monkeypatch.setattr(catalogue_queries, "offering_versions", lambda *, code, **_day: versions.get(code, []))
    lines = [installed_line(scene.world, number) for number in (1, 2)]
    inventory_commands.install_lines(lines=lines, actor=fw.SYSTEM, at=fw.AT)
    assert inventory_models.Product.objects.filter(parent=None).count() == 2
    page = visit(scene.world.alice, f"/parc/{scene.world.company_reference}/")
    for box in page.locator("[data-select]").all():
        box.check()
    page.get_by_role("button", name="Devis de modification").click()
    page.get_by_text("2 lignes du parc reprises avec ce qu’elles ont.").wait_for()
    card = page.locator("#change-card")
    card.get_by_text("Inchangé", exact=True).wait_for()
    check_accessible(page)
    card.get_by_role("button", name="Résilier", exact=True).click()
    page.locator("#change-card").get_by_text("Frais de sortie").wait_for()
    check_accessible(page)
    page.locator("#change-card").get_by_role("button", name="Ne plus résilier").click()
    page.locator("#change-card").get_by_text("Inchangé", exact=True).wait_for()


def test_the_customer_chooses_one_offer_on_a_phone(scene, visit, check_accessible, check_fits):
    created = scene.draft("Utilisateur\tForfait\nAnne\tMOB-50\nPaul\tMOB-50\n")
    seller = visit(scene.world.alice, f"/devis/{created.reference}/")
    seller.get_by_text("Autres actes").click()
    seller.get_by_role("button", name="Proposer une autre offre").click()
    seller.get_by_label("Nom de l’offre").fill("Économique")
    seller.get_by_role("button", name="Ouvrir l’offre").click()
    seller.get_by_text("L’offre B est ouverte").wait_for()
    check_accessible(seller)
    both = scene.lines(created.quote_id, alternative="B")
    changes = {line.stable_id: {"plan": "MOB-5"} for line in both}
    commands.edit_lines(quote_id=created.quote_id, changes=changes, actor=scene.world.alice, at=fw.AT, consented_changes=consent.ANY)
    sent = scene.send(created.quote_id)

    page = visit(None, f"/devis/accord/{sent.token}/", screen=PHONE)
    check_accessible(page)
    check_fits(page)
    assert page.locator("input:checked").count() == 0
    page.get_by_label("B · Économique").check()
    page.get_by_label("Vos nom et prénom").fill("Anne Durand")
    signing.type_code(page)
    assert page.locator("input[type=checkbox]:checked").count() == 0
    check_accessible(page)
    check_fits(page)
    page.get_by_label("J’ai lu le devis").check()
    page.get_by_role("button", name="J’accepte le devis").click()
    page.get_by_text("Ce devis est accepté.").wait_for()
    page.get_by_role("link", name="Votre bon de commande (PDF)").wait_for()
    check_accessible(page)
    head = scene.head(created.quote_id)
    assert (head.acceptance.alternative, head.line_count, f"{head.totals.monthly:.2f}") == ("B", 2, "19.80")
    assert [line.plan_code for line in queries.quote_for_order(quote_id=created.quote_id).lines] == ["MOB-5", "MOB-5"]


def test_the_seller_reads_the_message_before_it_leaves(scene, visit, check_accessible, tmp_path):
    mailbox = letters.LetterFolder(tmp_path)
    sent = scene.sent()
    page = visit(scene.world.alice, f"/devis/{sent.reference}/")
    page.get_by_role("button", name="Envoyer par e-mail").click()
    page.get_by_label("Adresse du client").fill("anne@client.example")
    assert sent.token in page.get_by_label("Message", exact=True).input_value()
    check_accessible(page)
    page.get_by_role("button", name="Envoyer le message").click()
    page.get_by_text("Le message part à anne@client.example.").wait_for()
    commands.post_letters(at=fw.AT, mail=mailbox)
    assert sent.token in mailbox.last_to("anne@client.example")
    page.get_by_role("button", name="Fermer le lien").click()
    page.get_by_text("Le lien est fermé : il n’ouvre plus rien.").wait_for()
    check_accessible(page)
    assert scene.head(sent.quote_id).token == ""
