"""Put a pasted table into a draft: good rows priced, bad rows kept with the reason of each bad cell."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from come.quote import records
from come.quote.commands import _draft, _lines, _pricing
from come.quote.policies import cells, tables
from come.shared import actor as actors, idempotency, ids, obstacles, text


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
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.empty_table",
                obstacles.Severity.REFUSAL,
                text.T("Le tableau collé est vide."),
                text.T("Copiez les lignes dans le tableur, titres compris si possible, puis collez-les."),
            ),
        )
    known = _lines.drafts_of(desk, _named(table.rows))
    rows = [row for row in table.rows if _line_id(row) not in known]
    changed = {key: _changed(known[key], row) for row in table.rows if (key := _line_id(row)) in known and key is not None}
    answer = write(desk, new_lines(rows), changed, text.T("Collage d’un tableau de {count} lignes", count=len(table.rows)))
    return answer | {"unknown_headings": table.unknown, "ignored_rows": table.extra}


def _named(rows: Sequence[Mapping[str, str]]) -> list[uuid.UUID]:
    return [found for row in rows if (found := _line_id(row)) is not None]


def _line_id(row: Mapping[str, str]) -> uuid.UUID | None:
    try:
        return uuid.UUID(row.get(tables.LINE_ID, ""))
    except ValueError:
        return None


def _changed(draft: _lines.Draft, row: Mapping[str, str]) -> _lines.Draft:
    given = {column: value for column, value in row.items() if column in tables.CELLS}
    return dataclasses.replace(draft, cells={**draft.cells, **given})


def new_lines(rows: Sequence[Mapping[str, str]]) -> list[records.NewLine]:
    """Return one new line for each row, with its quantity; one that is no quantity stays in its cell, which then says so."""
    found = []
    for row in rows:
        typed = row.get(tables.QUANTITY, "1")
        is_right = typed.isascii() and typed.isdigit() and 0 < int(typed) <= tables.MAXIMUM_QUANTITY
        kept = {column: value for column, value in row.items() if column in tables.CELLS or (column == tables.QUANTITY and not is_right)}
        found.append(records.NewLine(kept, int(typed) if is_right else 1))
    return found


def write(
    desk: _draft.Desk,
    added: Sequence[records.NewLine],
    changed: Mapping[uuid.UUID, _lines.Draft],
    label: str,
) -> dict[str, Any]:
    """Add and change lines of an open draft, mark duplicates, price again, remember how to undo, record the fact."""
    _draft.refuse_unless_editable(desk)
    before = _draft.sums(desk.quote)
    old: dict[uuid.UUID, _lines.Draft | None] = dict(_lines.drafts_of(desk, list(changed))) if changed else {}
    position = _lines.next_position(desk.quote)
    drafts = []
    for line in added:
        for _ in range(line.quantity):
            drafts.append(_lines.Draft(ids.uuid7(), position, line.cells, line.bundle_code, line.item_ref))
            position += 1
    _refuse_too_many(position - 1)
    if changed:
        _lines.rewrite(desk, list(changed.values()))
    if drafts:
        _lines.insert(desk, drafts)
    _lines.mark_duplicates(desk)
    _pricing.reprice(desk)
    _lines.remember(desk, label, old | dict.fromkeys((draft.stable_id for draft in drafts), None))
    _draft.record_lines(desk, before, added=len(drafts), changed=len(changed))
    return {"added": len(drafts), "changed": len(changed), "to_correct": desk.quote.issue_count, "revision": desk.quote.revision}


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
        answer = idempotency.once(
            actor=actor,
            command="quote.add_lines",
            inputs=inputs,
            run=lambda: write(desk, lines, {}, text.T("Ajout de {count} lignes", count=sum(line.quantity for line in lines))),
        )
    return int(answer["to_correct"])
