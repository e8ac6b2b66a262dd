"""A file read for a draft: kept, looked at, then applied or forgotten."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from come.quote import models
from come.quote.commands import _acts, _draft, _tables
from come.quote.policies import cells, tables
from come.shared import actor as actors, idempotency, obstacles, text

_IMPORTED = text.noop("Import de « {name} »")


@dataclasses.dataclass(frozen=True, slots=True)
class ImportAnswer:
    """What an import did: lines added, changed and removed, cells left to those who changed them meanwhile, what is to correct."""

    added: int
    changed: int
    removed: int
    left_alone: int
    to_correct: int


def prepare_import(*, quote_id: uuid.UUID, name: str, given: Sequence[Sequence[str]], actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Read the rows of a file and keep them beside the draft, which does not change; return the import's id.

    Files of the same quote that were read before and not applied by this person are forgotten. Raises Refusal for an empty table or a
    quote that was sent.
    """
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        _draft.refuse_unless_editable(desk)
        table = tables.of_cells(given, lambda values: cells.guess_column(values, desk.lookup))
        if not table.rows:
            _tables.refuse_empty()
        models.QuoteImport.objects.filter(quote=desk.quote, actor_id=actor.staff_id, applied_at=None).delete()
        made = models.QuoteImport.objects.create(
            quote=desk.quote,
            name=name[:200],
            rows=list(table.rows),
            columns=list(table.columns),
            unknown_headings=list(table.unknown),
            ignored_rows=table.extra,
            actor_id=actor.staff_id,
            actor_name=actor.name,
            created_at=at,
        )
    return made.id


def apply_import(
    *,
    import_id: uuid.UUID,
    actor: actors.Actor,
    at: dt.datetime,
    remove_missing: bool = False,
    take_disputed: bool = False,
    consented_changes: str | None = None,
) -> ImportAnswer:
    """Write what a file that was read changes: its rows without a known id are added, its changed cells written, nothing else.

    `remove_missing` also removes the lines that it does not name, `take_disputed` writes its cells that somebody else changed since it
    was exported (they are left alone otherwise). Applied twice, it answers the same. Records QuoteLinesChanged.
    """
    with transaction.atomic():
        found = models.QuoteImport.objects.select_for_update().filter(id=import_id).first()
        if found is None:
            raise obstacles.not_found(text.T("Le fichier lu"), import_id)
        desk = _draft.open_desk(found.quote_id, actor, at, consented_changes)
        inputs = {"import_id": import_id, "remove_missing": remove_missing, "take_disputed": take_disputed}
        answer = idempotency.once(
            actor=actor,
            command="quote.apply_import",
            inputs=inputs,
            run=lambda: _apply(desk, found, remove_missing=remove_missing, take_disputed=take_disputed),
        )
    return ImportAnswer(answer["added"], answer["changed"], answer["removed"], answer["left_alone"], answer["to_correct"])


def _apply(desk: _draft.Desk, found: models.QuoteImport, *, remove_missing: bool, take_disputed: bool) -> dict[str, Any]:
    if found.applied_at is not None:
        raise obstacles.Conflict(
            obstacles.Obstacle(
                "quote.import_applied",
                obstacles.Severity.REFUSAL,
                text.T("Ce fichier a déjà été importé."),
                text.T("Envoyez-le de nouveau pour l’importer une seconde fois."),
            ),
        )
    merge = _tables.merge_of(desk, found.rows, found.columns)
    act = _tables.act_of(desk, merge, text.T(_IMPORTED, name=found.name), take_disputed=take_disputed)
    removed = merge.missing if remove_missing else ()
    answer = _acts.perform(desk, dataclasses.replace(act, removed=removed))
    found.applied_at = desk.at
    found.save(update_fields=["applied_at"])
    return answer | {"left_alone": 0 if take_disputed else len(merge.disputed)}


def forget_import(*, import_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Forget a file that was read and not applied."""
    with transaction.atomic():
        found = models.QuoteImport.objects.filter(id=import_id).first()
        if found is not None:
            _draft.open_desk(found.quote_id, actor, at)
            if found.applied_at is None:
                found.delete()
