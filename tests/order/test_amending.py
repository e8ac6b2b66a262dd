"""A line changed in flight: at once, after the step that is being sent, or not any more; always exact, always said."""

from __future__ import annotations

import pytest

import fleet_world as fw
from come.edges.network import models as network_models, reconciliation, simulator
from come.inventory import models as inventory_models
from come.order import commands, jobs, models, queries
from come.shared import identifiers, obstacles

OTHER = identifiers.test_msisdn(2)


@pytest.fixture
def started(world, submitted):
    """Return an order of one line whose activation is about to be sent, and its line."""
    fw.stock(3)
    answer = submitted(1)
    while not models.OutboxMessage.objects.filter(adapter="network").exists():
        commands.advance_order(order_id=answer.order_id, actor=fw.SYSTEM, at=fw.AT)
        jobs.dispatch(order_id=answer.order_id, adapter="logistics", at=fw.AT)
    return answer, models.ProductOrderItem.objects.get()


def _amend(world, item, **changes):
    return commands.amend_line(item_id=item.id, changes=changes, reason="Le client a changé d’avis", actor=world.alice, at=fw.AT)


def _outcomes():
    return list(models.LineDecision.objects.order_by("id").values_list("outcome", flat=True))


def test_before_the_activation_leaves_everything_changes_at_once(world, started):
    answer, item = started
    assert _amend(world, item, user_label="Accueil", cost_centre="ATELIER", msisdn=OTHER).outcome == "applied"
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "completed"
    line = inventory_models.Product.objects.get(parent=None)
    assert (line.user_label, line.cost_centre_id) == ("Accueil", world.cost_centre)
    assert network_models.SimulatedSubscriber.objects.get().msisdn == OTHER
    assert inventory_models.NumberResource.objects.get(msisdn=item.msisdn).state == "available"
    assert reconciliation.differences() == []


def _amended_while_sending(world, started, monkeypatch):
    answer, item = started
    told = []
    execute = simulator.NetworkSimulator.execute

    def execute_meanwhile(self, asked):
        if not told:
            told.append(_amend(world, item, msisdn=OTHER).outcome)
        return execute(self, asked)

    monkeypatch.setattr(simulator.NetworkSimulator, "execute", execute_meanwhile)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert told == ["waiting"]
    return answer, item


def test_a_number_changed_while_its_activation_is_sent_is_refused_once_the_network_has_it(world, started, monkeypatch):
    answer, item = _amended_while_sending(world, started, monkeypatch)
    assert _outcomes() == ["waiting", "refused"]
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "completed"
    assert network_models.SimulatedSubscriber.objects.get().msisdn == item.msisdn
    assert inventory_models.NumberResource.objects.get(msisdn=OTHER).state == "available"
    assert reconciliation.differences() == []


def test_it_is_applied_when_the_network_refuses_the_activation(world, started, monkeypatch):
    simulator.NetworkSimulator().fail_next(1, "MSISDN_IN_USE")
    answer, item = _amended_while_sending(world, started, monkeypatch)
    assert _outcomes() == ["waiting", "applied"]
    item.refresh_from_db()
    assert (item.msisdn, item.waiting_amendment, item.state) == (OTHER, None, "held")
    commands.retry_steps(order_id=answer.order_id, actor=world.alice, at=fw.AT)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert network_models.SimulatedSubscriber.objects.get().msisdn == OTHER
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "completed"


def test_past_its_step_it_is_refused_and_nothing_changes(world, drained):
    fw.stock(3)
    simulator.NetworkSimulator().fail_next(0, "")
    drained(1)
    item = models.ProductOrderItem.objects.get()
    with pytest.raises(obstacles.Refusal) as refused:
        _amend(world, item, user_label="Trop tard")
    assert refused.value.code == "order.line_over"
    assert _outcomes() == []


def test_a_wrong_number_or_cost_centre_changes_nothing(world, started):
    _answer, item = started
    with pytest.raises(obstacles.Refusal):
        _amend(world, item, user_label="Accueil", msisdn="12")
    with pytest.raises(obstacles.NotFound):
        _amend(world, item, user_label="Accueil", cost_centre="INCONNU")
    item.refresh_from_db()
    assert (item.user_label, _outcomes()) == ("Salarié 001", [])


def test_a_seller_of_another_agency_finds_no_line(world, started):
    _answer, item = started
    with pytest.raises(obstacles.NotFound):
        commands.amend_line(item_id=item.id, changes={"user_label": "x"}, actor=world.charlie, at=fw.AT)
    assert _outcomes() == []
