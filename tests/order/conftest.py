"""What tests of orders share: the small world, its catalogue, and accepted quotes."""

from __future__ import annotations

import pytest

import fleet_world as fw
from come.catalogue import queries as catalogue_queries, records as catalogue
from come.edges.mail import folder
from come.order import commands, jobs
from come.quote import queries as quote_queries
from come.shared import wiring


@pytest.fixture
def world(db, monkeypatch, tmp_path):
    """Build the small world, whose catalogue is in memory and whose letters fall into a folder of the test."""
    snapshot = catalogue.CatalogueSnapshot(fw.AT.date(), "hash", fw.OFFERINGS, ())
    monkeypatch.setattr(catalogue_queries, "catalogue_snapshot", lambda **_given: snapshot)
    built = fw.build()
    monkeypatch.setattr(folder.MailFolder, "__init__", lambda self, path=None: setattr(self, "folder", path or tmp_path / "mail"))
    wiring._load.cache_clear()
    return built


@pytest.fixture
def quotes(monkeypatch):
    """Accept quotes: those put in this dictionary by id are what the quote package hands over."""
    known = {}
    monkeypatch.setattr(quote_queries, "quote_for_order", lambda *, quote_id: known[quote_id])
    return known


@pytest.fixture
def submitted(world, quotes):
    """Return a function that submits an order of `count` lines and says its answer."""

    def submit(count, **given):
        quote = fw.accepted_quote(world, count, **given)
        quotes[quote.quote_id] = quote
        return commands.submit_order(quote_id=quote.quote_id, actor=world.alice, at=fw.AT)

    return submit


@pytest.fixture
def drained(submitted):
    """Return a function that submits an order and advances it until nothing moves."""

    def run(count, **given):
        answer = submitted(count, **given)
        jobs.drain(order_id=answer.order_id, at=fw.AT)
        return answer

    return run
