"""What happens when the outside is slow, wrong or down, or when we die in the middle of a call."""

from __future__ import annotations

import datetime as dt

import pytest

import fleet_world as fw
from come.edges.network import models as network_models, reconciliation, simulator
from come.inventory import models as inventory_models
from come.order import jobs, models, ports, queries

NETWORK = simulator.NetworkSimulator()


def _later(seconds: int) -> dt.datetime:
    return fw.AT + dt.timedelta(seconds=seconds)


def _state(world, answer):
    return queries.order(viewer=world.alice, reference=answer.reference).state


def test_a_lost_answer_is_found_by_its_effect_and_nothing_is_done_twice(world, submitted):
    fw.stock(5)
    NETWORK.behave(simulator.Behaviour(lost_answer_permille=1000))
    answer = submitted(5)
    for minute in range(6):
        jobs.drain(order_id=answer.order_id, at=_later(60 * minute))
    assert _state(world, answer) == "completed"
    operations = network_models.SimulatedOperation.objects.filter(system="network")
    assert operations.filter(operation="activate_line").count() == 5
    assert set(operations.values_list("deliveries", flat=True)) == {1}
    assert reconciliation.differences() == []


def test_a_duplicated_delivery_has_one_effect(world, submitted):
    fw.stock(4)
    NETWORK.behave(simulator.Behaviour(duplicate_permille=1000))
    answer = submitted(4)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert _state(world, answer) == "completed"
    assert set(network_models.SimulatedOperation.objects.filter(system="network").values_list("deliveries", flat=True)) == {2}
    assert network_models.SimulatedSubscriber.objects.count() == 4


def test_an_accepted_request_without_effect_is_never_said_to_be_done(world, submitted):
    fw.stock(2)
    NETWORK.behave(simulator.Behaviour(ignored_permille=1000))
    answer = submitted(2)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert models.OrderStep.objects.filter(kind="activate", state="sent").count() == 2
    for minute in range(1, 15):
        jobs.drain(order_id=answer.order_id, at=_later(120 * minute))
    order = queries.order(viewer=world.alice, reference=answer.reference)
    assert (order.state, [cause.code for cause in order.causes]) == ("held", ["EFFECT_NOT_OBSERVED"])
    assert inventory_models.Product.objects.count() == 0
    NETWORK.behave(simulator.Behaviour())
    jobs.commands.retry_steps(order_id=answer.order_id, actor=world.alice, at=_later(7200))
    jobs.drain(order_id=answer.order_id, at=_later(7200))
    assert _state(world, answer) == "completed"


@pytest.mark.parametrize("moment", ["before the call", "after the call", "before the effects are written"])
def test_dying_around_a_call_loses_nothing_and_doubles_nothing(world, submitted, monkeypatch, moment):
    fw.stock(5)
    answer = submitted(5)

    class Killed(BaseException):
        """Stands for kill -9: nothing after it runs, nothing catches it."""

    def die(*args, **kwargs):
        raise Killed

    execute = simulator.NetworkSimulator.execute

    def execute_then_die(self, commands):
        execute(self, commands)
        raise Killed

    with monkeypatch.context() as patched:
        if moment == "before the call":
            patched.setattr(simulator.NetworkSimulator, "execute", die)
        elif moment == "after the call":
            patched.setattr(simulator.NetworkSimulator, "execute", execute_then_die)
        else:
            patched.setattr(jobs, "_observe", die)
        with pytest.raises(Killed):
            jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert queries.orders_to_advance(at=fw.AT, limit=10) == [answer.order_id]
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert _state(world, answer) == "completed"
    operations = network_models.SimulatedOperation.objects.filter(system="network", operation="activate_line")
    assert sorted(operations.values_list("deliveries", flat=True)) == [1] * 5
    assert inventory_models.Product.objects.filter(parent=None).count() == 5
    assert reconciliation.differences() == []


def test_with_the_network_down_orders_are_taken_and_go_on_by_themselves_after(world, submitted):
    fw.stock(20)
    NETWORK.behave(simulator.Behaviour(is_down=True))
    first = submitted(2)
    for second in (0, 6, 12, 18, 24):
        jobs.drain(order_id=first.order_id, at=_later(second))
    breaker = models.AdapterBreaker.objects.get(adapter="network")
    assert (breaker.state, breaker.consecutive_failures >= 3) == ("open", True)
    second = submitted(3)
    jobs.drain(order_id=second.order_id, at=_later(25))
    page = queries.order(viewer=world.alice, reference=second.reference)
    assert (page.state, page.waiting_systems) == ("inProgress", ("réseau",))
    assert {step.kind: step.counts for step in page.steps}["reserve_resources"] == {"done": 3}
    calls = network_models.SimulatedBehaviour.objects.get(system="network").call_count

    NETWORK.behave(simulator.Behaviour())
    at = _later(3600)
    assert set(queries.orders_to_advance(at=at, limit=10)) == {first.order_id, second.order_id}
    jobs.drain_all(at=at)
    jobs.drain_all(at=at)
    assert models.AdapterBreaker.objects.get(adapter="network").state == "closed"
    assert {_state(world, answer) for answer in (first, second)} == {"completed"}
    assert network_models.SimulatedBehaviour.objects.get(system="network").call_count > calls
    assert reconciliation.differences() == []


def test_an_open_breaker_lets_one_request_probe_and_opens_again_if_it_fails(world, submitted):
    fw.stock(10)
    NETWORK.behave(simulator.Behaviour(is_down=True))
    answer = submitted(4)
    for second in (0, 6, 12, 18):
        jobs.drain(order_id=answer.order_id, at=_later(second))
    opened = models.AdapterBreaker.objects.get(adapter="network")
    assert opened.probe_delay_seconds == 15
    jobs.drain(order_id=answer.order_id, at=opened.next_probe_at)
    again = models.AdapterBreaker.objects.get(adapter="network")
    assert (again.state, again.probe_delay_seconds) == ("open", 30)
    assert models.OutboxMessage.objects.filter(adapter="network", state="pending").count() == 4


def test_errors_by_chance_are_the_same_for_the_same_seed(world):
    NETWORK.behave(simulator.Behaviour(error_permille=300, seed=7))
    keys = [fw.ids.derived("test", n) for n in range(50)]
    commands = [
        ports.Command(key, "activate_line", "x", {"line_id": str(key), "msisdn": f"+3361{n:08d}", "iccid": str(n)})
        for n, key in enumerate(keys)
    ]
    refused = [answer.key for answer in NETWORK.execute(commands) if not answer.is_accepted]
    network_models.SimulatedOperation.objects.all().delete()
    network_models.SimulatedSubscriber.objects.all().delete()
    network_models.SimulatedBehaviour.objects.update(call_count=0)
    assert [answer.key for answer in NETWORK.execute(commands) if not answer.is_accepted] == refused
    assert 5 < len(refused) < 25


def test_the_network_refuses_a_number_or_a_sim_that_another_line_has(world):
    def activate(line, msisdn, iccid):
        payload = {"line_id": str(fw.ids.derived("line", line)), "msisdn": msisdn, "iccid": iccid}
        command = ports.Command(fw.ids.derived("key", line, msisdn, iccid), "activate_line", str(line), payload)
        (answer,) = NETWORK.execute([command])
        return answer.code

    assert activate(1, "+33600000001", "A") == ""
    assert activate(2, "+33600000001", "B") == "MSISDN_IN_USE"
    assert activate(2, "+33600000002", "A") == "IMSI_CONFLICT"
    assert activate(1, "+33600000001", "A") == ""


def test_a_fleet_that_existed_before_is_loaded_into_the_network_and_differences_are_named(world):
    fw.inventory_commands.install_lines(lines=[fw.new_line(world, n) for n in range(3)], actor=fw.SYSTEM, at=fw.AT)
    assert len(reconciliation.differences()) == 3
    assert simulator.load_inventory(at=fw.AT) == 3
    assert reconciliation.differences() == []
    network_models.SimulatedSubscriber.objects.filter(line_id=fw.new_line(world, 1).line_id).update(state="suspended")
    (difference,) = reconciliation.differences()
    assert (difference.inventory.split()[-1], difference.network.split()[-1]) == ("active", "suspended")
