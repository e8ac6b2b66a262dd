"""The bench of tickets: the same sentences at every run, and people who type other words than the tickets have."""

from __future__ import annotations

from come.project.bench.tickets import sentences
from come.ticket.matching import bm25


def test_the_sentences_are_the_same_at_every_run():
    assert list(sentences.tickets(50)) == list(sentences.tickets(50))
    assert list(sentences.typed(50)) == list(sentences.typed(50))
    assert len({title for title, _ in sentences.tickets(200)}) > 150


def test_what_is_typed_finds_tickets_that_do_not_have_it_word_for_word():
    index = bm25.Index((str(number), title, text) for number, (title, text) in enumerate(sentences.tickets(300)))
    titles = {title for title, _ in sentences.tickets(300)}
    for sentence in sentences.typed(40):
        assert sentence not in titles
        assert index.rank(sentence, limit=1)
