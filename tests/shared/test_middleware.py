"""What fails before any view is reached is answered too, in the caller's own form; a database that is away is said as such."""

from __future__ import annotations

import pytest
from django import db, test

from come.staff import queries as staff_queries

ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"


def failing(error):
    def fail(*_given, **_named):
        raise error

    return fail


@pytest.fixture
def client():
    return test.Client(raise_request_exception=False)


def test_a_machine_reads_a_problem_when_its_key_cannot_be_looked_up(client, monkeypatch, caplog):
    monkeypatch.setattr(staff_queries, "actor_by_token", failing(RuntimeError("postgresql://secret@host")))
    answer = client.get(ORDERS, headers={"Authorization": "Bearer key"})
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    body = answer.json()
    assert body["code"] == "shared.incident"
    assert "secret" not in answer.text
    assert body["incident"] in caplog.text


@pytest.mark.parametrize("error", [db.OperationalError("server closed the connection"), db.InterfaceError("connection already closed")])
def test_a_database_that_is_away_is_said_and_when_to_come_back(client, monkeypatch, error):
    monkeypatch.setattr(staff_queries, "actor_by_token", failing(error))
    answer = client.post(ORDERS, {}, content_type="application/json", headers={"Authorization": "Bearer key"})
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "5", "shared.unavailable")
    english = client.get(ORDERS, headers={"Authorization": "Bearer key", "Accept-Language": "en"}).json()
    assert "half" in english["reason"]
    assert "same key" in english["next_step"]


def test_a_person_reads_a_page_that_asks_the_database_nothing(client, monkeypatch):
    # This test may not reach a database: a page that asked it anything would fail.
    monkeypatch.setattr("come.staff.middleware._comes_from_elsewhere", failing(db.OperationalError("away")))
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", lambda _request: _Somebody())
    read = client.get("/commandes/")
    sent = client.post("/deconnexion/")
    assert read.status_code == 503
    assert "Cette page se recharge toute seule" in read.text
    assert 'http-equiv="refresh"' in read.text
    assert "ERR-" in read.text
    assert (sent.status_code, 'http-equiv="refresh"' in sent.text) == (503, False)
    assert "jamais compté deux fois" in sent.text


class _Somebody:
    is_authenticated = True
    is_active = True
    pk = None
