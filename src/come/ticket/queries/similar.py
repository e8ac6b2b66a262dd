"""The tickets nearest to a sentence, from the index in the database."""

from __future__ import annotations

import functools
import itertools
import operator
import uuid
from collections.abc import Mapping, Sequence

from django.db import connection, models as db

from come.shared import actor as actors
from come.ticket import models, policies, records
from come.ticket.matching import bm25, words
from come.ticket.queries import tickets

# What is read at most to find candidates: common terms beyond this only rank what rarer ones found.
MOST_POSTINGS = 20_000
CANDIDATES = 80
# Below this share of what a ticket with every word would score, it is about something else.
LEAST_SHARE = 0.16
_SETTLED_WEIGHT = 0.7
_HIDDEN = ("cancelled", "rejected")
# A slip in the first two letters is not repaired: the words that begin so are few, and found by their index.
_SURE_LETTERS = 2
_NEAR_TERMS = 5_000

_FIND = """
    SELECT p.ticket_id, sum(p.score * a.weight) AS score
    FROM unnest(%s::text[], %s::float8[]) AS a (term, weight) JOIN ticket_posting p ON p.term = a.term
    GROUP BY p.ticket_id ORDER BY score DESC, p.ticket_id DESC LIMIT %s
"""
_RANK = """
    SELECT p.ticket_id, sum(p.score * a.weight)
    FROM unnest(%s::text[], %s::float8[]) AS a (term, weight)
    CROSS JOIN unnest(%s::uuid[]) AS c (ticket_id)
    JOIN ticket_posting p ON p.term = a.term AND p.ticket_id = c.ticket_id
    GROUP BY p.ticket_id
"""


def similar(*, text: str, viewer: actors.Actor, limit: int = 5) -> list[records.SimilarTicket]:
    """Return the incidents nearest to a sentence, open ones favoured, best first (eight statements at most).

    Nothing for a sentence without a word that says something, nor for tickets that share too little with it.
    """
    weights = {term: bm25.kind_weight(term) for term in words.terms(text)}
    if not weights:
        return []
    counts = dict(models.TicketTermCount.objects.filter(term__in=list(weights)).values_list("term", "ticket_count"))
    repaired = _repaired([term for term in weights if term not in counts])
    missing = {term: weight for term, weight in repaired.items() if term not in weights}
    weights |= missing
    counts |= dict(models.TicketTermCount.objects.filter(term__in=list(missing)).values_list("term", "ticket_count")) if missing else {}
    scores = _scores(weights, counts)
    if not scores:
        return []
    found = models.TroubleTicket.objects.filter(id__in=list(scores)).exclude(status__in=_HIDDEN)
    ranked = sorted(
        (
            (scores[ticket_id] * (1 if status in policies.OPEN_STATUSES else _SETTLED_WEIGHT), opened_at, ticket_id)
            for ticket_id, status, opened_at in found.values_list("id", "status", "opened_at")
        ),
        reverse=True,
    )[:limit]
    best = {ticket_id: score for score, _, ticket_id in ranked}
    rows = tickets.annotated(models.TroubleTicket.objects.filter(id__in=list(best)), viewer)
    told = {ticket.id: ticket for ticket in tickets.as_records(list(rows))}
    return [records.SimilarTicket(told[ticket_id], score) for ticket_id, score in best.items()]


def _scores(weights: Mapping[str, float], counts: Mapping[str, int]) -> dict[uuid.UUID, float]:
    state = models.TicketIndexState.objects.filter(id=1).first()
    total = max(state.ticket_count if state is not None else 1, *counts.values(), 1)
    worth = {term: weight * bm25.rarity(ticket_count=total, with_term=counts.get(term, 1)) for term, weight in weights.items()}
    rare, common = _split(worth, counts)
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [rare, [worth[term] for term in rare], CANDIDATES])
        scores: dict[uuid.UUID, float] = dict(cursor.fetchall())
        if common and scores:
            cursor.execute(_RANK, [common, [worth[term] for term in common], list(scores)])
            for ticket_id, further in cursor.fetchall():
                scores[ticket_id] += further
    least = LEAST_SHARE * sum(value for term, value in worth.items() if term in counts)
    return {ticket_id: score for ticket_id, score in scores.items() if score >= least}


def _split(worth: Mapping[str, float], counts: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """Part the terms into those that find candidates, the rarest first, and those that only rank them."""
    ordered = sorted(worth, key=lambda term: (counts.get(term, 0), term))
    sums = itertools.accumulate(counts.get(term, 0) for term in ordered)
    enough = sum(1 for read in sums if read <= MOST_POSTINGS)
    return ordered[: max(enough, 1)], ordered[max(enough, 1) :]


def _repaired(unknown: Sequence[str]) -> dict[str, float]:
    """Return the terms of the known words that mistyped ones stand for."""
    mistyped = [term for term in unknown if len(term) >= bm25.SHORTEST_MISTYPED and term[0].isalpha()]
    if not mistyped:
        return {}
    begun = functools.reduce(operator.or_, (db.Q(term__startswith=start) for start in sorted({term[:_SURE_LETTERS] for term in mistyped})))
    known = list(models.TicketTermCount.objects.filter(begun).values_list("term", flat=True)[:_NEAR_TERMS])
    repaired: dict[str, float] = {}
    for term in mistyped:
        near = bm25.nearest(term, known)
        for one in (near, *words.meanings([near]), words.beginning(near)):
            if one:
                repaired[one] = bm25.MISTYPED_WEIGHT * bm25.kind_weight(one)
    return repaired
