"""Identifiers of aggregates: time-ordered UUIDs, and derived ones that are the same at every run."""

from __future__ import annotations

import os
import time
import uuid

_NAMESPACE = uuid.UUID("6f1d8a52-6e0c-5b3e-9c55-0c0e5a1f7a10")


def uuid7() -> uuid.UUID:
    """Return a new time-ordered UUID (RFC 9562, version 7).

    Time-ordered keys keep B-tree inserts local, which random ones (version 4) do not.
    """
    milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76
    value |= ((random_bits >> 64) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random_bits & 0x3FFF_FFFF_FFFF_FFFF
    return uuid.UUID(int=value)


def derived(namespace: str, *parts: object) -> uuid.UUID:
    """Return the UUID that stands for these parts, the same at every run (RFC 9562, version 5).

    Used where a replay must meet the row of the first run: request ids of resumable work,
    idempotency keys towards outside systems.
    """
    return uuid.uuid5(_NAMESPACE, "\x1f".join((namespace, *(str(part) for part in parts))))
