"""The states derived in SQL for sets are those of the readable policy."""

from __future__ import annotations

import importlib
import itertools

import pytest

import fleet_world as fw
from come.order import models
from come.order.policies import states

progress = importlib.import_module("come.order.commands._progress")


@pytest.mark.parametrize("is_cancelling", [False, True])
def test_sql_and_policy_derive_the_same_state_for_every_mixture_of_steps(world, submitted, is_cancelling):
    mixtures = [mixture for size in range(1, 7) for mixture in itertools.combinations(sorted(states.STEP_TRANSITIONS), size)]
    answer = submitted(len(mixtures))
    order = models.ProductOrder.objects.get(id=answer.order_id)
    items = list(models.ProductOrderItem.objects.filter(order=order).order_by("position"))
    models.OrderStep.objects.bulk_create(
        [
            models.OrderStep(
                order=order,
                item=item,
                kind=f"kind-{place}",
                sequence=place,
                adapter="network",
                state=state,
                state_since_at=fw.AT,
                planned_date=fw.AT.date(),
                maximum_age_seconds=60,
                cause_code="X" if state == "held" else "",
                cause_signature="X" if state == "held" else "",
                owner_team="support" if state == "held" else "",
                due_at=fw.AT if state == "held" else None,
            )
            for item, mixture in zip(items, mixtures, strict=True)
            for place, state in enumerate(mixture)
        ],
    )
    if is_cancelling:
        models.ProductOrderItem.objects.filter(order=order).update(cancelling_since_at=fw.AT)
    progress.derive(order, actor=fw.SYSTEM, at=fw.AT)
    derived = dict(models.ProductOrderItem.objects.filter(order=order).values_list("id", "state"))
    for item, mixture in zip(items, mixtures, strict=True):
        assert derived[item.id] == states.item_state(dict.fromkeys(mixture, 1), is_cancelling=is_cancelling), mixture
    order.refresh_from_db()
    assert order.state == states.order_state(progress.item_counts(order))
