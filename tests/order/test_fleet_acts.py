"""One act on many lines: an order set that goes line by line, is stopped and resumed, and never crosses another order silently."""

from __future__ import annotations

from decimal import Decimal

import pytest

import fleet_world as fw
import racing
from come.catalogue import queries as catalogue_queries, records as catalogue
from come.edges.network import models as network_models, reconciliation, simulator
from come.inventory import commands as inventory_commands, models as inventory_models, queries as inventory_queries
from come.order import commands, jobs, models, queries, records
from come.order.policies import conflicts
from come.shared import identifiers, ids, obstacles

ADD = records.FleetAct("add_option", "NV-OPT-MONDE")
REMOVE = records.FleetAct("remove_option", "NV-OPT-MONDE")


def _fleet(world, count, **given):
    inventory_commands.install_lines(
        lines=[fw.new_line(world, number, **given) for number in range(count)], actor=fw.SYSTEM, at=fw.AT, source="reprise"
    )
    simulator.load_inventory(at=fw.AT)
    return [ids.derived("test.line", number) for number in range(count)]


@pytest.fixture
def bare(world, monkeypatch):
    """Return a fleet of five lines without the option."""
    monkeypatch.setattr(catalogue_queries, "agreements", lambda **_given: [])
    return _fleet(world, 5, parts=())


def _change(world, line_ids, act=ADD, **given):
    given = {"actor": world.alice} | given
    return commands.change_fleet(customer_file_id=world.company, line_ids=line_ids, act=act, at=fw.AT, **given)


def _options(line_id):
    return {part.offering_code for part in inventory_models.Product.objects.filter(parent_id=line_id, state="active")}


def test_an_option_is_added_to_every_line_at_its_price_and_kept_prices_do_not_move(world, bare):
    plan = queries.act_plan(customer_file_id=world.company, line_ids=bare, act=ADD, viewer=world.alice, at=fw.AT)
    assert [(group.outcome, group.line_count) for group in plan.groups] == [("changes", 5)]
    assert (plan.monthly, plan.one_off) == (Decimal("25.00"), Decimal(0))
    answer = _change(world, bare, shown_digest=plan.digest)
    assert (answer.ordered, answer.queued, answer.already, answer.refused) == (5, 0, 0, 0)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "completed"
    assert all(_options(line_id) == {"NV-OPT-MONDE"} for line_id in bare)
    line = inventory_queries.line(product_id=bare[0], viewer=world.alice)
    assert {price.code: price.amount for price in line.prices}["NV-PRO-20-M"] == Decimal("17.900000")
    assert [row.services for row in network_models.SimulatedSubscriber.objects.all()] == [["NV-OPT-MONDE"]] * 5
    again = _fleet_plan(world, bare)
    assert [(group.outcome, group.line_count) for group in again.groups] == [("already", 5)]


def _fleet_plan(world, line_ids, act=ADD):
    return queries.act_plan(customer_file_id=world.company, line_ids=line_ids, act=act, viewer=world.alice, at=fw.AT)


def test_an_option_is_removed_again(world, monkeypatch):
    monkeypatch.setattr(catalogue_queries, "agreements", lambda **_given: [])
    line_ids = _fleet(world, 2)
    answer = _change(world, line_ids, REMOVE)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert [_options(line_id) for line_id in line_ids] == [set(), set()]


def test_lines_that_cannot_change_say_why_and_do_not_hold_the_others(world, bare):
    inventory_commands.change_state(product_ids=bare[:1], to="terminated", reason="", actor=fw.SYSTEM, at=fw.AT)
    plan = _fleet_plan(world, bare)
    assert [(group.outcome, group.line_count) for group in plan.groups] == [("changes", 4), ("refused", 1)]
    assert str(plan.groups[1].reasons[0].message) == "La ligne Ligne 00000 n’est plus en service."
    answer = _change(world, bare)
    assert (answer.ordered, answer.refused) == (4, 1)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (records.FleetAct("dance"), "order.act_unknown"),
        (records.FleetAct("add_option", "NV-PRO-20"), "order.act_offering"),
        (records.FleetAct("swap_plan", "NV-OPT-MONDE"), "order.act_offering"),
        (records.FleetAct("remove_option"), "order.act_offering"),
    ],
)
def test_an_act_that_cannot_be_done_at_all_is_refused_and_nothing_is_ordered(world, bare, act, code):
    with pytest.raises(obstacles.Refusal) as refused:
        _change(world, bare, act)
    assert refused.value.code == code
    assert models.ProductOrder.objects.count() == 0


def test_what_moved_since_it_was_shown_is_not_ordered(world, bare):
    shown = _fleet_plan(world, bare)
    inventory_commands.change_state(product_ids=bare[:1], to="terminated", reason="", actor=fw.SYSTEM, at=fw.AT)
    with pytest.raises(obstacles.Refusal) as refused:
        _change(world, bare, shown_digest=shown.digest)
    assert refused.value.code == "order.act_moved"
    assert models.ProductOrder.objects.count() == 0


def test_a_seller_of_another_agency_sees_no_line_of_this_fleet(world, bare):
    with pytest.raises(obstacles.NotAllowed):
        _change(world, bare, actor=world.charlie)
    assert models.ProductOrder.objects.count() == 0


def test_a_pasted_list_says_every_wrong_number_at_once(world, bare):
    pasted = f"{identifiers.test_msisdn(0)}\n\n12\n{identifiers.test_msisdn(1)}\n0639980999\n{identifiers.test_msisdn(0)}\n"
    found, wrong = queries.numbered_lines(customer_file_id=world.company, pasted=pasted)
    assert sorted(found) == sorted(bare[:2])
    assert [(one.code, one.path) for one in wrong] == [("order.number_unreadable", "numbers/3"), ("order.number_unknown", "numbers/5")]


def test_a_stopped_order_lets_nothing_leave_and_goes_on_where_it_stood(world, bare):
    answer = _change(world, bare)
    commands.advance_order(order_id=answer.order_id, actor=fw.SYSTEM, at=fw.AT, wave=2)
    assert commands.stop_order(reference=answer.reference, actor=world.bob, at=fw.AT) is True
    assert commands.stop_order(reference=answer.reference, actor=world.bob, at=fw.AT) is False
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert network_models.SimulatedOperation.objects.count() == 0
    assert queries.orders_to_advance(at=fw.AT, limit=10) == []
    with pytest.raises(obstacles.NotFound):
        commands.resume_order(reference=answer.reference, actor=world.charlie, at=fw.AT)
    assert commands.resume_order(reference=answer.reference, actor=world.alice, at=fw.AT) is True
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert network_models.SimulatedOperation.objects.filter(operation="modify_line").count() == 5
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "completed"


def test_a_second_order_on_a_line_comes_after_the_first(world, bare):
    first = _change(world, bare[:2])
    second = commands.change_lines(line_ids=bare[:3], operation="suspend", reason="", actor=world.bob, at=fw.AT)
    jobs.drain(order_id=second.order_id, at=fw.AT)
    assert queries.order(viewer=world.bob, reference=second.reference).items == {"acknowledged": 2, "completed": 1}
    assert [waiting.reference for waiting in queries.order(viewer=world.bob, reference=second.reference).waits_for] == [first.reference]
    jobs.drain(order_id=first.order_id, at=fw.AT)
    assert second.order_id in queries.orders_to_advance(at=fw.AT, limit=10)
    jobs.drain(order_id=second.order_id, at=fw.AT)
    done = queries.order(viewer=world.bob, reference=second.reference)
    assert (done.state, done.waits_for) == ("completed", ())
    assert _options(bare[0]) == {"NV-OPT-MONDE"}
    assert reconciliation.differences() == []


def test_what_another_order_already_does_is_left_to_it_and_said(world, bare):
    first = commands.change_lines(line_ids=bare[:1], operation="suspend", reason="", actor=world.alice, at=fw.AT)
    answer = _change(world, bare[:2], records.FleetAct("suspend"), actor=world.bob)
    assert (answer.ordered, answer.already) == (1, 1)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.change_lines(line_ids=bare[:1], operation="suspend", reason="", actor=world.bob, at=fw.AT)
    said = str(refused.value.obstacles[0].message)
    assert f"Déjà dans la commande {first.reference} : suspension, passée par Alice Martin le" in said
    assert models.ProductOrder.objects.count() == 2


def test_nothing_is_ordered_on_a_line_that_is_being_terminated(world, bare):
    commands.change_lines(line_ids=bare[:1], operation="terminate", reason="", actor=world.alice, at=fw.AT)
    answer = _change(world, bare[:2])
    assert (answer.ordered, answer.refused) == (1, 1)
    with pytest.raises(obstacles.Refusal):
        _change(world, bare[:1])


@pytest.mark.parametrize(
    ("running", "wanted", "then"),
    [
        ("modify", "modify", "queue"),
        ("suspend", "modify", "queue"),
        ("terminate", "modify", "refuse"),
        ("terminate", "terminate", "merge"),
        ("install", "suspend", "queue"),
        ("resume", "resume", "merge"),
    ],
)
def test_the_policy_of_each_pair_is_that_of_the_file(running, wanted, then):
    assert conflicts.outcome(running=running, wanted=wanted) == then


@pytest.fixture
def raced(transactional_db, monkeypatch):
    snapshot = catalogue.CatalogueSnapshot(fw.AT.date(), "hash", fw.OFFERINGS, ())
    monkeypatch.setattr(catalogue_queries, "catalogue_snapshot", lambda **_given: snapshot)
    monkeypatch.setattr(catalogue_queries, "agreements", lambda **_given: [])
    world = fw.build()
    return world, _fleet(world, 1, parts=())


def _two_sellers(world, line_ids, monkeypatch):
    meeting = racing.Meeting()
    judge = queries.act_plan

    def judge_then_wait(**given):
        found = judge(**given)
        meeting.wait()
        return found

    monkeypatch.setattr(queries, "act_plan", judge_then_wait)
    return racing.together(*(lambda actor=actor: _change(world, line_ids, actor=actor) for actor in (world.alice, world.bob)))


def test_two_sellers_on_one_line_at_once_come_one_after_the_other(raced, monkeypatch):
    world, line_ids = raced
    answers = _two_sellers(world, line_ids, monkeypatch)
    assert sorted((answer.ordered, answer.queued) for answer in answers) == [(1, 0), (1, 1)]


def test_without_the_company_lock_two_sellers_do_not_see_each_other(raced, monkeypatch):
    world, line_ids = raced
    monkeypatch.setattr("come.order.commands._conflicts.lock_company", lambda _company: None)
    answers = _two_sellers(world, line_ids, monkeypatch)
    assert [(answer.ordered, answer.queued) for answer in answers] == [(1, 0), (1, 0)]
