"""The form of a fact: what happened, past tense, frozen."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import uuid
from typing import Any


@dataclasses.dataclass(frozen=True)
class Event:
    """Base of every fact; its fields are plain values (ids, texts, numbers, days)."""

    @property
    def name(self) -> str:
        """Return the fact's name, the key of the subscription table."""
        return type(self).__name__

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON-able values."""
        return {field.name: jsonable(getattr(self, field.name)) for field in dataclasses.fields(self)}


def jsonable(value: Any) -> Any:
    """Return a value that JSON can hold without losing anything: decimals and ids become text."""
    match value:
        case None | bool() | int() | str():
            return str(value) if isinstance(value, enum.Enum) else value
        case decimal.Decimal() | uuid.UUID():
            return str(value)
        case dt.datetime() | dt.date():
            return value.isoformat()
        case dict():
            return {str(key): jsonable(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [jsonable(item) for item in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            msg = f"{type(value).__name__} cannot be recorded"
            raise TypeError(msg)


def subject(kind: str, identifier: uuid.UUID | str) -> str:
    """Return the key under which a thing's events are found, "order:0197…"."""
    return f"{kind}:{identifier}"
