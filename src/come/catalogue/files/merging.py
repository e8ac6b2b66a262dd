"""What a folder changes of the catalogue in force: nothing is removed by being left out of a folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from come.catalogue.files import content

KEYS: Mapping[str, Callable[[Any], tuple[Any, ...]]] = {
    "specifications": lambda item: (item.code,),
    "offerings": lambda item: (item.code, item.version),
    "rules": lambda item: (item.code, item.valid_from),
    "bands": lambda item: (item.calendar_code, item.band_code, item.days, item.start_minute),
    "holidays": lambda item: (item.calendar_code, item.day),
    "zones": lambda item: (item.code,),
    "tariffs": lambda item: (item.code,),
    "prefixes": lambda item: (item.prefix, item.valid_from),
    "networks": lambda item: (item.mcc, item.mnc, item.valid_from),
    "rates": lambda item: (item.tariff_code, item.service, item.origin_zone, item.destination_zone, item.band_code, item.valid_from),
    "agreement_templates": lambda item: (item.code,),
}
"""What makes an object the same one from one folder to the next."""


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """The objects that a folder creates and changes, list by list, and how many it leaves as they are."""

    created: Mapping[str, tuple[Any, ...]]
    changed: Mapping[str, tuple[Any, ...]]
    unchanged_count: int

    @property
    def created_count(self) -> int:
        """Return how many objects are new."""
        return sum(len(items) for items in self.created.values())

    @property
    def changed_count(self) -> int:
        """Return how many objects change."""
        return sum(len(items) for items in self.changed.values())

    def touched(self, name: str) -> tuple[Any, ...]:
        """Return what is to be written of one list."""
        return (*self.created[name], *self.changed[name])


def merge(known: content.CatalogueContent, given: content.CatalogueContent) -> tuple[content.CatalogueContent, Difference]:
    """Return the catalogue as it would be after the folder, and what the folder changes.

    A calendar of time bands is one object: giving one of its bands replaces them all.
    """
    merged: dict[str, tuple[Any, ...]] = {}
    created: dict[str, tuple[Any, ...]] = {}
    changed: dict[str, tuple[Any, ...]] = {}
    unchanged = 0
    for name, key in KEYS.items():
        before = {key(item): item for item in getattr(known, name)}
        items = getattr(given, name)
        given_keys = {key(item) for item in items}
        kept = [item for item_key, item in before.items() if item_key not in given_keys]
        if name == "bands":
            replaced = {band.calendar_code for band in items}
            kept = [band for band in kept if band.calendar_code not in replaced]
        merged[name] = (*kept, *items)
        created[name] = tuple(item for item in items if key(item) not in before)
        changed[name] = tuple(item for item in items if key(item) in before and before[key(item)] != item)
        unchanged += sum(1 for item in items if before.get(key(item)) == item)
    return content.CatalogueContent(given.header, **merged), Difference(created, changed, unchanged)
