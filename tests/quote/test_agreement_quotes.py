"""The quotes that rest on an agreement: what each says, what changes on another day or without it, and who sees it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import fleet_world as fw
from come.catalogue import models as catalogue_models
from come.quote import commands, models, queries
from come.quote.policies import states
from come.shared import clock, obstacles

REFERENCE = "ACC-2026-000001"
TODAY = fw.AT.date()
AFTER_THE_END = dt.date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


def _asked(scene, day=None):
    return queries.agreement_quotes(reference=REFERENCE, viewer=scene.world.alice, today=TODAY, day=day)


def _draft(scene, count=2):
    return scene.draft("Forfait\n" + "MOB-50\n" * count, agreement_id=scene.agreement_id)


def test_what_changes_in_euros_a_month_without_the_agreement(scene):
    created = _draft(scene)

    found = _asked(scene)

    (one,) = found.quotes
    assert (one.reference, one.state, one.line_count) == (created.reference, states.IN_PROGRESS, 2)
    # 18,90 € by clause 4.2, 20 € in the catalogue, two lines.
    assert (one.monthly, one.monthly_then, one.monthly_without) == (Decimal("37.80"), Decimal("37.80"), Decimal("40.00"))
    assert (found.open_count, found.difference_then, found.difference_without) == (1, 0, Decimal("2.20"))
    # The quote itself says what it said.
    assert scene.head(created.quote_id).totals.monthly == Decimal("37.80")


def test_on_the_day_after_its_end_the_catalogue_makes_the_prices(scene):
    _draft(scene)

    found = _asked(scene, AFTER_THE_END)

    assert (found.day, found.quotes[0].monthly_then, found.difference_then) == (AFTER_THE_END, Decimal("40.00"), Decimal("2.20"))


def test_a_clause_that_begins_later_is_read_on_its_day(scene):
    _draft(scene)
    begins = dt.date(2026, 12, 1)
    old = catalogue_models.AgreementClause.objects.get(number="4.2")
    old.valid_to = begins
    old.save(update_fields=["valid_to"])
    old.pk, old.number, old.amount, old.valid_from, old.valid_to = None, "4.2/A1", Decimal("17.50"), begins, None
    old.save(force_insert=True)

    assert _asked(scene).difference_then == 0
    assert _asked(scene, begins).difference_then == Decimal("-2.80")


def test_an_accepted_quote_keeps_its_prices_and_a_closed_one_counts_for_nothing(scene):
    closed = _draft(scene)
    commands.close_quote(quote_id=closed.quote_id, state=states.CANCELLED, reason="Abandonné", actor=scene.world.alice, at=fw.AT)

    found = _asked(scene)

    assert (found.open_count, found.accepted_count, found.quotes) == (0, 0, ())


def test_a_quote_without_this_agreement_is_not_counted(scene):
    created = _draft(scene)
    models.Quote.objects.filter(id=created.quote_id).update(agreement=None)

    assert _asked(scene).open_count == 0


def test_another_agency_sees_neither_the_agreement_nor_its_quotes(scene, browse):
    _draft(scene)

    with pytest.raises(obstacles.NotFound):
        queries.agreement_quotes(reference=REFERENCE, viewer=scene.world.charlie, today=TODAY)
    assert browse(scene.world.charlie).get(f"/devis/accord-cadre/{REFERENCE}/devis/").status_code == 404


def test_the_part_of_the_page_says_euros(scene, browse):
    created = _draft(scene)

    page = browse(scene.world.alice).get(f"/devis/accord-cadre/{REFERENCE}/devis/?date=2027-01-01").content.decode()

    assert created.reference in page
    assert "40,00" in page
    assert "2,20" in page


def test_its_cost_does_not_grow_with_the_lines(scene):
    few = _draft(scene, 2)
    with CaptureQueriesContext(connection) as first:
        _asked(scene)
    commands.close_quote(quote_id=few.quote_id, state=states.CANCELLED, reason="Abandonné", actor=scene.world.alice, at=fw.AT)
    _draft(scene, 60)
    with CaptureQueriesContext(connection) as second:
        found = _asked(scene)

    assert found.quotes[0].line_count == 60
    assert len(second) == len(first)
