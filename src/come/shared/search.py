"""One search box over every package: each contributes a provider, the settings list them."""

from __future__ import annotations

import dataclasses
import functools
import importlib
from collections.abc import Callable

from django.conf import settings

from come.shared import actor as actors

MINIMUM_LENGTH = 2
# One scale for every provider's scores: what was asked for exactly comes before what is merely named alike.
IDENTIFIER = 1_000
CONTACT = 700
# A company is what people look for most: a name scores from here (nearly alike) to twice as much (the very name).
NAME = 500
WORDS = 250
PAST = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: `kind` is the word shown before it, `score` orders hits of all kinds (higher first)."""

    kind: str
    title: str
    subtitle: str
    url: str
    badge: str = ""
    score: int = 0


Provider = Callable[..., list[Hit]]


def search(*, text: str, viewer: actors.Actor, limit: int = 12) -> list[Hit]:
    """Ask every provider and return the best hits first, at most `limit`."""
    wanted = " ".join(text.split())
    if len(wanted) < MINIMUM_LENGTH:
        return []
    hits = [hit for provider in _providers() for hit in provider(text=wanted, viewer=viewer, limit=limit)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.kind, hit.title))[:limit]


def _providers() -> tuple[Provider, ...]:
    return _loaded(tuple(settings.COME_SEARCH_PROVIDERS))


@functools.cache
def _loaded(targets: tuple[str, ...]) -> tuple[Provider, ...]:
    found: list[Provider] = []
    for target in targets:
        module_name, _, attribute = target.rpartition(".")
        found.append(getattr(importlib.import_module(module_name), attribute))
    return tuple(found)
