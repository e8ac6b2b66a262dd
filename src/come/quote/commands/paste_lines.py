"""Put a pasted table into a draft: good rows priced, bad rows kept with the reason of each bad cell."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import itertools
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from come.quote import records
from come.quote.commands import _acts, _draft, _lines
from come.quote.policies import cells, tables
from come.shared import actor as actors, idempotency, ids, obstacles, text

PASTED_ONE, PASTED_MANY = text.noop("Collage d’une ligne"), text.noop("Collage d’un tableau de {count} lignes")
ADDED_ONE, ADDED_MANY = text.noop("Ajout d’une ligne"), text.noop("Ajout de {count} lignes")


@dataclasses.dataclass(frozen=True, slots=True)
class PasteAnswer:
    """What a paste did: lines added and changed, those of them to correct, headings that are not used, rows past the maximum."""

    added: int
    changed: int
    to_correct: int
    unknown_headings: tuple[str, ...]
    ignored_rows: int


def paste_lines(*, quote_id: uuid.UUID, table_text: str, actor: actors.Actor, at: dt.datetime) -> PasteAnswer:
    """Read the table, add a line for each row (or change the line whose identifier the row carries), and price the draft.

    Nothing is refused for a bad cell: the row becomes a draft line that says why, and the others are priced. Raises Refusal for an
    empty table or a quote that was sent. Records QuoteLinesChanged.
    """
    inputs = {"quote_id": quote_id, "table": hashlib.sha256(table_text.encode()).hexdigest()}
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        answer = idempotency.once(actor=actor, command="quote.paste_lines", inputs=inputs, run=lambda: _paste(desk, table_text))
    return PasteAnswer(answer["added"], answer["changed"], answer["to_correct"], tuple(answer["unknown_headings"]), answer["ignored_rows"])


def _paste(desk: _draft.Desk, table_text: str) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    table = tables.read(table_text, lambda values: cells.guess_column(values, desk.lookup))
    if not table.rows:
        refuse_empty()
    act = act_of(desk, table, _acts.label(PASTED_ONE, PASTED_MANY, len(table.rows)))
    return _acts.perform(desk, act) | {"unknown_headings": table.unknown, "ignored_rows": table.extra}


def refuse_empty() -> None:
    """Raise Refusal: nothing was given."""
    raise obstacles.Refusal(
        obstacles.Obstacle(
            "quote.empty_table",
            obstacles.Severity.REFUSAL,
            text.T("Le tableau collé est vide."),
            text.T("Copiez les lignes dans le tableur, titres compris si possible, puis collez-les."),
        ),
    )


def act_of(desk: _draft.Desk, table: tables.Table, label: str) -> _acts.Act:
    """Return what a table does: rows that carry the id of a line change it (an empty cell empties it), the others add lines."""
    known = _lines.drafts_of(desk, _named(table.rows))
    rows = [row for row in table.rows if _line_id(row) not in known]
    changed = {key: merged(known[key], row, table.columns) for row in table.rows if (key := _line_id(row)) in known and key is not None}
    return _acts.Act(label, added=new_drafts(desk, new_lines(rows)), changed=changed)


def _named(rows: Sequence[Mapping[str, str]]) -> list[uuid.UUID]:
    return [found for row in rows if (found := _line_id(row)) is not None]


def _line_id(row: Mapping[str, str]) -> uuid.UUID | None:
    try:
        return uuid.UUID(row.get(tables.LINE_ID, ""))
    except ValueError:
        return None


def merged(draft: _lines.Draft, row: Mapping[str, str], columns: Sequence[str]) -> _lines.Draft:
    """Return a line with the cells that a row of these columns gives it."""
    given = {column: row.get(column, "") for column in columns if column in tables.CELLS}
    found = {**draft.cells, **given}
    return dataclasses.replace(draft, cells={column: value for column, value in found.items() if value})


def new_lines(rows: Sequence[Mapping[str, str]]) -> list[records.NewLine]:
    """Return one new line for each row, with its quantity; one that is no quantity stays in its cell, which then says so."""
    found = []
    for row in rows:
        typed = row.get(tables.QUANTITY, "1")
        is_right = typed.isascii() and typed.isdigit() and 0 < int(typed) <= tables.MAXIMUM_QUANTITY
        kept = {column: value for column, value in row.items() if column in tables.CELLS or (column == tables.QUANTITY and not is_right)}
        found.append(records.NewLine(kept, int(typed) if is_right else 1))
    return found


def new_drafts(desk: _draft.Desk, lines: Sequence[records.NewLine], position: int | None = None) -> list[_lines.Draft]:
    """Return new lines one by one, from a place on (after the last by default); raises Refusal past the most that a quote holds."""
    count = sum(line.quantity for line in lines)
    first = _lines.next_position(desk.quote) if position is None else position
    _refuse_too_many(desk.quote.line_count + count)
    places = itertools.count(first)
    return [
        _lines.Draft(ids.uuid7(), next(places), line.cells, {"bundle_code": line.bundle_code, "item_ref": line.item_ref})
        for line in lines
        for _ in range(line.quantity)
    ]


def _refuse_too_many(count: int) -> None:
    if count > tables.MAXIMUM_ROWS:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.too_many_lines",
                obstacles.Severity.REFUSAL,
                text.T("Un devis compte au plus {maximum} lignes ; il en aurait {count}.", maximum=tables.MAXIMUM_ROWS, count=count),
                text.T("Faites plusieurs devis."),
            ),
        )


def add_lines(*, quote_id: uuid.UUID, lines: Sequence[records.NewLine], actor: actors.Actor, at: dt.datetime) -> int:
    """Add lines given cell by cell, and return how many of the quote's lines are to correct. Records QuoteLinesChanged."""
    inputs = {"quote_id": quote_id, "lines": [dataclasses.asdict(line) for line in lines]}
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        answer = idempotency.once(actor=actor, command="quote.add_lines", inputs=inputs, run=lambda: add(desk, lines))
    return int(answer["to_correct"])


def add(desk: _draft.Desk, lines: Sequence[records.NewLine], label: str = "") -> dict[str, Any]:
    """Add lines at the end of an open draft."""
    _draft.refuse_unless_editable(desk)
    count = sum(line.quantity for line in lines)
    return _acts.perform(desk, _acts.Act(label or _acts.label(ADDED_ONE, ADDED_MANY, count), added=new_drafts(desk, lines)))
