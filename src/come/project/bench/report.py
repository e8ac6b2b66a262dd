"""The form of a bench's report, the same for all."""

from __future__ import annotations

import dataclasses
import os
import platform
from collections.abc import Iterator
from typing import Any

import psutil


class UnavailableError(Exception):
    """The machine lacks what a bench needs; the message says what, and how to get it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `goal` reads "< 150" or ">= 15", or is None where nothing was promised.

    A value that cannot be had here is None, and `note` says why.
    """

    name: str
    value: float | None
    unit: str
    goal: str | None = None
    note: str = ""

    def holds(self) -> bool | None:
        """Tell whether the value meets its goal; None without a goal, or without a value."""
        if self.goal is None or self.value is None:
            return None
        sign, _, bound = self.goal.partition(" ")
        limit = float(bound)
        return {"<": self.value < limit, "<=": self.value <= limit, ">=": self.value >= limit, ">": self.value > limit}[sign]

    def as_dict(self) -> dict[str, Any]:
        """Return the figure for the report."""
        value = None if self.value is None else round(self.value, 3)
        told = {"name": self.name, "value": value, "unit": self.unit, "goal": self.goal, "holds": self.holds()}
        return told | {"note": self.note} if self.note else told


def machine() -> dict[str, Any]:
    """Say what the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
    }


def report(name: str, figures: list[Figure], load_before: tuple[float, float, float]) -> dict[str, Any]:
    """Return the bench's one JSON object."""
    return {
        "bench": name,
        "figures": [figure.as_dict() for figure in figures],
        "machine": machine(),
        "load": {"before": [round(value, 2) for value in load_before], "after": [round(value, 2) for value in os.getloadavg()]},
    }


def lines(told: dict[str, Any]) -> Iterator[str]:
    """Yield a report as lines for people: what holds, what does not, what has no goal."""
    for figure in told["figures"]:
        mark = {True: "✓", False: "✗", None: " "}[figure["holds"]]
        goal = f"  ({figure['goal']})" if figure["goal"] else ""
        value = "—" if figure["value"] is None else f"{figure['value']:,.3f}"
        note = f"  {figure['note']}" if figure.get("note") else ""
        yield f"{mark} {figure['name']:32} {value:>12} {figure['unit']}{goal}{note}"
    yield f"  {told['machine']}  load {told['load']}"


def percentile(values: list[float], share: float) -> float:
    """Return the value below which `share` of the values lie (nearest rank); raises ValueError for none."""
    if not values:
        msg = "no value, no percentile"
        raise ValueError(msg)
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, int(len(ordered) * share + 0.999999) - 1))]
