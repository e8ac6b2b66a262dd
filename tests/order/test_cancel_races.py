"""A line cancelled while its step is being sent: an exact outcome, whoever comes first."""

from __future__ import annotations

import importlib

import pytest

import fleet_world as fw
import racing
from come.catalogue import queries as catalogue_queries, records as catalogue
from come.edges.network import models as network_models, reconciliation, simulator
from come.inventory import models as inventory_models
from come.order import commands, jobs, models, queries
from come.quote import queries as quote_queries

cancelling = importlib.import_module("come.order.commands.cancel_order")


@pytest.fixture
def ordered(transactional_db, monkeypatch):
    """Return the world and an order of one line whose activation is about to be sent."""
    snapshot = catalogue.CatalogueSnapshot(fw.AT.date(), "hash", fw.OFFERINGS, ())
    monkeypatch.setattr(catalogue_queries, "catalogue_snapshot", lambda **_given: snapshot)
    world = fw.build()
    fw.stock(1)
    quote = fw.accepted_quote(world, 1)
    monkeypatch.setattr(quote_queries, "quote_for_order", lambda **_given: quote)
    answer = commands.submit_order(quote_id=quote.quote_id, actor=world.alice, at=fw.AT)
    while not models.OutboxMessage.objects.filter(adapter="network", state="pending").exists():
        commands.advance_order(order_id=answer.order_id, actor=fw.SYSTEM, at=fw.AT)
        jobs.dispatch(order_id=answer.order_id, adapter="logistics", at=fw.AT)
    return world, answer


def _cancel(world, answer):
    return commands.cancel_order(reference=answer.reference, reason="Renonce", is_cost_accepted=True, actor=world.alice, at=fw.AT)


def _is_agreed(world, answer):
    """Nobody has the line: the order is cancelled, the network and the fleet agree, the SIM that left serves nobody."""
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "cancelled"
    assert inventory_models.Product.objects.count() == 0
    assert reconciliation.differences() == []
    assert inventory_models.SimResource.objects.get().state == "retired"


def test_a_line_cancelled_while_the_network_works_on_it_waits_for_the_outcome_then_undoes_it(ordered, monkeypatch):
    world, answer = ordered
    told = []
    execute = simulator.NetworkSimulator.execute

    def execute_meanwhile(self, asked):
        if not told:
            told.extend(racing.together(lambda: _cancel(world, answer)))
        return execute(self, asked)

    monkeypatch.setattr(simulator.NetworkSimulator, "execute", execute_meanwhile)
    jobs.dispatch(order_id=answer.order_id, adapter="network", at=fw.AT)
    assert (told[0].undoing, told[0].kept, str(told[0].penalty_eur_excl_tax)) == (1, 0, "20.00")
    (decision,) = models.LineDecision.objects.all()
    assert (decision.outcome, decision.because) == ("undoing", "activate")
    _is_agreed(world, answer)
    assert sorted(network_models.SimulatedOperation.objects.filter(system="network").values_list("operation", flat=True)) == [
        "activate_line", "terminate_line",
    ]  # fmt: skip


def _claim_during_the_cancellation(world, answer, monkeypatch):
    meeting = racing.Meeting()
    judge = queries.line_standings

    def judge_then_wait(**given):
        found = judge(**given)
        meeting.wait()
        meeting.wait()
        return found

    monkeypatch.setattr(cancelling.queries, "line_standings", judge_then_wait)

    def claim():
        meeting.wait()
        claimed = commands.claim_messages(order_id=answer.order_id, adapter="network", at=fw.AT, limit=10)
        meeting.wait()
        return claimed

    return racing.together(lambda: _cancel(world, answer), claim)


def test_while_a_cancellation_decides_nobody_takes_the_message_in_hand(ordered, monkeypatch):
    world, answer = ordered
    told, claimed = _claim_during_the_cancellation(world, answer, monkeypatch)
    assert claimed == []
    assert (told.undoing, str(told.penalty_eur_excl_tax)) == (1, "12.00")
    _is_agreed(world, answer)
    assert not network_models.SimulatedOperation.objects.filter(system="network").exists()


def test_without_the_lock_on_messages_the_decision_misses_what_is_being_sent(ordered, monkeypatch):
    world, answer = ordered
    monkeypatch.setattr(cancelling, "_LOCK_MESSAGES", "SELECT id FROM order_outbox_message WHERE order_id = %s")
    told, claimed = _claim_during_the_cancellation(world, answer, monkeypatch)
    assert len(claimed) == 1
    assert str(told.penalty_eur_excl_tax) == "12.00", "the activation in hand was neither charged nor planned to be undone"
    assert not models.OrderStep.objects.filter(kind="deactivate").exists()


def test_two_people_cancelling_one_line_undo_it_once(ordered):
    world, answer = ordered
    answers = racing.together(lambda: _cancel(world, answer), lambda: _cancel(world, answer))
    assert sorted(type(one).__name__ for one in answers) == ["CancelAnswer", "Refusal"]
    assert models.LineDecision.objects.count() == 1
    _is_agreed(world, answer)
    assert network_models.SimulatedOperation.objects.filter(operation="recall").count() == 1
