"""Tables and new lines as acts on a draft."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from come.quote import queries, records
from come.quote.commands import _acts, _draft, _lines
from come.quote.policies import cells, merging, tables
from come.shared import ids, obstacles, text

_ADDED_ONE, _ADDED_MANY = text.noop("Ajout d’une ligne"), text.noop("Ajout de {count} lignes")


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


def merge_of(desk: _draft.Desk, rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> merging.Merge:
    """Return what a table does to the lines of the draft; an empty cell of a line that it names by its id empties it."""
    known = _lines.drafts_of(desk) if tables.LINE_ID in columns else {}
    has_revision = any(tables.REVISION in row for row in rows)
    return merging.merge(
        rows=rows,
        columns=columns,
        known={key: draft.cells for key, draft in known.items()},
        edits=queries.kept_edits(quote_id=desk.quote.id) if has_revision else (),
        same=functools.partial(cells.is_same, lookup=desk.lookup),
    )


def act_of(desk: _draft.Desk, merge: merging.Merge, label: str, *, take_disputed: bool = False) -> _acts.Act:
    """Return the act that a merge makes; cells that somebody else changed since the export are left alone unless they are taken."""
    given = merge.cells
    if take_disputed:
        for key, cells_of_line in merge.disputed_cells.items():
            given.setdefault(key, {}).update(cells_of_line)
    known = _lines.drafts_of(desk, list(given)) if given else {}
    changed = {key: merged(known[key], columns, list(columns)) for key, columns in given.items()}
    return _acts.Act(label, added=new_drafts(desk, new_lines(merge.added)), changed=changed)


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
    refuse_too_many(desk.quote.line_count + count)
    places = itertools.count(first)
    return [
        _lines.Draft(ids.uuid7(), next(places), line.cells, {"bundle_code": line.bundle_code, "item_ref": line.item_ref})
        for line in lines
        for _ in range(line.quantity)
    ]


def refuse_too_many(count: int) -> None:
    """Raise Refusal past the most lines that a quote holds."""
    if count > tables.MAXIMUM_ROWS:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.too_many_lines",
                obstacles.Severity.REFUSAL,
                text.T("Un devis compte au plus {maximum} lignes ; il en aurait {count}.", maximum=tables.MAXIMUM_ROWS, count=count),
                text.T("Faites plusieurs devis."),
            ),
        )


def add(desk: _draft.Desk, lines: Sequence[records.NewLine], label: str = "") -> dict[str, Any]:
    """Add lines at the end of an open draft."""
    _draft.refuse_unless_editable(desk)
    count = sum(line.quantity for line in lines)
    return _acts.perform(desk, _acts.Act(label or _acts.label(_ADDED_ONE, _ADDED_MANY, count), added=new_drafts(desk, lines)))
