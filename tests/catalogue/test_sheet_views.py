"""The screens on which offers are written, without scripts: who may, what is kept, what is said."""

from __future__ import annotations

import datetime as dt

import pytest

from come.catalogue import models

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture
def paul(world):
    return world.client("paul")


@pytest.fixture
def draft(paul):
    answer = paul.post("/catalogue/nouvelle/", {"name": "Forfait Vigne", "kind": "plan", "source": ""})
    assert answer.status_code == 303
    return models.Offering.objects.get(code="FORFAIT-VIGNE")


def _form(**changed):
    given = {
        "offering.name_fr": "Forfait Vigne",
        "offering.kind": "plan",
        "offering.valid_from": "2026-11-02",
        "offering.tariff": "T-ILLIMITE",
        "offering.segments": ["pme", "pro"],
        "offering.prices.0.price_type": "recurring",
        "offering.prices.0.amount": "14,90",
        "offering.prices.0.tax_category": "standard",
        "offering.prices.0.nature": "service",
        "offering.prices.0.in_advance": "true",
        "seen": "1",
    }
    return {**given, **changed}


def _post(client, draft, **changed):
    return client.post(f"/catalogue/versions/{draft.id}/", _form(**changed))


@pytest.mark.parametrize("login", ["alice", "mona", "charlie"])
def test_only_those_who_write_the_catalogue_come_in(world, draft, login):
    client = world.client(login)

    assert client.get("/catalogue/nouvelle/").status_code == 403
    assert client.get(f"/catalogue/versions/{draft.id}/").status_code == 403
    assert _post(client, draft).status_code == 403
    assert client.post(f"/catalogue/versions/{draft.id}/retour/", {"reason": "Non"}).status_code == 403
    assert client.post(f"/catalogue/versions/{draft.id}/nouvelle-version/", {"valid_from": "2026-12-01"}).status_code == 404
    assert models.OfferingSheet.objects.get(offering=draft).revision == 1


def test_a_save_keeps_all_and_says_what_is_left(paul, draft):
    page = _post(paul, draft, **{"offering.prices.0.amount": "quatorze"}).content.decode()

    assert "1 point à corriger" in page
    assert 'value="quatorze"' in page
    assert 'aria-invalid="true"' in page
    assert models.OfferingSheet.objects.get(offering=draft).typed["offering"]["segments"] == "pme|pro"


def test_a_row_is_added_and_removed_by_plain_buttons(paul, draft):
    _post(paul, draft, add="offering.prices")
    assert len(models.OfferingSheet.objects.get(offering=draft).typed["offering"]["prices"]) == 2

    _post(paul, draft, seen="2", remove="offering.prices.0", **{"offering.prices.1.price_type": "one_off", "offering.prices.1.amount": "5"})

    (left,) = models.OfferingSheet.objects.get(offering=draft).typed["offering"]["prices"]
    assert (left["price_type"], left["amount"]) == ("one_off", "5")


def test_a_button_that_names_nothing_known_changes_nothing(paul, draft):
    _post(paul, draft, add="offering.girafes", remove="offering.prices.x")

    assert len(models.OfferingSheet.objects.get(offering=draft).typed["offering"]["prices"]) == 1


def test_an_edit_on_an_old_page_is_refused_and_nothing_is_overwritten(paul, world, draft):
    assert _post(world.client("petra"), draft, **{"offering.description_fr": "De Petra"}).status_code == 200

    answer = _post(paul, draft, **{"offering.description_fr": "De Paul"})

    assert answer.status_code == 409
    assert "Petra Pons a modifié cette offre" in answer.content.decode()
    assert models.OfferingSheet.objects.get(offering=draft).typed["offering"]["description_fr"] == "De Petra"


def test_from_draft_to_sale_by_two_people(paul, world, draft):
    _post(paul, draft)
    assert paul.post(f"/catalogue/versions/{draft.id}/relecture/").status_code == 303
    assert _post(paul, draft, seen="2").status_code == 422
    refused = paul.post(f"/catalogue/versions/{draft.id}/publication/")
    assert refused.status_code == 422
    petra = world.client("petra")
    assert petra.post(f"/catalogue/versions/{draft.id}/retour/", {"reason": "Prix à revoir"}).status_code == 303
    _post(paul, draft, seen="2", **{"offering.prices.0.amount": "15,90"})
    paul.post(f"/catalogue/versions/{draft.id}/relecture/")

    assert petra.post(f"/catalogue/versions/{draft.id}/publication/").status_code == 303

    draft.refresh_from_db()
    assert draft.approval == "approved"
    assert "15,90" in petra.get("/catalogue/FORFAIT-VIGNE/").content.decode()


def test_a_copy_and_a_new_version_begin_from_the_page_of_an_offer(paul):
    copied = paul.post("/catalogue/nouvelle/", {"name": "Illimité Vigne", "kind": "plan", "source": "MOB-ILL-50"})
    assert copied.status_code == 303
    made = models.Offering.objects.get(code="ILLIMITE-VIGNE")
    assert (made.version, made.kind, str(made.prices.get(code="ABO").amount)) == (1, "plan", "22.900000")

    sold = models.Offering.objects.get(code="MOB-ILL-50", valid_to=None)
    begun = paul.post(f"/catalogue/versions/{sold.id}/nouvelle-version/", {"valid_from": "2026-12-01"})

    assert begun.status_code == 303
    version = models.Offering.objects.get(code="MOB-ILL-50", approval="draft")
    assert (version.version, version.valid_from) == (sold.version + 1, dt.date(2026, 12, 1))
    page = paul.get(begun["Location"]).content.decode()
    assert "Publier cette version met fin à la version" in page
