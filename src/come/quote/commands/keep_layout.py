"""Keep how a person likes the columns of the grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from come.quote import models
from come.quote.policies import tables
from come.shared import actor as actors

_NARROWEST, _WIDEST = 40, 800


def keep_grid_layout(*, columns: Sequence[Mapping[str, Any]], actor: actors.Actor) -> None:
    """Keep the columns of the grid in this order, shown or hidden, so wide; what is no column is left out. No event: no business fact."""
    kept = [
        {"name": one["name"], "is_hidden": bool(one.get("is_hidden")), "width": max(_NARROWEST, min(_WIDEST, int(one.get("width") or 0)))}
        for one in columns
        if one.get("name") in tables.CELLS
    ]
    if actor.staff_id is not None:
        models.GridLayout.objects.update_or_create(staff_id=actor.staff_id, defaults={"columns": kept})
