"""A key for a machine, from the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import api_world
from api_world import World
from come.shared import obstacles, runtime
from come.staff import cli, models

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("api")]


@pytest.fixture(autouse=True)
def _ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "setup_django", lambda **_given: None)


def test_a_key_is_shown_once_and_opens_the_api(world: World):
    done = CliRunner().invoke(cli.token, ["create", "alice", "--name", "Essai", "--days", "30", "--json"], catch_exceptions=False)
    told = json.loads(done.output)
    assert told["login"] == "alice"
    assert told["expires_at"].startswith("2026-12-02T10:00:00")
    answer = world.call("GET", api_world.QUOTE, who="", Authorization=f"Bearer {told['token']}")
    assert answer.status_code == 200
    assert not models.ApiToken.objects.filter(token_hash=told["token"]).exists()


def test_nobody_gets_no_key(world: World):
    before = models.ApiToken.objects.count()
    with pytest.raises(obstacles.NotFound):
        CliRunner().invoke(cli.token, ["create", "personne", "--name", "Essai"], catch_exceptions=False)
    assert models.ApiToken.objects.count() == before
