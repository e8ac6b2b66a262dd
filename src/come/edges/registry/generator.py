"""Synthetic companies in the registry's published layout: realistic names and places, valid numbers of a fictional range.

The same seed gives the same companies; `company(number)` needs no other, so that any size is generated in one pass.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import functools
import os
import pathlib
import random
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from come.edges.registry import layout
from come.shared import identifiers

_SURNAMES = (
    "Morel", "Garnier", "Faure", "Blanchard", "Perrot", "Chevalier", "Renaud", "Besson", "Charpentier", "Marchand", "Lacroix", "Vidal",
    "Carpentier", "Leroux", "Guillot", "Berger", "Colin", "Fontaine", "Roche", "Barbier", "Arnaud", "Meunier", "Gauthier", "Brunet",
    "Delmas", "Pichon", "Le Goff", "Kervella", "Ferrand", "Cazenave", "Etcheverry", "Schmitt", "Muller", "Vasseur", "Lefort", "Bouvier",
    "Diallo", "Benali", "Nguyen", "Da Silva", "Martinez", "Rossi", "Kowalski", "Haddad",
)  # fmt: skip
_FIRST_NAMES = (
    "Camille", "Louis", "Emma", "Hugo", "Léa", "Jules", "Manon", "Arthur", "Chloé", "Nathan", "Inès", "Gabriel", "Zoé", "Paul", "Sarah",
    "Thomas", "Élodie", "Karim", "Aïcha", "Mathieu", "Noémie", "Benoît", "Céline", "François",
)  # fmt: skip
# Trade: words that name it, NAF, share among companies.
_TRADES = (
    ("Transports", "49.41A", 9), ("Bâtiment", "41.20B", 9), ("Électricité", "43.21A", 8), ("Plomberie", "43.22A", 6),
    ("Menuiserie", "43.32A", 5), ("Boulangerie", "10.71C", 6), ("Garage", "45.20A", 5), ("Pharmacie", "47.73Z", 4),
    ("Ingénierie", "71.12B", 6), ("Informatique", "62.02A", 7), ("Conseil", "70.22Z", 6), ("Logistique", "52.29B", 5),
    ("Ambulances", "86.90A", 3), ("Nettoyage", "81.21Z", 5), ("Sécurité", "80.10Z", 4), ("Paysages", "81.30Z", 4),
    ("Imprimerie", "18.12Z", 2), ("Mécanique", "25.62B", 5), ("Charpente", "43.91A", 3), ("Viticole", "01.21Z", 3),
    ("Hôtel", "55.10Z", 4), ("Restaurant", "56.10A", 6), ("Immobilier", "68.31Z", 5), ("Formation", "85.59A", 3),
    ("Distribution", "46.90Z", 5), ("Agroalimentaire", "10.89Z", 3), ("Énergies", "35.11Z", 2), ("Aéronautique", "30.30Z", 2),
)  # fmt: skip
_COINED = (
    "Alténia", "Brivance", "Cévéo", "Dorlane", "Elyane", "Forvia Sud", "Gerland", "Helvéane", "Isarane", "Jovance", "Kerlann", "Lumière",
    "Mervane", "Nordane", "Océane", "Pilatis", "Quercyane", "Rhodane", "Saôna", "Tarnelle", "Urbelis", "Valmont", "Westria", "Ysera",
)  # fmt: skip
_WAYS = ("RUE", "AVENUE", "BOULEVARD", "PLACE", "CHEMIN", "ROUTE", "IMPASSE", "ALLEE", "QUAI")
_WAY_NAMES = (
    "DE LA REPUBLIQUE", "VICTOR HUGO", "JEAN JAURES", "DES LILAS", "DU MOULIN", "DE L EUROPE", "PASTEUR", "DES TILLEULS", "DE LA GARE",
    "DES ENTREPRENEURS", "DU STADE", "GAMBETTA", "DES ARTISANS", "DU PORT", "MARIE CURIE", "DES CORDELIERS", "DE LA LIBERTE", "DU LAVOIR",
)  # fmt: skip
_FORMS = (("5710", 40), ("5499", 30), ("5720", 8), ("5498", 6), ("5599", 4), ("1000", 8), ("6540", 2), ("9220", 2))
_FIRST_DAY = dt.date(1975, 1, 1)
_DAYS = 18_400
_PER_GROUP = 50_000


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A synthetic establishment."""

    siret: str
    is_head_office: bool
    number: int
    way: str
    way_name: str
    postcode: str
    city: str
    insee: str
    sign: str
    is_active: bool
    created_on: dt.date

    @property
    def street(self) -> str:
        """Return the address line."""
        return f"{self.number} {self.way} {self.way_name}"


@dataclasses.dataclass(frozen=True, slots=True)
class Company:
    """A synthetic company with its establishments, head office first."""

    siren: str
    legal_name: str
    acronym: str
    surname: str
    first_name: str
    form_code: str
    naf: str
    size_category: str
    is_active: bool
    is_masked: bool
    created_on: dt.date
    places: tuple[Place, ...]


@functools.cache
def communes() -> tuple[tuple[str, str, str], ...]:
    """Return real communes as (postcode, INSEE code, name)."""
    path = pathlib.Path(__file__).with_name("communes.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple((row["postcode"], row["insee"], row["city"]) for row in csv.DictReader(handle))


def company(number: int, seed: int) -> Company:
    """Return the company of this number (0 to 99,999) for a seed, the same at every call."""
    dice = random.Random(f"{seed}:{number}")  # noqa: S311 - reproducible fiction, no secret
    siren = identifiers.test_siren(number)
    form = dice.choices([code for code, _ in _FORMS], [weight for _, weight in _FORMS])[0]
    trade, naf, _ = dice.choices(_TRADES, [weight for *_, weight in _TRADES])[0]
    surname, first_name = dice.choice(_SURNAMES), dice.choice(_FIRST_NAMES)
    is_active = dice.random() > 0.06
    created_on = _FIRST_DAY + dt.timedelta(days=dice.randrange(_DAYS))
    name = "" if form == "1000" else _legal_name(dice, trade, surname, number)
    size = dice.choices(("MIC", "PME", "ETI", "GE"), (58, 34, 7, 1))[0]
    count = 1 + (dice.randrange(0, 3) if size in {"MIC", "PME"} else dice.randrange(2, 7))
    places = tuple(_place(dice, siren, index, created_on, trade, surname, is_active=is_active) for index in range(count))
    return Company(
        siren=siren,
        legal_name=name,
        acronym="".join(word[0] for word in name.split() if word[0].isupper()) if len(name.split()) > 2 else "",
        surname=surname if form == "1000" else "",
        first_name=first_name if form == "1000" else "",
        form_code=form,
        naf=naf,
        size_category=size,
        is_active=is_active,
        is_masked=form == "1000" and dice.random() < 0.3,
        created_on=created_on,
        places=places,
    )


def _legal_name(dice: random.Random, trade: str, surname: str, number: int) -> str:
    style = number % 5
    if style == 0:
        return f"{dice.choice(('SOCIETE', 'ETABLISSEMENTS', 'GROUPE'))} {surname} {trade}".upper()
    if style == 1:
        return f"{trade} {surname} ET {dice.choice(('FILS', 'ASSOCIES', 'CIE'))}".upper()
    if style == 2:
        return f"{dice.choice(_COINED)} {trade}".upper()
    if style == 3:
        return f"{surname}-{dice.choice(_SURNAMES)} {trade}".upper()
    return f"{trade} {dice.choice(communes())[2].split()[0]} {dice.choice(_COINED)}".upper()


def _place(  # noqa: PLR0917 - one private caller
    dice: random.Random,
    siren: str,
    index: int,
    created_on: dt.date,
    trade: str,
    surname: str,
    *,
    is_active: bool,
) -> Place:
    postcode, insee, city = dice.choice(communes())
    return Place(
        siret=identifiers.test_siret(siren, index + 1),
        is_head_office=index == 0,
        number=dice.randrange(1, 180),
        way=dice.choice(_WAYS),
        way_name=dice.choice(_WAY_NAMES),
        postcode=postcode,
        city=city,
        insee=insee,
        sign=f"{trade} {dice.choice((surname, city.split()[0], dice.choice(_COINED)))}" if dice.random() < 0.45 else "",
        is_active=is_active and (index == 0 or dice.random() > 0.08),
        created_on=created_on,
    )


def write(*, folder: pathlib.Path, units: int, seed: int, as_of: dt.date) -> tuple[int, int]:
    """Write both stock files of `units` companies as of a day; return (legal units, establishments).

    Each file is written aside and renamed, so that a mirror being read is never half new.
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


def _groups(units: int, seed: int) -> Iterator[list[Company]]:
    for start in range(0, units, _PER_GROUP):
        yield [company(number, seed) for number in range(start, min(units, start + _PER_GROUP))]


def _unit_row(one: Company, treated: dt.datetime) -> dict[str, object]:
    return {
        "siren": one.siren,
        "statutDiffusionUniteLegale": "P" if one.is_masked else "O",
        "dateCreationUniteLegale": one.created_on,
        "sigleUniteLegale": one.acronym,
        "nomUniteLegale": layout.MASKED if one.is_masked else one.surname.upper(),
        "prenom1UniteLegale": layout.MASKED if one.is_masked else one.first_name.upper(),
        "denominationUniteLegale": one.legal_name,
        "denominationUsuelle1UniteLegale": "",
        "categorieJuridiqueUniteLegale": one.form_code,
        "categorieEntreprise": one.size_category if one.size_category != "MIC" else "PME",
        "activitePrincipaleUniteLegale": one.naf,
        "etatAdministratifUniteLegale": "A" if one.is_active else "C",
        "nicSiegeUniteLegale": one.places[0].siret[9:],
        "dateDernierTraitementUniteLegale": treated,
    }


def _place_row(one: Company, place: Place, treated: dt.datetime) -> dict[str, object]:
    return {
        "siren": one.siren,
        "nic": place.siret[9:],
        "siret": place.siret,
        "statutDiffusionEtablissement": "P" if one.is_masked else "O",
        "dateCreationEtablissement": place.created_on,
        "etablissementSiege": place.is_head_office,
        "numeroVoieEtablissement": layout.MASKED if one.is_masked else str(place.number),
        "typeVoieEtablissement": place.way,
        "libelleVoieEtablissement": layout.MASKED if one.is_masked else place.way_name,
        "codePostalEtablissement": place.postcode,
        "libelleCommuneEtablissement": place.city,
        "codeCommuneEtablissement": place.insee,
        "etatAdministratifEtablissement": "A" if place.is_active else "F",
        "enseigne1Etablissement": place.sign.upper(),
        "denominationUsuelleEtablissement": "",
        "activitePrincipaleEtablissement": one.naf,
        "dateDernierTraitementEtablissement": treated,
    }
