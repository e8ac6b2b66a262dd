"""Lines cancelled in flight: free before anything leaves, undone at a cost after, refused past the point of no return."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

import fleet_world as fw
from come.edges.network import models as network_models, reconciliation, simulator
from come.inventory import models as inventory_models
from come.order import commands, jobs, models, ports, queries
from come.order.policies import reversal
from come.shared import obstacles

DAY = fw.AT.date()


def _standing(operation, *started):
    return reversal.standing(operation=operation, started=[reversal.Started(*one) for one in started], day=DAY)


def test_nothing_left_costs_nothing():
    found = _standing("install", ("reserve_resources",))
    assert (found.level, found.penalty_eur_excl_tax) == ("free", Decimal(0))
    assert str(reversal.sentence(found)) == "Rien n’est parti : la ligne s’annule sans frais."


def test_what_was_shipped_and_activated_is_undone_at_both_costs_with_their_articles():
    found = _standing("install", ("reserve_resources",), ("ship",), ("activate",))
    assert (found.level, found.because, found.penalty_eur_excl_tax) == ("soft", "activate", Decimal("20.00"))
    assert [cost.source.rsplit(", ", 1)[1] for cost in found.costs] == ["article 9.2", "article 9.3"]


def test_before_the_first_day_of_a_penalty_it_costs_nothing():
    found = reversal.standing(operation="install", started=[reversal.Started("ship")], day=dt.date(2025, 12, 31))
    assert (found.level, found.costs) == ("soft", ())


@pytest.mark.parametrize(
    ("operation", "step", "level"),
    [
        ("install", "port_in", "hard"),
        ("install", "set_up_billing", "hard"),
        ("suspend", "change_network", "soft"),
        ("modify", "change_network", "soft"),
        ("terminate", "change_network", "hard"),
        ("suspend", "update_inventory", "hard"),
    ],
)
def test_the_point_of_no_return_of_each_step_is_that_of_the_file(operation, step, level):
    assert _standing(operation, (step,)).level == level


def test_an_effect_that_may_exist_unseen_is_not_cancelled_blindly():
    found = _standing("install", ("ship",), ("activate", False, True))
    assert (found.level, found.may_cancel) == ("doubtful", False)


@pytest.fixture
def network():
    return simulator.NetworkSimulator()


@pytest.fixture
def shipped(world, submitted, network):
    """Return a function that orders `count` lines, whose parcels have left and which the network refuses."""

    def run(count):
        fw.stock(count)
        network.fail_next(count, "NETWORK_TIMEOUT")
        answer = submitted(count)
        jobs.drain(order_id=answer.order_id, at=fw.AT)
        return answer

    return run


def _items(world, answer):
    order = queries.order(viewer=world.alice, reference=answer.reference)
    return queries.order_items(order_id=order.id, viewer=world.alice, at=fw.AT)[0]


def test_a_shipped_line_says_its_cost_first_then_is_recalled_and_its_number_given_back(world, shipped):
    answer = shipped(2)
    first, second = _items(world, answer)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.cancel_order(reference=answer.reference, reason="Le client renonce", item_ids=[first.id], actor=world.alice, at=fw.AT)
    assert refused.value.code == "order.cancellation_cost"
    assert "12,00" in str(refused.value.obstacles[0].message)
    assert models.LineDecision.objects.count() == 0

    told = commands.cancel_order(
        reference=answer.reference, reason="Le client renonce", item_ids=[first.id], is_cost_accepted=True, actor=world.alice, at=fw.AT
    )
    assert (told.cancelled, told.undoing, told.kept, told.penalty_eur_excl_tax) == (0, 1, 0, Decimal("12.00"))
    assert queries.order(viewer=world.alice, reference=answer.reference).items == {"held": 1, "pendingCancellation": 1}
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    after = {item.id: item.state for item in _items(world, answer)}
    assert after == {first.id: "cancelled", second.id: "held"}
    assert network_models.SimulatedOperation.objects.filter(operation="recall", target=str(first.stable_line_id)).count() == 1
    assert inventory_models.SimResource.objects.get(iccid=first.iccid).state == "retired"
    assert inventory_models.NumberResource.objects.get(msisdn=first.msisdn).state == "available"
    decision = models.LineDecision.objects.get(item_id=first.id)
    assert (decision.outcome, decision.because, decision.penalty_exact, decision.made_by_name) == (
        "undoing", "ship", Decimal("12.000000"), "Alice Martin",
    )  # fmt: skip
    assert decision.penalty_source.endswith("article 9.2")


def test_an_activated_line_leaves_the_network_again(world, submitted, network):
    fw.stock(1)
    answer = submitted(1)
    while not network_models.SimulatedSubscriber.objects.exists():
        jobs.drain(order_id=answer.order_id, rounds=1, at=fw.AT)
    told = commands.cancel_order(reference=answer.reference, reason="Erreur", is_cost_accepted=True, actor=world.alice, at=fw.AT)
    assert (told.undoing, told.penalty_eur_excl_tax) == (1, Decimal("20.00"))
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    order = queries.order(viewer=world.alice, reference=answer.reference)
    assert (order.state, order.items) == ("cancelled", {"cancelled": 1})
    assert network_models.SimulatedSubscriber.objects.get().state == "terminated"
    assert inventory_models.Product.objects.count() == 0
    assert reconciliation.differences() == []


def test_a_finished_line_is_past_its_point_of_no_return_and_nothing_changes(world, drained):
    fw.stock(1)
    answer = drained(1)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.cancel_order(reference=answer.reference, reason="Trop tard", is_cost_accepted=True, actor=world.alice, at=fw.AT)
    assert refused.value.code == "order.point_of_no_return"
    assert queries.order(viewer=world.alice, reference=answer.reference).items == {"completed": 1}


def test_a_suspension_that_the_network_shows_is_put_back(world, drained, monkeypatch):
    fw.stock(1)
    drained(1)
    (line,) = inventory_models.Product.objects.filter(parent=None)
    answer = commands.change_lines(line_ids=[line.id], operation="suspend", reason="", actor=world.alice, at=fw.AT)
    subscriber = network_models.SimulatedSubscriber.objects
    while subscriber.get().state != "suspended":
        jobs.drain(order_id=answer.order_id, rounds=1, at=fw.AT)
    commands.cancel_order(reference=answer.reference, reason="Ligne retrouvée", is_cost_accepted=True, actor=world.alice, at=fw.AT)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert subscriber.get().state == "active"
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "cancelled"
    assert reconciliation.differences() == []


def test_a_step_refused_while_its_line_is_being_cancelled_leaves_nothing_to_undo(world, submitted, network):
    fw.stock(1)
    answer = submitted(1)
    for _wave in range(2):
        commands.advance_order(order_id=answer.order_id, actor=fw.SYSTEM, at=fw.AT)
    (claimed,) = commands.claim_messages(order_id=answer.order_id, adapter="logistics", at=fw.AT, limit=10)
    told = commands.cancel_order(reference=answer.reference, reason="Erreur", is_cost_accepted=True, actor=world.alice, at=fw.AT)
    assert told.undoing == 1
    commands.record_answers(
        order_id=answer.order_id,
        adapter="logistics",
        keys=[claimed.key],
        answers=[ports.Answer(claimed.key, is_accepted=False, code="ADDRESS_REFUSED")],
        actor=fw.SYSTEM,
        at=fw.AT,
    )
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "cancelled"
    assert network_models.SimulatedOperation.objects.count() == 0
    assert inventory_models.SimResource.objects.get().state == "available"


def test_an_assistant_of_another_agency_cannot_cancel(world, shipped):
    answer = shipped(1)
    with pytest.raises(obstacles.NotFound):
        commands.cancel_order(reference=answer.reference, reason="x", is_cost_accepted=True, actor=world.charlie, at=fw.AT)
    assert models.LineDecision.objects.count() == 0
