"""The cast, and a client that is signed in as one of them."""

from __future__ import annotations

import pytest
from django import test

import staff_cast
from come.shared import actor as actors


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cast(db) -> staff_cast.Cast:
    return staff_cast.gather()


@pytest.fixture
def browse(settings):
    """Return a client that is signed in as somebody."""
    settings.COME_SEARCH_PROVIDERS = []

    def signed_in(actor: actors.Actor) -> test.Client:
        client = test.Client()
        answer = client.post("/connexion/", {"login": actor.name.split()[0].lower(), "password": staff_cast.PASSWORD})
        assert answer.status_code == 302
        return client

    return signed_in
