from __future__ import annotations

import json
import re

import pytest
from django import test

from come.shared import actor as actors, search
from come.staff import commands, models, queries
from staff_cast import AT, PASSWORD

pytestmark = pytest.mark.django_db


def page(client, address, **headers):
    answer = client.get(address, headers=headers)
    return answer.status_code, answer.content.decode()


# ---------------------------------------------------------------- the door


def test_a_visitor_is_sent_to_the_door_and_comes_back(cast, browse):
    client = test.Client()
    answer = client.get("/equipe/?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/connexion/?next=%2Fequipe%2F%3Fx%3D1")
    answer = client.post("/connexion/", {"login": "marc", "password": PASSWORD, "next": "/equipe/?x=1"})
    assert answer["Location"] == "/equipe/?x=1"


@pytest.mark.parametrize("elsewhere", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)"])
def test_sign_in_never_sends_elsewhere(cast, elsewhere):
    answer = test.Client().post("/connexion/", {"login": "alice", "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == "/"


def test_an_htmx_request_without_session_is_told_where_to_go(cast):
    answer = test.Client().get("/compte/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/commandes/CMD-1/"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/connexion/?next=%2Fcommandes%2FCMD-1%2F")


def test_wrong_password_is_refused_without_saying_which_is_wrong(cast):
    for login in ("alice", "personne"):
        answer = test.Client().post("/connexion/", {"login": login, "password": "faux"})
        assert answer.status_code == 422
        assert "Identifiant ou mot de passe incorrect." in answer.content.decode()
        assert "sessionid" not in answer.cookies


def test_a_deactivated_person_cannot_sign_in(cast):
    commands.deactivate_staff_member(staff_id=cast.alice.staff_id, actor=cast.marc, at=AT)
    assert test.Client().post("/connexion/", {"login": "alice", "password": PASSWORD}).status_code == 422


def test_a_session_ends_when_its_person_is_deactivated(cast, browse):
    client = browse(cast.alice)
    assert client.get("/compte/").status_code == 200
    commands.deactivate_staff_member(staff_id=cast.alice.staff_id, actor=cast.marc, at=AT)
    assert client.get("/compte/").status_code == 302


def test_five_wrong_passwords_suspend_the_sign_in_even_with_the_right_one(cast):
    client = test.Client()
    answers = [client.post("/connexion/", {"login": "alice", "password": "faux"}).status_code for _try in range(5)]
    assert answers == [422, 422, 422, 422, 429]
    refused = client.post("/connexion/", {"login": "alice", "password": PASSWORD})
    assert refused.status_code == 429
    assert "la connexion est suspendue 15 minutes" in refused.content.decode()
    assert "sessionid" not in refused.cookies
    assert client.post("/connexion/", {"login": "bob", "password": PASSWORD}).status_code == 302


def test_a_form_without_its_token_is_refused_in_french(cast):
    client = test.Client(enforce_csrf_checks=True)
    answer = client.post("/connexion/", {"login": "alice", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Ce formulaire a expiré" in answer.content.decode()


def test_a_session_that_ended_is_said_at_the_door(cast, browse):
    client = browse(cast.alice)
    client.session.flush()
    answer = client.get("/compte/")
    assert answer["Location"] == "/connexion/?next=%2Fcompte%2F&expiree=1"
    assert "Votre session a expiré." in page(client, answer["Location"])[1]
    assert "Votre session a expiré." not in page(test.Client(), "/connexion/?next=%2Fcompte%2F")[1]


def test_sign_out_needs_a_post(cast, browse):
    client = browse(cast.alice)
    assert client.get("/deconnexion/").status_code == 405
    assert client.post("/deconnexion/")["Location"] == "/connexion/"
    assert client.get("/compte/").status_code == 302


def test_the_demonstration_offers_its_logins_and_others_do_not(cast, settings, tmp_path):
    told = {"password": "novaline", "logins": [{"login": "alice", "name": "Alice Morel", "trade": "vendeuse"}]}
    (tmp_path / "demo.json").write_text(json.dumps(told), encoding="utf-8")
    settings.COME_HOME = tmp_path
    settings.COME_DEMO = True
    assert "Comptes de démonstration" in page(test.Client(), "/connexion/")[1]
    settings.COME_DEMO = False
    assert "Comptes de démonstration" not in page(test.Client(), "/connexion/")[1]


# ---------------------------------------------------------------- the key


def test_a_key_acts_as_its_holder_and_a_wrong_one_is_refused(cast):
    key = commands.issue_api_token(staff_id=cast.alice.staff_id, name="export", expires_at=None, actor=cast.alice, at=AT)
    assert test.Client().get("/compte/", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    refused = test.Client().get("/compte/", headers={"Authorization": "Bearer come_faux"})
    assert (refused.status_code, refused["Content-Type"]) == (401, "application/problem+json")
    assert refused.json()["code"] == "api.wrong_token"


# ---------------------------------------------------------------- the frame


def test_every_page_is_one_document_with_one_title_and_no_inline_code(cast, browse):
    client = browse(cast.marc)
    for address in ("/", "/compte/", "/equipe/", "/equipe/nouvelle-personne/", "/equipe/nouvelle-agence/", "/recherche/"):
        status, body = page(client, address)
        assert status == 200, address
        assert body.count("<h1") == 1, address
        assert '<html lang="fr">' in body
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", body), address
        assert not re.search(r"<script(?![^>]*\bsrc=)", body), address


def test_the_menu_shows_the_team_to_those_who_may_read_it(cast, browse):
    assert "Équipe et agences" in page(browse(cast.diane), "/")[1]
    assert "Équipe et agences" not in page(browse(cast.alice), "/")[1]


def test_an_unknown_address_says_so_in_the_frame(cast, browse):
    status, body = page(browse(cast.alice), "/nulle-part/")
    assert status == 404
    assert "Cette page n’existe pas" in body


# ---------------------------------------------------------------- search


def provider(*, text: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    """Stand in for the packages above: one company, in Lyon."""
    is_lyon = any(name == "Agence Lyon" for agency, name in queries.agency_names().items() if agency in viewer.agency_ids)
    return [search.Hit("Client", f"Charpentes {text}", "SIREN 732 829 320", "/clients/CLI-1/", score=9)] if is_lyon else []


@pytest.fixture
def _provided(monkeypatch):
    monkeypatch.setattr(search, "_providers", lambda: (provider,))


@pytest.mark.usefixtures("_provided")
def test_the_palette_answers_options_that_a_keyboard_can_choose(cast, browse):
    _status, body = page(browse(cast.alice), "/recherche/?q=vau&palette=1", **{"HX-Request": "true"})
    assert "<html" not in body
    assert '<a class="palette-hit" role="option" id="hit-0" href="/clients/CLI-1/"' in body
    assert "Charpentes vau" in body


@pytest.mark.usefixtures("_provided")
def test_search_shows_only_what_the_viewer_sees(cast, browse):
    assert "Charpentes" not in page(browse(cast.charlie), "/recherche/?q=vau")[1]
    assert "Charpentes" in page(browse(cast.alice), "/recherche/?q=vau")[1]


def test_search_text_is_escaped(cast, browse):
    body = page(browse(cast.alice), "/recherche/?q=<script>alert(1)</script>")[1]
    assert "<script>alert" not in body
    assert "Rien ne correspond à «\u00a0&lt;script&gt;" in body


def test_the_palette_finds_acts_without_their_accents(cast, browse):
    body = page(browse(cast.diane), "/recherche/?q=equipe&palette=1", **{"HX-Request": "true"})[1]
    assert 'href="/equipe/"' in body
    body = page(browse(cast.alice), "/recherche/?q=equipe&palette=1", **{"HX-Request": "true"})[1]
    assert 'href="/equipe/"' not in body


# ---------------------------------------------------------------- journal


def test_the_journal_of_a_person_is_for_the_administration(cast, browse):
    address = f"/journal/staff/{cast.alice.staff_id}/"
    status, body = page(browse(cast.marc), address)
    assert status == 200
    assert "Compte créé" in body
    assert page(browse(cast.bob), address)[0] == 404


def guard(*, thing_id, viewer):
    """Stand in for the query of the owner above."""
    from come.shared import obstacles  # noqa: PLC0415 - loaded with the query that it stands for

    if not viewer.agency_ids & set(models.Agency.objects.filter(code="LYO").values_list("id", flat=True)):
        raise obstacles.not_found("La commande", thing_id)
    return thing_id


def test_the_owner_of_a_thing_guards_its_journal(cast, browse, settings, monkeypatch):
    settings.COME_JOURNAL_GUARDS = {"order": ("come.staff.queries.guard", "thing_id")}
    monkeypatch.setattr(queries, "guard", guard, raising=False)
    address = f"/journal/order/{cast.lyon}/"
    assert page(browse(cast.alice), address)[0] == 200
    assert "Aucun fait" in page(browse(cast.alice), address, **{"HX-Request": "true"})[1]
    assert page(browse(cast.charlie), address)[0] == 404


def test_a_thing_of_no_agency_is_opened_by_a_permission(cast, browse, settings):
    settings.COME_JOURNAL_GUARDS = {"run": "billing.run"}
    assert page(browse(cast.hugo), f"/journal/run/{cast.lyon}/")[0] == 200
    assert page(browse(cast.diane), f"/journal/run/{cast.lyon}/")[0] == 403


# ---------------------------------------------------------------- team


def test_a_manager_reads_the_people_of_their_agencies_alone(cast, browse):
    _status, body = page(browse(cast.diane), "/equipe/")
    assert "Alice Morel" in body
    assert "Charlie Nguyen" not in body
    assert "Agence Nantes" not in body
    assert page(browse(cast.diane), f"/equipe/{cast.charlie.staff_id}/")[0] == 404
    assert page(browse(cast.diane), f"/equipe/{cast.alice.staff_id}/")[0] == 200


@pytest.mark.parametrize("who", ["alice", "bob", "charlie"])
def test_those_who_sell_do_not_read_the_team(cast, browse, who):
    client = browse(getattr(cast, who))
    assert page(client, "/equipe/")[0] == 403
    assert page(client, f"/equipe/{cast.alice.staff_id}/")[0] == 403


@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "diane", "karim"])
def test_only_the_administration_changes_people(cast, browse, who):
    client = browse(getattr(cast, who))
    address = f"/equipe/{cast.bob.staff_id}/"
    changed = {"display_name": "Bobby", "roles": ["administrator"], "agencies": [str(cast.lyon)]}
    assert client.post(address, changed).status_code in {403, 404}
    assert client.post(f"{address}activation/", {"active": "0"}).status_code == 403
    assert client.post("/equipe/nouvelle-personne/", {"login": "zoe"}).status_code == 403
    assert client.post("/equipe/nouvelle-agence/", {"code": "X", "name": "X"}).status_code == 403
    found = queries.member(staff_id=cast.bob.staff_id)
    assert (found.display_name, found.roles, found.is_active) == ("Bob Lambert", ("assistant",), True)


def test_the_administration_opens_changes_and_closes_an_account(cast, browse):
    client = browse(cast.marc)
    facts = {"login": "zoe.petit", "display_name": "Zoé Petit", "roles": ["seller"], "agencies": [str(cast.nantes)]}
    answer = client.post("/equipe/nouvelle-personne/", {**facts, "password": "court"})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Ce mot de passe est refusé" in body
    assert 'value="Zoé Petit"' in body
    answer = client.post("/equipe/nouvelle-personne/", {**facts, "password": "quatre mots bien choisis"})
    assert answer.status_code == 303
    zoe = queries.actor_by_login(login="zoe.petit")
    assert answer["Location"] == f"/equipe/{zoe.staff_id}/"
    client.post(answer["Location"], {"display_name": "Zoé Grand", "roles": ["assistant"], "agencies": [str(cast.lyon)]})
    found = queries.member(staff_id=zoe.staff_id)
    assert (found.display_name, found.roles, found.agency_ids) == ("Zoé Grand", ("assistant",), frozenset({cast.lyon}))
    client.post(f"/equipe/{zoe.staff_id}/activation/", {"active": "0"})
    assert queries.member(staff_id=zoe.staff_id).is_active is False


def test_an_agency_code_is_opened_once(cast, browse):
    client = browse(cast.marc)
    assert client.post("/equipe/nouvelle-agence/", {"code": "tls", "name": "Agence Toulouse", "city": "Toulouse"}).status_code == 303
    answer = client.post("/equipe/nouvelle-agence/", {"code": "TLS", "name": "Une autre", "city": ""})
    assert answer.status_code == 422
    assert "Ce code est déjà celui d’une agence." in answer.content.decode()
    assert [agency.name for agency in queries.agencies()] == ["Agence Lyon", "Agence Nantes", "Agence Toulouse"]


# ---------------------------------------------------------------- account


def test_a_new_password_keeps_this_session_and_ends_the_others(cast, browse):
    here, elsewhere = browse(cast.alice), browse(cast.alice)
    typed = {"current": PASSWORD, "new": "un nouveau mot long", "again": "un nouveau mot long"}
    assert here.post("/compte/mot-de-passe/", typed).status_code == 303
    assert here.get("/compte/").status_code == 200
    assert elsewhere.get("/compte/").status_code == 302


def test_two_different_entries_change_nothing(cast, browse):
    typed = {"current": PASSWORD, "new": "un nouveau mot long", "again": "un autre"}
    answer = browse(cast.alice).post("/compte/mot-de-passe/", typed)
    assert answer.status_code == 422
    assert "Les deux saisies diffèrent." in answer.content.decode()
    assert models.StaffMember.objects.get(login="alice").check_password(PASSWORD)


def test_a_key_is_shown_once(cast, browse):
    client = browse(cast.alice)
    body = client.post("/compte/cles/", {"name": "Export paie"}).content.decode()
    (key,) = set(re.findall(r"come_[\w-]{43}", body))
    assert queries.actor_by_token(token=key, at=AT) is not None
    assert key not in page(client, "/compte/")[1]
    (token,) = queries.api_tokens(staff_id=cast.alice.staff_id)
    client.post(f"/compte/cles/{token.id}/revocation/")
    assert queries.actor_by_token(token=key, at=AT) is None
