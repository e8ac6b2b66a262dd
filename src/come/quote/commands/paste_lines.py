"""Put a pasted table into a draft: good rows priced, bad rows kept with the reason of each bad cell."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from come.quote import records
from come.quote.commands import _acts, _draft, _tables
from come.quote.policies import cells, tables
from come.shared import actor as actors, idempotency, text

_PASTED_ONE, _PASTED_MANY = text.noop("Collage d’une ligne"), text.noop("Collage d’un tableau de {count} lignes")


@dataclasses.dataclass(frozen=True, slots=True)
class PasteAnswer:
    """What a paste did: lines added and changed, lines to correct, headings not used, rows past the maximum, cells left to others."""

    added: int
    changed: int
    to_correct: int
    unknown_headings: tuple[str, ...]
    ignored_rows: int
    left_alone: int = 0


def paste_lines(
    *, quote_id: uuid.UUID, table_text: str, actor: actors.Actor, at: dt.datetime, consented_changes: str | None = None
) -> PasteAnswer:
    """Read the table, add a line for each row (or change the line whose identifier the row carries), and price the draft.

    Nothing is refused for a bad cell: the row becomes a draft line that says why, and the others are priced. Raises Refusal for an
    empty table or a quote that was sent. Records QuoteLinesChanged.
    """
    inputs = {"quote_id": quote_id, "table": hashlib.sha256(table_text.encode()).hexdigest()}
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented_changes)
        answer = idempotency.once(actor=actor, command="quote.paste_lines", inputs=inputs, run=lambda: _paste(desk, table_text))
    given = {name: answer[name] for name in ("added", "changed", "to_correct", "ignored_rows")}
    return PasteAnswer(**given, unknown_headings=tuple(answer["unknown_headings"]), left_alone=answer.get("left_alone", 0))


def _paste(desk: _draft.Desk, table_text: str) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    table = tables.read(table_text, lambda values: cells.guess_column(values, desk.lookup))
    if not table.rows:
        _tables.refuse_empty()
    merge = _tables.merge_of(desk, table.rows, table.columns)
    answer = _acts.perform(desk, _tables.act_of(desk, merge, _acts.label(_PASTED_ONE, _PASTED_MANY, len(table.rows))))
    return answer | {"unknown_headings": table.unknown, "ignored_rows": table.extra, "left_alone": len(merge.disputed)}


def add_lines(
    *, quote_id: uuid.UUID, lines: Sequence[records.NewLine], actor: actors.Actor, at: dt.datetime, consented_changes: str | None = None
) -> int:
    """Add lines given cell by cell, and return how many of the quote's lines are to correct. Records QuoteLinesChanged."""
    inputs = {"quote_id": quote_id, "lines": [dataclasses.asdict(line) for line in lines]}
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented_changes)
        answer = idempotency.once(actor=actor, command="quote.add_lines", inputs=inputs, run=lambda: _tables.add(desk, lines))
    return int(answer["to_correct"])
