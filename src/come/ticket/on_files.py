"""Rank the tickets of a file against queries: no database, no framework."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

from come.ticket.matching import bm25


class BadLineError(ValueError):
    """A line that cannot be read; the message names its file and its number."""


def rank(*, documents: pathlib.Path, queries: Sequence[tuple[Any, str]], limit: int) -> list[dict[str, Any]]:
    """Return, for each (id, text) asked, the ids of the nearest tickets and their scores, best first; raises BadLineError."""
    known: dict[str, Any] = {}
    tickets = []
    for number, line in _lines(documents):
        identifier = line.get("id")
        if identifier is None:
            raise _bad(documents, number, "« id »")
        if str(identifier) in known:
            raise _bad(documents, number, f"« id » {identifier} ×2")
        known[str(identifier)] = identifier
        tickets.append((str(identifier), _text(line, "title"), _text(line, "text")))
    index = bm25.Index(tickets)
    return [
        {
            "id": asked,
            "query": text,
            "results": [{"id": known[found], "score": round(score, 4)} for found, score in index.rank(text, limit=limit)],
        }
        for asked, text in queries
    ]


def read_queries(path: pathlib.Path) -> list[tuple[Any, str]]:
    """Return the (id, text) of a file of queries: the text is "query", else "title" and "text"; without id, its line number."""
    return [
        (line.get("id", number), _text(line, "query") or f"{_text(line, 'title')} {_text(line, 'text')}".strip())
        for number, line in _lines(path)
    ]


def _lines(path: pathlib.Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open("rb") as source:
        for number, raw in enumerate(source, 1):
            if not raw.strip():
                continue
            try:
                found = json.loads(raw.decode("utf-8-sig"))
            except ValueError as error:
                raise _bad(path, number, str(error)) from error
            if not isinstance(found, dict):
                raise _bad(path, number, "{…}")
            yield number, found


def _text(line: dict[str, Any], name: str) -> str:
    found = line.get(name)
    return "" if found is None else str(found)


def _bad(path: pathlib.Path, number: int, what: str) -> BadLineError:
    return BadLineError(f"{path.name}:{number}: {what}")
