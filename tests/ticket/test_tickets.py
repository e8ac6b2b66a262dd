"""One incident per cause, a promised date once accepted, a story that nobody rewrites."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.db import IntegrityError, transaction

import fleet_world as fw
from come.shared import ids, obstacles
from come.ticket import commands, models, policies, queries, records

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return fw.build()


def _attach(world, *orders, signature="network/activate/X/1"):
    subjects = [records.Subject("order", ids.derived("order", order), order) for order in orders]
    return commands.attach_or_open(
        signature=signature,
        title="SIM inconnues",
        context={"code": "X"},
        subjects=subjects,
        subscriber_ids=[world.alice.staff_id],
        actor=fw.SYSTEM,
        at=fw.AT,
    )


def test_the_same_cause_is_one_incident_and_a_new_case_joins_it(world):
    first = _attach(world, "CMD-1")
    assert _attach(world, "CMD-1", "CMD-2") == first
    page = queries.ticket(ticket_id=first, viewer=world.charlie)
    assert page.ticket.subject_counts == {"order": 2}
    assert [event.kind for event in page.events] == ["joined", "opened"]
    assert page.subscribers == ("Alice Martin",)
    assert _attach(world, "CMD-3", signature="network/activate/Y/1") != first


def test_a_cause_that_comes_back_after_its_repair_is_a_new_incident(world):
    first = _attach(world, "CMD-1")
    reference = queries.ticket(ticket_id=first, viewer=world.sam).ticket.reference
    commands.resolve_ticket(reference=reference, resolution="SIM chargées", actor=world.sam, at=fw.AT)
    assert _attach(world, "CMD-2") != first


def test_accepting_needs_a_date_to_come_and_the_date_moves_only_with_a_reason(world):
    reference = queries.ticket(ticket_id=_attach(world, "CMD-1"), viewer=world.sam).ticket.reference
    for promised_at in (None, fw.AT):
        with pytest.raises(obstacles.Refusal) as refused:
            commands.accept_ticket(reference=reference, promised_at=promised_at, actor=world.sam, at=fw.AT)
        assert refused.value.code == "ticket.promise"
    tomorrow = fw.AT + dt.timedelta(days=1)
    commands.accept_ticket(reference=reference, promised_at=tomorrow, actor=world.sam, at=fw.AT)
    ticket = queries.ticket(reference=reference, viewer=world.alice).ticket
    assert (ticket.status, ticket.promised_at, ticket.owner_name) == ("inProgress", tomorrow, "Sam Leroy")
    assert ticket.is_late(tomorrow + dt.timedelta(seconds=1))
    with pytest.raises(obstacles.Refusal):
        commands.move_promise(reference=reference, promised_at=tomorrow + dt.timedelta(days=1), reason=" ", actor=world.sam, at=fw.AT)
    commands.move_promise(
        reference=reference, promised_at=tomorrow + dt.timedelta(days=1), reason="Pièce en retard", actor=world.sam, at=fw.AT
    )
    assert "Pièce en retard" in queries.ticket(reference=reference, viewer=world.alice).ticket.last_news


def test_the_database_itself_wants_a_date_on_an_accepted_incident(world):
    ticket_id = _attach(world, "CMD-1")
    with pytest.raises(IntegrityError, match="ticket_accepted_is_promised"), transaction.atomic():
        models.TroubleTicket.objects.filter(id=ticket_id).update(status="inProgress")


def test_a_person_reports_in_one_sentence_once_per_request(world):
    for _ in range(2):
        reference = commands.open_ticket(
            description="Le parc reste blanc.\nDepuis ce matin.",
            context={"page": "/parc/"},
            actor=world.alice.with_request("report-1"),
            at=fw.AT,
        )
    page = queries.ticket(reference=reference, viewer=world.alice)
    assert (page.ticket.title, page.ticket.origin, page.ticket.is_subscribed) == ("Le parc reste blanc.", "person", True)
    assert models.TroubleTicket.objects.count() == 1
    with pytest.raises(obstacles.Refusal) as refused:
        commands.open_ticket(description="  ", context={}, actor=world.alice, at=fw.AT)
    assert refused.value.code == "ticket.sentence"


def test_me_too_counts_once(world):
    reference = queries.ticket(ticket_id=_attach(world, "CMD-1"), viewer=world.sam).ticket.reference
    for _ in range(2):
        commands.subscribe(reference=reference, actor=world.charlie, at=fw.AT)
    assert queries.ticket(reference=reference, viewer=world.charlie).ticket.subscriber_count == 2


def test_sellers_report_and_follow_but_do_not_close(world):
    reference = queries.ticket(ticket_id=_attach(world, "CMD-1"), viewer=world.sam).ticket.reference
    commands.comment(reference=reference, sentence="Encore trois clients.", actor=world.alice, at=fw.AT)
    with pytest.raises(obstacles.NotAllowed):
        commands.resolve_ticket(reference=reference, resolution="x", actor=world.alice, at=fw.AT)
    assert queries.ticket(reference=reference, viewer=world.alice).ticket.status == "acknowledged"


def test_what_was_said_is_never_rewritten(world):
    _attach(world, "CMD-1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        models.TicketEvent.objects.update(sentence="autre chose")


@pytest.mark.parametrize(("before", "after"), list(itertools.product(policies.TRANSITIONS, policies.TRANSITIONS)))
def test_every_pair_of_statuses_is_decided(before, after):
    found = policies.transition_obstacles(before=before, after=after)
    assert bool(found) == (after not in policies.TRANSITIONS[before])


def test_lists_show_open_incidents_first(world):
    closed = queries.ticket(ticket_id=_attach(world, "CMD-1", signature="a"), viewer=world.sam).ticket.reference
    commands.resolve_ticket(reference=closed, resolution="fait", actor=world.sam, at=fw.AT)
    opened = queries.ticket(ticket_id=_attach(world, "CMD-2", signature="b"), viewer=world.sam).ticket.reference
    rows, total = queries.tickets(viewer=world.alice)
    assert ([row.reference for row in rows], total) == ([opened, closed], 2)
    assert [row.reference for row in queries.tickets(viewer=world.alice, is_open=True)[0]] == [opened]
    (hit,) = queries.search_hits(text=opened, viewer=world.alice, limit=5)
    assert hit.url.endswith(f"/incidents/{opened}/")
