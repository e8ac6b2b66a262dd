"""The catalogue's cast: the demonstration folder, people with and without rights, two companies of two agencies."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import uuid

import pytest
from django import test
from django.contrib import auth
from django.db import transaction

from come.catalogue import commands
from come.party import models as party_models
from come.shared import actor as actors
from come.staff import commands as staff_commands, queries as staff_queries

DEMO = pathlib.Path(__file__).resolve().parents[2] / "src" / "come" / "catalogue" / "data" / "demo"
AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
PASSWORD = "un mot de passe de test"
SYSTEM = actors.system_actor("tests")


@pytest.fixture(autouse=True)
def _quick(settings, monkeypatch) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.COME_SEARCH_PROVIDERS = ["come.catalogue.queries.search_hits"]
    monkeypatch.setenv("COME_NOW", AT.isoformat())


@pytest.fixture
def at() -> dt.datetime:
    return AT


@pytest.fixture(scope="session")
def demo_files() -> dict[str, bytes]:
    return {path.relative_to(DEMO).as_posix(): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}


@pytest.fixture
def system() -> actors.Actor:
    return SYSTEM


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, demo_files):
    """Put the demonstration catalogue in force for a module: each test runs inside its transaction, rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        commands.import_catalogue(files=demo_files, actor=SYSTEM, at=AT, publish=True)
        yield
        transaction.set_rollback(True)


def _person(name: str, role: str) -> actors.Actor:
    return actors.Actor(
        staff_id=uuid.uuid5(uuid.NAMESPACE_DNS, name),
        name=name,
        roles=frozenset({role}),
        agency_ids=frozenset(),
        sees_all_agencies=role == "pricing_manager",
    )


@pytest.fixture
def alice() -> actors.Actor:
    """Alice sells."""
    return _person("Alice", "seller")


@pytest.fixture
def paul() -> actors.Actor:
    """Paul manages offers and prices."""
    return _person("Paul", "pricing_manager")


@pytest.fixture
def petra() -> actors.Actor:
    """Petra manages offers and prices too: the second person of a review."""
    return _person("Petra", "pricing_manager")


@dataclasses.dataclass(frozen=True, slots=True)
class Company:
    """A legal unit with one customer file."""

    legal_unit_id: uuid.UUID
    reference: str


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """Alice (seller) and Mona (manager) of Paris, Charlie (seller) of Lyon, Paul and Petra (pricing); a company of Paris."""

    company: Company
    people: dict[str, actors.Actor]

    def client(self, name: str) -> test.Client:
        """Return a browser signed in as somebody."""
        client = test.Client()
        client.force_login(auth.get_user_model().objects.get(login=name), backend="django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture
def world(db) -> World:
    """Gather the cast in the database."""
    agencies = {code: staff_commands.create_agency(code=code, name=code.title(), actor=SYSTEM, at=AT) for code in ("PARIS", "LYON")}
    cast = {
        "alice": ("Alice Ancel", "seller", "PARIS"),
        "mona": ("Mona Mercier", "manager", "PARIS"),
        "charlie": ("Charlie Caron", "seller", "LYON"),
        "paul": ("Paul Perrin", "pricing_manager", "PARIS"),
        "petra": ("Petra Pons", "pricing_manager", "PARIS"),
    }
    people = {}
    for login, (name, role, agency) in cast.items():
        staff_id = staff_commands.create_staff_member(
            login=login, display_name=name, roles=[role], agency_ids=[agencies[agency]], password=PASSWORD, actor=SYSTEM, at=AT
        )
        found = staff_queries.actor_for(staff_id=staff_id)
        assert found is not None
        people[login] = found
    unit = party_models.LegalUnit.objects.create(legal_name="Ateliers Brumaire", created_at=AT)
    party_models.CustomerFile.objects.create(
        reference="CLI-2026-000042",
        legal_unit=unit,
        name="Ateliers Brumaire",
        agency_id=agencies["PARIS"],
        segment="enterprise",
        is_provisional=True,
        created_at=AT,
    )
    return World(company=Company(unit.id, "CLI-2026-000042"), people=people)
