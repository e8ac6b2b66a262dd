"""The public state page: written whole, read without the database, naming nobody."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys

import pytest

import fleet_world as fw
from come.edges.state_page import writer
from come.ticket import commands, queries, records

TOMORROW = fw.AT + dt.timedelta(days=1)


@pytest.fixture
def place(tmp_path, settings):
    settings.COME_STATE_DIR = tmp_path / "etat"
    return settings.COME_STATE_DIR


def _state(**given) -> records.PublicState:
    ticket = records.PublicTicket("INC-2026-000001", "quote", "major", "inProgress", "", fw.AT, TOMORROW, None, 42)
    return records.PublicState(**{"at": fw.AT, "down": (ticket,), "repaired": (), "kept_promise_share": 0.875} | given)


def test_the_page_is_read_without_any_database(place, client):
    # This test may not reach a database: an answer that asked it anything would fail.
    writer.StateFolder().publish(_state())
    french, english = client.get("/etat/"), client.get("/etat/en.html")
    assert (french.status_code, french["Content-Type"], french["Cache-Control"]) == (200, "text/html; charset=utf-8", "no-cache")
    assert "Ce qui ne marche pas" in french.text
    assert "05/10/2026 11:00" in french.text
    assert "06/10/2026 11:00" in french.text
    assert 'lang="en"' in english.text
    assert "What does not work" in english.text
    assert "Content-Security-Policy" in french
    for name, kind in (("state.css", "text/css"), ("state.js", "text/javascript"), ("state.json", "application/json")):
        assert client.get(f"/etat/{name}")["Content-Type"].startswith(kind)


def test_only_the_files_of_the_page_are_served(place, client):
    (place.parent / "secret").write_text("x", encoding="utf-8")
    writer.StateFolder().publish(_state())
    for name in ("../secret", "%2e%2e/secret", "secret", ".index.html.1"):
        assert client.get(f"/etat/{name}").status_code == 404
    assert client.post("/etat/").status_code == 405
    assert client.get("/etat")["Location"] == "/etat/"


def test_a_page_not_written_yet_says_so(place, client):
    answer = client.get("/etat/")
    assert (answer.status_code, "pas encore" in answer.text) == (503, True)


def test_a_page_that_cannot_be_written_leaves_the_former_one(place):
    writer.StateFolder().publish(_state())
    before = (place / "index.html").read_text(encoding="utf-8")
    (place / "state.json").unlink()
    (place / "state.json").mkdir()
    with pytest.raises(OSError, match="state"):
        writer.StateFolder().publish(_state(down=()))
    assert (place / "index.html").read_text(encoding="utf-8") == before


@pytest.mark.django_db
def test_the_page_names_no_customer_and_no_person(place):
    world = fw.build()
    reference = commands.open_ticket(
        description="Boulangeries du Rhône bloquée, dit Alice", context={"act": "order:order"}, actor=world.alice, at=fw.AT
    )
    commands.accept_ticket(reference=reference, promised_at=TOMORROW, actor=world.sam, at=fw.AT)
    commands.write_state_page(at=fw.AT)
    written = "".join((place / name).read_text(encoding="utf-8") for name in ("index.html", "en.html", "state.json"))
    assert reference in written
    assert "Commandes" in written
    for word in ("Boulangeries", "Alice", "Sam", "Rhône"):
        assert word not in written
    told = json.loads((place / "state.json").read_text(encoding="utf-8"))
    assert told["down"][0]["expectedResolutionDate"] == TOMORROW.isoformat()
    commands.resolve_ticket(reference=reference, resolution="Fait", actor=world.sam, at=fw.AT)
    assert queries.public_state(at=fw.AT).down == ()


def test_the_product_serves_the_page_with_its_database_stopped(place):
    writer.StateFolder().publish(_state())
    program = """
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
page = client.get("/etat/")
print(page.status_code, "Ce qui ne marche pas" in page.text, client.get("/connexion/").status_code)
"""
    given = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "come.project.settings",
        # Nobody listens there.
        "COME_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1",
        "COME_STATE_DIR": str(place),
        "COME_LOG_LEVEL": "CRITICAL",
    }
    done = subprocess.run([sys.executable, "-c", program], env=given, capture_output=True, text=True, check=False)
    assert done.stdout.split()[:2] == ["200", "True"], done.stderr[-2000:]
