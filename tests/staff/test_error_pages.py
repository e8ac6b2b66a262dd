"""What a person reads when something is refused, missing or broken; what a machine reads instead."""

from __future__ import annotations

import re

import pytest
from django import test
from django.template import loader

from come.shared import search

pytestmark = pytest.mark.django_db


def test_a_wrong_method_is_drawn_and_says_which_ones_are_allowed(cast, browse):
    answer = browse(cast.alice).get("/deconnexion/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Cet acte ne se fait pas ainsi" in answer.content.decode()


def test_a_wrong_method_is_a_problem_for_a_machine(cast, browse):
    answer = browse(cast.alice).get("/deconnexion/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer.json()["code"] == "shared.method_not_allowed"


def test_a_refusal_is_drawn_with_its_reason(cast, browse):
    answer = browse(cast.alice).get("/equipe/")
    body = answer.content.decode()
    assert answer.status_code == 403
    assert "Votre rôle ne permet pas de faire cela\u00a0: consulter l’équipe." in body
    assert body.count("<h1") == 1


def test_an_unforeseen_error_gives_a_number_and_shows_nothing_else(cast, browse, monkeypatch):
    def broken(**_asked):
        raise ValueError("le détail qui ne sort pas")

    monkeypatch.setattr(search, "search", broken)
    client = browse(cast.alice)
    client.raise_request_exception = False
    answer = client.get("/recherche/?q=abc")
    body = answer.content.decode()
    assert answer.status_code == 500
    assert "Un incident nous a interrompus" in body
    assert re.search(r"ERR-[0-9A-F]{12}", body)
    assert "le détail" not in body


def test_a_foreign_host_is_refused_in_words():
    answer = test.Client().get("/connexion/", headers={"host": "ailleurs.example"})
    assert answer.status_code == 400
    assert "Cette demande est mal formée" in answer.content.decode()


def test_the_last_resort_needs_no_request():
    assert "Un incident nous a interrompus" in loader.render_to_string("500.html")


def test_another_site_does_not_write_through_the_api_with_our_session(cast, browse):
    client = browse(cast.alice)
    ours = client.post("/tmf-api/nulle-part", headers={"Origin": "http://testserver"})
    theirs = client.post("/tmf-api/nulle-part", headers={"Origin": "https://ailleurs.example"})
    assert ours.wsgi_request.actor is not None
    assert theirs.wsgi_request.actor is None
    assert client.get("/tmf-api/nulle-part", headers={"Origin": "https://ailleurs.example"}).wsgi_request.actor is not None
