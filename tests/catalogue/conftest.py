"""The catalogue's cast: the demonstration folder, small folders with one mistake, people with and without rights."""

from __future__ import annotations

import datetime as dt
import pathlib
import uuid

import pytest

from come.shared import actor as actors

DEMO = pathlib.Path(__file__).resolve().parents[2] / "src" / "come" / "catalogue" / "data" / "demo"
AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
AGENCY = uuid.UUID("00000000-0000-7000-8000-00000000000a")


@pytest.fixture
def at() -> dt.datetime:
    return AT


@pytest.fixture(scope="session")
def demo_files() -> dict[str, bytes]:
    return {path.relative_to(DEMO).as_posix(): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}


@pytest.fixture
def system() -> actors.Actor:
    return actors.system_actor("tests")


def _person(name: str, role: str) -> actors.Actor:
    return actors.Actor(
        staff_id=uuid.uuid5(uuid.NAMESPACE_DNS, name),
        name=name,
        roles=frozenset({role}),
        agency_ids=frozenset({AGENCY}),
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
