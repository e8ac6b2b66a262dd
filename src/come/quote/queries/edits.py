"""What was done to the lines of a draft: by whom since when, what one may undo, files that wait for a look."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from come.catalogue import queries as catalogue_queries
from come.party import queries as party_queries
from come.quote import models
from come.quote.models import edits
from come.quote.policies import cells, merging
from come.shared import actor as actors, obstacles, text

# A screen redraws itself whole past so many acts or lines.
_MOST_NEWS = 20
_MOST_LINES = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class EditNews:
    """One act of somebody: who, what, when, and the columns that it wrote by line (empty = the whole line)."""

    actor_name: str
    is_own: bool
    label: str
    is_undone: bool
    edited_at: dt.datetime
    lines: Mapping[str, tuple[str, ...]]


@dataclasses.dataclass(frozen=True, slots=True)
class News:
    """What happened to a quote after a revision; `is_whole` when there is too much to tell line by line."""

    revision: int
    state: str
    edits: tuple[EditNews, ...]
    is_whole: bool


@dataclasses.dataclass(frozen=True, slots=True)
class UndoState:
    """What a person would undo and do again now; empty when nothing."""

    undo_label: str = ""
    redo_label: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ImportPreview:
    """A file that was read and what it would do: see `merging.Merge`; `wrong` counts the rows to correct by kind of issue.

    `positions` and `labels` say which line a change is about.
    """

    id: uuid.UUID
    quote_id: uuid.UUID
    name: str
    created_at: dt.datetime
    is_applied: bool
    merge: merging.Merge
    positions: Mapping[uuid.UUID, int]
    labels: Mapping[uuid.UUID, str]
    wrong: tuple[tuple[str, int], ...]
    wrong_count: int
    unknown_headings: tuple[str, ...]
    ignored_rows: int


def news(*, quote_id: uuid.UUID, since: int, viewer: actors.Actor) -> News:
    """Return what happened after a revision (one statement when nothing did, two otherwise). The caller checks the right to see it."""
    revision, state = models.Quote.objects.values_list("revision", "state").get(id=quote_id)
    if revision <= since:
        return News(revision, state, (), is_whole=False)
    rows = models.QuoteEdit.objects.filter(quote_id=quote_id, revision__gt=since).exclude(state=edits.DROPPED).order_by("revision")
    found = list(rows[: _MOST_NEWS + 1])
    told = tuple(_news(row, viewer) for row in found[:_MOST_NEWS])
    is_whole = len(found) > _MOST_NEWS or len(found) < revision - since or sum(len(one.lines) for one in told) > _MOST_LINES
    if sum(len(one.lines) for one in told) > _MOST_LINES:
        told = tuple(dataclasses.replace(one, lines={}) for one in told)
    return News(revision, state, told, is_whole)


def _news(row: models.QuoteEdit, viewer: actors.Actor) -> EditNews:
    lines = {key: tuple(row.after.get(key, ())) for key in row.before}
    is_own = row.actor_id is not None and row.actor_id == viewer.staff_id
    return EditNews(row.actor_name, is_own, row.label_fr, row.state == edits.UNDONE, row.edited_at, lines)


def undo_state(*, quote_id: uuid.UUID, viewer: actors.Actor) -> UndoState:
    """Return what a person would undo and do again (one statement)."""
    rows = models.QuoteEdit.objects.filter(quote_id=quote_id, actor_id=viewer.staff_id, state__in=(edits.DONE, edits.UNDONE))
    last = dict(rows.order_by("state", "revision", "id").values_list("state", "label_fr"))
    return UndoState(last.get(edits.DONE, ""), last.get(edits.UNDONE, ""))


def kept_edits(*, quote_id: uuid.UUID) -> tuple[merging.KeptEdit, ...]:
    """Return the acts on cells of a draft in order (one statement)."""
    rows = models.QuoteEdit.objects.filter(quote_id=quote_id).exclude(state=edits.DROPPED).exclude(after={}).order_by("revision", "id")
    return tuple(
        merging.KeptEdit(revision, name, {key: before[key]["cells"] for key in after}, after)
        for revision, name, before, after in rows.values_list("revision", "actor_name", "before", "after")
    )


def import_preview(*, import_id: uuid.UUID) -> ImportPreview:
    """Return what a file that was read would do to its quote as it is now; raises NotFound. The caller checks the right to see it."""
    found = models.QuoteImport.objects.select_related("quote").filter(id=import_id).first()
    if found is None:
        raise obstacles.not_found(text.T("Le fichier lu"), import_id)
    rows = models.QuoteLine.objects.filter(quote=found.quote).order_by("position", "id").values_list("stable_id", "position", "cells")
    known = {key: (position, line) for key, position, line in rows}
    lookup, centres = _reading(found.quote)
    merge = merging.merge(
        rows=found.rows,
        columns=found.columns,
        known={key: line for key, (_, line) in known.items()},
        edits=kept_edits(quote_id=found.quote_id),
        same=lambda column, old, new: cells.is_same(column, old, new, lookup=lookup),
    )
    wrong, wrong_count = _wrong(merge, {key: line for key, (_, line) in known.items()}, lookup, centres)
    return ImportPreview(
        id=found.id,
        quote_id=found.quote_id,
        name=found.name,
        created_at=found.created_at,
        is_applied=found.applied_at is not None,
        merge=merge,
        positions={key: position for key, (position, _) in known.items()},
        labels={key: line.get("user_label", "") for key, (_, line) in known.items()},
        wrong=wrong,
        wrong_count=wrong_count,
        unknown_headings=tuple(found.unknown_headings),
        ignored_rows=found.ignored_rows,
    )


def _reading(quote: Any) -> tuple[cells.Lookup, frozenset[str] | None]:
    snapshot = catalogue_queries.catalogue_snapshot(at=quote.priced_date)
    known = party_queries.cost_centres(account_ids=[quote.billing_account_id]) if quote.billing_account_id else []
    return cells.Lookup.of(snapshot.offerings.values()), frozenset(centre.code for centre in known) or None


def _wrong(
    merge: merging.Merge,
    known: Mapping[uuid.UUID, Mapping[str, str]],
    lookup: cells.Lookup,
    centres: frozenset[str] | None,
) -> tuple[tuple[tuple[str, int], ...], int]:
    counts: dict[str, int] = {}
    wrong_count = 0
    given = [*merge.added, *({**known[key], **changed} for key, changed in merge.cells.items())]
    for row in given:
        meaning = cells.understand({column: value for column, value in row.items() if value}, lookup, cost_centres=centres)
        wrong_count += meaning.has_obstacle
        for issue in meaning.issues:
            if issue.is_blocking:
                label = cells.kind_label(issue.column, issue.code) or issue.message
                counts[label] = counts.get(label, 0) + 1
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))), wrong_count


def grid_layout(*, viewer: actors.Actor) -> list[dict[str, Any]]:
    """Return the columns of the grid as the person likes them: name, is_hidden, width, in order; empty for the usual ones."""
    found: list[dict[str, Any]] | None = (
        models.GridLayout.objects.filter(staff_id=viewer.staff_id).values_list("columns", flat=True).first()
    )
    return found or []
