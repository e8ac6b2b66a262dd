"""Keep the index of likeness: the terms of a ticket when it is written, the counts of terms by a job."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from come.ticket import models, policies
from come.ticket.matching import bm25, words

# Counted again when the words or their weights change: tickets of another version are taken again, some at a time.
BATCH = 500
_USUAL_LENGTH = 12.0

_COUNT = """
    INSERT INTO ticket_term_count (term, ticket_count)
    SELECT term, count(*) FROM ticket_posting GROUP BY term
    ON CONFLICT (term) DO UPDATE SET ticket_count = excluded.ticket_count
    WHERE ticket_term_count.ticket_count <> excluded.ticket_count
"""
_FORGET = "DELETE FROM ticket_term_count WHERE NOT EXISTS (SELECT FROM ticket_posting p WHERE p.term = ticket_term_count.term)"


def index(ticket: models.TroubleTicket, *, also: str = "") -> None:
    """Write the terms of a ticket, and of what a further reporter says of it; must run in the caller's transaction."""
    models.TicketPosting.objects.bulk_create(
        _postings(ticket, also, _mean_length()), update_conflicts=True, unique_fields=["term", "ticket"], update_fields=["score"]
    )
    models.TroubleTicket.objects.filter(id=ticket.id).update(indexed_version=policies.INDEX_VERSION)


def _mean_length() -> float:
    state = models.TicketIndexState.objects.filter(id=1).first()
    return state.word_count / state.ticket_count if state is not None and state.word_count else _USUAL_LENGTH


def _postings(ticket: models.TroubleTicket, also: str, mean: float) -> list[models.TicketPosting]:
    counted = words.document_terms(ticket.title, ticket.description)
    length = words.length(counted) or 1
    scores = {term: bm25.impact(count=count, length=length, mean_length=mean) for term, count in counted.items()}
    # Other words for the same thing make it easier to find, and no longer.
    for term, count in words.terms(also).items():
        scores[term] = max(scores.get(term, 0.0), bm25.impact(count=count, length=mean, mean_length=mean))
    return [models.TicketPosting(term=term, ticket=ticket, score=score) for term, score in sorted(scores.items())]


def index_tickets(*, at: dt.datetime) -> int:
    """Index the tickets that are not, or were by older words, and count the terms again; return how many were indexed.

    Safe to run at any time and twice at once. One batch is one transaction.
    """
    done = 0
    while True:
        with transaction.atomic():
            waiting = models.TroubleTicket.objects.exclude(indexed_version=policies.INDEX_VERSION)
            batch = list(waiting.select_for_update(skip_locked=True).order_by("id")[:BATCH])
            _index_again(batch)
        done += len(batch)
        if len(batch) < BATCH:
            break
    count_terms(at=at)
    return done


def _index_again(batch: list[models.TroubleTicket]) -> None:
    heard: dict[object, list[str]] = {}
    said = models.TicketEvent.objects.filter(ticket__in=batch, kind="also").order_by("id").values_list("ticket_id", "sentence")
    for ticket_id, sentence in said:
        heard.setdefault(ticket_id, []).append(sentence)
    models.TicketPosting.objects.filter(ticket__in=batch).delete()
    mean = _mean_length()
    # Thousands of short rows at once: copied, not inserted.
    with connection.cursor() as cursor, cursor.copy("COPY ticket_posting (term, ticket_id, score) FROM STDIN") as copy:
        for ticket in batch:
            for posting in _postings(ticket, " ".join(heard.get(ticket.id, ())), mean):
                copy.write_row((posting.term, ticket.id, posting.score))
    models.TroubleTicket.objects.filter(id__in=[ticket.id for ticket in batch]).update(indexed_version=policies.INDEX_VERSION)


def count_terms(*, at: dt.datetime) -> None:
    """Count in how many tickets each term is, and how long tickets are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ticket:count_terms', 1))")
        cursor.execute(_COUNT)
        cursor.execute(_FORGET)
        cursor.execute("SELECT count(*) FROM ticket_trouble_ticket")
        (ticket_count,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM ticket_posting WHERE left(term, 1) NOT IN (%s, %s)", [words.MEANING, words.BEGINNING])
        (word_count,) = cursor.fetchone()
    models.TicketIndexState.objects.update_or_create(
        id=1, defaults={"ticket_count": ticket_count, "word_count": word_count, "counted_at": at}
    )
