"""Fixtures of usage: its small world, and files of usage."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Callable

import pytest

import fleet_world
import usage_world


@pytest.fixture
def home(settings, tmp_path) -> pathlib.Path:
    settings.COME_HOME = tmp_path
    return tmp_path


@pytest.fixture
def world(db, home) -> fleet_world.World:
    return usage_world.build(home)


@pytest.fixture
def write_file(tmp_path) -> Callable[..., pathlib.Path]:
    return functools.partial(usage_world.write, tmp_path)
