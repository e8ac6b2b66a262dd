"""What was imported, when, by whom."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from come.catalogue import models
from come.catalogue.queries import rows


@dataclasses.dataclass(frozen=True, slots=True)
class ImportRecord:
    """One accepted folder."""

    id: uuid.UUID
    imported_at: dt.datetime
    imported_by_name: str
    operator: str
    content_hash: str
    is_published: bool
    created_count: int
    changed_count: int
    unchanged_count: int


def imports(*, limit: int = 10) -> list[ImportRecord]:
    """Return the last imports, newest first (one statement)."""
    return [rows.made(ImportRecord, row) for row in models.CatalogueImport.objects.order_by("-imported_at", "-id")[:limit]]
