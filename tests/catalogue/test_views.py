"""The screens: who sees what, what they say."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files import uploadedfile

from come.catalogue import commands, models
from come.shared import search

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture
def agreement(world, at):
    return commands.create_agreement(
        name="Accord flotte Brumaire",
        legal_unit_id=world.company.legal_unit_id,
        template_code="ACC-FLOTTE-GRAND-COMPTE",
        valid_from=dt.date(2026, 1, 1),
        signed_date=dt.date(2025, 12, 12),
        actor=world.people["mona"],
        at=at,
    )


def _read(client, path, status=200, **query):
    answer = client.get(path, query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_a_seller_lists_what_is_on_sale(world):
    page = _read(world.client("alice"), "/catalogue/")

    assert "Novaline Illimité 50 Go" in page
    assert "22,90" in page
    assert "Novaline Satellite" not in page
    assert "Affaires 3 h" not in page


def test_the_list_follows_kind_words_and_date(world):
    client = world.client("alice")

    assert "21,90" in _read(client, "/catalogue/", date="2026-06-30", q="illimité 50")
    pools = _read(client, "/catalogue/", famille="pool")
    assert "Volume partagé 2 To" in pools
    assert "Novaline Éco" not in pools
    assert "Aucune offre ne correspond" in _read(client, "/catalogue/", q="girafe")


def test_drafts_are_listed_for_those_who_write_them(world):
    assert "Novaline Satellite" in _read(world.client("paul"), "/catalogue/", etat="draft")
    assert "Novaline Satellite" not in _read(world.client("alice"), "/catalogue/", etat="draft")


def test_an_offer_shows_prices_volumes_rules_and_tariff(world):
    page = _read(world.client("alice"), "/catalogue/MOB-ILL-50/")

    assert "50\u00a0Go" in page
    assert "Une ligne porte une seule offre principale." in page
    assert "Fixes zone 1" in page
    assert "à la seconde" in page or "30 s, puis par 1 s" in page
    assert "Version 1" in page
    assert "Version 2" in page
    # What it costs the operator is not for everybody.
    assert "7,40" not in page
    assert "7,40" in _read(world.client("paul"), "/catalogue/MOB-ILL-50/")


def test_every_offer_has_a_page(world):
    client = world.client("paul")

    for code in models.Offering.objects.values_list("code", flat=True).distinct():
        _read(client, f"/catalogue/{code}/")


def test_an_unknown_offer_or_somebody_elses_draft_is_not_found(world):
    _read(world.client("alice"), "/catalogue/RIEN/", status=404)
    _read(world.client("alice"), "/catalogue/MOB-SAT/", status=404)


def test_a_visitor_is_sent_to_the_door(client):
    assert client.get("/catalogue/").status_code == 302


def test_an_offer_is_read_by_a_second_person_then_published(world):
    draft = models.Offering.objects.get(code="MOB-SAT")
    models.Offering.objects.filter(id=draft.id).update(edited_by_id=world.people["paul"].staff_id)

    assert world.client("paul").post(f"/catalogue/versions/{draft.id}/relecture/").status_code == 303
    refused = world.client("paul").post(f"/catalogue/versions/{draft.id}/publication/")
    assert refused.status_code == 422
    assert "une autre personne doit la relire" in refused.content.decode()
    assert world.client("petra").post(f"/catalogue/versions/{draft.id}/publication/").status_code == 303

    assert models.Offering.objects.get(id=draft.id).approval == "approved"


def test_a_seller_may_not_retire_an_offer(world):
    sold = models.Offering.objects.get(code="ACC-COQUE")

    assert world.client("alice").post(f"/catalogue/versions/{sold.id}/retrait/", {"valid_to": "2026-12-01"}).status_code == 403

    assert models.Offering.objects.get(id=sold.id).valid_to is None


def test_an_agreement_shows_list_price_beside_negotiated(world, agreement):
    page = _read(world.client("alice"), f"/catalogue/accords/{agreement.reference}/")

    assert "Illimité 50 Go\u00a0: 16,90 € par ligne et par mois à partir de 100 lignes." in page
    assert "22,90" in page
    assert "16,90" in page
    assert "Ateliers Brumaire" in page


def test_an_agreement_is_not_found_from_another_agency(world, agreement):
    _read(world.client("charlie"), f"/catalogue/accords/{agreement.reference}/", status=404)
    assert agreement.reference not in _read(world.client("charlie"), "/catalogue/accords/")
    assert agreement.reference in _read(world.client("alice"), "/catalogue/accords/")


def test_a_customers_page_shows_its_agreements(world, agreement):
    path = f"/catalogue/fragments/client/{world.company.reference}/"

    assert agreement.reference in _read(world.client("alice"), path)
    assert world.client("charlie").get(path).status_code in {403, 404}


def test_a_manager_writes_an_agreement_from_a_template_and_it_is_signed_once_another_approved(world):
    client = world.client("mona")
    form = {"customer": world.company.reference, "source": "template:ACC-PME", "name": "Accord PME", "valid_from": "2026-11-02"}
    assert "Accord-cadre PME" in _read(client, "/catalogue/accords/nouveau/")

    made = client.post("/catalogue/accords/nouveau/", form)

    assert made.status_code == 303
    agreement = models.Agreement.objects.get(name="Accord PME")
    text = models.AgreementText.objects.get(agreement=agreement)
    address = f"/catalogue/accords/textes/{text.id}/"
    assert made["Location"] == address
    assert (agreement.state, agreement.valid_to) == ("draft", dt.date(2028, 11, 2))
    page = _read(client, address)
    assert "Rien à corriger" in page
    # Nothing signs what nobody approved.
    assert client.post(f"{address}acte/", {"act": "sign", "signed_date": "2026-11-02"}).status_code == 422
    assert client.post(f"{address}acte/", {"act": "submit"}).status_code == 303
    assert client.post(f"{address}acte/", {"act": "approve"}).status_code == 422
    assert world.client("alice").post(f"{address}acte/", {"act": "approve"}).status_code == 403
    assert world.client("charlie").get(address).status_code == 404
    assert world.client("petra").post(f"{address}acte/", {"act": "approve"}).status_code == 303
    scan = uploadedfile.SimpleUploadedFile("accord signé.pdf", b"%PDF-1.7", "application/pdf")
    assert client.post(f"{address}acte/", {"act": "sign", "signed_date": "2026-11-02", "document": scan}).status_code == 303
    assert models.Agreement.objects.get(id=agreement.id).state == "signed"
    given = client.get(f"{address}document/")
    assert (given.content, given["Content-Type"]) == (b"%PDF-1.7", "application/pdf")


def test_each_save_keeps_what_was_typed_and_rows_come_from_a_spreadsheet(world):
    client = world.client("mona")
    form = {"customer": world.company.reference, "source": "", "name": "Accord libre", "valid_from": "2026-11-02"}
    address = client.post("/catalogue/accords/nouveau/", form)["Location"]
    typed = {
        "agreement.name": "Accord libre",
        "agreement.valid_from": "2026-11-02",
        "agreement.valid_to": "",
        "seen": "0",
        "table": "4.1\tIllimité 50 Go\tPar mois\tmontant\t18,90\t10\n4.2\tInconnue\tPar mois\t%\t5",
        "paste": "1",
    }
    page = client.post(address, typed, headers={"HX-Request": "true", "HX-Trigger-Name": "paste"}).content.decode()
    rows = models.AgreementText.objects.get().typed["clauses"]
    assert [(row["number"], row["kind"], row["value"], row["minimum_quantity"]) for row in rows] == [
        ("4.1", "amount", "18,90", "10"),
        ("4.2", "percentage", "5", ""),
    ]
    assert 'data-path="clauses.1.subject"' in page
    # Somebody else's page is older: nothing of theirs is taken.
    late = world.client("petra").post(address, {**typed, "agreement.name": "Autre"}, headers={"HX-Request": "true"})
    assert "a modifié ce texte pendant que vous l’écriviez" in late.content.decode()
    assert models.AgreementText.objects.get().typed["agreement"]["name"] == "Accord libre"


def test_an_agreement_is_amended_read_on_a_day_and_ended_on_its_page(world, agreement):
    client = world.client("mona")
    page = f"/catalogue/accords/{agreement.reference}/"
    made = client.post(f"{page}avenant/", {"effective_date": "2027-01-01"})
    text = models.AgreementText.objects.get()
    assert made["Location"] == f"/catalogue/accords/textes/{text.id}/"
    number = len(text.typed["clauses"])
    assert number > 1
    assert client.post(f"{page}avenant/", {"effective_date": "2027-02-01"}).status_code == 303
    assert "déjà en préparation" in _read(client, page)
    assert client.post(made["Location"], {"seen": "0", "remove": "clauses.0", **_typed(text)}).status_code == 200
    text.refresh_from_db()
    assert len(text.typed["clauses"]) == number - 1
    assert "retirée" in _read(client, made["Location"])
    assert client.post(f"{made['Location']}acte/", {"act": "withdraw"}).status_code == 303
    assert client.post(f"{page}fin/", {"end_date": "2026-12-01", "reason": ""}).status_code == 303
    assert "La raison manque." in _read(client, page)
    assert client.post(f"{page}fin/", {"end_date": "2026-12-01", "reason": "Départ."}).status_code == 303
    assert models.Agreement.objects.get(reference=agreement.reference).valid_to == dt.date(2026, 12, 1)


def _typed(text):
    """Return what the form of a text sends back unchanged."""
    sent = {f"agreement.{name}": value for name, value in text.typed["agreement"].items()}
    for part in ("clauses", "commitments", "members"):
        for place, row in enumerate(text.typed[part]):
            sent |= {f"{part}.{place}.{name}": value for name, value in row.items()}
    return sent


def test_a_form_with_mistakes_keeps_what_was_typed(world):
    answer = world.client("mona").post("/catalogue/accords/nouveau/", {"name": "Accord sans client", "valid_from": "demain"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Accord sans client" in page
    assert "Écrivez un jour" in page
    assert models.Agreement.objects.count() == 0


def test_a_seller_may_not_write_an_agreement(world):
    assert world.client("alice").get("/catalogue/accords/nouveau/").status_code == 403


def test_the_pricing_managers_home_shows_what_comes(world):
    page = _read(world.client("paul"), "/catalogue/fragments/accueil/")

    assert "Novaline Illimité 120 Go" in page
    assert "Derniers imports" in page
    assert "Derniers imports" not in _read(world.client("alice"), "/catalogue/fragments/accueil/")


def test_offers_and_agreements_are_found(world, agreement):
    hits = search.search(text=agreement.reference, viewer=world.people["alice"])
    assert [(hit.kind, hit.title) for hit in hits] == [("Accord", "Accord flotte Brumaire")]
    assert search.search(text=agreement.reference, viewer=world.people["charlie"]) == []
    assert "Novaline Illimité 50 Go" in {hit.title for hit in search.search(text="illimité", viewer=world.people["charlie"])}
