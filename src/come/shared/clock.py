"""The one place that reads the time; only edges (views, api, jobs, cli) may call it."""

from __future__ import annotations

import datetime as dt
import os

from come.shared import period


def now() -> dt.datetime:
    """Return the present instant, aware, in UTC.

    `COME_NOW` (ISO 8601) freezes it, for training copies and reproducible demonstrations.
    """
    frozen = os.environ.get("COME_NOW", "")
    if frozen:
        return dt.datetime.fromisoformat(frozen).astimezone(dt.UTC)
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Return the present day on the calendar of Paris."""
    return now().astimezone(period.PARIS).date()
