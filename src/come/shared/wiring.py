"""Find the implementation of a port: the settings name it, so that lower packages never import an edge."""

from __future__ import annotations

import functools
import importlib
from typing import Any, TypeVar

from django.conf import settings

P = TypeVar("P")


def port(protocol: type[P]) -> P:
    """Return the implementation that the settings give for a protocol declared in some `ports.py`.

    Raises LookupError when none is configured: a missing door is said, never silently replaced.
    """
    name = f"{protocol.__module__.removeprefix('come.')}.{protocol.__name__}"
    try:
        target = settings.COME_PORTS[name]
    except KeyError:
        msg = f"no implementation is configured for the port {name} (settings.COME_PORTS)"
        raise LookupError(msg) from None
    implementation: P = _load(target)
    return implementation


@functools.cache
def _load(target: str) -> Any:
    module_name, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module_name), attribute)()
