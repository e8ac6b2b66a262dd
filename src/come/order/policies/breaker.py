"""When to stop calling an outside system, and when to try again; pure."""

from __future__ import annotations

import dataclasses
import datetime as dt

FAILURES_TO_OPEN = 3
FIRST_PROBE_SECONDS = 15
LONGEST_PROBE_SECONDS = 300


@dataclasses.dataclass(frozen=True, slots=True)
class Breaker:
    """What is known of a system's health; `next_probe_at` is set while it is not closed."""

    state: str = "closed"
    consecutive_failures: int = 0
    next_probe_at: dt.datetime | None = None
    probe_delay_seconds: int = 0


def may_call(breaker: Breaker, *, at: dt.datetime) -> str:
    """Return "yes", "probe" (a single request, to see) or "no"."""
    if breaker.state == "closed":
        return "yes"
    if breaker.next_probe_at is not None and at >= breaker.next_probe_at:
        return "probe"
    return "no"


def after_success(breaker: Breaker) -> Breaker:
    """Return the breaker once the system has answered: closed."""
    return Breaker()


def after_failure(breaker: Breaker, *, at: dt.datetime) -> Breaker:
    """Return the breaker once the system has not answered: open after three times, tried again later and later."""
    failures = breaker.consecutive_failures + 1
    if breaker.state == "closed" and failures < FAILURES_TO_OPEN:
        return Breaker("closed", failures)
    delay = min(max(breaker.probe_delay_seconds * 2, FIRST_PROBE_SECONDS), LONGEST_PROBE_SECONDS)
    return Breaker("open", failures, at + dt.timedelta(seconds=delay), delay)
