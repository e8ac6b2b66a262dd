"""A fixed cast: Alice sells, Bob assists, Charlie is from another agency."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest
from django import test

from come.shared import actor as actors
from come.staff import commands, policies, queries

AT = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)
PASSWORD = "quatre mots sans rapport"


@dataclasses.dataclass(frozen=True)
class Cast:
    """Everybody, by first name, and the two agencies."""

    lyon: uuid.UUID
    nantes: uuid.UUID
    alice: actors.Actor
    bob: actors.Actor
    charlie: actors.Actor
    diane: actors.Actor
    karim: actors.Actor
    marc: actors.Actor


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cast(db) -> Cast:
    system = actors.system_actor("tests")
    lyon = commands.create_agency(code="LYO", name="Agence Lyon", city="Lyon", actor=system, at=AT)
    nantes = commands.create_agency(code="NAN", name="Agence Nantes", city="Nantes", actor=system, at=AT)

    def person(login: str, name: str, role: str, *agency_ids: uuid.UUID) -> actors.Actor:
        staff_id = commands.create_staff_member(
            login=login,
            display_name=name,
            roles=[role],
            agency_ids=agency_ids,
            password=PASSWORD,
            actor=system,
            at=AT,
        )
        found = queries.actor_for(staff_id=staff_id)
        assert found is not None
        return found

    return Cast(
        lyon=lyon,
        nantes=nantes,
        alice=person("alice", "Alice Morel", policies.SELLER, lyon),
        bob=person("bob", "Bob Lambert", policies.ASSISTANT, lyon),
        charlie=person("charlie", "Charlie Nguyen", policies.SELLER, nantes),
        diane=person("diane", "Diane Roussel", policies.MANAGER, lyon),
        karim=person("karim", "Karim Saïdi", policies.SUPPORT),
        marc=person("marc", "Marc Delcourt", policies.ADMINISTRATOR),
    )


@pytest.fixture
def browse(settings):
    """Return a client that is signed in as somebody."""
    settings.COME_SEARCH_PROVIDERS = []

    def signed_in(actor: actors.Actor) -> test.Client:
        client = test.Client()
        answer = client.post("/connexion/", {"login": actor.name.split()[0].lower(), "password": PASSWORD})
        assert answer.status_code == 302
        return client

    return signed_in
