"""The simulators are told how to behave from the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import fleet_world as fw
from come.edges.network import cli, simulator

pytestmark = pytest.mark.django_db


def run(*arguments):
    return CliRunner().invoke(cli.simulate, arguments)


def test_options_add_up_until_they_are_reset():
    assert run("network", "--fail-next", "2", "--code", "SIM_NOT_PROVISIONED").exit_code == 0
    told = json.loads(run("network", "--latency-ms", "5", "--json").output)
    assert (told["fail_next"], told["fail_code"], told["latency_ms"], told["is_down"]) == (2, "SIM_NOT_PROVISIONED", 5, False)
    assert json.loads(run("network", "--down", "--json").output)["is_down"] is True
    run("network", "--reset")
    assert simulator.NetworkSimulator().behaviour() == simulator.Behaviour()


def test_each_system_behaves_on_its_own():
    run("logistics", "--down")
    assert simulator.LogisticsSimulator().behaviour().is_down
    assert not simulator.PortabilitySimulator().behaviour().is_down


def test_a_rate_beyond_a_thousand_is_refused():
    assert run("network", "--error-permille", "1001").exit_code == 2


def test_the_fleet_is_loaded_then_compared():
    world = fw.build()
    fw.inventory_commands.install_lines(lines=[fw.new_line(world, 1)], actor=fw.SYSTEM, at=fw.AT)
    found = run("compare", "--json")
    assert (found.exit_code, len(json.loads(found.output))) == (1, 1)
    assert run("load").output == "1\n"
    assert (run("compare").exit_code, json.loads(run("compare", "--json").output)) == (0, [])
