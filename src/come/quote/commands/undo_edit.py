"""Take back one's last act on the lines of a draft, and do it again: each person has their own, for as long as the draft lives."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from come.quote import models
from come.quote.commands import _acts, _draft, _lines
from come.quote.models import edits
from come.quote.policies import consent, tables
from come.shared import actor as actors, idempotency, text


@dataclasses.dataclass(frozen=True, slots=True)
class UndoAnswer:
    """The act that was undone or done again (empty when there was none), what is to correct now, and the cells left to others."""

    label: str
    to_correct: int
    revision: int
    left_alone: int


def undo_edit(
    *, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime, keep_others: bool = False, consented_changes: str | None = None
) -> UndoAnswer:
    """Take back the person's last act that is not undone yet; cells that it did not write keep what others wrote since.

    Raises Conflict, with who wrote what, when another person changed since what the act wrote; with `keep_others` those cells are left
    alone and the rest is undone. Records QuoteLinesChanged.
    """
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented_changes)
        return _answered(desk, "quote.undo_edit", keep_others=keep_others)


def redo_edit(
    *, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime, keep_others: bool = False, consented_changes: str | None = None
) -> UndoAnswer:
    """Do again what the person undid last, unless they did something else since. Raises and records as `undo_edit`."""
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented_changes)
        return _answered(desk, "quote.redo_edit", keep_others=keep_others)


def _answered(desk: _draft.Desk, command: str, *, keep_others: bool) -> UndoAnswer:
    inputs = {"quote_id": desk.quote.id, "keep_others": keep_others}
    run = _undo if command == "quote.undo_edit" else _redo
    answer = idempotency.once(actor=desk.actor, command=command, inputs=inputs, run=lambda: run(desk, keep_others=keep_others))
    return UndoAnswer(answer["label"], answer["to_correct"], answer["revision"], answer["left_alone"])


def _undo(desk: _draft.Desk, *, keep_others: bool) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    desk.is_undoing = True
    edit = _acts.mine(desk).filter(state=edits.DONE).order_by("-revision", "-id").first()
    if edit is None:
        return _said(desk, "", 0)
    before = {uuid.UUID(key): value for key, value in edit.before.items()}
    after = {uuid.UUID(key): value for key, value in edit.after.items()}
    present = _lines.drafts_of(desk, list(before))
    added = {key for key, value in before.items() if value is None}
    found = _touched_by_others(desk, edit, added & present.keys())
    touched = {key for key, _, _ in found}
    changed, placed, moved = _turned(present, after, {key: before[key] for key in after}, _who(desk, edit))
    found += moved
    if found and not keep_others:
        _acts.raise_conflict(desk, _acts.grouped(found))
    gone = [key for key in added if key in present and key not in touched]
    back = [_acts.draft_of(key, value) for key, value in before.items() if value is not None and key not in after and key not in present]
    edit.redo = {str(key): _acts.kept(present[key]) for key in gone}
    act = _acts.Act(edit.label_fr, added=back, changed=changed, placed=placed, removed=gone)
    return _finished(desk, edit, act, edits.UNDONE, len(found))


def _redo(desk: _draft.Desk, *, keep_others: bool) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    edit = _acts.mine(desk).filter(state=edits.UNDONE).order_by("-revision", "-id").first()
    if edit is None:
        return _said(desk, "", 0)
    before = {uuid.UUID(key): value for key, value in edit.before.items()}
    after = {uuid.UUID(key): value for key, value in edit.after.items()}
    present = _lines.drafts_of(desk, list(before))
    removed = {key for key, value in before.items() if value is not None and key not in after}
    found = _touched_by_others(desk, edit, removed & present.keys())
    touched = {key for key, _, _ in found}
    was = {key: {column: _value(before[key], column) for column in written} for key, written in after.items()}
    wanted = {key: {"position": written.get(tables.POSITION), "cells": written} for key, written in after.items()}
    changed, placed, moved = _turned(present, was, wanted, _who(desk, edit))
    found += moved
    if found and not keep_others:
        _acts.raise_conflict(desk, _acts.grouped(found))
    back = [_acts.draft_of(uuid.UUID(key), value) for key, value in edit.redo.items() if uuid.UUID(key) not in present]
    gone = [key for key in removed if key in present and key not in touched]
    act = _acts.Act(edit.label_fr, added=back, changed=changed, placed=placed, removed=gone)
    return _finished(desk, edit, act, edits.DONE, len(found))


def _turned(
    present: dict[uuid.UUID, _lines.Draft],
    expected: dict[uuid.UUID, dict[str, Any]],
    wanted: dict[uuid.UUID, dict[str, Any]],
    who: dict[tuple[str, str], str],
) -> tuple[dict[uuid.UUID, _lines.Draft], dict[uuid.UUID, int], list[tuple[uuid.UUID, str, str]]]:
    """Return the lines with the wanted cells back, their places, and the cells that no longer hold what is expected of them."""
    changed: dict[uuid.UUID, _lines.Draft] = {}
    placed: dict[uuid.UUID, int] = {}
    moved: list[tuple[uuid.UUID, str, str]] = []
    for key, columns in expected.items():
        draft = present.get(key)
        if draft is None:
            moved.append((key, who.get((str(key), ""), _SOMEBODY), ""))
            continue
        values = dict(draft.cells)
        for column, value in columns.items():
            if _value({"position": draft.position, "cells": draft.cells}, column) != value:
                moved.append((key, who.get((str(key), column), _SOMEBODY), column))
            elif column == tables.POSITION:
                placed[key] = wanted[key]["position"]
            else:
                values[column] = wanted[key]["cells"].get(column, "")
        changed[key] = dataclasses.replace(draft, cells={column: value for column, value in values.items() if value})
    return changed, placed, moved


_SOMEBODY = text.noop("quelqu’un")


def _value(given: dict[str, Any], column: str) -> Any:
    return given["position"] if column == tables.POSITION else given["cells"].get(column, "")


def _who(desk: _draft.Desk, edit: models.QuoteEdit) -> dict[tuple[str, str], str]:
    """Return who wrote a column of a line after an act ("" = removed the line)."""
    return {
        (key, column): name
        for name, touched in _acts.others(desk, edit.revision)
        for key, columns in touched.items()
        for column in (columns or {""})
    }


def _touched_by_others(desk: _draft.Desk, edit: models.QuoteEdit, keys: set[uuid.UUID]) -> list[tuple[uuid.UUID, str, str]]:
    """Return (line, who, column) of what others wrote in these lines since: taking the lines away would take that away too."""
    wanted = {str(key): key for key in keys}
    return [
        (wanted[key], name, column)
        for name, touched in _acts.others(desk, edit.revision)
        for key in touched.keys() & wanted.keys()
        for column in (touched[key] or {""})
    ]


def _finished(desk: _draft.Desk, edit: models.QuoteEdit, act: _acts.Act, state: str, left_alone: int) -> dict[str, Any]:
    before = _draft.sums(desk.quote)
    if edit.after and {column for columns in edit.after.values() for column in columns} == {tables.CONCESSIONS}:
        # To take a concession back, or to concede it again, is to want the other price.
        desk.consented_changes = consent.ANY
    written = _acts.write(desk, act)
    if not (act.added or act.removed or written.after):
        desk.quote.revision += 1
        desk.quote.save(update_fields=["revision"])
    edit.state = state
    edit.revision = desk.quote.revision
    edit.save(update_fields=["state", "revision", "redo"])
    _draft.record_lines(desk, before, added=len(act.added), changed=len(written.after), removed=len(act.removed))
    return _said(desk, edit.label_fr, left_alone)


def _said(desk: _draft.Desk, label: str, left_alone: int) -> dict[str, Any]:
    return {"label": label, "to_correct": desk.quote.issue_count, "revision": desk.quote.revision, "left_alone": left_alone}
