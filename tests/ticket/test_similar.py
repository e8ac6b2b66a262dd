"""The index of likeness in the database, beside PostgreSQL's own full text ranking."""

from __future__ import annotations

import pytest
from django.db import connection

import fleet_world as fw
import labelled_reports
from come.ticket import commands, models, queries
from come.ticket.matching import bm25

pytestmark = pytest.mark.django_db

# Where it ranks alike, the causes come before the other tickets: its best case.
_TS_RANK = """
    SELECT id FROM (
        SELECT id, reference, ts_rank(to_tsvector('french', title), query) AS rank
        FROM ticket_trouble_ticket, (SELECT replace(plainto_tsquery('french', %s)::text, '&', '|')::tsquery AS query) AS asked
        WHERE to_tsvector('french', title) @@ query
    ) AS ranked ORDER BY rank DESC, reference DESC LIMIT 5
"""


@pytest.fixture
def world():
    return fw.build()


def _fill() -> dict[object, str]:
    rows = [
        models.TroubleTicket(
            reference=identifier, title=title, description=text, opened_by_name="x", opened_at=fw.AT, status_since_at=fw.AT
        )
        for identifier, title, text in labelled_reports.tickets()
    ]
    models.TroubleTicket.objects.bulk_create(rows)
    assert commands.index_tickets(at=fw.AT) == len(rows)
    return {row.id: row.reference for row in rows}


def test_paraphrases_find_their_ticket_better_than_with_ts_rank(world, capsys):
    references = _fill()
    asked = [text for text, _ in labelled_reports.queries()]
    ours = labelled_reports.figures([[one.ticket.reference for one in queries.similar(text=text, viewer=world.alice)] for text in asked])
    theirs = []
    with connection.cursor() as cursor:
        for text in asked:
            cursor.execute(_TS_RANK, [text])
            theirs.append([references[row[0]] for row in cursor.fetchall()])
    plain = labelled_reports.figures(theirs)
    with capsys.disabled():
        print(f"\n  ours {ours}\n  ts_rank {plain}")
    assert ours["recall@5"] >= 0.90
    assert ours["recall@1"] >= 0.75
    assert ours["mrr"] >= plain["mrr"] + 0.15
    assert ours["recall@5"] >= plain["recall@5"] + 0.10


def test_the_index_and_the_kernel_rank_alike(world):
    _fill()
    kernel = bm25.Index(labelled_reports.tickets())
    asked = [text for text, _ in labelled_reports.queries()]
    first = [[one for one, _ in kernel.rank(text, limit=1)] for text in asked]
    found = [[one.ticket.reference for one in queries.similar(text=text, viewer=world.alice, limit=1)] for text in asked]
    same = sum(one == other for one, other in zip(first, found, strict=True))
    assert same / len(asked) >= 0.90


def test_nothing_is_proposed_for_nothing_and_a_new_ticket_at_once(world):
    assert queries.similar(text="", viewer=world.alice) == []
    assert queries.similar(text="bonjour merci", viewer=world.alice) == []
    reference = commands.open_ticket(description="La portabilité est refusée", context={}, actor=world.alice, at=fw.AT)
    (found,) = queries.similar(text="portage refusé", viewer=world.bob)
    assert (found.ticket.reference, found.ticket.is_subscribed) == (reference, False)
    assert queries.similar(text="imprimante de cuisine", viewer=world.bob) == []


def test_what_a_further_reporter_says_finds_the_incident_too(world):
    reference = commands.open_ticket(description="Écran blanc", context={}, actor=world.alice, at=fw.AT)
    assert queries.similar(text="moulinette infernale", viewer=world.bob) == []
    commands.subscribe(reference=reference, actor=world.charlie, at=fw.AT, sentence="Une moulinette infernale tourne")
    assert [one.ticket.reference for one in queries.similar(text="moulinette infernale", viewer=world.bob)] == [reference]
    models.TroubleTicket.objects.update(indexed_version=0)
    commands.index_tickets(at=fw.AT)
    assert [one.ticket.reference for one in queries.similar(text="moulinette infernale", viewer=world.bob)] == [reference]


def test_open_incidents_come_first_and_refused_ones_never(world):
    references = [commands.open_ticket(description="Facture en double", context={}, actor=world.alice, at=fw.AT) for _ in range(3)]
    commands.resolve_ticket(reference=references[2], resolution="Fait", actor=world.sam, at=fw.AT)
    commands.change_status(reference=references[1], status="rejected", reason="Voulu", actor=world.sam, at=fw.AT)
    assert [one.ticket.reference for one in queries.similar(text="doublon de facture", viewer=world.bob)] == [references[0], references[2]]


def test_a_mistyped_word_is_found_by_its_likeness(world):
    reference = commands.open_ticket(description="Portabilité refusée", context={}, actor=world.alice, at=fw.AT)
    commands.index_tickets(at=fw.AT)
    assert [one.ticket.reference for one in queries.similar(text="portzbilite", viewer=world.bob)] == [reference]


def test_the_number_of_statements_is_bounded(world, django_assert_max_num_queries):
    _fill()
    with django_assert_max_num_queries(8):
        queries.similar(text="la portabilitté des puces est refusée pour le client", viewer=world.alice)
