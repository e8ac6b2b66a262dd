"""Reads of the national registry through its port, and companies of ours that look alike."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import connection

from come.party import models, ports, records
from come.party.matching import names, score
from come.party.queries import files
from come.shared import actor as actors, wiring
from come.staff import policies as rights

_MOST_COMPARED = 60
_ALIKE = """
SELECT id FROM party_legal_unit WHERE siren = %(siren)s
UNION
(SELECT legal_unit_id FROM party_name WHERE norm %% %(norm)s GROUP BY 1 ORDER BY max(similarity(norm, %(norm)s)) DESC LIMIT %(most)s)
"""


def registry_lookup(*, siren: str = "", siret: str = "") -> records.RegistryEstablishment | None:
    """Return what the registry knows of an establishment, or of a company's head office."""
    registry = wiring.port(ports.CompanyRegistry)
    return registry.find_establishment(siret) if siret else registry.head_office(siren)


def registry_search(*, text: str, postcode: str = "", limit: int = 10) -> list[records.RegistryEstablishment]:
    """Return establishments of the registry whose names contain the words."""
    return wiring.port(ports.CompanyRegistry).search(text=text, postcode=postcode, limit=limit)


def registry_date() -> dt.date | None:
    """Return the day of the registry's state here."""
    return wiring.port(ports.CompanyRegistry).date()


def candidates(*, asked: score.Identity, viewer: actors.Actor, limit: int = 5) -> list[records.Candidate]:
    """Return our own companies that may be the one asked for, best first, each with the sum that makes its score.

    Files of other agencies are included: they are said to exist, and with whom, nothing more.
    """
    rows = files.rows().filter(legal_unit_id__in=_alike(asked)).exclude(state="closed").prefetch_related("legal_unit__names")
    found = [_candidate(asked, row, viewer) for row in rows]
    return sorted((one for one in found if one.score >= score.ASK_FROM), key=lambda one: (-one.score, one.name))[:limit]


def _alike(asked: score.Identity) -> list[uuid.UUID]:
    norm = names.comparable(asked.name)
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, {"siren": asked.siren, "norm": norm, "most": _MOST_COMPARED})
        return [identifier for (identifier,) in cursor.fetchall()]


def _candidate(asked: score.Identity, row: models.CustomerFile, viewer: actors.Actor) -> records.Candidate:
    known = files.record(row)
    told = score.compare(
        asked,
        score.Identity(
            name=known.name,
            siren=known.siren,
            postcode=known.postcode,
            city=known.city,
            street=known.street,
            other_names=tuple(name.value for name in row.legal_unit.names.all()),
        ),
    )
    is_visible = rights.can_see(viewer, known.agency_id)
    return records.Candidate(
        customer_file_reference=known.reference if is_visible else "",
        # What another agency calls its customer is its own; the registered name is public.
        name=known.name if is_visible else (known.legal_name if known.siren else ""),
        siren=known.siren,
        city=known.city if is_visible else "",
        agency_name=known.agency_name,
        is_visible=is_visible,
        score=told.total,
        reasons=tuple(reason.said for reason in told.reasons),
    )
