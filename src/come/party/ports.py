"""What `party` needs from outside."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from come.party import records


class CompanyRegistry(Protocol):
    """The national registry of companies, or our dated mirror of it."""

    def find_establishment(self, siret: str) -> records.RegistryEstablishment | None:
        """Return one establishment, or None when the registry does not know it."""

    def head_office(self, siren: str) -> records.RegistryEstablishment | None:
        """Return the head office of a company, or None."""

    def search(self, *, text: str, postcode: str = "", limit: int = 10) -> list[records.RegistryEstablishment]:
        """Return establishments whose names contain the words, active ones first."""

    def date(self) -> dt.date | None:
        """Return the day of the registry's state, or None when there is no mirror here."""
