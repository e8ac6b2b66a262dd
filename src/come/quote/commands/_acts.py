"""One act on the lines of a draft: written in sets, checked, priced, kept so that it can be undone, recorded."""

from __future__ import annotations

import collections
import dataclasses
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from come.quote import models
from come.quote.commands import _consent, _draft, _lines, _pricing
from come.quote.models import edits
from come.quote.policies import cells, tables
from come.shared import obstacles, text

# What makes the pattern of a line.
_SOLD = (tables.PLAN, tables.OPTIONS, tables.DEVICE, tables.CONCESSIONS)
# How many cells a conflict names; it says how many there are.
_MOST_NAMED = 10


@dataclasses.dataclass(frozen=True, slots=True)
class Act:
    """What an act does to lines: `changed` and `placed` name present lines, `room` pushes those from a place on down by a number.

    `known` are the touched lines as they are, when whoever makes the act has read them under the lock.
    """

    label: str
    added: Sequence[_lines.Draft] = ()
    changed: Mapping[uuid.UUID, _lines.Draft] = dataclasses.field(default_factory=dict)
    placed: Mapping[uuid.UUID, int] = dataclasses.field(default_factory=dict)
    removed: Collection[uuid.UUID] = ()
    room: tuple[int, int] | None = None
    known: Mapping[uuid.UUID, _lines.Draft] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """What an act found and left: lines as they were, the cells that it wrote in them."""

    old: Mapping[uuid.UUID, _lines.Draft]
    after: Mapping[uuid.UUID, Mapping[str, Any]]


def label(one: str, many: str, count: int) -> str:
    """Return the words of an act on one line, or on many (`{count}`)."""
    return text.T(one) if count == 1 else text.T(many, count=count)


def perform(desk: _draft.Desk, act: Act) -> dict[str, Any]:
    """Do an act on an open draft, remember how to undo it, record the fact; an act that changes nothing leaves no trace.

    Raises Refusal when the quote is no draft any more. Records QuoteLinesChanged.
    """
    _draft.refuse_unless_editable(desk)
    before = _draft.sums(desk.quote)
    written = write(desk, act)
    if act.added or act.removed or written.after:
        _remember(desk, act, written)
        _draft.record_lines(desk, before, added=len(act.added), changed=len(written.after), removed=len(act.removed))
    return answer(desk, act, written)


def check_columns(given: Iterable[str]) -> None:
    """Raise Refusal for a column that lines do not have."""
    unknown = sorted(set(given) - set(tables.CELLS))
    if unknown:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.unknown_column",
                obstacles.Severity.REFUSAL,
                text.T("Une ligne de devis n’a pas de colonne « {name} ».", name=unknown[0]),
                text.T("Colonnes : {names}.", names=", ".join(tables.CELLS)),
            ),
        )


def answer(desk: _draft.Desk, act: Act, written: Written) -> dict[str, Any]:
    """Return what became of an act, as it is remembered."""
    return {
        "added": len(act.added),
        "changed": len(written.after),
        "removed": len(act.removed),
        "to_correct": desk.quote.issue_count,
        "revision": desk.quote.revision,
    }


def write(desk: _draft.Desk, act: Act) -> Written:
    """Write an act on an open draft, mark duplicates and price again.

    Raises Conflict when it changes a negotiated price that its author did not consent to: nothing is then written.
    """
    touched = {*act.changed, *act.placed, *act.removed}
    old = act.known if act.known is not None and touched <= act.known.keys() else _lines.drafts_of(desk, list(touched)) if touched else {}
    changed = [draft for key, draft in act.changed.items() if draft.cells != old[key].cells]
    seen = _consent.read(desk, {draft.stable_id for draft in changed if _is_sold_otherwise(draft, old)} | set(act.removed))
    placed = {key: position for key, position in act.placed.items() if old[key].position != position}
    if act.removed:
        _lines.delete(desk, act.removed)
    if act.room is not None:
        _lines.make_room(desk, *act.room)
    if placed:
        _lines.place(desk, placed)
    kept = _lines.rewrite(desk, changed) if changed else {}
    if act.added:
        _lines.insert(desk, act.added)
    after: dict[uuid.UUID, dict[str, Any]] = {key: _difference(old[key].cells, now) for key, now in kept.items()}
    for key, position in placed.items():
        after.setdefault(key, {})[tables.POSITION] = position
    if act.added or act.removed or after:
        if act.room is not None or placed or _has_identifiers(act, old, after):
            _lines.mark_duplicates(desk)
        _pricing.reprice(desk)
        _consent.refuse_unseen_changes(desk, seen, added=[draft.stable_id for draft in act.added], removed=act.removed)
    return Written(old, after)


def _is_sold_otherwise(draft: _lines.Draft, old: Mapping[uuid.UUID, _lines.Draft]) -> bool:
    """Tell whether what is sold on a line changes; most edits do not touch it, and no price is then at stake on that line."""
    before = old[draft.stable_id].cells
    return any(before.get(column, "") != draft.cells.get(column, "") for column in _SOLD)


def _difference(old: Mapping[str, str], now: Mapping[str, str]) -> dict[str, Any]:
    return {column: now.get(column, "") for column in tables.KEPT if old.get(column, "") != now.get(column, "")}


def _has_identifiers(act: Act, old: Mapping[uuid.UUID, _lines.Draft], after: Mapping[uuid.UUID, Mapping[str, Any]]) -> bool:
    """Tell whether the act may make or end a duplicate; most edits do not, and a large quote is then not searched."""
    unique = set(cells.UNIQUE_COLUMNS)
    if any(unique & set(written) for written in after.values()):
        return True
    return any(unique & set(draft.cells) for draft in (*act.added, *(old[key] for key in act.removed if key in old)))


def _remember(desk: _draft.Desk, act: Act, written: Written) -> None:
    mine(desk).filter(state=edits.UNDONE).update(state=edits.DROPPED)
    before: dict[str, Any] = {str(draft.stable_id): None for draft in act.added}
    before |= {str(key): kept(written.old[key]) for key in (*written.after, *act.removed) if key in written.old}
    models.QuoteEdit.objects.create(
        quote=desk.quote,
        label_fr=act.label[:200],
        before=before,
        after={str(key): dict(value) for key, value in written.after.items()},
        actor_id=desk.actor.staff_id,
        actor_name=desk.actor.name,
        edited_at=desk.at,
        revision=desk.quote.revision,
    )


def mine(desk: _draft.Desk) -> Any:
    """Return the acts of the person at the desk on this quote."""
    return models.QuoteEdit.objects.filter(quote=desk.quote, actor_id=desk.actor.staff_id)


def kept(draft: _lines.Draft) -> dict[str, Any]:
    """Return a line as an act keeps it."""
    carried = {name: value if value is None or isinstance(value, int | list) else str(value) for name, value in draft.carried.items()}
    return {"position": draft.position, "cells": dict(draft.cells), "carried": carried}


def draft_of(stable_id: uuid.UUID, given: Mapping[str, Any]) -> _lines.Draft:
    """Return a line as it was kept; what was kept before lines carried anything says it beside the cells."""
    carried = given.get("carried") or {name: given[name] for name in ("bundle_code", "item_ref") if name in given}
    return _lines.Draft(stable_id, given["position"], given["cells"], carried)


def refuse_overwriting(desk: _draft.Desk, since: int | None, targets: Mapping[uuid.UUID, Collection[str]]) -> None:
    """Raise Conflict when another person touched one of these cells after revision `since`, which is what the screen showed."""
    if since is None or since >= desk.quote.revision:
        return
    wanted = {str(key): set(columns) for key, columns in targets.items()}
    found: dict[str, tuple[str, set[str]]] = {}
    for name, touched in others(desk, since):
        for key in touched.keys() & wanted.keys():
            columns = wanted[key] & touched[key] if touched[key] else wanted[key]
            if columns:
                found[key] = (name, columns)
    if found:
        raise_conflict(desk, found)


def others(desk: _draft.Desk, since: int) -> list[tuple[str, dict[str, set[str]]]]:
    """Return who else touched which columns of which lines after a revision; no column named = the whole line."""
    rows = models.QuoteEdit.objects.filter(quote=desk.quote, revision__gt=since).exclude(state=edits.DROPPED).order_by("revision")
    if desk.actor.staff_id is not None:
        rows = rows.exclude(actor_id=desk.actor.staff_id)
    return [
        (name, {key: set(after.get(key, ())) for key in before})
        for name, before, after in rows.values_list("actor_name", "before", "after")
    ]


def raise_conflict(desk: _draft.Desk, found: Mapping[str, tuple[str, set[str]]]) -> None:
    """Raise Conflict naming the first cells, who changed them and what they say now."""
    present = _lines.drafts_of(desk, [uuid.UUID(key) for key in found])
    said: list[obstacles.Obstacle] = []
    for key, (name, columns) in found.items():
        draft = present.get(uuid.UUID(key))
        if draft is None:
            said.append(_conflict(text.T("{name} a retiré une des lignes.", name=name), key))
            continue
        for column in sorted(columns):
            if not column:
                said.append(_conflict(text.T("Ligne {position} : {name} l’a changée.", position=draft.position, name=name), key))
                continue
            shown = text.T("le rang") if column == tables.POSITION else text.T(tables.NAMES_FR[column])
            now = str(draft.position) if column == tables.POSITION else draft.cells.get(column, "") or "…"
            message = text.T(
                "Ligne {position} : {name} a changé « {column} », qui dit maintenant « {value} ».",
                position=draft.position,
                name=name,
                column=shown,
                value=now,
            )
            said.append(_conflict(message, f"{key}/{column}"))
    extra = len(said) - _MOST_NAMED
    if extra > 0:
        said = [*said[:_MOST_NAMED], _conflict(text.T("… et {count} autres cellules.", count=extra), "")]
    raise obstacles.Conflict(said)


def _conflict(message: str, path: str) -> obstacles.Obstacle:
    step = text.T("Relisez ces cellules, puis gardez l’une ou l’autre valeur.")
    return obstacles.Obstacle("quote.cell_changed", obstacles.Severity.REFUSAL, message, step, path)


def grouped(found: Sequence[tuple[uuid.UUID, str, str]]) -> dict[str, tuple[str, set[str]]]:
    """Gather (line, person, column) by line."""
    gathered: dict[str, tuple[str, set[str]]] = {}
    columns: dict[str, set[str]] = collections.defaultdict(set)
    for key, name, column in found:
        columns[str(key)].add(column)
        gathered[str(key)] = (name, columns[str(key)])
    return gathered
