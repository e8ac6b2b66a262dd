"""Write synthetic companies as stock files in the registry's published layout."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from come.edges.registry import layout
from come.party import generator

_PER_GROUP = 50_000


def write(*, folder: pathlib.Path, units: int, seed: int, as_of: dt.date) -> tuple[int, int]:
    """Write both stock files of `units` companies as of a day; return (legal units, establishments).

    The same arguments write the same bytes' worth of rows. Each file is written aside and renamed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    treated = dt.datetime.combine(as_of, dt.time(6))
    unit_path, place_path = folder / layout.LEGAL_UNITS_FILE, folder / layout.ESTABLISHMENTS_FILE
    places = 0
    with (
        pq.ParquetWriter(_aside(unit_path), layout.LEGAL_UNITS, compression="zstd") as unit_writer,
        pq.ParquetWriter(_aside(place_path), layout.ESTABLISHMENTS, compression="zstd") as place_writer,
    ):
        for group in _groups(units, seed):
            unit_writer.write_table(pa.Table.from_pylist([_unit_row(one, treated) for one in group], layout.LEGAL_UNITS))
            rows = [_place_row(one, place, treated) for one in group for place in one.places]
            place_writer.write_table(pa.Table.from_pylist(rows, layout.ESTABLISHMENTS))
            places += len(rows)
    for path in (unit_path, place_path):
        os.replace(_aside(path), path)  # noqa: PTH105 - atomic by contract
    return units, places


def _aside(path: pathlib.Path) -> pathlib.Path:
    return path.with_suffix(".part")


def _groups(units: int, seed: int) -> Iterator[list[generator.Company]]:
    for start in range(0, units, _PER_GROUP):
        yield [generator.company(number, seed) for number in range(start, min(units, start + _PER_GROUP))]


def _unit_row(one: generator.Company, treated: dt.datetime) -> dict[str, object]:
    def shown(value: str) -> str | None:
        return (layout.MASKED if one.is_masked else value.upper()) if value else None

    return {
        "siren": one.siren,
        "statutDiffusionUniteLegale": "P" if one.is_masked else "O",
        "dateCreationUniteLegale": one.created_on,
        "sigleUniteLegale": one.acronym or None,
        "prenom1UniteLegale": shown(one.first_name),
        "prenomUsuelUniteLegale": shown(one.first_name),
        "dateDernierTraitementUniteLegale": treated,
        "categorieEntreprise": one.size_category,
        "dateDebut": one.created_on,
        "etatAdministratifUniteLegale": "A" if one.is_active else "C",
        "nomUniteLegale": shown(one.surname),
        "denominationUniteLegale": one.legal_name or None,
        "categorieJuridiqueUniteLegale": one.form_code,
        "activitePrincipaleUniteLegale": one.naf,
        "nicSiegeUniteLegale": one.places[0].siret[9:],
    }


def _place_row(one: generator.Company, place: generator.Place, treated: dt.datetime) -> dict[str, object]:
    def shown(value: str) -> str | None:
        return (layout.MASKED if one.is_masked else value) if value else None

    return {
        "siren": one.siren,
        "nic": place.siret[9:],
        "siret": place.siret,
        "statutDiffusionEtablissement": "P" if one.is_masked else "O",
        "dateCreationEtablissement": place.created_on,
        "dateDernierTraitementEtablissement": treated,
        "etablissementSiege": place.is_head_office,
        "numeroVoieEtablissement": shown(str(place.number)),
        "typeVoieEtablissement": shown(place.way),
        "libelleVoieEtablissement": shown(place.way_name),
        "codePostalEtablissement": place.postcode,
        "libelleCommuneEtablissement": place.city,
        "codeCommuneEtablissement": place.insee,
        "dateDebut": place.created_on,
        "etatAdministratifEtablissement": "A" if place.is_active else "F",
        "enseigne1Etablissement": shown(place.sign),
        "activitePrincipaleEtablissement": one.naf,
    }
