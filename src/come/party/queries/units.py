"""Companies by their number, and back: what agreements of a group name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from come.party import models


def legal_units_by_siren(*, sirens: Iterable[str]) -> dict[str, uuid.UUID]:
    """Return the company of each SIREN that is known (one statement)."""
    rows = models.LegalUnit.objects.filter(siren__in=list(sirens)).values_list("siren", "id")
    return {siren: unit_id for siren, unit_id in rows if siren}


def units_named(*, legal_unit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Return the SIREN (may be empty) and the legal name of companies (one statement)."""
    rows = models.LegalUnit.objects.filter(id__in=list(legal_unit_ids)).values_list("id", "siren", "legal_name")
    return {unit_id: (siren or "", name) for unit_id, siren, name in rows}
