"""The catalogue by code, as the checks need it."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import Any

from come.catalogue.files import content, problems, shapes
from come.shared import text

KIND_PREFIX = "kind:"
ANY = "ANY"


class Index:
    """One catalogue, its places, and the look-ups that several checks share."""

    def __init__(self, catalogue: content.CatalogueContent, reading: shapes.Reading) -> None:
        self.catalogue = catalogue
        self.reading = reading
        self.offerings: dict[str, list[content.OfferingContent]] = collections.defaultdict(list)
        for offering in sorted(catalogue.offerings, key=lambda item: (item.code, item.valid_from, item.version)):
            self.offerings[offering.code].append(offering)
        self.by_kind: dict[str, list[str]] = collections.defaultdict(list)
        for code, versions in self.offerings.items():
            self.by_kind[versions[0].kind].append(code)
        self.specifications = {item.code for item in catalogue.specifications}
        self.zones = {item.code: item for item in catalogue.zones}
        self.tariffs = {item.code: item for item in catalogue.tariffs}
        self.allowances = {allowance.code: allowance for offering in catalogue.offerings for allowance in offering.allowances}
        self.bands: dict[str, set[str]] = collections.defaultdict(set)
        for band in catalogue.bands:
            self.bands[band.calendar_code].add(band.band_code)

    def problem(self, made: object, key: str, code: str, message: text.T, next_step: text.T) -> problems.Problem:
        """Return a mistake placed at an object's key."""
        return problems.problem(self.reading.mark(made, key), code, message, next_step)

    def is_incomplete(self, made: object) -> bool:
        """Tell whether a part of an object could not be read: what it lacks may be that part."""
        return id(made) in self.reading.incomplete

    def expand(self, code: str) -> list[str]:
        """Return the offering codes that a rule's code stands for: itself, or all those of "kind:option"."""
        if code.startswith(KIND_PREFIX):
            return self.by_kind.get(code.removeprefix(KIND_PREFIX), [])
        return [code] if code in self.offerings else []

    def is_known(self, code: str) -> bool:
        """Tell whether a rule's code names at least one offering."""
        return bool(self.expand(code))


@dataclasses.dataclass(frozen=True, slots=True)
class Days:
    """A period compared with an open end as the last day of all."""

    start: dt.date
    end: dt.date

    @classmethod
    def of(cls, made: Any) -> Days:
        """Return the period of anything with `valid_from` and `valid_to`."""
        return cls(made.valid_from, made.valid_to or dt.date.max)

    def holds(self, day: dt.date) -> bool:
        """Tell whether a day is in the period."""
        return self.start <= day < self.end

    def overlaps(self, other: Days) -> bool:
        """Tell whether both share a day."""
        return self.start < other.end and other.start < self.end


def approved(versions: list[content.OfferingContent]) -> list[content.OfferingContent]:
    """Return the versions that are to be sold: drafts may overlap what is in force."""
    return [version for version in versions if version.approval == "approved"]
