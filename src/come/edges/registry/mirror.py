"""The registry's mirror: Parquet files in the published layout, read where they lie by DuckDB; works offline, says its date."""

from __future__ import annotations

import datetime as dt
import pathlib
import threading
from typing import Any

import duckdb
from django.conf import settings

from come.edges.registry import files, layout
from come.party import records
from come.party.matching import names
from come.shared import identifiers

_LIKENESS = 0.9
_COLUMNS = """
SELECT e.siren, e.siret, u.statutDiffusionUniteLegale AS unit_diffusion, e.statutDiffusionEtablissement AS place_diffusion,
       coalesce(nullif(u.denominationUniteLegale, ''), trim(concat_ws(' ', coalesce(u.prenomUsuelUniteLegale, u.prenom1UniteLegale),
                coalesce(u.nomUsageUniteLegale, u.nomUniteLegale)))) AS legal_name,
       u.categorieJuridiqueUniteLegale AS legal_form, e.activitePrincipaleEtablissement AS naf, u.categorieEntreprise AS size_category,
       trim(concat_ws(' ', e.enseigne1Etablissement, e.enseigne2Etablissement, e.enseigne3Etablissement)) AS sign,
       e.denominationUsuelleEtablissement AS usual_sign,
       e.etablissementSiege AS is_head_office, e.etatAdministratifEtablissement = 'A' AS is_place_active,
       u.etatAdministratifUniteLegale = 'A' AS is_unit_active,
       trim(concat_ws(' ', e.numeroVoieEtablissement, e.indiceRepetitionEtablissement)) AS way_number,
       e.typeVoieEtablissement AS way, e.libelleVoieEtablissement AS way_name,
       e.codePostalEtablissement AS postcode, e.libelleCommuneEtablissement AS city, e.codeCommuneEtablissement AS insee_commune,
       e.dateCreationEtablissement AS created_on, u.dateDernierTraitementUniteLegale::DATE AS treated_on
FROM establishments e JOIN legal_units u USING (siren)
"""
_BEST_FIRST = "is_active DESC, is_head_office DESC"


class RegistryMirror:
    """Implements `party.ports.CompanyRegistry` on `COME_HOME/registry`."""

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self._folder = folder or settings.COME_HOME / "registry"
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._read_folder: pathlib.Path | None = None

    def find_establishment(self, siret: str) -> records.RegistryEstablishment | None:
        """Return one establishment, or None."""
        found = self._establishments([siret])
        return found[0] if found else None

    def head_office(self, siren: str) -> records.RegistryEstablishment | None:
        """Return the head office of a company, or None."""
        found = self._rows(f"{_COLUMNS} WHERE e.siren = ? ORDER BY e.etablissementSiege DESC, e.siret LIMIT 1", [siren])
        return found[0] if found else None

    def search(self, *, text: str, postcode: str = "", limit: int = 10) -> list[records.RegistryEstablishment]:
        """Return establishments by SIREN, SIRET or VAT number, by the words of their names, or nearly (a letter wrong).

        Active ones and head offices first. Names of those who oppose diffusion are not searched.
        """
        compact = "".join(text.split()).upper()
        digits = compact[4:] if compact.startswith("FR") and compact[4:].isdigit() else compact
        if digits.isdigit():
            query = f"SELECT siret FROM search WHERE starts_with(siret, ?) ORDER BY {_BEST_FIRST}, siret LIMIT ?"
            return self._establishments(self._sirets(query, [digits, limit]))
        words = names.comparable(text).split()
        if not words:
            return []
        place, given = (" AND starts_with(postcode, ?)", [postcode]) if postcode else ("", [])
        condition = " AND ".join(["contains(words, ?)"] * len(words))
        query = f"SELECT siret FROM search WHERE {condition}{place} ORDER BY {_BEST_FIRST}, name_key, siret LIMIT ?"
        found = self._sirets(query, [*words, *given, limit])
        return self._establishments(found or self._nearly(" ".join(words), place, given, limit))

    def _nearly(self, wanted: str, place: str, given: list[str], limit: int) -> list[str]:
        likeness = "greatest(jaro_winkler_similarity(name_key, ?), jaro_winkler_similarity(sign_key, ?))"
        query = f"SELECT siret FROM search WHERE {likeness} > {_LIKENESS}{place} ORDER BY {likeness} DESC, {_BEST_FIRST}, siret LIMIT ?"
        return self._sirets(query, [wanted, wanted, *given, wanted, wanted, limit])

    def date(self) -> dt.date | None:
        """Return the day of the newest treatment in the mirror, or None when there is no mirror here."""
        cursor = self._cursor()
        if cursor is None:
            return None
        row = cursor.execute("SELECT max(dateDernierTraitementUniteLegale)::DATE FROM legal_units").fetchone()
        return None if row is None else row[0]

    def _sirets(self, query: str, values: list[Any]) -> list[str]:
        cursor = self._cursor()
        return [] if cursor is None else [row[0] for row in cursor.execute(query, values).fetchall()]

    def _establishments(self, sirets: list[str]) -> list[records.RegistryEstablishment]:
        if not sirets:
            return []
        marks = ", ".join("?" * len(sirets))
        found = {one.siret: one for one in self._rows(f"{_COLUMNS} WHERE e.siret IN ({marks})", sirets)}
        return [found[siret] for siret in sirets if siret in found]

    def _rows(self, query: str, values: list[Any]) -> list[records.RegistryEstablishment]:
        cursor = self._cursor()
        if cursor is None:
            return []
        answer = cursor.execute(query, values)
        columns = [column[0] for column in answer.description]
        return [_record(dict(zip(columns, row, strict=True))) for row in answer.fetchall()]

    def _cursor(self) -> duckdb.DuckDBPyConnection | None:
        current = files.current_folder(self._folder)
        if current is None:
            return None
        with self._lock:
            # A mirror replaced on disk is taken up at the next question.
            if self._connection is None or current != self._read_folder:
                self._connection, self._read_folder = _opened(current), current
            return self._connection.cursor()


def _opened(folder: pathlib.Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "256MB"})
    tables = (("legal_units", layout.LEGAL_UNITS_FILE), ("establishments", layout.ESTABLISHMENTS_FILE), ("search", layout.SEARCH_FILE))
    for view, name in tables:
        connection.execute(f"CREATE VIEW {view} AS SELECT * FROM read_parquet('{folder / name}')")
    return connection


def _record(row: dict[str, Any]) -> records.RegistryEstablishment:
    is_unit_shown = row["unit_diffusion"] == layout.FULL_DIFFUSION
    is_place_shown = row["place_diffusion"] == layout.FULL_DIFFUSION

    def shown(name: str, *, is_shown: bool = is_place_shown) -> str:
        value = row[name]
        return value if is_shown and value and layout.MASKED not in value else ""

    way = shown("way")
    street = " ".join(part for part in (shown("way_number"), layout.WAY_WORDS.get(way, way), shown("way_name")) if part)
    return records.RegistryEstablishment(
        siren=row["siren"],
        siret=row["siret"],
        legal_name=shown("legal_name", is_shown=is_unit_shown),
        legal_form=layout.LEGAL_FORMS.get(row["legal_form"] or "", ""),
        naf=row["naf"] or "",
        size_category=row["size_category"] or "",
        sign=shown("sign") or shown("usual_sign"),
        is_head_office=bool(row["is_head_office"]),
        is_active=bool(row["is_place_active"]),
        is_unit_active=bool(row["is_unit_active"]),
        street=street,
        postcode=shown("postcode", is_shown=True),
        city=shown("city", is_shown=True),
        insee_commune=row["insee_commune"] or "",
        diffusion=layout.FULL_DIFFUSION if is_unit_shown and is_place_shown else "P",
        vat_number=identifiers.vat_from_siren(row["siren"]),
        created_on=row["created_on"],
        registry_date=row["treated_on"],
    )
