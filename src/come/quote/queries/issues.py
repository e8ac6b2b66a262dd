"""What is wrong in a quote: by kind with counts, and the next line to correct."""

from __future__ import annotations

import dataclasses
import uuid

from django.db import connection

from come.quote import records
from come.quote.policies import cells
from come.quote.queries import lines, reading

_KINDS = """
SELECT i.value->>'column', i.value->>'code', bool_or(i.value->>'severity' <> 'warning'), count(DISTINCT l.id), min(i.value->>'message')
  FROM quote_line l LEFT JOIN quote_pattern p ON p.id = l.pattern_id
 CROSS JOIN LATERAL jsonb_array_elements(l.issues || coalesce(p.issues, '[]')) i
 WHERE l.quote_id = %s AND (l.issues <> '[]' OR p.issues <> '[]')
 GROUP BY 1, 2 ORDER BY 3 DESC, 4 DESC, 1, 2
"""
_FOUND = """
SELECT stable_id, place, issues FROM (
  SELECT l.stable_id, row_number() OVER (ORDER BY l.position, l.id) - 1 AS place,
         l.issues || coalesce(p.issues, '[]') AS issues
{where}) AS shown
 WHERE issues <> '[]' AND place {sign} %(place)s ORDER BY place {order} LIMIT 1
"""


@dataclasses.dataclass(frozen=True, slots=True)
class IssueKind:
    """One kind of issue and how many lines have it."""

    column: str
    code: str
    label: str
    is_blocking: bool
    line_count: int


@dataclasses.dataclass(frozen=True, slots=True)
class FoundIssue:
    """A line to look at: its id, its place among the lines shown (from 0), the column of its first issue."""

    line_id: uuid.UUID
    place: int
    column: str


def issue_kinds(*, quote_id: uuid.UUID) -> tuple[IssueKind, ...]:
    """Return what is wrong by kind, the most frequent first (one statement). The caller checks the right to see the quote."""
    with connection.cursor() as cursor:
        cursor.execute(_KINDS, [quote_id])
        rows = cursor.fetchall()
    return tuple(
        IssueKind(column, code, cells.kind_label(column, code) or _message(example), is_blocking, count)
        for column, code, is_blocking, count, example in rows
    )


def _message(example: str) -> str:
    given = reading.decoded(example) if example.startswith("{") else example
    return str(reading.sentence(given))


def next_issue(*, quote_id: uuid.UUID, selection: records.Selection, place: int, is_backwards: bool = False) -> FoundIssue | None:
    """Return the next (or previous) line with an issue among the lines shown, round the end (two statements at most)."""
    sign, order = ("<", "DESC") if is_backwards else (">", "ASC")
    given = lines.parameters(quote_id, selection)
    for sought in (place, 1_000_000_000 if is_backwards else -1):
        with connection.cursor() as cursor:
            cursor.execute(_FOUND.format(where=lines.WHERE, sign=sign, order=order), given | {"place": sought})
            row = cursor.fetchone()
        if row is not None:
            issues = reading.issues(row[2])
            first = next((one for one in issues if one.is_blocking), issues[0])
            return FoundIssue(row[0], row[1], first.column)
    return None
