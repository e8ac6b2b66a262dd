"""An order is taken once, whatever happens, and by those who may."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types

import pytest
from django.db import IntegrityError, connection, transaction

import fleet_world as fw
from come.catalogue import queries as catalogue_queries
from come.order import commands, models, queries
from come.shared import models as shared_models, obstacles


def test_a_double_click_gives_one_order(world, quotes):
    quote = quotes.setdefault("q", fw.accepted_quote(world, 2))
    quotes[quote.quote_id] = quote
    answers = {
        commands.submit_order(quote_id=quote.quote_id, actor=world.alice.with_request(request_id), at=fw.AT)
        for request_id in ("click-1", "click-1", "click-2", "")
    }
    assert len(answers) == 1
    assert models.ProductOrder.objects.count() == 1
    assert models.ProductOrderItem.objects.count() == 2
    assert shared_models.EventLog.objects.filter(name="OrderSubmitted").count() == 1


def test_the_database_itself_refuses_a_second_order_for_a_quote(world, submitted):
    answer = submitted(1)
    first = models.ProductOrder.objects.get(id=answer.order_id)
    with pytest.raises(IntegrityError, match="quote_id"), transaction.atomic():
        models.ProductOrder.objects.create(
            reference="CMD-X",
            kind="install",
            state_since_at=fw.AT,
            quote_id=first.quote_id,
            customer_file_id=world.company,
            agency_id=world.lyon,
            ordered_by_name="x",
            ordered_at=fw.AT,
            line_count=1,
        )


def test_the_job_is_deferred_in_the_same_commit(world, submitted):
    answer = submitted(1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'order.advance_order' AND args->>'order_id' = %s",
            [str(answer.order_id)],
        )
        assert cursor.fetchone() == (1,)


def test_lines_keep_their_ids_and_are_grouped_by_pattern(world, submitted, quotes):
    submitted(4)
    (quote,) = quotes.values()
    assert list(models.ProductOrderItem.objects.order_by("position").values_list("stable_line_id", flat=True)) == [
        line.stable_id for line in quote.lines
    ]
    assert models.OrderPattern.objects.count() == 1


def test_an_empty_quote_and_an_offer_that_left_the_catalogue_are_refused(world, submitted, quotes):
    with pytest.raises(obstacles.Refusal) as refused:
        submitted(0)
    assert refused.value.code == "order.empty"
    quote = fw.accepted_quote(world, 1)
    quote.lines[0].plan_code = "NV-DISPARU"
    quotes[quote.quote_id] = quote
    with pytest.raises(obstacles.Refusal) as refused:
        commands.submit_order(quote_id=quote.quote_id, actor=world.alice, at=fw.AT)
    assert refused.value.code == "order.offering_unknown"
    assert models.ProductOrder.objects.count() == 0


def test_what_was_accepted_stays_orderable_when_its_offer_has_changed_since(world, submitted, monkeypatch):
    newer = dataclasses.replace(fw.OFFERINGS["NV-PRO-20"], version=2, prices=(), tariff_code="AUTRE")
    snapshot = types.SimpleNamespace(offerings={"NV-PRO-20": newer}, version_hash="h2")
    monkeypatch.setattr(catalogue_queries, "catalogue_snapshot", lambda **_given: snapshot)
    monkeypatch.setattr(catalogue_queries, "offering_versions", lambda *, code, **_given: [newer, fw.OFFERINGS[code]])
    submitted(1)
    pattern = models.OrderPattern.objects.get()
    assert pattern.plan_version == 1
    assert [(one["code"], one["version"], len(one["prices"])) for one in pattern.frozen["offerings"]] == [
        ("NV-PRO-20", 1, 2),
        ("NV-OPT-MONDE", 1, 1),
    ]


def test_charlie_of_another_agency_neither_orders_nor_sees_nor_repairs(world, submitted, quotes):
    quote = fw.accepted_quote(world, 1)
    quotes[quote.quote_id] = quote
    with pytest.raises(obstacles.NotAllowed):
        commands.submit_order(quote_id=quote.quote_id, actor=world.charlie, at=fw.AT)
    assert models.ProductOrder.objects.count() == 0
    answer = submitted(1)
    with pytest.raises(obstacles.NotFound):
        queries.order(viewer=world.charlie, reference=answer.reference)
    assert queries.orders(viewer=world.charlie) == ([], 0)
    assert queries.search_hits(text=answer.reference, viewer=world.charlie, limit=5) == []
    with pytest.raises(obstacles.NotFound):
        commands.cancel_order(reference=answer.reference, reason="", actor=world.charlie, at=fw.AT)
    with pytest.raises(obstacles.NotFound):
        commands.move_promise(reference=answer.reference, promised_date=dt.date(2026, 12, 1), reason="x", actor=world.charlie, at=fw.AT)
    assert commands.retry_steps(order_id=answer.order_id, actor=world.charlie, at=fw.AT) == 0
    assert queries.order(viewer=world.bob, reference=answer.reference).line_count == 1


def test_a_billing_operator_does_not_order(world, quotes):
    quote = fw.accepted_quote(world, 1)
    quotes[quote.quote_id] = quote
    operator = fw.actors.Actor(staff_id=world.alice.staff_id, name="Bil", roles=frozenset({"billing_operator"}), sees_all_agencies=True)
    with pytest.raises(obstacles.NotAllowed):
        commands.submit_order(quote_id=quote.quote_id, actor=operator, at=fw.AT)


def test_promised_dates_are_kept_and_never_rewritten(world, submitted):
    answer = submitted(1)
    assert [promise.promised_date for promise in queries.order(viewer=world.alice, reference=answer.reference).promises] == [
        dt.date(2026, 10, 6)
    ]
    commands.move_promise(
        reference=answer.reference,
        promised_date=dt.date(2026, 10, 12),
        reason="Rupture de SIM",
        actor=world.alice,
        at=fw.AT + dt.timedelta(hours=1),
    )
    promises = queries.order(viewer=world.alice, reference=answer.reference).promises
    assert [(one.promised_date, one.previous_date, one.made_by_name, one.reason_fr) for one in promises] == [
        (dt.date(2026, 10, 12), dt.date(2026, 10, 6), "Alice Martin", "Rupture de SIM"),
        (dt.date(2026, 10, 6), None, "Alice Martin", "Date calculée par le plan de la commande."),
    ]
    for act in (lambda rows: rows.update(promised_date=dt.date(2026, 10, 7)), lambda rows: rows._raw_delete("default")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act(models.Promise.objects.all())


def test_a_date_does_not_move_without_a_reason_nor_into_the_past(world, submitted):
    answer = submitted(1)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.move_promise(reference=answer.reference, promised_date=dt.date(2026, 10, 1), reason=" ", actor=world.alice, at=fw.AT)
    assert [obstacle.code for obstacle in refused.value.obstacles] == ["order.promise_past", "order.promise_reason"]
    assert models.Promise.objects.count() == 1
