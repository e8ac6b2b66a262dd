"""From table rows to frozen records."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Iterable
from typing import Any, TypeVar

R = TypeVar("R")


def made(record: type[R], row: Any, **given: Any) -> R:
    """Build a record from the columns that have its fields' names; `given` says the others."""
    fields = dataclasses.fields(record)  # type: ignore[arg-type]  # every record is a dataclass
    values = {field.name: _frozen(getattr(row, field.name)) for field in fields if field.name not in given}
    return record(**values, **given)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def grouped(rows: Iterable[Any], key: str) -> dict[Any, list[Any]]:
    """Return rows by the value of one column, in their order."""
    groups: dict[Any, list[Any]] = collections.defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups
