"""Screens of quotes: each act by its form, JSON windows, the customer's page, rights at the door."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re

import pytest

import fleet_world as fw
from come.catalogue import models as catalogue_models
from come.quote import commands, models, queries
from come.shared import clock


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


def post_json(client, address, body):
    return client.post(address, json.dumps(body), content_type="application/json", headers={"Accept": "application/json"})


def test_a_quote_is_made_from_the_form_with_a_pasted_table_once(scene, browse):
    client = browse(scene.world.alice)
    page = client.get("/devis/nouveau/", {"client": scene.world.company_reference})
    assert page.status_code == 200
    assert "ACC-2026-000001" in page.text
    form = {
        "client": scene.world.company_reference,
        "title": "Renouvellement",
        "agreement_id": str(scene.agreement_id),
        "billing_account_id": str(scene.world.account),
        "table": "Utilisateur\tForfait\nAnne\tMOB-50\nPaul\tRien\n",
        "request_id": "form-1",
    }
    first, second = client.post("/devis/nouveau/", form), client.post("/devis/nouveau/", form)
    assert first.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    quote = models.Quote.objects.get()
    assert (quote.title, quote.line_count, quote.issue_count) == ("Renouvellement", 2, 1)
    page = client.get(first.headers["Location"])
    assert "«\u00a0Rien\u00a0» n’est pas une offre en vente." in page.text
    assert "Lignes à corriger (1)" in page.text


def test_the_customer_is_chosen_first(scene, browse):
    page = browse(scene.world.alice).get("/devis/nouveau/", {"q": "boulang"})
    assert f"?client={scene.world.company_reference}" in page.text


def test_the_list_filters_and_counts(scene, browse):
    scene.sent()
    created = scene.draft()
    client = browse(scene.world.bob)
    assert "Envoyé (1)" in client.get("/devis/").text
    page = client.get("/devis/", {"state": "inProgress"})
    assert created.reference in page.text
    assert client.get("/devis/", {"q": "introuvable"}).text.count("DEV-2026") == 0
    assert browse(scene.world.charlie).get("/devis/").text.count("DEV-2026") == 0


def test_from_draft_to_accepted_by_the_page_s_own_buttons(scene, browse):
    created = scene.draft("Forfait\nMOB-50\n")
    client = browse(scene.world.alice)
    address = f"/devis/{created.reference}/"
    assert "Envoyer au client" in client.get(address).text
    assert client.post(f"{address}envoyer/", {"request_id": "r1"}).status_code == 303
    page = client.get(address).text
    assert "Enregistrer l’accord signé" in page
    assert f"/devis/accord/{scene.head(created.quote_id).token}/" in page
    assert client.post(f"{address}accord/", {"signatory_name": "Anne Durand", "request_id": "r2"}).status_code == 303
    page = client.get(address).text
    assert "Passer la commande" in page
    assert f"/commandes/devis/{created.quote_id}/" in page
    answer = client.get(f"{address}devis.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content == queries.document(quote_id=created.quote_id)


def test_a_refused_act_shows_why_on_the_page(scene, browse):
    created = scene.draft()
    answer = browse(scene.world.alice).post(f"/devis/{created.reference}/envoyer/")
    assert answer.status_code == 422
    assert "Le devis n’a pas de ligne." in answer.text
    assert "Collez un tableau, ou ajoutez une ligne." in answer.text


def test_other_acts_of_the_page(scene, browse):
    created = scene.draft("Forfait\nMOB-50\n")
    client, address = browse(scene.world.alice), f"/devis/{created.reference}/"
    terms = {"title": "Nouveau titre", "valid_until": "2026-10-20", "agreement_id": "", "billing_account_id": "", "commitment_months": "12"}
    assert client.post(f"{address}conditions/", terms).status_code == 303
    head = scene.head(created.quote_id)
    assert (head.title, head.agreement_reference, head.commitment_months) == ("Nouveau titre", "", 12)
    assert client.post(f"{address}conditions/", terms | {"valid_until": "demain"}).status_code == 422
    assert client.post(f"{address}offre-convergente/", {"bundle_code": "PACK"}).status_code == 303
    assert scene.head(created.quote_id).line_count == 4
    assert client.post(f"{address}actualiser/").status_code == 303
    assert client.post(f"{address}clore/", {"state": "cancelled", "reason": "Projet arrêté"}).status_code == 303
    assert scene.head(created.quote_id).state == "cancelled"
    assert client.post(f"{address}nouvelle-version/").status_code == 303
    assert scene.head(models.Quote.objects.get(version=2).id).line_count == 4
    for part in ("chiffres", "prix"):
        assert client.get(f"{address}{part}/").status_code == 200


def test_windows_of_rows_and_edits_of_the_grid(scene, browse):
    created = scene.draft("Utilisateur\tForfait\n" + "".join(f"Salarié {n}\tMOB-5\n" for n in range(120)) + "Faux\tRien\n")
    client, address = browse(scene.world.alice), f"/devis/{created.reference}/"
    page = client.get(f"{address}lignes/", {"offset": 100, "limit": 100}).json()
    assert (len(page["rows"]), page["total"], page["issue_count"]) == (21, 121, 1)
    assert page["rows"][0]["position"] == 101
    faulty = client.get(f"{address}lignes/", {"a-corriger": "1"}).json()
    (row,) = faulty["rows"]
    assert (faulty["total"], row["plan"], row["monthly"]) == (1, "Rien", "—")
    assert row["issues"]["plan"].startswith("« Rien » n’est pas une offre en vente.")
    answer = post_json(client, f"{address}modifier/", {"changes": {row["id"]: {"plan": "Éco 5 Go"}}})
    assert answer.json()["to_correct"] == 0
    first = client.get(f"{address}lignes/", {"limit": 3}).json()["rows"]
    answer = post_json(client, f"{address}bloc/", {"line_id": first[1]["id"], "columns": ["site"], "rows": [["Lyon"], ["Paris"]]})
    assert (answer.json()["changed"], answer.json()["said"]) == (2, "2 lignes modifiées")
    assert [one["site"] for one in client.get(f"{address}lignes/", {"limit": 3}).json()["rows"]] == ["", "Lyon", "Paris"]
    answer = post_json(client, f"{address}selection/", {"all_matching": True, "text": "Salarié 11", "add_option": "OPT-SEC"})
    assert answer.json()["touched"] == 11
    answer = post_json(client, f"{address}retirer/", {"ids": [one["id"] for one in first]})
    assert answer.json()["touched"] == 3
    assert "Suppression de 3 lignes" in post_json(client, f"{address}defaire/", {}).json()["said"]
    assert scene.head(created.quote_id).line_count == 121


def test_a_cell_that_a_colleague_changed_is_not_overwritten(scene, browse):
    created = scene.draft("Utilisateur\tForfait\nAnne\tMOB-50\n")
    alice, bob, address = browse(scene.world.alice), browse(scene.world.bob), f"/devis/{created.reference}/modifier/"
    line = str(scene.lines(created.quote_id)[0].stable_id)
    seen = {line: {"user_label": "Anne"}}
    assert post_json(bob, address, {"changes": {line: {"user_label": "Anne Durand"}}, "seen": seen}).status_code == 200
    refused = post_json(alice, address, {"changes": {line: {"user_label": "Zoé"}}, "seen": seen})
    assert (refused.status_code, refused.json()["code"]) == (409, "quote.cell_changed")
    assert refused.json()["detail"] == "Ligne 1 : « Utilisateur » a changé entre-temps ; la cellule dit maintenant « Anne Durand »."
    assert scene.lines(created.quote_id)[0].cells["user_label"] == "Anne Durand"
    # Another cell of the same line is nobody's quarrel.
    assert post_json(alice, address, {"changes": {line: {"site": "Lyon"}}, "seen": {line: {"site": ""}}}).status_code == 200


def test_an_edit_that_is_sent_twice_is_done_once(scene, browse):
    created = scene.draft("Utilisateur\tForfait\nAnne\tMOB-50\n")
    client, address = browse(scene.world.alice), f"/devis/{created.reference}/coller/"
    for _ in range(2):
        answer = client.post(
            address, json.dumps({"text": "Forfait\nMOB-5\n"}), content_type="application/json", headers={"Idempotency-Key": "act-1"}
        )
        assert answer.json()["said"] == "1 ligne ajoutée"
    assert scene.head(created.quote_id).line_count == 2


def test_lines_are_added_from_the_form(scene, browse):
    created = scene.draft()
    client, address = browse(scene.world.alice), f"/devis/{created.reference}/ajouter/"
    form = {"plan": "MOB-50", "options": ["Protection mobile", "Pass voyage monde"], "quantity": "3", "site": "Lyon", "request_id": "a1"}
    assert client.post(address, form).status_code == 303
    assert client.post(address, form).status_code == 303
    lines = scene.lines(created.quote_id)
    assert [line.cells["plan"] for line in lines] == ["Illimité 50 Go"] * 3
    assert {(line.cells["options"], line.cells["site"]) for line in lines} == {("Pass voyage monde; Protection mobile", "Lyon")}
    refused = client.post(address, {"plan": "", "quantity": "0"})
    assert refused.status_code == 422
    assert "une ligne demande un forfait ou un terminal" in refused.text
    assert "La quantité va de 1 à 10000." in refused.text
    assert scene.head(created.quote_id).line_count == 3


def test_the_margin_is_not_for_who_only_consults(scene, browse):
    created = scene.draft("Forfait\nMOB-50\n")
    address = f"/devis/{created.reference}/"
    for part in ("", "chiffres/"):
        assert "Marge par mois" in browse(scene.world.bob).get(f"{address}{part}").text
        assert "Marge par mois" not in browse(scene.world.sam).get(f"{address}{part}").text


def test_who_only_consults_has_no_act_at_hand(scene, browse):
    created = scene.draft("Forfait\nMOB-50\n")
    sam, address = browse(scene.world.sam), f"/devis/{created.reference}/"
    page = sam.get(address)
    assert page.status_code == 200
    assert "Envoyer au client" not in page.text
    assert {sam.post(f"{address}{act}/").status_code for act in ("envoyer", "ajouter", "coller", "clore", "conditions")} == {403}
    assert scene.head(created.quote_id).state == "inProgress"


def test_sending_twice_is_one_act(scene, browse):
    created = scene.draft("Forfait\nMOB-50\n")
    client, address = browse(scene.world.alice), f"/devis/{created.reference}/envoyer/"
    assert "Figer et envoyer" in client.get(f"/devis/{created.reference}/").text
    first, second = client.post(address, {"request_id": "s1"}), client.post(address, {"request_id": "s1"})
    assert (first.status_code, second.status_code) == (303, 303)
    assert models.QuoteDocument.objects.filter(quote_id=created.quote_id, kind="quote").count() == 1
    client.post(address, {"request_id": "s2"})
    assert models.QuoteDocument.objects.filter(quote_id=created.quote_id, kind="quote").count() == 1


def test_a_paste_in_the_grid_says_what_became_of_it(scene, browse):
    created = scene.draft()
    client, address = browse(scene.world.alice), f"/devis/{created.reference}/"
    answer = post_json(client, f"{address}coller/", {"text": "Forfait\tCouleur\nMOB-50\tbleu\nRien\trouge\n"})
    assert answer.json()["said"] == "2 lignes ajoutées · 1 à corriger · colonnes ignorées : Couleur"
    refused = post_json(client, f"{address}coller/", {"text": "  "})
    assert (refused.status_code, refused.json()["code"]) == (422, "quote.empty_table")
    assert client.post(f"{address}coller/", "[]", content_type="application/json").status_code == 400


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_works_without_the_grid(scene, browse, encoding):
    created = scene.draft()
    file = io.BytesIO("Utilisateur;Forfait\nZoé;Éco 5 Go\n".encode(encoding))
    file.name = "lignes.csv"
    client = browse(scene.world.alice)
    answer = client.post(f"/devis/{created.reference}/coller/", {"file": file})
    assert answer.status_code == 303
    assert scene.lines(created.quote_id) == ()
    assert "Zoé" in client.get(answer["Location"]).content.decode()
    assert client.post(answer["Location"]).status_code == 303
    assert scene.lines(created.quote_id)[0].cells == {"user_label": "Zoé", "plan": "Éco 5 Go"}


def test_a_line_has_its_own_form(scene, browse):
    created = scene.draft("Utilisateur\tForfait\nAnne\tRien\n")
    client = browse(scene.world.alice)
    line = scene.lines(created.quote_id)[0]
    address = f"/devis/{created.reference}/lignes/{line.stable_id}/"
    assert "«\u00a0Rien\u00a0» n’est pas une offre en vente." in client.get(address).text
    assert client.post(address, {"user_label": "Anne", "plan": "MOB-50"}).status_code == 303
    assert scene.head(created.quote_id).issue_count == 0
    assert client.post(address, {"act": "remove"}).status_code == 303
    assert scene.head(created.quote_id).line_count == 0
    assert client.get(address).status_code == 404


def test_the_form_of_a_line_writes_what_was_changed_alone(scene, browse):
    created = scene.draft("Utilisateur\tForfait\tSite\nAnne\tMOB-50\tLyon\n")
    client = browse(scene.world.alice)
    line = scene.lines(created.quote_id)[0].stable_id
    address = f"/devis/{created.reference}/lignes/{line}/"
    assert 'name="seen_site" value="Lyon"' in client.get(address).text
    drawn = {"seen_user_label": "Anne", "seen_plan": "Illimité 50 Go", "seen_site": "Lyon", "plan": "Illimité 50 Go", "site": "Lyon"}
    commands.edit_lines(quote_id=created.quote_id, changes={line: {"site": "Paris"}}, actor=scene.world.bob, at=fw.AT)
    assert client.post(address, drawn | {"user_label": "Zoé"}).status_code == 303
    cells = scene.lines(created.quote_id)[0].cells
    assert (cells["user_label"], cells["site"]) == ("Zoé", "Paris")
    refused = client.post(address, drawn | {"seen_user_label": "Zoé", "user_label": "Zoé", "site": "Lille"})
    assert refused.status_code == 409
    assert "«\u00a0Site\u00a0» a changé entre-temps" in refused.text
    assert scene.lines(created.quote_id)[0].cells["site"] == "Paris"


def test_the_export_comes_back_by_a_paste(scene, browse):
    created = scene.draft("Utilisateur\tForfait\n=1+1\tRien\nPaul\tMOB-5\n")
    client = browse(scene.world.alice)
    content = client.get(f"/devis/{created.reference}/lignes.csv", {"a-corriger": "1"}).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(content), delimiter=";")
    assert row["Utilisateur"] == "'=1+1"
    assert row["À corriger"] == "« Rien » n’est pas une offre en vente. Cherchez-la au catalogue, ou choisissez dans la liste."
    corrected = content.replace(";Rien;", ";MOB-50;").replace("'=1+1", "Anne")
    scene.paste(created.quote_id, corrected)
    assert [line.cells["plan"] for line in scene.lines(created.quote_id)] == ["Illimité 50 Go", "Éco 5 Go"]


def test_the_customer_accepts_on_the_page_of_the_link(scene, browse):
    sent = scene.sent()
    client, address = browse(), f"/devis/accord/{sent.token}/"
    page = client.get(address)
    assert page.status_code == 200
    assert "checked" not in page.text
    assert client.get(f"{address}devis.pdf").content == queries.document(quote_id=sent.quote_id)
    form = {"signatory_name": "Anne Durand", "signatory_email": "anne@client.example", "document_sha256": sent.document_sha256}
    asked = client.post(address, form | {"step": "code", "request_id": "c0"})
    assert "Un code a été envoyé à anne@client.example." in asked.text
    assert "checked" not in asked.text
    code = re.search(r"\d{6}", models.QuoteLetter.objects.get().body_fr)[0]
    form |= {"step": "accept", "code": code, "request_id": "c1"}
    refused = client.post(address, form)
    assert refused.status_code == 422
    assert "L’accord n’est pas coché." in refused.text
    assert scene.head(sent.quote_id).state == "approved"
    assert client.post(address, form | {"has_agreed": "1"}).status_code == 303
    page = client.get(address).text
    assert "Ce devis est accepté." in page
    assert sent.document_sha256 in page
    evidence = models.QuoteAcceptance.objects.get().evidence
    assert evidence["statement"].startswith("J’ai lu le devis DEV-2026-")
    assert evidence["address"] == "127.0.0.1"
    assert browse().get("/devis/accord/faux/").status_code == 404


def test_the_customer_reads_why_nothing_can_be_accepted(scene, browse, monkeypatch):
    sent = scene.sent()
    client, address = browse(), f"/devis/accord/{sent.token}/"
    monkeypatch.setattr(clock, "now", lambda: fw.AT + dt.timedelta(days=60))
    page = client.get(address).text
    assert "Ce devis était valable jusqu’au" in page
    assert "J’accepte le devis" not in page
    form = {"signatory_name": "Anne", "document_sha256": sent.document_sha256, "has_agreed": "1", "request_id": "late"}
    assert client.post(address, form).status_code == 422
    monkeypatch.setattr(clock, "now", lambda: fw.AT)
    commands.close_quote(quote_id=sent.quote_id, state="cancelled", reason="Doublon interne", actor=scene.world.alice, at=fw.AT)
    page = client.get(address).text
    assert "Ce devis ne peut plus être accepté." in page
    assert "Doublon interne" not in page
    assert not models.QuoteAcceptance.objects.exists()


def test_the_customer_s_page_shows_nothing_of_the_house(scene, browse):
    page = browse().get(f"/devis/accord/{scene.sent().token}/").text
    assert "Novaline Entreprises" in page
    assert "Marge" not in page
    assert "Rubriques" not in page
    assert "18,90" in page


def test_the_customer_s_form_is_protected_from_other_sites(scene, browse):
    sent = scene.sent()
    client = browse(enforce_csrf_checks=True)
    form = {"signatory_name": "Anne", "document_sha256": sent.document_sha256, "has_agreed": "1"}
    assert client.post(f"/devis/accord/{sent.token}/", form).status_code == 403
    assert scene.head(sent.quote_id).state == "approved"


def test_doors_are_closed_to_strangers_and_other_agencies(scene, browse):
    created = scene.draft("Forfait\nMOB-50\n")
    address = f"/devis/{created.reference}/"
    line = scene.lines(created.quote_id)[0]
    assert browse().get(address).status_code == 302
    charlie = browse(scene.world.charlie)
    pages = [
        "",
        "chiffres/",
        "prix/",
        "lignes/",
        "lignes.csv",
        "lignes.xlsx",
        "nouvelles/",
        "erreurs/",
        "erreur-suivante/",
        f"lignes/{line.stable_id}/",
        "devis.pdf",
    ]
    assert {charlie.get(f"{address}{part}").status_code for part in pages} == {403}
    acts = [
        "envoyer",
        "ajouter",
        "accord",
        "clore",
        "nouvelle-version",
        "actualiser",
        "conditions",
        "offre-convergente",
        "coller",
        "defaire",
    ]
    assert {charlie.post(f"{address}{part}/").status_code for part in acts} == {403}
    grid_acts = ("modifier", "selection", "retirer", "bloc", "copier", "inserer", "deplacer", "defaire", "refaire")
    assert {post_json(charlie, f"{address}{part}/", {}).status_code for part in grid_acts} == {403}
    assert charlie.get("/devis/nouveau/", {"client": scene.world.company_reference}).status_code == 403
    assert charlie.get(f"/devis/client/{scene.world.company_reference}/").status_code == 403
    assert scene.lines(created.quote_id)[0] == line


def test_fragments_for_home_and_company(scene, browse):
    created = scene.draft("Forfait\nMOB-50\n")
    client = browse(scene.world.alice)
    assert created.reference in client.get("/devis/accueil/mes-devis/").text
    assert created.reference in client.get(f"/devis/client/{scene.world.company_reference}/").text
    assert "Aucun devis en cours" in browse(scene.world.charlie).get("/devis/accueil/mes-devis/").text
    commands.close_quote(quote_id=created.quote_id, state="cancelled", reason="", actor=scene.world.alice, at=fw.AT)
    assert "Aucun devis en cours" in client.get("/devis/accueil/mes-devis/").text


def test_the_page_draws_the_patterns_of_most_lines_and_the_others_when_asked(scene, browse):
    sold = [(options, device) for options in ("", "OPT-SEC", "OPT-MONDE", "OPT-SEC; OPT-MONDE") for device in ("", "TEL-A9", "TEL-A9-C")]
    rows = [f"MOB-50\t{options}\t{device}" for options, device in sold] + ["MOB-5\t\t", "MOB-5\tOPT-SEC\t"] * 2
    created = scene.draft("\n".join(["Forfait\tOptions\tTerminal", *rows]))
    client = browse(scene.world.alice)
    first = client.get(f"/devis/{created.reference}/prix/").text
    every = client.get(f"/devis/{created.reference}/prix/?formules=toutes").text
    assert (first.count("<details"), every.count("<details")) == (12, 14)
    assert "Voir toutes les formules" in first
    assert "Voir toutes les formules" not in every
    # What most lines have comes first.
    assert first.index("Éco 5 Go") < first.index("Altia A9")
    whole = client.get(f"/devis/{created.reference}/?formules=toutes").text
    assert "Voir toutes les formules" in client.get(f"/devis/{created.reference}/").text
    assert "Voir toutes les formules" not in whole


def test_an_agreement_that_ended_is_said_to_both_before_anybody_signs(scene, browse):
    sent = scene.sent()
    seller, customer = browse(scene.world.alice), browse()
    address, link = f"/devis/{scene.head(sent.quote_id).reference}/", f"/devis/accord/{sent.token}/"
    said = "L’accord-cadre n’est plus en vigueur le"
    assert said not in seller.get(address).text
    assert said not in customer.get(link).text
    catalogue_models.Agreement.objects.update(valid_to=fw.AT.date())
    page = seller.get(address).text
    assert said in page
    assert "ce devis change de +1,10\u00a0€ par mois et de 0,00\u00a0€ une fois" in page
    assert "Nouvelle version aux prix du jour" in page
    assert "accept-dialog" not in page.split("<dialog", maxsplit=1)[0]
    page = customer.get(link).text
    assert "ce devis change de +1,10\u00a0€ par mois et de 0,00\u00a0€ une fois" in page
    assert "demandez une nouvelle version à votre interlocuteur" in page
    assert "Recevoir mon code" not in page


def test_who_may_not_write_quotes_sees_no_door_to_change_them(scene, browse):
    created = scene.draft("Utilisateur\tForfait\nAnne\tMOB-50\n")
    address = f"/devis/{scene.head(created.quote_id).reference}/"
    doors = (
        "data-remove ",
        "data-undo ",
        "data-redo ",
        "add-dialog",
        "send-dialog",
        "terms-dialog",
        "selection-dialog",
        'id="close-dialog"',
    )
    page = browse(scene.world.alice).get(address).text
    assert [door for door in doors if door not in page] == []
    page = browse(scene.world.sam).get(address).text
    assert [door for door in doors if door in page] == []
    assert 'data-editable=""' in page
    before = scene.lines(created.quote_id)
    assert browse(scene.world.sam).post(f"{address}defaire/").status_code == 403
    assert scene.lines(created.quote_id) == before
