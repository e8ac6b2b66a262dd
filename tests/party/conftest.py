"""The cast and the registry of the party tests."""

from __future__ import annotations

import pytest

import party_world
import staff_cast


@pytest.fixture(autouse=True)
def registry(settings):
    settings.COME_PORTS = {**settings.COME_PORTS, "party.ports.CompanyRegistry": "party_world:Registry"}
    # The cast signs in nowhere here: its passwords need not be slow to check.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return party_world.Registry


@pytest.fixture
def cast(db):
    return staff_cast.gather()
