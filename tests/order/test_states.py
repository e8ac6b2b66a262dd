"""The state machines: every pair is decided, what follows from the parts, and the database knows the same words."""

from __future__ import annotations

import itertools
import pathlib

import pytest
from hypothesis import given, strategies

from come.order import models
from come.order.policies import states

ALLOWED = {
    "ProductOrder": 45,
    "ProductOrderItem": 28,
    "OrderStep": 11,
    "OutboxMessage": 12,
    "AdapterBreaker": 4,
}


@pytest.mark.parametrize("name", sorted(states.MACHINES))
def test_every_pair_is_decided_and_every_state_is_reachable(name):
    machine = states.MACHINES[name]
    decided = {(before, after): states.may(machine, before, after) for before, after in itertools.product(machine, machine)}
    assert sum(decided.values()) == ALLOWED[name]
    assert {after for targets in machine.values() for after in targets} <= set(machine)
    reached, frontier = set(), {next(iter(machine))}
    while frontier:
        reached |= frontier
        frontier = {after for before in frontier for after in machine[before]} - reached
    assert reached == set(machine)


@pytest.mark.parametrize("name", sorted(states.MACHINES))
def test_the_database_knows_the_same_states(name):
    (constraint,) = [one for one in getattr(models, name)._meta.constraints if one.name.endswith("_state_known")]
    assert dict(constraint.condition.children)["state__in"] == sorted(states.MACHINES[name])


def test_the_life_of_an_order_is_drawn_from_the_tables():
    page = (pathlib.Path(__file__).parents[2] / "docs" / "life_of_an_order.md").read_text(encoding="utf-8")
    for machine in states.MACHINES.values():
        assert states.diagram(machine) in page


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ({}, "acknowledged"),
        ({"planned": 3, "ready": 1}, "acknowledged"),
        ({"done": 1, "planned": 2}, "inProgress"),
        ({"sent": 1, "planned": 2}, "inProgress"),
        ({"done": 3, "held": 1}, "held"),
        ({"done": 4}, "completed"),
        ({"done": 1, "cancelled": 3}, "cancelled"),
        ({"cancelled": 3}, "cancelled"),
    ],
)
def test_a_line_s_state_follows_from_its_steps(steps, expected):
    assert states.item_state(steps) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ({}, "acknowledged"),
        ({"acknowledged": 5}, "acknowledged"),
        ({"acknowledged": 4, "completed": 1}, "inProgress"),
        ({"held": 2, "completed": 23}, "held"),
        ({"held": 2, "inProgress": 1}, "inProgress"),
        ({"completed": 25}, "completed"),
        ({"cancelled": 25}, "cancelled"),
        ({"completed": 24, "cancelled": 1}, "partial"),
        ({"failed": 1, "cancelled": 1}, "failed"),
    ],
)
def test_an_order_s_state_follows_from_its_lines(items, expected):
    assert states.order_state(items) == expected


@given(strategies.dictionaries(strategies.sampled_from(sorted(states.ITEM_TRANSITIONS)), strategies.integers(0, 5)))
def test_an_order_is_over_exactly_when_every_line_is(items):
    state = states.order_state(items)
    present = {name for name, count in items.items() if count}
    is_over = bool(present) and present <= states.FINAL_ITEM_STATES
    assert (state not in states.OPEN_ORDER_STATES) == is_over
