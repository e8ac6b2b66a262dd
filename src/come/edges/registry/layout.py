"""The columns of the published SIRENE stock files that the mirror reads, under their published names.

Source: INSEE, description of the variables of StockUniteLegale and StockEtablissement.
"""

from __future__ import annotations

import pyarrow as pa

_TEXT = pa.string()
LEGAL_UNITS = pa.schema(
    [
        ("siren", _TEXT),
        ("statutDiffusionUniteLegale", _TEXT),
        ("dateCreationUniteLegale", pa.date32()),
        ("sigleUniteLegale", _TEXT),
        ("nomUniteLegale", _TEXT),
        ("prenom1UniteLegale", _TEXT),
        ("denominationUniteLegale", _TEXT),
        ("denominationUsuelle1UniteLegale", _TEXT),
        ("categorieJuridiqueUniteLegale", _TEXT),
        ("categorieEntreprise", _TEXT),
        ("activitePrincipaleUniteLegale", _TEXT),
        ("etatAdministratifUniteLegale", _TEXT),
        ("nicSiegeUniteLegale", _TEXT),
        ("dateDernierTraitementUniteLegale", pa.timestamp("us")),
    ],
)
ESTABLISHMENTS = pa.schema(
    [
        ("siren", _TEXT),
        ("nic", _TEXT),
        ("siret", _TEXT),
        ("statutDiffusionEtablissement", _TEXT),
        ("dateCreationEtablissement", pa.date32()),
        ("etablissementSiege", pa.bool_()),
        ("numeroVoieEtablissement", _TEXT),
        ("typeVoieEtablissement", _TEXT),
        ("libelleVoieEtablissement", _TEXT),
        ("codePostalEtablissement", _TEXT),
        ("libelleCommuneEtablissement", _TEXT),
        ("codeCommuneEtablissement", _TEXT),
        ("etatAdministratifEtablissement", _TEXT),
        ("enseigne1Etablissement", _TEXT),
        ("denominationUsuelleEtablissement", _TEXT),
        ("activitePrincipaleEtablissement", _TEXT),
        ("dateDernierTraitementEtablissement", pa.timestamp("us")),
    ],
)
LEGAL_UNITS_FILE = "StockUniteLegale_utf8.parquet"
ESTABLISHMENTS_FILE = "StockEtablissement_utf8.parquet"
MASKED = "[ND]"
# The legal categories that small and middle companies have most often.
LEGAL_FORMS = {
    "1000": "Entrepreneur individuel",
    "5202": "SNC",
    "5499": "SARL",
    "5498": "EURL",
    "5599": "SA",
    "5710": "SAS",
    "5720": "SASU",
    "6540": "SCI",
    "7210": "Commune",
    "9220": "Association",
}
