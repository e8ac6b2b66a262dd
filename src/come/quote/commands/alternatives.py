"""Several offers in one quote, of which the customer accepts one."""

from __future__ import annotations

import datetime as dt
import string
import uuid
from typing import Any

from django.db import connection, transaction

from come.quote import models, queries, records
from come.quote.commands import _draft, _lines, _pricing, _tables
from come.shared import actor as actors, idempotency, ids, obstacles, text

MOST = 5
_LETTERS = string.ascii_uppercase[:MOST]
_SPREAD = """
UPDATE quote_line l SET position = n.place FROM (
    SELECT id, row_number() OVER (ORDER BY alternative, position, id) AS place FROM quote_line WHERE quote_id = %s) n
 WHERE l.id = n.id AND l.position <> n.place
"""


def add_alternative(*, quote_id: uuid.UUID, name: str, source: str = "", actor: actors.Actor, at: dt.datetime) -> str:
    """Open another offer in a draft: a copy of the lines of `source` (the first offer when none is named); return its letter.

    The first time, what the quote has becomes offer A. Each offer is whole and priced alone. Raises Refusal past five offers.
    Records QuoteLinesChanged.
    """
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        _draft.refuse_unless_editable(desk)
        inputs = {"quote_id": quote_id, "name": name, "source": source}
        answer = idempotency.once(
            actor=actor, command="quote.add_alternative", inputs=inputs, run=lambda: _add(desk, name.strip()[:80], source)
        )
    return str(answer["letter"])


def _add(desk: _draft.Desk, name: str, source: str) -> dict[str, Any]:
    quote = desk.quote
    before = _draft.sums(quote)
    if not quote.alternatives:
        quote.alternatives = {"A": str(text.T("Offre {letter}", letter="A"))}
        _move_all(quote, "A")
    letter = next((one for one in _LETTERS if one not in quote.alternatives), "")
    obstacles.refuse_if_any(_count_obstacles(letter))
    origin = source if source in quote.alternatives else min(quote.alternatives)
    known = [one for one in _lines.drafts_of(desk).values() if one.carried["alternative"] == origin]
    _tables.refuse_too_many(quote.line_count + len(known))
    quote.alternatives = {**quote.alternatives, letter: name or str(text.T("Offre {letter}", letter=letter))}
    first = _lines.next_position(quote)
    copies = [
        _lines.Draft(
            # The same line of another offer: found again by its place, never the same row.
            ids.derived("quote.alternative", quote.id, letter, draft.stable_id),
            first + place,
            draft.cells,
            {**draft.carried, "alternative": letter, "item_ref": ""},
        )
        for place, draft in enumerate(known)
    ]
    _lines.insert(desk, copies)
    return _written(desk, before, letter, added=len(copies))


def _move_all(quote: models.Quote, letter: str) -> None:
    models.QuoteLine.objects.filter(quote=quote).update(alternative=letter)
    models.QuotePattern.objects.filter(quote=quote).update(alternative=letter)


def remove_alternative(*, quote_id: uuid.UUID, letter: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Take an offer out of a draft with its lines; the last one left is no alternative any more.

    Raises NotFound. Records QuoteLinesChanged.
    """
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        _draft.refuse_unless_editable(desk)
        if letter not in desk.quote.alternatives:
            raise obstacles.not_found(text.T("L’offre"), letter)
        idempotency.once(
            actor=actor,
            command="quote.remove_alternative",
            inputs={"quote_id": quote_id, "letter": letter},
            run=lambda: _remove(desk, letter),
        )


def _remove(desk: _draft.Desk, letter: str) -> dict[str, Any]:
    quote = desk.quote
    before = _draft.sums(quote)
    removed, _ = models.QuoteLine.objects.filter(quote=quote, alternative=letter).delete()
    left = {key: name for key, name in quote.alternatives.items() if key != letter}
    models.QuotePattern.objects.filter(quote=quote, alternative=letter).delete()
    quote.alternatives = left if len(left) > 1 else {}
    if len(left) == 1:
        _move_all(quote, "")
    return _written(desk, before, letter, removed=removed)


def move_to_alternative(*, quote_id: uuid.UUID, selection: records.Selection, letter: str, actor: actors.Actor, at: dt.datetime) -> int:
    """Put the selected lines of a draft in another of its offers; return how many moved. Raises NotFound. Records QuoteLinesChanged."""
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        _draft.refuse_unless_editable(desk)
        if letter not in desk.quote.alternatives:
            raise obstacles.not_found(text.T("L’offre"), letter)
        rows = models.QuoteLine.objects.filter(
            quote=desk.quote, stable_id__in=queries.selected_lines(quote_id=quote_id, selection=selection)
        ).exclude(alternative=letter)
        moving = list(rows.values_list("stable_id", flat=True))
        if moving:
            before = _draft.sums(desk.quote)
            rows.update(alternative=letter)
            _lines.rewrite(desk, list(_lines.drafts_of(desk, moving).values()))
            _written(desk, before, letter, changed=len(moving))
    return len(moving)


def rename_alternative(*, quote_id: uuid.UUID, letter: str, name: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Name an offer of a draft; the customer reads it. Raises NotFound, Refusal for an empty name. Records QuoteLinesChanged."""
    with transaction.atomic():
        desk = _draft.open_desk(quote_id, actor, at)
        _draft.refuse_unless_editable(desk)
        if letter not in desk.quote.alternatives:
            raise obstacles.not_found(text.T("L’offre"), letter)
        before = _draft.sums(desk.quote)
        if name.strip():
            desk.quote.alternatives = {**desk.quote.alternatives, letter: name.strip()[:80]}
            _written(desk, before, letter)


def _written(desk: _draft.Desk, before: dict[str, Any], letter: str, **counts: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, [desk.quote.id])
    models.QuoteEdit.objects.filter(quote=desk.quote).update(state="dropped")
    _lines.mark_duplicates(desk)
    _pricing.reprice(desk)
    _draft.record_lines(desk, before, **counts)
    return {"letter": letter}


def _count_obstacles(letter: str) -> list[obstacles.Obstacle]:
    if letter:
        return []
    return [
        obstacles.Obstacle(
            "quote.too_many_alternatives",
            obstacles.Severity.REFUSAL,
            text.T("Un devis propose au plus {count} offres.", count=MOST),
            text.T("Retirez-en une, ou faites un autre devis."),
        ),
    ]
