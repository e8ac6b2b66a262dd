"""BM25 over the terms of tickets: the ranking, in memory, and the weights that the index in the database keeps.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009). A term's kind has a weight of
its own: the same stem is worth more than the same meaning, which is worth more than the same beginning.
"""

from __future__ import annotations

import collections
import math
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import distance, process

from come.ticket.matching import words

SATURATION = 1.2
LENGTH_SHARE = 0.55
KIND_WEIGHTS = {words.MEANING: 0.9, words.BEGINNING: 0.2}
# A word that no ticket knows is read as the nearest one that some ticket knows.
SHORTEST_MISTYPED = 5
NEAREST = 0.75
MISTYPED_WEIGHT = 0.7


def kind_weight(term: str) -> float:
    """Return what a match of this term is worth, beside a match of a stem."""
    return KIND_WEIGHTS.get(term[0], 1.0)


def rarity(*, ticket_count: int, with_term: int) -> float:
    """Return the inverse document frequency of a term, never negative."""
    return math.log(1 + (ticket_count - with_term + 0.5) / (with_term + 0.5))


def impact(*, count: float, length: float, mean_length: float) -> float:
    """Return how much a term weighs in a ticket: it grows with its count, ever less, and falls with the ticket's length."""
    against = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / mean_length)
    return count * (SATURATION + 1) / (count + against)


class Index:
    """Tickets that can be asked in memory; built once, then only read."""

    def __init__(self, tickets: Iterable[tuple[str, str, str]]) -> None:
        """Index (id, title, text)."""
        self.ids: list[str] = []
        counted: list[Mapping[str, int]] = []
        for identifier, title, text in tickets:
            self.ids.append(identifier)
            counted.append(words.document_terms(title, text))
        lengths = [words.length(terms) or 1 for terms in counted]
        mean = sum(lengths) / len(lengths) if lengths else 1.0
        self._postings: dict[str, list[tuple[int, float]]] = collections.defaultdict(list)
        for place, terms in enumerate(counted):
            for term, count in terms.items():
                self._postings[term].append((place, impact(count=count, length=lengths[place], mean_length=mean)))
        self._vocabulary = [term for term in self._postings if len(term) >= SHORTEST_MISTYPED and term[0].isalpha()]
        self._repaired: dict[str, str] = {}

    def rank(self, query: str, *, limit: int = 10) -> list[tuple[str, float]]:
        """Return the tickets nearest to a query, best first, with their scores; equals in the order they were given."""
        scores: dict[int, float] = collections.defaultdict(float)
        for term, weight in self._weights(query).items():
            found = self._postings.get(term, ())
            worth = weight * rarity(ticket_count=len(self.ids), with_term=len(found))
            for place, weighed in found:
                scores[place] += worth * weighed
        best = sorted(scores, key=lambda place: (-scores[place], place))[:limit]
        return [(self.ids[place], scores[place]) for place in best]

    def _weights(self, query: str) -> dict[str, float]:
        weights = {term: kind_weight(term) for term in words.terms(query)}
        for term in [term for term in weights if term not in self._postings]:
            near = self._nearest(term)
            if near:
                for repaired in (near, *words.meanings([near]), words.beginning(near)):
                    if repaired:
                        weights.setdefault(repaired, MISTYPED_WEIGHT * kind_weight(repaired))
        return weights

    def _nearest(self, term: str) -> str:
        if len(term) < SHORTEST_MISTYPED or not term[0].isalpha():
            return ""
        if term not in self._repaired:
            self._repaired[term] = nearest(term, self._vocabulary)
        return self._repaired[term]


def nearest(term: str, vocabulary: Sequence[str]) -> str:
    """Return the known stem that a mistyped one stands for, or nothing when none is near enough."""
    found = process.extractOne(term, vocabulary, scorer=distance.DamerauLevenshtein.normalized_similarity, score_cutoff=NEAREST)
    if found is None:
        return ""
    changed = distance.DamerauLevenshtein.distance(term, found[0])
    return str(found[0]) if changed <= 1 or (changed == 2 and len(term) >= 8) else ""
