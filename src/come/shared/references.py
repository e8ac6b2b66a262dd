"""References that people say on the phone: CMD-2026-000123. Gaps are allowed; invoice numbers live in billing."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from come.shared import period

PREFIXES = {
    "quote": "DEV",
    "order": "CMD",
    "ticket": "INC",
    "agreement": "ACC",
    "customer_file": "CLI",
    "billing_account": "CF",
    "usage_file": "USG",
    "bill_run": "RUN",
}


def next_reference(kind: str, at: dt.datetime) -> str:
    """Return a reference never given before; raises KeyError for an unknown kind.

    A PostgreSQL sequence per kind: no lock is held, so that two thousand orders never queue for a number.
    """
    return next_references(kind, at, 1)[0]


def next_references(kind: str, at: dt.datetime, count: int) -> list[str]:
    """Return `count` new references in one statement, for bulk loads."""
    prefix = PREFIXES[kind]
    year = period.local_day(at).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [f"shared_reference_{kind}", count])
        return [f"{prefix}-{year}-{number:06d}" for (number,) in cursor.fetchall()]
