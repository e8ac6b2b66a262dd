"""Change cells of lines: one, a selection, or what an earlier act did."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from come.catalogue import records as catalogue
from come.quote import queries, records
from come.quote.commands import _acts, _draft, _lines, _tables
from come.quote.policies import bundles, tables
from come.shared import actor as actors, idempotency, obstacles, text

_CHANGED_ONE, _CHANGED_MANY = text.noop("Modification d’une ligne"), text.noop("Modification de {count} lignes")
_REMOVED_ONE, _REMOVED_MANY = text.noop("Suppression d’une ligne"), text.noop("Suppression de {count} lignes")
_SEPARATOR = re.compile(r"\s*;\s*")


@dataclasses.dataclass(frozen=True, slots=True)
class EditAnswer:
    """How many lines an edit touched, how many of the quote are to correct, and the quote's new revision."""

    touched: int
    to_correct: int
    revision: int


def edit_lines(
    *,
    quote_id: uuid.UUID,
    changes: Mapping[uuid.UUID, Mapping[str, str]],
    actor: actors.Actor,
    at: dt.datetime,
    seen: Mapping[uuid.UUID, Mapping[str, str]] | None = None,
    since: int | None = None,
    consented_changes: str | None = None,
) -> EditAnswer:
    """Write cells of lines by stable id (an empty text empties a cell), check and price again.

    `seen` says what the person saw in the cells before, `since` at which revision of the quote: a cell that holds something else by
    now, or that another person wrote since, raises Conflict, so that nobody overwrites a colleague unknowingly. Raises Refusal for a
    column that does not exist, a line that is not in the quote, or a quote that was sent. Records QuoteLinesChanged.
    """
    _acts.check_columns({column for given in changes.values() for column in given})
    inputs = {"quote_id": quote_id, "changes": {str(key): dict(value) for key, value in changes.items()}}
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented_changes)
        return _answered(
            idempotency.once(
                actor=actor, command="quote.edit_lines", inputs=inputs, run=lambda: _edit(desk, changes, seen or {}, since=since)
            ),
        )


def _edit(
    desk: _draft.Desk,
    changes: Mapping[uuid.UUID, Mapping[str, str]],
    seen: Mapping[uuid.UUID, Mapping[str, str]],
    *,
    since: int | None = None,
    known: Mapping[uuid.UUID, _lines.Draft] | None = None,
) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    known = _lines.drafts_of(desk, list(changes)) if known is None else known
    missing = [str(key) for key in changes if key not in known]
    if missing:
        raise obstacles.not_found(text.T("La ligne"), missing[0])
    _refuse_unseen(known, seen)
    _acts.refuse_overwriting(desk, since, changes)
    changed = {key: dataclasses.replace(known[key], cells=_merged(known[key].cells, given)) for key, given in changes.items()}
    return _acts.perform(desk, _acts.Act(_edit_label(known, changes), changed=changed, known=known))


def _edit_label(known: Mapping[uuid.UUID, _lines.Draft], changes: Mapping[uuid.UUID, Mapping[str, str]]) -> str:
    columns = {column for given in changes.values() for column in given}
    if len(changes) == 1 and len(columns) == 1:
        (draft,) = known.values()
        name = text.T(tables.NAMES_FR[columns.pop()])
        return text.T("« {column} » à la ligne {position}", column=name, position=draft.position)
    return _acts.label(_CHANGED_ONE, _CHANGED_MANY, len(changes))


def _refuse_unseen(known: Mapping[uuid.UUID, _lines.Draft], seen: Mapping[uuid.UUID, Mapping[str, str]]) -> None:
    """Raise Conflict with every cell that is no longer what the person saw."""
    moved = [
        obstacles.Obstacle(
            "quote.cell_changed",
            obstacles.Severity.REFUSAL,
            text.T(
                "Ligne {position} : « {column} » a changé entre-temps ; la cellule dit maintenant « {value} ».",
                position=draft.position,
                column=text.T(tables.NAMES_FR[column]),
                value=draft.cells.get(column, "") or "…",
            ),
            text.T("Relisez la ligne, puis modifiez-la de nouveau s’il le faut."),
            column,
        )
        for key, draft in known.items()
        for column, value in seen.get(key, {}).items()
        if column in tables.CELLS and draft.cells.get(column, "") != tables.clean(value)
    ]
    if moved:
        raise obstacles.Conflict(moved)


def _merged(old: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    merged = {**old, **{column: tables.clean(value) for column, value in given.items()}}
    return {column: value for column, value in merged.items() if value}


def edit_selection(
    *,
    quote_id: uuid.UUID,
    selection: records.Selection,
    actor: actors.Actor,
    at: dt.datetime,
    cells: Mapping[str, str] | None = None,
    add_option: str = "",
    remove_option: str = "",
    since: int | None = None,
    consented_changes: str | None = None,
) -> EditAnswer:
    """Write the same cells in every selected line, or add or remove one option (by its name or code).

    Raises Conflict when another person wrote one of these cells after revision `since`. Records QuoteLinesChanged.
    """
    given = dict(cells or {})
    _acts.check_columns(given)
    inputs = {"quote_id": quote_id, "selection": dataclasses.asdict(selection), "cells": given, "add": add_option, "remove": remove_option}

    def run() -> dict[str, Any]:
        known = _lines.drafts_of(desk, queries.selected_lines(quote_id=quote_id, selection=selection))
        changes = {key: _with_option(draft.cells, given, add_option, remove_option) for key, draft in known.items()}
        return _edit(desk, changes, {}, since=since, known=known) if changes else _nothing(desk)

    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented_changes)
        return _answered(idempotency.once(actor=actor, command="quote.edit_selection", inputs=inputs, run=run))


def _with_option(old: Mapping[str, str], given: Mapping[str, str], added: str, removed: str) -> dict[str, str]:
    if not added and not removed:
        return dict(given)
    names = [name for name in _SEPARATOR.split(old.get(tables.OPTIONS, "")) if name]
    folded = {tables.fold(name) for name in names}
    if added and tables.fold(added) not in folded:
        names.append(added)
    names = [name for name in names if not removed or tables.fold(name) != tables.fold(removed)]
    return {**given, tables.OPTIONS: "; ".join(names)}


def _nothing(desk: _draft.Desk) -> dict[str, Any]:
    return {"added": 0, "changed": 0, "to_correct": desk.quote.issue_count, "revision": desk.quote.revision}


def _answered(answer: Mapping[str, Any]) -> EditAnswer:
    return EditAnswer(answer["added"] + answer["changed"], answer["to_correct"], answer["revision"])


def remove_lines(
    *,
    quote_id: uuid.UUID,
    selection: records.Selection,
    actor: actors.Actor,
    at: dt.datetime,
    since: int | None = None,
    consented_changes: str | None = None,
) -> EditAnswer:
    """Remove the selected lines from a draft; undoing the act puts them back.

    Raises Conflict when another person wrote in one of them after revision `since`. Records QuoteLinesChanged.
    """
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented_changes)
        inputs = {"quote_id": quote_id, "selection": dataclasses.asdict(selection)}
        answer = idempotency.once(actor=actor, command="quote.remove_lines", inputs=inputs, run=lambda: _remove(desk, selection, since))
    return EditAnswer(answer["removed"], answer["to_correct"], answer["revision"])


def _remove(desk: _draft.Desk, selection: records.Selection, since: int | None) -> dict[str, Any]:
    _draft.refuse_unless_editable(desk)
    removed = queries.selected_lines(quote_id=desk.quote.id, selection=selection)
    _acts.refuse_overwriting(desk, since, dict.fromkeys(removed, tables.CELLS))
    return _acts.perform(desk, _acts.Act(_acts.label(_REMOVED_ONE, _REMOVED_MANY, len(removed)), removed=removed))


def add_bundle(
    *, quote_id: uuid.UUID, bundle_code: str, actor: actors.Actor, at: dt.datetime, consented_changes: str | None = None
) -> EditAnswer:
    """Add the lines that a convergent bundle holds by default; raises Refusal when it is not sold. Records QuoteLinesChanged."""
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented_changes)
        bundle = desk.snapshot.offerings.get(bundle_code)
        if bundle is None or bundle.kind != catalogue.OfferingKind.BUNDLE:
            raise obstacles.not_found(text.T("L’offre convergente"), bundle_code)
        lines = [_bundle_line(pattern, desk) for pattern in bundles.lines_of(bundle, desk.snapshot)]
        label = text.T("Ajout de l’offre « {name} »", name=bundle.name_fr)
        inputs = {"quote_id": quote_id, "bundle_code": bundle_code}
        return _answered(
            idempotency.once(actor=actor, command="quote.add_bundle", inputs=inputs, run=lambda: _tables.add(desk, lines, label)),
        )


def _bundle_line(pattern: records.Pattern, desk: _draft.Desk) -> records.NewLine:
    given = {tables.PLAN: pattern.plan_code, tables.OPTIONS: "; ".join(pattern.option_codes), tables.DEVICE: pattern.device_code}
    return records.NewLine({column: value for column, value in given.items() if value}, bundle_code=pattern.bundle_code)
