"""What differs between two catalogues, or two versions of an offer: field by field, as a person reads it. No Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from come.catalogue.files import content, merging, shapes, writing


class ChangeKind(enum.StrEnum):
    """What became of an object or of one of its fields."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One difference: `list_name` and `key` say of what, `path` which field ("" = the object as a whole), then both values."""

    list_name: str
    key: str
    kind: str
    path: str = ""
    before: str = ""
    after: str = ""


LISTS: Mapping[str, shapes.Shape] = {**content.ROOT, **content.TABLES}
# Within a list, a member is the same one from one side to the other by its code, name or number, else by its place.
_MEMBER_KEYS = ("code", "name", "number", "commitment_months", "from_month", "minimum_quantity")
_DATED = ("offerings", "rules", "prefixes", "networks", "rates")


def differences(before: content.CatalogueContent, after: content.CatalogueContent, *, by_day: bool = False) -> list[Change]:
    """Return every difference, list by list, in the order of keys.

    With `by_day`, both sides are a catalogue as of one day: versions and periods of one code are compared with each other.
    """
    found: list[Change] = []
    for name, shape in LISTS.items():
        key = _by_code(name) if by_day else merging.KEYS[name]
        old = {key(item): item for item in getattr(before, name)}
        new = {key(item): item for item in getattr(after, name)}
        for place in sorted({*old, *new}, key=_order):
            said = " ".join(_word(part) for part in place)
            if place not in old:
                found.append(Change(name, said, ChangeKind.ADDED))
            elif place not in new:
                found.append(Change(name, said, ChangeKind.REMOVED))
            else:
                found += object_differences(name, said, shape, old[place], new[place])
    return found


def _by_code(name: str) -> Callable[[Any], tuple[Any, ...]]:
    key = merging.KEYS[name]
    return (lambda item: key(item)[:-1]) if name in _DATED else key


def _order(key: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(f"{part:09d}" if isinstance(part, int) else str(part) for part in key)


def _word(part: Any) -> str:
    return "+".join(part) if isinstance(part, tuple) else str(part)


def object_differences(name: str, key: str, shape: shapes.Shape, before: object, after: object) -> list[Change]:
    """Return what differs between two objects of one kind, field by field."""
    if before == after:
        return []
    old, new = dict(_flat(shape, before)), dict(_flat(shape, after))
    found = []
    for path in dict.fromkeys((*old, *new)):
        if old.get(path) == new.get(path):
            continue
        kind = ChangeKind.ADDED if path not in old else ChangeKind.REMOVED if path not in new else ChangeKind.CHANGED
        found.append(Change(name, key, kind, path, old.get(path, ""), new.get(path, "")))
    return found


def _flat(shape: shapes.Shape, made: object, path: str = "") -> Iterator[tuple[str, str]]:
    for field in shape.fields:
        value = getattr(made, field.name)
        here = f"{path}{field.name}"
        if field.kind == "objects":
            assert field.shape is not None
            for place, member in enumerate(value):
                yield from _flat(field.shape, member, f"{here}[{_member_key(member, place)}].")
        elif value is not None and value != ():
            yield here, _said(value)


def _member_key(member: object, place: int) -> str:
    found = next((getattr(member, name) for name in _MEMBER_KEYS if getattr(member, name, None) is not None), None)
    return str(place if found is None else found)


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, str, dt.date)) else writing.decimal_text(value)


def as_of(catalogue: content.CatalogueContent, day: dt.date) -> content.CatalogueContent:
    """Return what of a catalogue is in force on a day: approved versions, rules, prefixes, networks and usage prices."""

    def holds(item: Any) -> bool:
        return bool(item.valid_from <= day and (item.valid_to is None or day < item.valid_to))

    return dataclasses.replace(
        catalogue,
        offerings=tuple(item for item in catalogue.offerings if item.approval == "approved" and holds(item)),
        rules=tuple(item for item in catalogue.rules if holds(item)),
        prefixes=tuple(item for item in catalogue.prefixes if holds(item)),
        networks=tuple(item for item in catalogue.networks if holds(item)),
        rates=tuple(item for item in catalogue.rates if holds(item)),
    )
