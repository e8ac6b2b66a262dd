"""One intake at a time, one rating of a cycle at a time: advisory locks held to the end of the transaction."""

from __future__ import annotations

from django.db import connection


def hold(name: str) -> None:
    """Wait for and hold the lock of that name until the present transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


INTAKE = "usage.intake"


def rating(cycle: str) -> str:
    """Return the name of a cycle's rating lock."""
    return f"usage.rating:{cycle}"
