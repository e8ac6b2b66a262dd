"""The screens of companies: what each person sees, and what the acts answer."""

from __future__ import annotations

import re

import pytest
from django import urls
from django.contrib import auth
from django.db import connection
from django.test import utils

import party_world
from come.party import commands, models, queries

AT = party_world.AT


@pytest.fixture
def visit(client):
    def sign_in(actor):
        client.force_login(auth.get_user_model().objects.get(id=actor.staff_id), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def _said(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_list_shows_the_agency_and_filters(cast, visit):
    first = party_world.open_file(party_world.company(), cast.alice, name="Éclair Services")
    party_world.open_file(party_world.company(1), cast.bob, name="Zinc et Cie", segment="pro")
    party_world.open_file(party_world.company(2), cast.charlie, name="Atlantique Nord")

    said = _said(visit(cast.alice).get(urls.reverse("party:companies")))
    assert said.index("Éclair Services") < said.index("Zinc et Cie")
    assert "Atlantique Nord" not in said
    for query, expected in (
        ("mine=1", 1),
        ("segment=pro", 1),
        ("state=prospect", 2),
        (f"q={party_world.company().siren}", 1),
        ("q=rien", 0),
    ):
        rows = re.findall(r'class="row-link" href="([^"]+)"', _said(visit(cast.alice).get(f"{urls.reverse('party:companies')}?{query}")))
        assert len(rows) == expected, query
    assert "Effacer les filtres" in _said(visit(cast.alice).get(f"{urls.reverse('party:companies')}?q=rien"))
    assert urls.reverse("party:company", args=[first.reference]) in said


def test_the_page_of_a_company_and_its_refusals(cast, visit):
    one = party_world.company()
    made = party_world.open_file(one, cast.alice)
    address = urls.reverse("party:company", args=[made.reference])

    said = _said(visit(cast.bob).get(address))
    assert one.siren in said
    assert one.places[0].siret in said
    assert "en activité au 31 octobre 2026" in said

    refused = visit(cast.charlie).get(address)
    assert refused.status_code == 403
    assert "Agence Lyon" in _said(refused)
    assert one.siren not in _said(refused)
    assert visit(cast.marc).get(address).status_code == 403
    assert visit(cast.alice).get(urls.reverse("party:company", args=["CLI-2026-999999"])).status_code == 404


def test_a_merged_reference_leads_to_the_present_one(cast, visit):
    made = party_world.open_file(party_world.company(), cast.alice)
    models.ReferenceRedirect.objects.create(old_reference="CLI-2019-000001", customer_file_id=made.customer_file_id)
    response = visit(cast.alice).get(urls.reverse("party:company", args=["CLI-2019-000001"]))
    assert (response.status_code, response["Location"]) == (303, urls.reverse("party:company", args=[made.reference]))


def test_a_visitor_is_sent_to_the_door(client, db):
    for name in ("party:companies", "party:new", "party:home_customers"):
        response = client.get(urls.reverse(name))
        assert response.status_code == 302
        assert "/connexion/" in response["Location"]


def test_typing_a_siren_offers_the_establishments_and_one_click_opens(cast, visit):
    one = party_world.company()
    said = _said(visit(cast.alice).get(urls.reverse("party:new_search"), {"q": one.siren}))
    assert "Registre au 31 octobre 2026" in said
    assert one.places[0].siret in said

    response = visit(cast.alice).post(urls.reverse("party:create"), {"siret": one.places[0].siret, "segment": "pme", "request_id": "r1"})
    [file] = models.CustomerFile.objects.all()
    assert (response.status_code, response["Location"]) == (303, urls.reverse("party:company", args=[file.reference]))
    assert (file.agency_id, file.owner_id) == (cast.lyon, cast.alice.staff_id)


def test_a_duplicate_is_answered_with_the_file_that_exists(cast, visit):
    one = party_world.company()
    made = party_world.open_file(one, cast.alice)
    posted = {"siret": one.places[0].siret, "segment": "pme"}

    response = visit(cast.bob).post(urls.reverse("party:create"), posted)
    assert response.status_code == 422
    assert f"Ouvrir {made.reference}" in _said(response)
    assert urls.reverse("party:company", args=[made.reference]) in _said(response)

    response = visit(cast.charlie).post(urls.reverse("party:create"), posted)
    assert response.status_code == 422
    assert "Suivi par Agence Lyon" in _said(response)
    assert made.reference not in _said(response)
    assert models.CustomerFile.objects.count() == 1


def test_a_lookalike_is_confirmed_with_a_reason(cast, visit):
    posted = {"name": "Boulangerie Éclat", "segment": "pro", "postcode": "69003"}
    assert visit(cast.alice).post(urls.reverse("party:create_provisional"), posted).status_code == 303
    asked = visit(cast.alice).post(urls.reverse("party:create_provisional"), posted | {"name": "BOULANGERIE ECLAT"})
    assert asked.status_code == 409
    assert 'name="different_because"' in _said(asked)
    assert '<input type="hidden" name="name" value="BOULANGERIE ECLAT">' in _said(asked)
    confirmed = visit(cast.alice).post(
        urls.reverse("party:create_provisional"),
        posted | {"name": "BOULANGERIE ECLAT", "different_because": "autre gérant"},
    )
    assert confirmed.status_code == 303
    assert models.CustomerFile.objects.count() == 2


def test_a_wrong_number_is_said_while_typing(cast, visit):
    said = _said(visit(cast.alice).get(urls.reverse("party:new_search"), {"q": "123456789"}))
    assert "La clé de ce SIREN est fausse" in said


def test_people_without_the_right_cannot_open(cast, visit):
    one = party_world.company()
    for actor in (cast.hugo, cast.karim):
        assert visit(actor).get(urls.reverse("party:new")).status_code == 403
        assert visit(actor).post(urls.reverse("party:create"), {"siret": one.places[0].siret, "agency": str(cast.lyon)}).status_code == 403
    foreign = {"siret": one.places[0].siret, "segment": "pme", "agency": str(cast.nantes)}
    assert visit(cast.alice).post(urls.reverse("party:create"), foreign).status_code == 403
    assert models.CustomerFile.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "posted", "count"),
    [
        ("create_contact", {"given_name": "Léa", "family_name": "Roche", "role": "Achats"}, models.ContactPoint.objects.count),
        ("create_account", {"name": "Siège", "payment_means": "transfer"}, models.BillingAccount.objects.count),
        ("rename", {"name": "Autre nom"}, lambda: models.CustomerFile.objects.filter(name="Autre nom").count()),
    ],
)
def test_acts_of_the_company_page_and_their_refusals(cast, visit, name, posted, count):
    made = party_world.open_file(party_world.company(), cast.alice)
    address = urls.reverse(f"party:{name}", args=[made.reference])
    assert visit(cast.charlie).post(address, posted).status_code == 403
    assert visit(cast.hugo).post(address, posted).status_code == 403
    assert count() == 0
    wrong = visit(cast.bob).post(address, dict.fromkeys(posted, "") | {"payment_means": "cheque"})
    assert wrong.status_code == 422
    assert count() == 0
    assert visit(cast.bob).post(address, posted).status_code == 303
    assert count() == 1


def test_a_cost_centre_and_an_establishment(cast, visit):
    one = next(found for found in map(party_world.company, range(50)) if len(found.places) > 1)
    made = party_world.open_file(one, cast.alice)
    account = commands.create_billing_account(
        customer_file_id=made.customer_file_id,
        account=party_world.account(),
        actor=cast.alice,
        at=AT,
    )
    centre = urls.reverse("party:create_cost_centre", args=[made.reference])
    assert visit(cast.bob).post(centre, {"account": account.reference, "code": "A1"}).status_code == 303
    assert visit(cast.bob).post(centre, {"account": "CF-2026-999999", "code": "A1"}).status_code == 404
    place = urls.reverse("party:create_establishment", args=[made.reference])
    assert visit(cast.bob).post(place, {"siret": one.places[1].siret}).status_code == 303
    assert visit(cast.bob).post(place, {"siret": "12"}).status_code == 422
    page = queries.company_page(reference=made.reference, viewer=cast.alice)
    assert [one.code for one in page.accounts[0].cost_centres] == ["A1"]
    assert len(page.establishments) == 2


def test_a_provisional_file_is_placed_from_its_page(cast, visit):
    visit(cast.alice).post(urls.reverse("party:create_provisional"), {"name": "Sans numéro", "segment": "pme"})
    [file] = models.CustomerFile.objects.all()
    assert "Dossier provisoire" in _said(visit(cast.alice).get(urls.reverse("party:company", args=[file.reference])))
    address = urls.reverse("party:place", args=[file.reference])
    siret = party_world.company().places[0].siret
    assert visit(cast.charlie).post(address, {"siret": siret}).status_code == 403
    assert visit(cast.alice).post(address, {"siret": siret}).status_code == 303
    assert "Dossier provisoire" not in _said(visit(cast.alice).get(urls.reverse("party:company", args=[file.reference])))


def test_the_home_fragment_shows_mine(cast, visit):
    party_world.open_file(party_world.company(), cast.alice, name="À moi")
    party_world.open_file(party_world.company(1), cast.bob, name="À Bob")
    said = _said(visit(cast.alice).get(urls.reverse("party:home_customers")))
    assert "À moi" in said
    assert "À Bob" not in said
    assert "Aucun client encore" in _said(visit(cast.charlie).get(urls.reverse("party:home_customers")))


def test_the_list_takes_the_same_statements_whatever_its_size(cast, visit):
    client = visit(cast.alice)
    counts = []
    for start, size in ((0, 2), (2, 20)):
        for position in range(start, start + size):
            party_world.open_file(party_world.company(position), cast.alice)
        with utils.CaptureQueriesContext(connection) as captured:
            assert client.get(urls.reverse("party:companies")).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
