"""Where usage keeps its files: under the installation's home, each folder a content-addressed store."""

from __future__ import annotations

import pathlib

from django.conf import settings

from come.usage.intake import store


def home() -> pathlib.Path:
    """Return the folder of everything that usage keeps."""
    return pathlib.Path(settings.COME_HOME) / "usage"


def log() -> store.Store:
    """Return the event log: accepted, suspended and duplicate records."""
    return store.Store(home() / "log")


def rated() -> store.Store:
    """Return the store of rated portions and of what rating suspended."""
    return store.Store(home() / "rated")


def received() -> pathlib.Path:
    """Return where received files are kept as they came."""
    return home() / "received"


def books() -> pathlib.Path:
    """Return where frozen price books lie, one folder per content hash."""
    return home() / "pricebooks"


def workspace(name: str) -> pathlib.Path:
    """Return a folder for work in progress; what is there may be thrown away."""
    return home() / "work" / name
