"""Paste a table into a draft: good rows are priced, bad cells are marked, nothing is lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from come.quote import events
from come.quote.commands import _writing
from come.quote.policies import tables
from come.shared import actor as actors, eventlog, events as facts, idempotency, obstacles, text


@dataclasses.dataclass(frozen=True, slots=True)
class PasteAnswer:
    """How many lines came in, how many are to correct, which headings were not understood."""

    added: int
    with_issues: int
    unknown_headings: tuple[str, ...]
    revision: int


def paste_lines(*, quote_id: uuid.UUID, table_text: str, actor: actors.Actor, at: dt.datetime) -> PasteAnswer:
    """Add the rows of a pasted or uploaded table (tabulations, semicolons or commas; heading optional) to a draft.

    Every row becomes a line; those with bad cells are kept with the reason of each, to be corrected in place. A bundle opens
    into its lines, a quantity repeats its row. Raises Refusal for an empty or too long table. Records QuoteLinesChanged.
    """
    table = tables.read(table_text)
    _refuse_size(len(table.rows))
    answer = add_cells(quote_id=quote_id, rows=table.rows, actor=actor, at=at, fingerprint=hashlib.sha256(table_text.encode()).hexdigest())
    return dataclasses.replace(answer, unknown_headings=table.unknown)


def add_cells(
    *,
    quote_id: uuid.UUID,
    rows: Sequence[Mapping[str, str]],
    actor: actors.Actor,
    at: dt.datetime,
    fingerprint: str = "",
) -> PasteAnswer:
    """Add lines given as cells by column (the API, the "add a line" button). Raises as `paste_lines`."""
    _refuse_size(len(rows))
    inputs = {"quote_id": quote_id, "rows": fingerprint or hashlib.sha256(repr([sorted(row.items()) for row in rows]).encode()).hexdigest()}
    with transaction.atomic():
        answer = idempotency.once(actor=actor, command="quote.paste_lines", inputs=inputs, run=lambda: _add(quote_id, rows, actor, at))
    return PasteAnswer(answer["added"], answer["with_issues"], (), answer["revision"])


def _add(quote_id: uuid.UUID, rows: Sequence[Mapping[str, str]], actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    quote = _writing.lock(quote_id, actor)
    at_desk = _writing.desk(quote, at)
    lines = _writing.expand(rows, at_desk)
    _refuse_size(len(lines))
    before = quote.issue_count
    made = _writing.append_lines(quote, lines, at_desk)
    _writing.settle(quote, at_desk, at)
    eventlog.record(
        event=events.QuoteLinesChanged(quote_id=quote.id, added=len(made), changed=0, removed=0, with_issues=quote.issue_count),
        actor=actor,
        at=at,
        subjects=[facts.subject("quote", quote.id)],
        after={"lines": quote.line_count, "monthly": quote.monthly_exact},
    )
    return {"added": len(made), "with_issues": max(0, quote.issue_count - before), "revision": quote.revision}


def _refuse_size(count: int) -> None:
    if not count:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.empty_table",
                obstacles.Severity.REFUSAL,
                text.T("Le tableau collé est vide."),
                text.T("Copiez les cellules dans votre tableur, puis collez-les ici."),
            ),
        )
    if count > tables.MAXIMUM_ROWS:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.too_many_rows",
                obstacles.Severity.REFUSAL,
                text.T("Le tableau a {count} lignes ; un devis en prend {maximum}.", count=count, maximum=tables.MAXIMUM_ROWS),
                text.T("Partagez-le en plusieurs devis."),
            ),
        )
