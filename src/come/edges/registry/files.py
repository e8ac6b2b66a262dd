"""Adopt stock files as the mirror: read, checked against yesterday's, put in place whole, or refused with every reason."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import pathlib
import shutil
import tempfile
from typing import Any

import duckdb
import pyarrow as pa
from django.conf import settings

from come.edges.registry import generator, layout
from come.party import records
from come.shared import obstacles, text

# April 2024: the published stock suddenly closed establishments by the million.
_MOST_FALL, _MOST_CLOSED_RISE = 0.02, 0.05
_MOST_WRONG_SHARE = 0.001
_FOLDED = "trim(regexp_replace(strip_accents(lower(replace(replace({0}, 'Œ', 'OE'), 'œ', 'oe'))), '[^a-z0-9]+', ' ', 'g'))"
_JOINED = "regexp_replace({0}, '[.]', '', 'g')"
_SEARCH = f"""
SELECT e.siret, e.siren, e.codePostalEtablissement AS postcode, e.etablissementSiege AS is_head_office,
       e.etatAdministratifEtablissement = 'A' AND u.etatAdministratifUniteLegale = 'A' AS is_active,
       {_FOLDED.format(_JOINED.format("u.name"))} AS name_key, {_FOLDED.format(_JOINED.format("e.sign"))} AS sign_key,
       {_FOLDED.format("concat_ws(' ', u.name, " + _JOINED.format("u.name") + ", u.other, e.sign)")} AS words
FROM (
  SELECT siren, siret, codePostalEtablissement, etablissementSiege, etatAdministratifEtablissement,
         CASE WHEN statutDiffusionEtablissement = 'O' THEN concat_ws(' ', enseigne1Etablissement, enseigne2Etablissement,
              enseigne3Etablissement, denominationUsuelleEtablissement) ELSE '' END AS sign
  FROM establishments) e
JOIN (
  SELECT siren, etatAdministratifUniteLegale,
         CASE WHEN statutDiffusionUniteLegale = 'O' THEN coalesce(nullif(denominationUniteLegale, ''),
              concat_ws(' ', coalesce(prenomUsuelUniteLegale, prenom1UniteLegale), coalesce(nomUsageUniteLegale, nomUniteLegale)))
              ELSE '' END AS name,
         CASE WHEN statutDiffusionUniteLegale = 'O' THEN concat_ws(' ', sigleUniteLegale, denominationUsuelle1UniteLegale,
              denominationUsuelle2UniteLegale, denominationUsuelle3UniteLegale) ELSE '' END AS other
  FROM legal_units) u USING (siren)
ORDER BY e.siret
"""


class SireneFiles:
    """Implements `party.ports.RegistryFiles` on `COME_HOME/registry`."""

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self._folder = folder or settings.COME_HOME / "registry"

    def generate(self, *, folder: pathlib.Path, units: int, seed: int, as_of: dt.date) -> tuple[int, int]:
        """Write synthetic stock files; return (legal units, establishments)."""
        return generator.write(folder=folder, units=units, seed=seed, as_of=as_of)

    def adopt(self, *, folder: pathlib.Path, is_forced: bool = False) -> records.RegistryFigures:
        """Check the two stock files of a folder (Parquet or CSV) and make them the mirror.

        Raises Refusal with every reason; then yesterday's mirror is still served. `is_forced` passes the comparison with
        yesterday, never the layout.
        """
        units, places = _stock_file(folder, "StockUniteLegale"), _stock_file(folder, "StockEtablissement")
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".new-") as made:
            new = pathlib.Path(made)
            with _connected(new) as connection:
                _read(connection, units, layout.LEGAL_UNITS, "legal_units")
                _read(connection, places, layout.ESTABLISHMENTS, "establishments")
                figures = _figures(connection)
                obstacles.refuse_if_any(_wrong_content(connection, figures))
                if not is_forced:
                    obstacles.refuse_if_any(_wrong_against(self.figures(), figures))
                _write(connection, new)
            return self._swap(new, figures)

    def figures(self) -> records.RegistryFigures | None:
        """Return the counts of the mirror in place, or None."""
        current = current_folder(self._folder)
        if current is None:
            return None
        with _connected(None) as connection:
            for view, name in (("legal_units", layout.LEGAL_UNITS_FILE), ("establishments", layout.ESTABLISHMENTS_FILE)):
                connection.execute(f"CREATE VIEW {view} AS SELECT * FROM read_parquet('{current / name}')")
            return _figures(connection)

    def _swap(self, new: pathlib.Path, figures: records.RegistryFigures) -> records.RegistryFigures:
        before = current_folder(self._folder)
        with (new / layout.SEARCH_FILE).open("rb") as handle:
            content = hashlib.file_digest(handle, "sha256").hexdigest()[:12]
        target = self._folder / f"{figures.as_of:%Y%m%d}-{content}"
        if not target.exists():
            # Moved file by file: the temporary folder itself is removed by its owner.
            aside = target.with_suffix(".part")
            shutil.rmtree(aside, ignore_errors=True)
            shutil.copytree(new, aside, ignore=shutil.ignore_patterns("tmp"))
            os.replace(aside, target)  # noqa: PTH105 - atomic by contract
        pointer = self._folder / f".{layout.CURRENT_FILE}"
        pointer.write_text(target.name, encoding="utf-8")
        os.replace(pointer, self._folder / layout.CURRENT_FILE)  # noqa: PTH105 - atomic by contract
        for old in self._folder.iterdir():
            # The one before stays: a reader may still hold it.
            if old.is_dir() and not old.name.startswith(".") and old not in {target, before}:
                shutil.rmtree(old, ignore_errors=True)
        return figures


def current_folder(folder: pathlib.Path) -> pathlib.Path | None:
    """Return the folder of the mirror in place, or None."""
    try:
        name = (folder / layout.CURRENT_FILE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    found = folder / name
    return found if found.is_dir() else None


def _connected(work: pathlib.Path | None) -> duckdb.DuckDBPyConnection:
    config: dict[str, Any] = {"threads": 2, "memory_limit": "1GB"}
    if work is not None:
        config["temp_directory"] = str(work / "tmp")
    return duckdb.connect(":memory:", config=config)


def _stock_file(folder: pathlib.Path, stem: str) -> pathlib.Path:
    for ending in (".parquet", ".csv", ".csv.gz"):
        found = sorted(folder.glob(f"{stem}_utf8*{ending}")) or sorted(folder.glob(f"{stem}{ending}"))
        if found:
            return found[0]
    raise obstacles.Refusal(
        _reason("missing", text.T("Le dossier ne contient pas le fichier {name} (Parquet ou CSV).", name=f"{stem}_utf8"), stem),
    )


def _reason(code: str, message: text.T, path: str = "") -> obstacles.Obstacle:
    step = text.T("Rien n’a changé : le miroir en place reste servi. Téléchargez le fichier de nouveau.")
    return obstacles.Obstacle(f"registry.{code}", obstacles.Severity.REFUSAL, message, step, path)


def _read(connection: duckdb.DuckDBPyConnection, path: pathlib.Path, schema: pa.Schema, table: str) -> None:
    is_parquet = path.suffix == ".parquet"
    source = f"read_parquet('{path}')" if is_parquet else f"read_csv('{path}', header=true, all_varchar=true, nullstr='')"
    try:
        known = {str(row[0]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    except duckdb.Error as error:
        raise obstacles.Refusal(_reason("unreadable", text.T("Fichier illisible : {reason}", reason=str(error)[:200]), path.name)) from None
    missing = [field.name for field in schema if field.name not in known]
    if missing:
        message = text.T("Colonnes absentes : {names}.", names=", ".join(missing))
        raise obstacles.Refusal(_reason("columns", message, path.name))
    columns = ", ".join(f'CAST("{field.name}" AS {_sql_type(field.type)}) AS "{field.name}"' for field in schema)
    try:
        connection.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM {source}")
    except duckdb.Error as error:
        message = text.T("Contenu illisible ou décalé : {reason}", reason=str(error).splitlines()[0][:200])
        raise obstacles.Refusal(_reason("unreadable", message, path.name)) from None


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_date(kind):
        return "DATE"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP"
    return "BOOLEAN" if pa.types.is_boolean(kind) else "VARCHAR"


def _figures(connection: duckdb.DuckDBPyConnection) -> records.RegistryFigures:
    units, as_of = _one(connection, "SELECT count(*), max(dateDernierTraitementUniteLegale)::DATE FROM legal_units")
    places, active = _one(connection, "SELECT count(*), count(*) FILTER (etatAdministratifEtablissement = 'A') FROM establishments")
    return records.RegistryFigures(units, places, active, as_of)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None, "an aggregate always answers"
    return tuple(row)


def _wrong_content(connection: duckdb.DuckDBPyConnection, figures: records.RegistryFigures) -> list[obstacles.Obstacle]:
    if not figures.legal_units or not figures.establishments:
        return [_reason("empty", text.T("Un des fichiers est vide."))]
    found = []
    (wrong_units,) = _one(connection, "SELECT count(*) FROM legal_units WHERE NOT regexp_full_match(coalesce(siren, ''), '[0-9]{9}')")
    (wrong_places,) = _one(
        connection,
        "SELECT count(*) FROM establishments WHERE NOT regexp_full_match(coalesce(siret, ''), '[0-9]{14}') OR siren <> siret[1:9]",
    )
    for wrong, total, what in ((wrong_units, figures.legal_units, "SIREN"), (wrong_places, figures.establishments, "SIRET")):
        if wrong > total * _MOST_WRONG_SHARE:
            found.append(_reason("identifiers", text.T("{count} {what} mal formés : colonnes décalées ?", count=wrong, what=what)))
    (orphans,) = _one(connection, "SELECT count(*) FROM establishments ANTI JOIN legal_units USING (siren)")
    if orphans > figures.establishments * _MOST_WRONG_SHARE:
        found.append(_reason("orphans", text.T("{count} établissements sans unité légale : fichier tronqué ?", count=orphans)))
    (repeated,) = _one(connection, "SELECT count(*) - count(DISTINCT siret) FROM establishments")
    if repeated:
        found.append(_reason("repeated", text.T("{count} SIRET en double.", count=repeated)))
    if figures.as_of is None:
        found.append(_reason("undated", text.T("Le fichier n’a aucune date de traitement.")))
    return found


def _wrong_against(before: records.RegistryFigures | None, now: records.RegistryFigures) -> list[obstacles.Obstacle]:
    if before is None:
        return []
    found = []
    for old, new, what in (
        (before.legal_units, now.legal_units, "unités légales"),
        (before.establishments, now.establishments, "établissements"),
    ):
        if new < old * (1 - _MOST_FALL):
            message = text.T("{new} {what} contre {old} dans le miroir en place : fichier tronqué ?", new=new, old=old, what=what)
            found.append(_reason("fewer_rows", message))
    if now.closed_share > before.closed_share + _MOST_CLOSED_RISE:
        message = text.T(
            "{new} % d’établissements fermés contre {old} % dans le miroir en place.",
            new=round(now.closed_share * 100),
            old=round(before.closed_share * 100),
        )
        found.append(_reason("closed", message))
    if before.as_of and now.as_of and now.as_of < before.as_of:
        found.append(_reason("older", text.T("Le fichier est du {new}, le miroir en place du {old}.", new=now.as_of, old=before.as_of)))
    return found


def _write(connection: duckdb.DuckDBPyConnection, folder: pathlib.Path) -> None:
    kept = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)"
    connection.execute(f"COPY (SELECT * FROM legal_units ORDER BY siren) TO '{folder / layout.LEGAL_UNITS_FILE}' {kept}")
    connection.execute(f"COPY (SELECT * FROM establishments ORDER BY siret) TO '{folder / layout.ESTABLISHMENTS_FILE}' {kept}")
    connection.execute(f"COPY ({_SEARCH}) TO '{folder / layout.SEARCH_FILE}' {kept}")
