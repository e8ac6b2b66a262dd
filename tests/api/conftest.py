"""The world of the API's tests: built once for a file, each test undoes what it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction

import api_world
from come.edges.mail import folder
from come.shared import clock, wiring

NOW = dt.datetime(2026, 11, 2, 10, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[api_world.World]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(clock, "now", lambda: NOW)
        patch.setattr(django_settings, "COME_HOME", home)
        patch.setattr(django_settings, "COME_PORTS", {**django_settings.COME_PORTS, "party.ports.CompanyRegistry": "party_world:Registry"})
        patch.setattr(django_settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
        patch.setattr(folder.MailFolder, "__init__", lambda self, path=None: setattr(self, "folder", path or home / "mail"))
        wiring._load.cache_clear()
        yield api_world.build(home)
        transaction.set_rollback(True)
    wiring._load.cache_clear()


@pytest.fixture
def world(told: api_world.World, db: None) -> api_world.World:
    return told
