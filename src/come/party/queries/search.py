"""Companies for the one search box: by SIREN, SIRET, VAT number, reference, any name, typing errors included."""

from __future__ import annotations

import uuid

from django import urls
from django.db import connection

from come.party import models
from come.party.matching import names
from come.party.queries import customer_files as files
from come.shared import actor as actors, search, text as texts
from come.staff import policies as rights

_IDENTIFIER = 1_000
_BY_NAME = 500
_MINIMUM_LIKENESS = 0.3
_MOST = 20
# From six figures of a SIREN to a SIRET; the VAT number is among them.
_LENGTHS = range(6, 15)

_BY_NAMES = """
SELECT legal_unit_id, max(CASE WHEN norm = %(norm)s THEN 2 WHEN norm LIKE %(start)s THEN 1.5 WHEN norm LIKE %(inside)s THEN 1.2
                               ELSE word_similarity(%(norm)s, norm) END) AS likeness
FROM party_name
WHERE norm LIKE %(inside)s OR %(norm)s <%% norm
GROUP BY 1 ORDER BY 2 DESC LIMIT 60
"""


def search_hits(*, text: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    """Return the visible customer files that the words name; at most `limit`, best first (two statements)."""
    if not rights.can(viewer, "customer.read"):
        return []
    scores = _by_identifier(text) or _by_name(text)
    if not scores:
        return []
    rows = files._visible(files._rows().filter(legal_unit_id__in=scores), viewer)  # noqa: SLF001 - the same package's row set
    found = sorted(rows, key=lambda row: (-scores[row.legal_unit_id], row.name))[:limit]
    return [_hit(row, scores[row.legal_unit_id]) for row in found]


def _by_identifier(wanted: str) -> dict[uuid.UUID, int]:
    compact = "".join(wanted.split()).upper().replace(".", "")
    if compact.startswith("CLI-"):
        files_found = models.CustomerFile.objects.filter(reference__startswith=compact).values_list("legal_unit_id", flat=True)
        return dict.fromkeys(files_found[:_MOST], _IDENTIFIER)
    siren = compact[4:13] if compact.startswith("FR") and compact[4:].isdigit() else compact[:9]
    if not siren.isdigit() or len(compact) not in _LENGTHS:
        return {}
    units = models.LegalUnit.objects.filter(siren__startswith=siren).values_list("id", flat=True)
    return dict.fromkeys(units[:_MOST], _IDENTIFIER)


def _by_name(wanted: str) -> dict[uuid.UUID, int]:
    norm = names.comparable(wanted)
    if not norm:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_NAMES, {"norm": norm, "start": f"{norm}%", "inside": f"%{norm}%"})
        rows = cursor.fetchall()
    return {unit: int(_BY_NAME * likeness) for unit, likeness in rows if likeness >= _MINIMUM_LIKENESS}


def _hit(row: models.CustomerFile, score: int) -> search.Hit:
    city = row.establishment.city if row.establishment else ""
    identity = f"SIREN {row.legal_unit.siren}" if row.legal_unit.siren else texts.T("SIREN à confirmer")
    return search.Hit(
        kind=texts.T("Entreprise"),
        title=row.name,
        subtitle=" · ".join(part for part in (identity, city, row.reference) if part),
        url=urls.reverse("party:company", args=[row.reference]),
        badge=row.agency.name,
        score=score,
    )
