"""The registry's mirror: Parquet files in the published layout, read where they lie by DuckDB; works offline, says its date."""

from __future__ import annotations

import datetime as dt
import pathlib
import threading
from typing import Any

import duckdb
from django.conf import settings

from come.edges.registry import layout
from come.party import records
from come.party.matching import names
from come.shared import identifiers

_COLUMNS = """
SELECT e.siren, e.siret,
       coalesce(nullif(u.denominationUniteLegale, ''), trim(concat_ws(' ', u.prenom1UniteLegale, u.nomUniteLegale))) AS legal_name,
       u.categorieJuridiqueUniteLegale, e.activitePrincipaleEtablissement, u.categorieEntreprise,
       coalesce(nullif(e.enseigne1Etablissement, ''), e.denominationUsuelleEtablissement, '') AS sign,
       e.etablissementSiege, e.etatAdministratifEtablissement = 'A' AND u.etatAdministratifUniteLegale = 'A' AS is_active,
       trim(concat_ws(' ', e.numeroVoieEtablissement, e.typeVoieEtablissement, e.libelleVoieEtablissement)) AS street,
       e.codePostalEtablissement, e.libelleCommuneEtablissement, e.codeCommuneEtablissement, e.statutDiffusionEtablissement,
       e.dateCreationEtablissement, u.dateDernierTraitementUniteLegale::DATE
FROM establishments e JOIN legal_units u USING (siren)
"""


class RegistryMirror:
    """Implements `party.ports.CompanyRegistry` on `COME_HOME/registry`."""

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self._folder = folder or settings.COME_HOME / "registry"
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._stamp: tuple[int, ...] = ()

    def find_establishment(self, siret: str) -> records.RegistryEstablishment | None:
        """Return one establishment, or None."""
        return self._first("WHERE e.siret = ?", [siret])

    def head_office(self, siren: str) -> records.RegistryEstablishment | None:
        """Return the head office of a company, or None."""
        return self._first("WHERE e.siren = ? ORDER BY e.etablissementSiege DESC LIMIT 1", [siren])

    def search(self, *, text: str, postcode: str = "", limit: int = 10) -> list[records.RegistryEstablishment]:
        """Return establishments whose legal name or sign contains the words, active and head offices first."""
        compact = "".join(text.split())
        if compact.isdigit():
            return self._all(
                "WHERE e.siret LIKE ? ORDER BY is_active DESC, e.etablissementSiege DESC, e.siret LIMIT ?", [f"{compact}%", limit]
            )
        words = names.comparable(text).split()
        if not words:
            return []
        condition = " AND ".join(["strip_accents(lower(concat_ws(' ', legal_name, sign))) LIKE ?"] * len(words))
        place = " AND codePostalEtablissement LIKE ?" if postcode else ""
        query = f"SELECT * FROM ({_COLUMNS}) WHERE {condition}{place} ORDER BY is_active DESC, etablissementSiege DESC, legal_name LIMIT ?"  # noqa: S608 - fixed words, values are bound
        values: list[Any] = [*(f"%{word}%" for word in words), *([f"{postcode}%"] if postcode else []), limit]
        return self._read(query, values)

    def date(self) -> dt.date | None:
        """Return the day of the newest treatment in the mirror, or None when there is no mirror here."""
        cursor = self._cursor()
        if cursor is None:
            return None
        row = cursor.execute("SELECT max(dateDernierTraitementUniteLegale)::DATE FROM legal_units").fetchone()
        return None if row is None else row[0]

    def _first(self, where: str, values: list[Any]) -> records.RegistryEstablishment | None:
        found = self._all(where, values)
        return found[0] if found else None

    def _all(self, where: str, values: list[Any]) -> list[records.RegistryEstablishment]:
        return self._read(f"{_COLUMNS} {where}", values)

    def _read(self, query: str, values: list[Any]) -> list[records.RegistryEstablishment]:
        cursor = self._cursor()
        return [] if cursor is None else [_record(row) for row in cursor.execute(query, values).fetchall()]

    def _cursor(self) -> duckdb.DuckDBPyConnection | None:
        units, places = self._folder / layout.LEGAL_UNITS_FILE, self._folder / layout.ESTABLISHMENTS_FILE
        if not units.exists() or not places.exists():
            return None
        stamp = (units.stat().st_mtime_ns, places.stat().st_mtime_ns)
        with self._lock:
            # A mirror replaced on disk is taken up at the next question.
            if self._connection is None or stamp != self._stamp:
                connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "256MB"})
                for view, path in (("legal_units", units), ("establishments", places)):
                    connection.execute(f"CREATE VIEW {view} AS SELECT * FROM read_parquet('{path}')")  # noqa: S608 - our own path
                self._connection, self._stamp = connection, stamp
            return self._connection.cursor()


def _record(row: tuple[Any, ...]) -> records.RegistryEstablishment:
    is_masked = row[13] != "O"

    def shown(value: str | None) -> str:
        return "" if value is None or value == layout.MASKED or is_masked else value

    return records.RegistryEstablishment(
        siren=row[0],
        siret=row[1],
        legal_name=row[2] if not is_masked else f"Entreprise {row[0]}",
        legal_form=layout.LEGAL_FORMS.get(row[3], ""),
        naf=row[4] or "",
        size_category=row[5] or "",
        sign=shown(row[6]),
        is_head_office=row[7],
        is_active=row[8],
        street=shown(row[9]),
        postcode=row[10] or "",
        city=row[11] or "",
        insee_commune=row[12] or "",
        diffusion="P" if is_masked else "O",
        vat_number=identifiers.vat_from_siren(row[0]),
        created_on=row[14],
        registry_date=row[15],
    )
