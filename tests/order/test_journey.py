"""An order of 25 lines: two of them fail, are held with their cause, repaired, and go through."""

from __future__ import annotations

from decimal import Decimal

import pytest

import fleet_world as fw
from come.edges.network import models as network_models, reconciliation, simulator
from come.inventory import models as inventory_models, queries as inventory_queries
from come.order import commands, jobs, models, queries
from come.party import models as party_models
from come.shared import identifiers
from come.ticket import models as ticket_models, queries as ticket_queries


@pytest.fixture
def network():
    return simulator.NetworkSimulator()


def test_an_order_without_trouble_ends_in_the_inventory_with_its_negotiated_prices(world, drained, tmp_path):
    fw.stock(5)
    answer = drained(3)
    order = queries.order(viewer=world.alice, reference=answer.reference)
    assert (order.state, order.items) == ("completed", {"completed": 3})
    assert [(step.kind, step.counts) for step in order.steps] == [
        ("reserve_resources", {"done": 3}),
        ("ship", {"done": 3}),
        ("activate", {"done": 3}),
        ("add_options", {"done": 3}),
        ("set_up_billing", {"done": 3}),
        ("notify", {"done": 3}),
    ]
    page = inventory_queries.fleet(customer_file_id=world.company, viewer=world.alice)
    assert [(row.user_label, row.msisdn, row.state) for row in page.rows] == [
        (f"Salarié {n:03d}", identifiers.test_msisdn(n - 1), "active") for n in (1, 2, 3)
    ]
    assert [row.cost_centre_code for row in page.rows] == ["ATELIER · Atelier", "", ""]
    line = inventory_queries.line(product_id=page.rows[0].id, viewer=world.alice)
    assert [(price.code, price.amount, price.list_amount, price.clause_number) for price in line.prices] == [
        ("NV-PRO-20-MES", Decimal("0.000000"), Decimal("10.000000"), "4.3"),
        ("NV-PRO-20-M", Decimal("17.900000"), Decimal("19.900000"), "4.2"),
        ("NV-OPT-MONDE-M", Decimal("5.000000"), Decimal("5.000000"), ""),
    ]
    assert line.order_item_ref == f"{answer.reference}/1"
    terms = inventory_models.ProductUsageTerm.objects.filter(line_id=line.id).order_by("precedence", "allowance_code")
    assert [(term.tariff_code, term.precedence, term.allowance_code, term.allowance_quantity) for term in terms] == [
        ("STD", 100, "", None),
        ("STD", 100, "NV-PRO-20-DATA", 20_000_000_000),
        ("MONDE", 300, "", None),
    ]
    assert reconciliation.differences() == []
    (letter,) = (tmp_path / "mail").glob("*.eml")
    assert b"alice@novaline.example" in letter.read_bytes()


def test_two_lines_of_twenty_five_are_held_explained_repaired_and_done(world, drained, network):
    fw.stock(30)
    network.fail_next(2, "SIM_NOT_PROVISIONED")
    answer = drained(25)
    order = queries.order(viewer=world.alice, reference=answer.reference)
    assert (order.state, order.items) == ("held", {"completed": 23, "held": 2})
    (cause,) = order.causes
    assert (cause.code, cause.step_kind, cause.line_count, cause.owner_name) == ("SIM_NOT_PROVISIONED", "activate", 2, "Soutien COME")
    assert cause.cause_fr == "SIM inconnues du réseau"
    assert cause.next_step_fr.startswith("Remplacez la SIM")
    ticket = ticket_models.TroubleTicket.objects.get()
    assert (ticket.reference, ticket.signature.split("/")[:3]) == (cause.incident_reference, ["network", "activate", "SIM_NOT_PROVISIONED"])
    assert ticket_queries.ticket(reference=ticket.reference, viewer=world.alice).subscribers == ("Alice Martin",)

    held, total = queries.order_items(order_id=order.id, viewer=world.alice, at=fw.AT, state="held")
    assert total == 2
    step = held[0].current_step
    assert step.cause_fr == f"Le réseau ne connaît pas encore la SIM {held[0].iccid}."

    old_sim = held[0].iccid
    assert commands.repair_item(item_id=held[0].id, replace_sim=True, actor=world.bob, at=fw.AT) == 1
    jobs.drain(order_id=order.id, at=fw.AT)
    after = queries.order(viewer=world.alice, reference=answer.reference)
    assert after.items == {"completed": 24, "held": 1}
    assert inventory_models.SimResource.objects.get(iccid=old_sim).state == "retired"
    assert network_models.SimulatedOperation.objects.filter(operation="ship").count() == 26

    assert commands.retry_steps(signature=cause.signature, actor=world.sam, at=fw.AT) == 1
    jobs.drain(order_id=order.id, at=fw.AT)
    done = queries.order(viewer=world.alice, reference=answer.reference)
    assert (done.state, done.items, done.causes) == ("completed", {"completed": 25}, ())
    assert reconciliation.differences() == []
    assert inventory_models.ResourceAssignment.objects.filter(kind="sim", end_at=None).count() == 25


def test_a_second_order_with_the_same_cause_joins_the_same_incident_and_closing_it_replays_both(world, drained, network):
    fw.stock(10)
    network.fail_next(1, "NETWORK_TIMEOUT")
    first = drained(2)
    network.fail_next(1, "NETWORK_TIMEOUT")
    second = drained(2)
    ticket = ticket_models.TroubleTicket.objects.get()
    assert ticket_models.TicketSubject.objects.filter(ticket=ticket, kind="order").count() == 2
    (cause,) = queries.held_causes(viewer=world.alice)
    assert (cause.line_count, cause.order_count) == (2, 2)
    jobs.replay_incident(ticket_id=str(ticket.id))
    for answer in (first, second):
        jobs.drain(order_id=answer.order_id)
        assert queries.order(viewer=world.alice, reference=answer.reference).state == "completed"


def test_an_empty_stock_holds_only_the_lines_that_lack_something(world, drained):
    fw.stock(3, sims=2)
    answer = drained(3)
    order = queries.order(viewer=world.alice, reference=answer.reference)
    assert order.items == {"completed": 2, "held": 1}
    assert [cause.code for cause in order.causes] == ["SIM_STOCK_EMPTY"]
    fw.stock(1, first=50)
    commands.retry_steps(order_id=order.id, actor=world.alice, at=fw.AT)
    jobs.drain(order_id=order.id, at=fw.AT)
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "completed"


def test_an_order_without_a_billing_account_waits_for_one_and_its_lines_work_meanwhile(world, submitted):
    fw.stock(3)
    party_models.BillingAccount.objects.create(reference="CF-2", customer_file_id=world.company, name="Autre", created_at=fw.AT)
    answer = submitted(2, billing_account_id=None)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    order = queries.order(viewer=world.alice, reference=answer.reference)
    assert [(cause.code, cause.owner_name) for cause in order.causes] == [("BILLING_ACCOUNT_MISSING", "Alice Martin")]
    assert network_models.SimulatedSubscriber.objects.filter(state="active").count() == 2
    assert inventory_models.Product.objects.count() == 0
    (item, _), _ = queries.order_items(order_id=order.id, viewer=world.alice, at=fw.AT)
    assert commands.repair_item(item_id=item.id, billing_account_id=world.account, actor=world.alice, at=fw.AT) == 2
    jobs.drain(order_id=order.id, at=fw.AT)
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "completed"
    assert reconciliation.differences() == []


def test_suspending_and_resuming_a_fleet_is_one_order_and_the_network_comes_first(world, drained, network):
    fw.stock(3)
    drained(3)
    line_ids = inventory_queries.fleet_line_ids(customer_file_id=world.company, viewer=world.alice)
    network.fail_next(1, "NETWORK_TIMEOUT")
    answer = commands.change_lines(line_ids=line_ids, operation="suspend", reason="Congés", actor=world.alice, at=fw.AT)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    states = dict(inventory_queries.fleet(customer_file_id=world.company, viewer=world.alice).states)
    assert states == {"active": 1, "suspended": 2}
    assert reconciliation.differences() == []
    commands.retry_steps(order_id=answer.order_id, actor=world.alice, at=fw.AT)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    assert dict(inventory_queries.fleet(customer_file_id=world.company, viewer=world.alice).states) == {"suspended": 3}
    again = commands.change_lines(line_ids=line_ids, operation="resume", reason="", actor=world.alice, at=fw.AT)
    jobs.drain(order_id=again.order_id, at=fw.AT)
    assert dict(inventory_queries.fleet(customer_file_id=world.company, viewer=world.alice).states) == {"active": 3}
    assert reconciliation.differences() == []


def test_cancelling_stops_what_has_not_left_and_gives_back_its_number(world, submitted, network):
    fw.stock(3, sims=1)
    answer = submitted(2)
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    cancelled = commands.cancel_order(reference=answer.reference, reason="Le client renonce", actor=world.alice, at=fw.AT)
    assert (cancelled.cancelled, cancelled.kept) == (1, 1)
    order = queries.order(viewer=world.alice, reference=answer.reference)
    assert (order.state, order.items) == ("partial", {"cancelled": 1, "completed": 1})
    assert inventory_models.NumberResource.objects.filter(state="available").count() == 2
    assert models.OrderStep.objects.filter(state="held").count() == 0


def test_499_lines_of_500_go_through_and_the_last_says_why(world, drained, network):
    fw.stock(500)
    network.fail_next(1, "MSISDN_IN_USE")
    answer = drained(500)
    order = queries.order(viewer=world.alice, reference=answer.reference)
    assert (order.state, order.items) == ("held", {"completed": 499, "held": 1})
    assert inventory_models.Product.objects.filter(parent=None, state="active").count() == 499
    (cause,) = order.causes
    assert (cause.code, cause.line_count) == ("MSISDN_IN_USE", 1)
    held, _ = queries.order_items(order_id=order.id, viewer=world.alice, at=fw.AT, state="held")
    told = commands.cancel_order(
        reference=answer.reference, reason="Le client renonce", item_ids=[held[0].id], is_cost_accepted=True, actor=world.alice, at=fw.AT
    )
    assert (told.undoing, str(told.penalty_eur_excl_tax)) == (1, "12.00")
    jobs.drain(order_id=answer.order_id, at=fw.AT)
    over = queries.order(viewer=world.alice, reference=answer.reference)
    assert (over.state, over.items) == ("partial", {"completed": 499, "cancelled": 1})
    assert reconciliation.differences() == []


def test_the_plan_shown_before_is_the_plan_made_after(world, quotes):
    quote = fw.accepted_quote(world, 3)
    quote.lines[0].rio = "02P123456AB1"
    quotes[quote.quote_id] = quote
    shown = queries.plan_preview(quote_id=quote.quote_id, at=fw.AT)
    assert [(group.line_count, group.has_rio, len(group.steps)) for group in shown.groups] == [(2, False, 6), (1, True, 7)]
    assert models.ProductOrder.objects.count() == 0
    answer = commands.submit_order(quote_id=quote.quote_id, actor=world.alice, at=fw.AT)
    commands.advance_order(order_id=answer.order_id, actor=fw.SYSTEM, at=fw.AT)
    made = queries.order(viewer=world.alice, reference=answer.reference)
    assert [(step.kind, step.line_count, step.planned_date) for step in shown.steps] == [
        (step.kind, step.total, step.planned_date) for step in made.steps
    ]
    assert shown.promised_date == made.promised_date
