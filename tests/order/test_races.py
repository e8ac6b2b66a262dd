"""Races, in pairs: first shown with the lock off, then closed."""

from __future__ import annotations

import contextlib
import importlib

import pytest
from django.db import IntegrityError, transaction

import fleet_world as fw
import racing
from come.catalogue import queries as catalogue_queries, records as catalogue
from come.inventory import commands as inventory_commands, models as inventory_models, records as inventory
from come.order import commands, models
from come.quote import queries as quote_queries
from come.shared import ids
from come.ticket import commands as ticket_commands, models as ticket_models

submitting = importlib.import_module("come.order.commands.submit_order")
reserving = importlib.import_module("come.inventory.commands.reserve_resources")
ticketing = importlib.import_module("come.ticket.commands.open_ticket")


@pytest.fixture
def world(transactional_db, monkeypatch):
    snapshot = catalogue.CatalogueSnapshot(fw.AT.date(), "hash", fw.OFFERINGS, ())
    monkeypatch.setattr(catalogue_queries, "catalogue_snapshot", lambda **_given: snapshot)
    return fw.build()


def _two_clicks(world, monkeypatch):
    quote = fw.accepted_quote(world, 1)
    meeting = racing.Meeting()

    def quote_for_order(*, quote_id):
        meeting.wait()
        return quote

    monkeypatch.setattr(quote_queries, "quote_for_order", quote_for_order)
    return racing.together(
        *(
            lambda click=click: commands.submit_order(quote_id=quote.quote_id, actor=world.alice.with_request(click), at=fw.AT)
            for click in ("one", "two")
        )
    )


def test_without_the_lock_the_second_click_meets_the_constraint(world, monkeypatch):
    monkeypatch.setattr(submitting, "lock_quote", lambda _quote_id: None)
    answers = _two_clicks(world, monkeypatch)
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1
    assert models.ProductOrder.objects.count() == 1


def test_with_the_lock_both_clicks_receive_the_same_order(world, monkeypatch):
    first, second = _two_clicks(world, monkeypatch)
    assert first == second
    assert models.ProductOrder.objects.count() == 1


def _two_orders_for_the_last_sim():
    meeting = racing.Meeting()

    def reserve():
        with transaction.atomic():
            meeting.wait()
            (answer,) = inventory_commands.reserve_resources(wants=[inventory.ResourceWant(ids.uuid7(), needs_number=False)], at=fw.AT)
            meeting.wait()
            return answer

    return racing.together(reserve, reserve)


def test_without_row_locks_two_orders_believe_they_have_the_last_sim(world, monkeypatch):
    fw.stock(1)
    monkeypatch.setattr(reserving, "_PICK_SIMS", reserving._PICK_SIMS.replace("FOR UPDATE SKIP LOCKED", ""))
    answers = _two_orders_for_the_last_sim()
    assert [answer.iccid for answer in answers if not isinstance(answer, Exception)].count(
        inventory_models.SimResource.objects.get().iccid
    ) == 2


def test_with_row_locks_one_order_has_the_last_sim_and_the_other_is_told(world):
    fw.stock(1)
    answers = _two_orders_for_the_last_sim()
    sim = inventory_models.SimResource.objects.get()
    assert sorted((answer.iccid, answer.failure_code) for answer in answers) == [("", "SIM_STOCK_EMPTY"), (sim.iccid, "")]
    assert sim.reserved_for == next(answer.reservation_id for answer in answers if answer.iccid)


def _two_failures_of_one_cause(monkeypatch):
    meeting = racing.Meeting()
    create = ticketing._create

    def create_together(**given):
        meeting.wait()
        return create(**given)

    monkeypatch.setattr(ticketing, "_create", create_together)

    def attach():
        return ticket_commands.attach_or_open(signature="network/activate/X/1", title="X", context={}, actor=fw.SYSTEM, at=fw.AT)

    return racing.together(attach, attach)


def test_without_the_lock_the_second_failure_meets_the_constraint(world, monkeypatch):
    class NoLock:
        def cursor(self):
            return contextlib.nullcontext(type("Cursor", (), {"execute": lambda *_given: None})())

    monkeypatch.setattr(ticketing, "connection", NoLock())
    answers = _two_failures_of_one_cause(monkeypatch)
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1


def test_with_the_lock_both_failures_join_one_incident(world, monkeypatch):
    first, second = _two_failures_of_one_cause(monkeypatch)
    assert first == second
    assert ticket_models.TroubleTicket.objects.count() == 1
