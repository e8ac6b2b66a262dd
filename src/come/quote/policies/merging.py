"""What a table that comes back changes in lines that are there: three readings of a cell, the export's, the quote's, the file's."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from come.quote.policies import tables


@dataclasses.dataclass(frozen=True, slots=True)
class KeptEdit:
    """An act as it is remembered: after which revision, by whom, the cells that it found and left by line."""

    revision: int
    actor_name: str
    before: Mapping[str, Mapping[str, str]]
    after: Mapping[str, Mapping[str, str]]


@dataclasses.dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that the table changes; `changed_by` names who changed it too since the export, and it is then left alone."""

    line_id: uuid.UUID
    column: str
    old: str
    new: str
    changed_by: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Merge:
    """What a table does: rows to add, cells to change, cells that somebody else changed meanwhile, lines that it does not name."""

    added: tuple[Mapping[str, str], ...]
    changes: tuple[CellChange, ...]
    disputed: tuple[CellChange, ...]
    missing: tuple[uuid.UUID, ...]
    unchanged: int

    @property
    def cells(self) -> dict[uuid.UUID, dict[str, str]]:
        """Return the cells to write by line."""
        return _by_line(self.changes)

    @property
    def disputed_cells(self) -> dict[uuid.UUID, dict[str, str]]:
        """Return the disputed cells as the table has them, by line."""
        return _by_line(self.disputed)


def _by_line(changes: Iterable[CellChange]) -> dict[uuid.UUID, dict[str, str]]:
    found: dict[uuid.UUID, dict[str, str]] = {}
    for change in changes:
        found.setdefault(change.line_id, {})[change.column] = change.new
    return found


def line_id(row: Mapping[str, str]) -> uuid.UUID | None:
    """Return the id that a row carries, or None."""
    try:
        return uuid.UUID(row.get(tables.LINE_ID, ""))
    except ValueError:
        return None


def merge(
    *,
    rows: Sequence[Mapping[str, str]],
    columns: Collection[str],
    known: Mapping[uuid.UUID, Mapping[str, str]],
    edits: Sequence[KeptEdit] = (),
    same: Callable[[str, str, str], bool] | None = None,
) -> Merge:
    """Return what a table changes in the lines of a quote (`known`: their cells by id).

    A cell is a change when the table has its column and says something else than the line. When the row tells the revision of its
    export, a cell that still says what it said then is no change, whatever the quote says now; one that both changed is disputed.
    `same(column, old, new)` tells two writings of one value apart from two values.
    """
    wanted = [column for column in tables.CELLS if column in columns]
    seen: set[uuid.UUID] = set()
    added: list[Mapping[str, str]] = []
    changes: list[CellChange] = []
    disputed: list[CellChange] = []
    unchanged = 0
    histories: dict[int, Mapping[str, Mapping[str, tuple[str, set[str]]]]] = {}
    for row in rows:
        key = line_id(row)
        if key is None or key not in known or key in seen:
            added.append(row)
            continue
        seen.add(key)
        revision = row.get(tables.REVISION, "")
        since = int(revision) if revision.isascii() and revision.isdigit() else None
        if since is not None and since not in histories:
            histories[since] = _since(edits, since)
        history = histories[since].get(str(key), {}) if since is not None else {}
        before = len(changes) + len(disputed)
        for column in wanted:
            old, new = known[key].get(column, ""), row.get(column, "")
            if old == new or (same is not None and same(column, old, new)):
                continue
            name, held = history.get(column, ("", set()))
            if new in held:
                continue
            (disputed if name else changes).append(CellChange(key, column, old, new, name))
        unchanged += before == len(changes) + len(disputed)
    missing = tuple(key for key in known if key not in seen) if tables.LINE_ID in columns else ()
    return Merge(tuple(added), tuple(changes), tuple(disputed), missing, unchanged)


def _since(edits: Sequence[KeptEdit], revision: int) -> dict[str, dict[str, tuple[str, set[str]]]]:
    """Return, by line and column changed after a revision, who changed it last and every value that it held before."""
    found: dict[str, dict[str, tuple[str, set[str]]]] = {}
    for edit in edits:
        if edit.revision <= revision:
            continue
        for key, written in edit.after.items():
            line = found.setdefault(key, {})
            for column, value in written.items():
                held = line.get(column, ("", set()))[1]
                line[column] = (edit.actor_name, held | {edit.before.get(key, {}).get(column, ""), value})
    return found
