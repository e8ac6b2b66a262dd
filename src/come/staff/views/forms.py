"""What forms share: each obstacle beside the field that it points at."""

from __future__ import annotations

from collections.abc import Sequence

from come.shared import obstacles


def by_field(found: Sequence[obstacles.Obstacle]) -> dict[str, list[str]]:
    """Group obstacles by the field that they point at, for a form to show each where it belongs."""
    fields: dict[str, list[str]] = {}
    for one in found:
        fields.setdefault(one.path, []).append(f"{one.message} {one.next_step}".strip())
    return fields
