"""Change cells of lines, one by one or as a set; remove lines."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from come.quote import events, models
from come.quote.commands import _writing
from come.quote.policies import tables
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, text

_EDITABLE = frozenset(tables.COLUMNS)


@dataclasses.dataclass(frozen=True, slots=True)
class EditAnswer:
    """How many lines changed, what they were before (for an undo), and the draft's new revision."""

    changed: int
    before: dict[str, dict[str, str]]
    revision: int


def edit_lines(
    *,
    quote_id: uuid.UUID,
    edits: Mapping[uuid.UUID, Mapping[str, str]],
    actor: actors.Actor,
    at: dt.datetime,
    revision: int | None = None,
) -> EditAnswer:
    """Set cells of lines: {line: {column: text}}; an empty text clears the cell. Each line is read again, the draft priced again.

    Raises Refusal for an unknown column or line, Conflict when somebody else edited since `revision`. Records
    QuoteLinesChanged. The answer's `before` given back as `edits` undoes it.
    """
    _refuse_columns({column for cells in edits.values() for column in cells})
    inputs = {"quote_id": quote_id, "edits": {str(line): dict(cells) for line, cells in edits.items()}}
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="quote.edit_lines",
            inputs=inputs,
            run=lambda: _edit(quote_id, edits, actor, at, revision),
        )
    return EditAnswer(answer["changed"], answer["before"], answer["revision"])


def _edit(
    quote_id: uuid.UUID,
    edits: Mapping[uuid.UUID, Mapping[str, str]],
    actor: actors.Actor,
    at: dt.datetime,
    revision: int | None,
) -> dict[str, Any]:
    quote = _writing.lock(quote_id, actor, revision)
    lines = list(models.QuoteLine.objects.filter(quote=quote, stable_id__in=list(edits)))
    missing = set(edits) - {line.stable_id for line in lines}
    if missing:
        raise obstacles.not_found("La ligne", ", ".join(sorted(str(line) for line in missing)[:3]))
    at_desk = _writing.desk(quote, at)
    before = {str(line.stable_id): {column: line.cells.get(column, "") for column in edits[line.stable_id]} for line in lines}
    for line in lines:
        changed = {**line.cells, **{column: " ".join(value.split()) for column, value in edits[line.stable_id].items()}}
        line.cells = {column: value for column, value in changed.items() if value}
    read_again(quote, lines, at_desk)
    _writing.settle(quote, at_desk, at)
    eventlog.record(
        event=events.QuoteLinesChanged(quote_id=quote.id, added=0, changed=len(lines), removed=0, with_issues=quote.issue_count),
        actor=actor,
        at=at,
        subjects=[facts.subject("quote", quote.id)],
        after={"monthly": quote.monthly_exact, "columns": sorted({column for cells in edits.values() for column in cells})},
    )
    return {"changed": len(lines), "before": before, "revision": quote.revision}


def read_again(quote: models.Quote, lines: Sequence[models.QuoteLine], at_desk: _writing.Desk) -> None:
    """Read the cells of these lines again and keep what they mean."""
    understood = [_writing.meaning(line.cells, at_desk) for line in lines]
    known = _writing.pattern_ids(quote, (one.pattern for one in understood if one.pattern is not None))
    for line, one in zip(lines, understood, strict=True):
        line.pattern_id = None if one.pattern is None else known[one.pattern]
        line.user_label, line.msisdn, line.rio, line.iccid = one.user_label, one.msisdn, one.rio, one.iccid
        line.email, line.cost_centre, line.site = one.email, one.cost_centre, one.site
        line.issues = _writing.issue_values(one.issues)
    models.QuoteLine.objects.bulk_update(
        lines,
        ["cells", "pattern", "user_label", "msisdn", "rio", "iccid", "email", "cost_centre", "site", "issues"],
        batch_size=1_000,
    )


def remove_lines(
    *,
    quote_id: uuid.UUID,
    actor: actors.Actor,
    at: dt.datetime,
    stable_ids: Sequence[uuid.UUID] = (),
    is_only_issues: bool = False,
) -> int:
    """Remove these lines, or every line to correct; return how many. Records QuoteLinesChanged."""
    inputs = {"quote_id": quote_id, "lines": sorted(str(line) for line in stable_ids), "issues": is_only_issues}

    def run() -> dict[str, Any]:
        quote = _writing.lock(quote_id, actor)
        rows = models.QuoteLine.objects.filter(quote=quote)
        rows = rows.filter(_writing.with_issues()) if is_only_issues else rows.filter(stable_id__in=list(stable_ids))
        doomed = list(rows.values_list("id", flat=True))
        models.QuoteLine.objects.filter(id__in=doomed).delete()
        _writing.settle(quote, _writing.desk(quote, at), at)
        eventlog.record(
            event=events.QuoteLinesChanged(quote_id=quote.id, added=0, changed=0, removed=len(doomed), with_issues=quote.issue_count),
            actor=actor,
            at=at,
            subjects=[facts.subject("quote", quote.id)],
            after={"lines": quote.line_count, "monthly": quote.monthly_exact},
        )
        return {"removed": len(doomed)}

    with transaction.atomic():
        answer = idempotency.once(actor=actor, command="quote.remove_lines", inputs=inputs, run=run)
    return int(answer["removed"])


def _refuse_columns(columns: set[str]) -> None:
    unknown = sorted(columns - _EDITABLE)
    if unknown:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.unknown_column",
                obstacles.Severity.REFUSAL,
                text.T("Colonne inconnue : {columns}.", columns=", ".join(unknown)),
                text.T("Colonnes permises : {columns}.", columns=", ".join(tables.COLUMNS)),
            ),
        )
