"""Which causes of a hold a person may lift, and which must be repaired."""

from __future__ import annotations

from collections.abc import Iterable

# Anomalies that may be true: a person may say so. Everything else needs a repair.
RELEASABLE = frozenset({"billing.zero_bill", "billing.three_times_habit", "billing.missing_line"})


def is_releasable(codes: Iterable[str]) -> bool:
    """Tell whether every cause may be lifted by a person's decision."""
    return set(codes) <= RELEASABLE
