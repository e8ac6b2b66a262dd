"""Fill cells from one cell on, to the right and down, as a spreadsheet does; rows past the last line are added."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from come.quote import queries, records
from come.quote.commands import _acts, _draft, _lines, _tables
from come.quote.policies import tables
from come.shared import actor as actors, idempotency, obstacles, text

_BLOCK_ONE, _BLOCK_MANY = text.noop("Remplissage d’une ligne"), text.noop("Remplissage de {count} lignes")


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """Cells by row, from line `start` on, in these columns; `count` repeats the rows over so many lines (a fill never adds lines).

    `view` is what the screen shows: « the lines below » are those of the filter.
    """

    start: uuid.UUID
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    count: int = 0
    view: records.Selection = dataclasses.field(default_factory=records.Selection)


@dataclasses.dataclass(frozen=True, slots=True)
class BlockAnswer:
    """What a block did: lines changed and added, what is to correct in the quote, its new revision."""

    changed: int
    added: int
    to_correct: int
    revision: int


def paste_block(
    *,
    quote_id: uuid.UUID,
    block: Block,
    actor: actors.Actor,
    at: dt.datetime,
    since: int | None = None,
    consented_changes: str | None = None,
) -> BlockAnswer:
    """Write a block of cells into a draft, check and price it.

    Raises Refusal for a column that does not exist, NotFound for a line that the screen does not show, Conflict when another person
    wrote one of these cells after revision `since`. Records QuoteLinesChanged.
    """
    _acts.check_columns(block.columns)
    inputs = {"quote_id": quote_id, "block": dataclasses.asdict(block)}
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented_changes)
        answer = idempotency.once(actor=actor, command="quote.paste_block", inputs=inputs, run=lambda: _paste(desk, block, since))
    return BlockAnswer(answer["changed"], answer["added"], answer["to_correct"], answer["revision"])


def _paste(desk: _draft.Desk, block: Block, since: int | None) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    order = queries.selected_lines(quote_id=desk.quote.id, selection=block.view)
    if block.start not in order:
        raise obstacles.not_found(text.T("La ligne"), block.start)
    below = order[order.index(block.start) :]
    count = min(block.count, len(below)) or len(block.rows)
    rows = [_cells(block.columns, block.rows[place % len(block.rows)]) for place in range(count)] if block.rows else []
    given = dict(zip(below, rows, strict=False))
    _acts.refuse_overwriting(desk, since, given)
    known = _lines.drafts_of(desk, list(given))
    changed = {key: _tables.merged(known[key], cells, list(cells)) for key, cells in given.items()}
    new = [
        records.NewLine({column: value for column, value in cells.items() if value}) for cells in rows[len(below) :] if any(cells.values())
    ]
    label = _acts.label(_BLOCK_ONE, _BLOCK_MANY, len(changed) + len(new))
    return _acts.perform(desk, _acts.Act(label, added=_tables.new_drafts(desk, new), changed=changed))


def _cells(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {column: tables.clean(str(value)) for column, value in zip(columns, row, strict=False)}
