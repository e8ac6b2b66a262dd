"""The customer's link to an order: the seller's date, no password, nothing for whoever invents a link."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django import urls
from django.test import Client

import fleet_world as fw
from come.edges.network import simulator
from come.order import commands, models, queries
from come.order.policies import states, tracking
from come.shared import clock, obstacles
from come.staff import models as staff_models


def link(order_id: uuid.UUID) -> str:
    return urls.reverse("order:tracking", args=[queries.tracking_token(order_id=order_id)])


@pytest.fixture
def troubled(world, drained):
    fw.stock(6)
    simulator.NetworkSimulator().fail_next(2, "SIM_NOT_PROVISIONED")
    return drained(5)


def test_the_customer_reads_the_date_that_the_seller_reads(world, troubled):
    day = clock.now().date() + dt.timedelta(days=40)
    commands.move_promise(
        reference=troubled.reference, promised_date=day, reason="Le fabricant livre plus tard.", actor=world.alice, at=clock.now()
    )
    seller = queries.order(reference=troubled.reference, viewer=world.alice)
    customer = queries.tracked_order(token=queries.tracking_token(order_id=troubled.order_id), at=clock.now())
    assert customer.promised_date == seller.promised_date == day
    assert customer.promises[0].reason_fr == "Le fabricant livre plus tard."
    assert (customer.line_count, customer.done_count) == (5, 3)
    page = Client().get(link(troubled.order_id))
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    for words in (troubled.reference, "3 sur 5", "Le fabricant livre plus tard.", "En préparation", "la date annoncée en tient compte"):
        assert words in page.text
    # What holds a line is ours to know and to mend.
    assert "SIM inconnues du réseau" not in page.text
    assert "Soutien COME" not in page.text


def test_the_order_page_gives_the_link(world, troubled):
    seller = Client()
    seller.force_login(staff_models.StaffMember.objects.get(id=world.alice.staff_id), backend="django.contrib.auth.backends.ModelBackend")
    page = seller.get(urls.reverse("order:order", args=[troubled.reference]))
    assert f"http://testserver{link(troubled.order_id)}" in page.text


@pytest.mark.parametrize(
    "change", [lambda token: token[:-1], lambda token: "x" + token, lambda token: token.split(".")[0], lambda _: "CMD-2026-000001"]
)
def test_a_link_that_was_not_given_opens_nothing(troubled, change):
    token = change(queries.tracking_token(order_id=troubled.order_id))
    assert Client().get(urls.reverse("order:tracking", args=[token])).status_code == 404
    with pytest.raises(obstacles.Refusal):
        queries.tracked_order(token=token, at=clock.now())


def test_three_months_after_its_end_the_link_says_that_it_is_closed(world, drained):
    fw.stock(3)
    done = drained(2)
    ended = models.ProductOrder.objects.get(id=done.order_id).completed_at
    token = queries.tracking_token(order_id=done.order_id)
    assert len(queries.tracked_order(token=token, at=ended + dt.timedelta(days=89)).lines) == 2
    later = queries.tracked_order(token=token, at=ended + dt.timedelta(days=tracking.KEPT_DAYS))
    assert (later.is_over, later.lines, later.promises) == (True, (), ())


def test_a_line_that_waits_for_us_says_whether_the_date_still_holds():
    assert "en tient compte" in str(tracking.note("held", is_late=False))
    assert str(tracking.note("held", is_late=True)) == "Un point reste à régler de notre côté."
    assert tracking.note("inProgress", is_late=True) == ""


def test_every_state_has_a_word_for_customers():
    assert set(tracking.CUSTOMER_WORDS) == set(states.ORDER_TRANSITIONS) >= set(states.ITEM_TRANSITIONS)


def test_the_page_costs_the_same_for_any_number_of_lines(drained, django_assert_num_queries):
    fw.stock(12)
    small, large = drained(1), drained(8)
    for order in (small, large):
        token = queries.tracking_token(order_id=order.order_id)
        with django_assert_num_queries(6):
            queries.tracked_order(token=token, at=clock.now())
