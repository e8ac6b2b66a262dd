"""Companies for the one search box: by SIREN, SIRET, VAT number, reference, contact, any name and town, typing errors included."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django import urls
from django.db import connection
from django.db.models import Q

from come.party import models
from come.party.matching import names
from come.party.queries import files
from come.shared import actor as actors, identifiers, search, text as texts
from come.staff import policies as rights

_MOST = 20
_SIREN_LENGTH = 9
# From six figures of a SIREN to a SIRET; the VAT number is among them.
_LENGTHS = range(6, 15)
_MOST_CITY_WORDS = 5
# Any name of a company: whole, at its start, inside, or nearly (a letter wrong, words swapped or joined).
_BY_NAMES = """
SELECT legal_unit_id, max(CASE WHEN norm = %(norm)s THEN 2 WHEN norm LIKE %(start)s THEN 1.5 WHEN norm LIKE %(inside)s THEN 1.2
                               ELSE greatest(word_similarity(%(norm)s, norm), similarity(%(norm)s, norm)) END) AS likeness
FROM party_name
WHERE (norm LIKE %(inside)s OR %(norm)s <%% norm OR norm %% %(norm)s)
  AND (%(city)s = '' OR legal_unit_id IN (SELECT legal_unit_id FROM party_establishment WHERE city_norm = %(city)s))
GROUP BY 1 ORDER BY 2 DESC LIMIT 60
"""


def search_hits(*, text: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    """Return the customer files that the words name; at most `limit`, best first (four statements at most).

    A whole SIREN, SIRET or VAT number that another agency follows answers that it exists and with whom, nothing more.
    """
    if not rights.can(viewer, "customer.read"):
        return []
    identifier = _identifier(text)
    scores = _by_identifier(identifier) or _by_contact(text) or _by_name(text)
    if not scores:
        return []
    rows = list(files.rows().filter(legal_unit_id__in=scores).exclude(state="closed"))
    visible = [row for row in rows if rights.can_see(viewer, row.agency_id)]
    if not visible and len(identifier) >= _SIREN_LENGTH and identifier.isdigit():
        return [_elsewhere(row) for row in rows[:1]]
    visible.sort(key=lambda row: (-scores[row.legal_unit_id], row.sort_name))
    return [_hit(row, scores[row.legal_unit_id]) for row in visible[:limit]]


def _identifier(wanted: str) -> str:
    """Return the figures of a SIREN, SIRET or VAT number, or a reference; empty when the words are a name."""
    compact = "".join(character for character in wanted.upper() if character.isalnum() or character == "-")
    if compact.startswith("CLI-"):
        return compact
    figures = compact[4:] if compact.startswith("FR") and compact[4:].isdigit() else compact.replace("-", "")
    return figures if figures.isdigit() and len(figures) in _LENGTHS else ""


def _by_identifier(identifier: str) -> dict[uuid.UUID, int]:
    if not identifier:
        return {}
    if identifier.startswith("CLI-"):
        named = Q(reference__startswith=identifier) | Q(redirects__old_reference=identifier)
        referred = models.CustomerFile.objects.filter(named).values_list("legal_unit_id", flat=True)[:_MOST]
        return dict.fromkeys(referred, search.IDENTIFIER)
    if len(identifier) > _SIREN_LENGTH:
        placed = models.Establishment.objects.filter(siret__startswith=identifier).values_list("legal_unit_id", flat=True)[:_MOST]
        return dict.fromkeys(placed, search.IDENTIFIER)
    units = models.LegalUnit.objects.filter(siren__startswith=identifier).values_list("id", flat=True)[:_MOST]
    return dict.fromkeys(units, search.IDENTIFIER)


def _by_contact(wanted: str) -> dict[uuid.UUID, int]:
    if "@" in wanted:
        met = Q(email=wanted.strip().lower())
    else:
        try:
            met = Q(phone=identifiers.check_phone(wanted))
        except identifiers.InvalidIdentifier:
            return {}
    units = models.ContactPoint.objects.filter(met).values_list("customer_file__legal_unit_id", flat=True)
    return dict.fromkeys(units[:_MOST], search.CONTACT)


def _by_name(wanted: str) -> dict[uuid.UUID, int]:
    norm = names.comparable(wanted)
    if not norm:
        return {}
    scores = _named(norm, "")
    city, rest = _city_in(wanted)
    if city and rest:
        for unit, score in _named(rest, city).items():
            scores[unit] = max(scores.get(unit, 0), score + search.WORDS // 2)
    elif city:
        placed = models.Establishment.objects.filter(city_norm=city, state="A").values_list("legal_unit_id", flat=True)
        scores |= {unit: search.WORDS for unit in placed[: _MOST * 3] if unit not in scores}
    return scores


def _named(norm: str, city: str) -> dict[uuid.UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_NAMES, {"norm": norm, "start": f"{norm}%", "inside": f"%{norm}%", "city": city})
        return {unit: int(search.NAME * likeness) for unit, likeness in cursor.fetchall()}


def _city_in(wanted: str) -> tuple[str, str]:
    """Return the town that the words end or begin with, the longest that we know, and the name that is left."""
    splits = {city: rest for city, rest in _splits(names.fold(wanted).split()) if city}
    known = set(models.Establishment.objects.filter(city_norm__in=splits).values_list("city_norm", flat=True).distinct())
    best = max(known, key=len, default="")
    return best, names.comparable(splits[best]) if best and splits[best] else ""


def _splits(words: list[str]) -> Iterator[tuple[str, str]]:
    for count in range(1, min(len(words), _MOST_CITY_WORDS) + 1):
        yield names.city(" ".join(words[:count])), " ".join(words[count:])
        yield names.city(" ".join(words[-count:])), " ".join(words[:-count])


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


def _elsewhere(row: models.CustomerFile) -> search.Hit:
    siren = row.legal_unit.siren or ""
    return search.Hit(
        kind=texts.T("Entreprise"),
        title=f"SIREN {siren}",
        subtitle=texts.T("Existe ; suivie par {agency}", agency=row.agency.name),
        url=f"{urls.reverse('party:new')}?q={siren}",
        badge=row.agency.name,
        score=search.IDENTIFIER,
    )
