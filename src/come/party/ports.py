"""What `party` needs from outside."""

from __future__ import annotations

import datetime as dt
import pathlib
from typing import Protocol

from come.party import records


class CompanyRegistry(Protocol):
    """The national registry of companies, or our dated mirror of it."""

    def find_establishment(self, siret: str) -> records.RegistryEstablishment | None:
        """Return one establishment, or None when the registry does not know it."""

    def head_office(self, siren: str) -> records.RegistryEstablishment | None:
        """Return the head office of a company, or None."""

    def search(self, *, text: str, postcode: str = "", limit: int = 10) -> list[records.RegistryEstablishment]:
        """Return establishments whose names contain the words, active ones first; nearly the words when none contains them."""

    def date(self) -> dt.date | None:
        """Return the day of the registry's state, or None when there is no mirror here."""


class RegistryFiles(Protocol):
    """The registry's stock files: written for tests, adopted as our mirror."""

    def generate(self, *, folder: pathlib.Path, units: int, seed: int, as_of: dt.date) -> tuple[int, int]:
        """Write synthetic stock files in the published layout; return (legal units, establishments)."""

    def adopt(self, *, folder: pathlib.Path, is_forced: bool = False) -> records.RegistryFigures:
        """Make the stock files of a folder the mirror, or raise Refusal with every reason."""
