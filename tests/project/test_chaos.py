"""The run that troubles orders: its acts are reproducible and true, and what must never happen does not."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

from come.project.chaos import customers, household
from come.shared import identifiers

WORLD = {
    "key": "",
    "password": "",
    "customers": [{"reference": "CLI-1", "plans": ["MOB"], "account": "a"}, {"reference": "CLI-2", "plans": [], "account": "b"}],
    "lines": {"CLI-1": [f"line-{number}" for number in range(40)]},
    "elsewhere": [identifiers.test_msisdn(900_000 + number) for number in range(400)],
}


def test_the_acts_of_a_seed_are_always_the_same_and_others_for_another():
    assert customers.draw(7, 80, WORLD) == customers.draw(7, 80, WORLD)
    assert customers.draw(7, 80, WORLD) != customers.draw(8, 80, WORLD)


def test_acts_are_of_mixed_kinds_touch_a_line_once_and_port_with_true_keys():
    acts = customers.draw(7, 80, WORLD)
    assert {act.kind for act in acts} == {"install", "port_in", "suspend", "terminate"}
    touched = [line for act in acts for line in act.lines]
    assert len(touched) == len(set(touched)) > 10
    ported = [
        {one["name"]: one["value"] for one in item["product"]["productCharacteristic"]}
        for act in acts
        if act.kind == "port_in"
        for item in act.body["productOrderItem"]
    ]
    assert len({traits["msisdn"] for traits in ported}) == len(ported) > 5
    assert all(identifiers.check_rio(traits["rio"], traits["msisdn"]) == traits["rio"] for traits in ported)
    assert {act.customer for act in acts if not act.lines} == {"CLI-1"}


def test_a_module_that_fails_is_said_with_its_last_words(tmp_path: pathlib.Path):
    house = household.Household(tmp_path)
    with pytest.raises(RuntimeError, match=r"No module named come\.project\.chaos\.nobody"):
        house.told("come.project.chaos.nobody", tries=1)


@pytest.mark.slow
@pytest.mark.xdist_group("demonstration")
def test_orders_survive_kills_lies_and_outages(tmp_path: pathlib.Path):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COME_", "DJANGO_"))}
    command = [sys.executable, "-m", "come.project.cli", "chaos", "orders", "--size", "small", "--json"]
    done = subprocess.run(command, env={**kept, "TMPDIR": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    figures = {figure["name"]: figure for figure in json.loads(done.stdout)["figures"]}
    assert [figure for figure in figures.values() if figure["holds"] is False] == []
    assert figures["kills"]["value"] >= 10
    assert figures["commands_delivered_twice"]["value"] > 0
    assert figures["lines_done"]["value"] > 0
