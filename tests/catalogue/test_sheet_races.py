"""Two people in one draft at the same second: one is kept, the other is told; a double click publishes once."""

from __future__ import annotations

import contextlib
import threading

import pytest
from django.db import connection

from come.catalogue import commands, models, queries
from come.shared import models as shared_models, obstacles

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run the acts at the same instant, each on its own connection, and return what each gave or raised."""
    start = threading.Barrier(len(acts))
    outcomes = [None] * len(acts)

    def run(place, act):
        start.wait()
        try:
            outcomes[place] = act()
        except obstacles.Refusal as refused:
            outcomes[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def draft(paul, at):
    offering_id = commands.create_draft(name="Visite", kind="service", actor=paul, at=at)
    commands.start_sheet(offering_id=offering_id, kind_fields={"prices": []}, actor=paul, at=at)
    return offering_id


def _saves(draft, people, at):
    record = queries.sheet(offering_id=draft, viewer=people[0], today=at.date())

    def save(person):
        own = {**record.typed["offering"], "description_fr": f"De {person.name}"}
        typed = {**record.typed, "offering": own}
        return lambda: commands.save_sheet(offering_id=draft, typed=typed, seen=record.revision, actor=person, at=at)

    return [save(person) for person in people]


def _said(draft):
    return models.OfferingSheet.objects.get(offering_id=draft).typed["offering"]["description_fr"]


def test_without_the_check_on_what_was_seen_the_second_overwrites_the_first(draft, paul, petra, at, monkeypatch):
    first, second = _saves(draft, [paul, petra], at)
    first()
    kept = models.OfferingSheet.objects.get(offering_id=draft)
    with contextlib.suppress(obstacles.Conflict):
        models.OfferingSheet.objects.filter(offering_id=draft).update(revision=kept.revision - 1)
        second()
    assert _said(draft) == "De Petra"


def test_one_of_two_saves_is_kept_and_the_other_is_told(draft, paul, petra, at):
    outcomes = together(*_saves(draft, [paul, petra], at))

    refused = [one for one in outcomes if isinstance(one, obstacles.Conflict)]
    assert [one.code for one in refused] == ["catalogue.sheet_changed"]
    winner = "De Petra" if isinstance(outcomes[0], obstacles.Conflict) else "De Paul"
    assert _said(draft) == winner
    assert shared_models.EventLog.objects.filter(name="OfferingEdited").count() == 1
    assert models.OfferingSheet.objects.get(offering_id=draft).revision == 2


def test_one_request_sent_twice_at_once_begins_one_offer(paul, at):
    actor = paul.with_request("double-click")

    def begin():
        return commands.create_draft(name="Visite", kind="service", actor=actor, at=at)

    first, second = together(begin, begin)

    assert first == second
    assert models.Offering.objects.filter(code__startswith="VISITE").count() == 1
