"""The event log is append-only, lives in the command's transaction, and a replayed request acts once."""

import dataclasses
import datetime as dt
import functools

import pytest
from django import db
from django.db import transaction

from come.shared import actor as actors, eventlog, events, idempotency, ids, models, obstacles, queries, references

AT = dt.datetime(2026, 10, 1, 8, 0, tzinfo=dt.UTC)
ALICE = actors.Actor(staff_id=ids.uuid7(), name="Alice", request_id="r-1")


@dataclasses.dataclass(frozen=True)
class SomethingHappened(events.Event):
    thing: str


@pytest.mark.django_db
def test_a_fact_is_found_under_its_subjects() -> None:
    thing = events.subject("order", ids.uuid7())
    eventlog.record(event=SomethingHappened("x"), actor=ALICE, at=AT, subjects=[thing], before={"a": 1}, after={"a": 2})
    [found] = queries.events_about(subject=thing)
    assert (found.name, found.actor_name, found.request_id, found.payload) == ("SomethingHappened", "Alice", "r-1", {"thing": "x"})
    assert (found.before, found.after) == ({"a": 1}, {"a": 2})


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        eventlog.record(event=SomethingHappened("x"), actor=ALICE, at=AT, subjects=[])


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_fact_is_never_changed(verb: str) -> None:
    eventlog.record(event=SomethingHappened("x"), actor=ALICE, at=AT, subjects=["order:1"])
    rows = models.EventLog.objects.filter(subjects__contains=["order:1"])
    change = functools.partial(rows.update, name="Other") if verb == "update" else rows.delete
    with pytest.raises(db.IntegrityError, match="append-only"), transaction.atomic():
        change()
    assert queries.events_about(subject="order:1")[0].name == "SomethingHappened"


@pytest.mark.django_db
def test_a_replayed_request_acts_once_and_is_answered_the_same() -> None:
    acts: list[int] = []

    def act() -> dict[str, object]:
        acts.append(1)
        return {"reference": "CMD-1", "count": len(acts)}

    first = idempotency.once(actor=ALICE, command="submit", inputs={"quote": "1"}, run=act)
    second = idempotency.once(actor=ALICE, command="submit", inputs={"quote": "1"}, run=act)
    assert first == second == {"reference": "CMD-1", "count": 1}
    with pytest.raises(obstacles.Conflict):
        idempotency.once(actor=ALICE, command="submit", inputs={"quote": "2"}, run=act)
    assert acts == [1]


@pytest.mark.django_db
def test_references_never_repeat() -> None:
    given = [*references.next_references("order", AT, 3), references.next_reference("order", AT)]
    assert len(set(given)) == 4
    assert all(reference.startswith("CMD-2026-") for reference in given)
