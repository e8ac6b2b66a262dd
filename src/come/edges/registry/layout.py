"""The columns of the published SIRENE stock files that the mirror reads, under their published names.

Source: INSEE, description of the variables of StockUniteLegale and StockEtablissement.
"""

from __future__ import annotations

import pyarrow as pa

from come.party.generator import words

_TEXT = pa.string()
LEGAL_UNITS = pa.schema(
    [
        ("siren", _TEXT),
        ("statutDiffusionUniteLegale", _TEXT),
        ("dateCreationUniteLegale", pa.date32()),
        ("sigleUniteLegale", _TEXT),
        ("prenom1UniteLegale", _TEXT),
        ("prenomUsuelUniteLegale", _TEXT),
        ("dateDernierTraitementUniteLegale", pa.timestamp("us")),
        ("categorieEntreprise", _TEXT),
        ("dateDebut", pa.date32()),
        ("etatAdministratifUniteLegale", _TEXT),
        ("nomUniteLegale", _TEXT),
        ("nomUsageUniteLegale", _TEXT),
        ("denominationUniteLegale", _TEXT),
        ("denominationUsuelle1UniteLegale", _TEXT),
        ("denominationUsuelle2UniteLegale", _TEXT),
        ("denominationUsuelle3UniteLegale", _TEXT),
        ("categorieJuridiqueUniteLegale", _TEXT),
        ("activitePrincipaleUniteLegale", _TEXT),
        ("nicSiegeUniteLegale", _TEXT),
    ],
)
ESTABLISHMENTS = pa.schema(
    [
        ("siren", _TEXT),
        ("nic", _TEXT),
        ("siret", _TEXT),
        ("statutDiffusionEtablissement", _TEXT),
        ("dateCreationEtablissement", pa.date32()),
        ("dateDernierTraitementEtablissement", pa.timestamp("us")),
        ("etablissementSiege", pa.bool_()),
        ("complementAdresseEtablissement", _TEXT),
        ("numeroVoieEtablissement", _TEXT),
        ("indiceRepetitionEtablissement", _TEXT),
        ("typeVoieEtablissement", _TEXT),
        ("libelleVoieEtablissement", _TEXT),
        ("codePostalEtablissement", _TEXT),
        ("libelleCommuneEtablissement", _TEXT),
        ("codeCommuneEtablissement", _TEXT),
        ("dateDebut", pa.date32()),
        ("etatAdministratifEtablissement", _TEXT),
        ("enseigne1Etablissement", _TEXT),
        ("enseigne2Etablissement", _TEXT),
        ("enseigne3Etablissement", _TEXT),
        ("denominationUsuelleEtablissement", _TEXT),
        ("activitePrincipaleEtablissement", _TEXT),
    ],
)
LEGAL_UNITS_FILE = "StockUniteLegale_utf8.parquet"
ESTABLISHMENTS_FILE = "StockEtablissement_utf8.parquet"
# Our own, beside the published ones: what a search reads.
SEARCH_FILE = "Recherche.parquet"
# The name of the folder that is read, in a file that is replaced whole.
CURRENT_FILE = "current"
MASKED = "[ND]"
FULL_DIFFUSION = "O"
WAY_WORDS = words.WAY_WORDS
LEGAL_FORMS = {
    **words.LEGAL_FORMS,
    "5202": "SNC",
    "5385": "SELAS",
    "5485": "SELARL",
    "5505": "SA",
    "5515": "SA d’économie mixte",
    "5560": "SA coopérative",
    "5785": "SELAS",
    "5800": "Société européenne",
    "6220": "GIE",
    "6316": "CUMA",
    "6533": "GAEC",
    "6597": "EARL",
    "6589": "SCM",
    "7112": "Autorité administrative",
    "7210": "Commune",
    "7220": "Département",
    "7230": "Région",
    "7344": "Métropole",
    "7346": "Communauté de communes",
    "7348": "Communauté d’agglomération",
    "7364": "Établissement d’hospitalisation",
    "7381": "Organisme consulaire",
    "7389": "Établissement public administratif",
}
