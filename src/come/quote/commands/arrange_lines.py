"""Lines as rows of a sheet: cloned, inserted, moved."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction

from come.quote import models, queries, records
from come.quote.commands import _acts, _draft, _lines, _tables
from come.quote.commands.edit_lines import EditAnswer
from come.quote.policies import tables
from come.shared import actor as actors, idempotency, ids, obstacles, text

# What names one line, one person or one card: a copy of it would be a duplicate.
OWN_CELLS = frozenset({tables.MSISDN, tables.RIO, tables.ICCID, tables.IMEI, tables.EID, tables.EMAIL, tables.QUANTITY})
_CLONED_ONE, _CLONED_MANY = text.noop("Copie d’une ligne"), text.noop("Copie en {count} lignes")
_MOVED_ONE, _MOVED_MANY = text.noop("Déplacement d’une ligne"), text.noop("Déplacement de {count} lignes")
_INSERTED_ONE, _INSERTED_MANY = text.noop("Insertion d’une ligne"), text.noop("Insertion de {count} lignes")


def clone_lines(
    *,
    quote_id: uuid.UUID,
    selection: records.Selection,
    times: int,
    actor: actors.Actor,
    at: dt.datetime,
    consented_changes: str | None = None,
) -> EditAnswer:
    """Copy the selected lines so many times, under the last of them; what names one line alone (number, SIM, device) is left empty.

    Raises Refusal for a number of copies that is none. Records QuoteLinesChanged.
    """
    _refuse_bad_count(times)

    def run(desk: _draft.Desk) -> dict[str, Any]:
        known = list(_lines.drafts_of(desk, queries.selected_lines(quote_id=quote_id, selection=selection)).values())
        if not known:
            return _nothing(desk)
        _tables.refuse_too_many(desk.quote.line_count + len(known) * times)
        first = known[-1].position + 1
        sources = [draft for _ in range(times) for draft in known]
        added = [_copy(draft, first + place) for place, draft in enumerate(sources)]
        label = _acts.label(_CLONED_ONE, _CLONED_MANY, len(added))
        return _acts.perform(desk, _acts.Act(label, added=added, room=(first, len(added))))

    inputs = {"selection": dataclasses.asdict(selection), "times": times}
    return _answered(
        quote_id=quote_id, actor=actor, at=at, command="quote.clone_lines", inputs=inputs, run=run, consented=consented_changes
    )


def _copy(draft: _lines.Draft, position: int) -> _lines.Draft:
    cells = {column: value for column, value in draft.cells.items() if column not in OWN_CELLS}
    # A copy of a line of the fleet is a line to come.
    return _lines.Draft(ids.uuid7(), position, cells, {**draft.carried, "item_ref": "", "product_id": None, "action": "add"})


def insert_lines(
    *, quote_id: uuid.UUID, before: uuid.UUID, count: int, actor: actors.Actor, at: dt.datetime, consented_changes: str | None = None
) -> EditAnswer:
    """Insert empty lines before a line; they say that their offer is missing until it is written.

    Raises Refusal for a number of lines that is none, NotFound for a line that is not in the quote. Records QuoteLinesChanged.
    """
    _refuse_bad_count(count)

    def run(desk: _draft.Desk) -> dict[str, Any]:
        place = _one(desk, before).position
        added = _tables.new_drafts(desk, [records.NewLine({}, count)], place)
        label = _acts.label(_INSERTED_ONE, _INSERTED_MANY, count)
        return _acts.perform(desk, _acts.Act(label, added=added, room=(place, count)))

    inputs = {"before": before, "count": count}
    return _answered(
        quote_id=quote_id, actor=actor, at=at, command="quote.insert_lines", inputs=inputs, run=run, consented=consented_changes
    )


def move_lines(*, quote_id: uuid.UUID, selection: records.Selection, steps: int, actor: actors.Actor, at: dt.datetime) -> EditAnswer:
    """Move the selected lines together, so many rows down (or up for a negative number). Records QuoteLinesChanged."""

    def run(desk: _draft.Desk) -> dict[str, Any]:
        rows = models.QuoteLine.objects.filter(quote=desk.quote).order_by("position", "id").values_list("stable_id", "position")
        order = [key for key, _ in rows]
        chosen = set(queries.selected_lines(quote_id=quote_id, selection=selection))
        placed = _placed(order, [position for _, position in rows], chosen, steps)
        label = _acts.label(_MOVED_ONE, _MOVED_MANY, len(chosen))
        return _acts.perform(desk, _acts.Act(label, placed=placed)) if placed else _nothing(desk)

    inputs = {"selection": dataclasses.asdict(selection), "steps": steps}
    return _answered(quote_id=quote_id, actor=actor, at=at, command="quote.move_lines", inputs=inputs, run=run)


def _placed(order: list[uuid.UUID], positions: list[int], chosen: set[uuid.UUID], steps: int) -> dict[uuid.UUID, int]:
    """Return the new places of the lines that get another: the chosen ones stay together, the others keep their order."""
    block = [key for key in order if key in chosen]
    if not block:
        return {}
    others = [key for key in order if key not in chosen]
    above = sum(key not in chosen for key in order[: order.index(block[0])])
    place = max(0, min(len(others), above + steps))
    wanted = others[:place] + block + others[place:]
    # Places may be shared after a removal was undone: they are spread again from the first one.
    spread = positions if len(set(positions)) == len(positions) else list(range(positions[0], positions[0] + len(positions)))
    return {key: new for key, new, now, old in zip(wanted, spread, order, positions, strict=True) if key != now or new != old}


def _one(desk: _draft.Desk, line_id: uuid.UUID) -> _lines.Draft:
    found = _lines.drafts_of(desk, [line_id]).get(line_id)
    if found is None:
        raise obstacles.not_found(text.T("La ligne"), line_id)
    return found


def _refuse_bad_count(count: int) -> None:
    if not 0 < count <= tables.MAXIMUM_QUANTITY:
        said = text.T("Le nombre de lignes va de 1 à {maximum}.", maximum=tables.MAXIMUM_QUANTITY)
        raise obstacles.Refusal(obstacles.Obstacle("quote.bad_quantity", obstacles.Severity.REFUSAL, said, text.T("Corrigez-le."), "times"))


def _nothing(desk: _draft.Desk) -> dict[str, Any]:
    return {"added": 0, "changed": 0, "to_correct": desk.quote.issue_count, "revision": desk.quote.revision}


def _answered(
    *,
    quote_id: uuid.UUID,
    actor: actors.Actor,
    at: dt.datetime,
    command: str,
    inputs: dict[str, Any],
    run: Callable[[_draft.Desk], dict[str, Any]],
    consented: str | None = None,
) -> EditAnswer:
    def checked() -> dict[str, Any]:
        _draft.refuse_unless_editable(desk)
        return run(desk)

    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at, consented)
        answer = idempotency.once(actor=actor, command=command, inputs={"quote_id": quote_id, **inputs}, run=checked)
    return EditAnswer(answer["added"] + answer["changed"], answer["to_correct"], answer["revision"])
