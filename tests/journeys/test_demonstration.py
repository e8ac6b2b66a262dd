"""The whole road, told small: from an offer to invoices; then told again while everything is killed.

Each telling has a home of its own: its own database server, its own files.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demonstration")]

_LOOK = """
import json, sys
from come.shared import runtime
runtime.setup_django()
from django.db import connection
def one(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [str(value) for value in cursor.fetchone()]
print(json.dumps({name: one(sql) for name, sql in json.loads(sys.argv[1]).items()}))
"""
_QUESTIONS = {
    "lines": "SELECT count(*) FROM inventory_product WHERE kind = 'line' AND parent_id IS NULL AND state = 'active'",
    "numbers_twice": "SELECT count(*) FROM (SELECT number_id FROM inventory_resource_assignment WHERE number_id IS NOT NULL"
    " AND end_at IS NULL GROUP BY 1 HAVING count(*) > 1) twice",
    "orders": "SELECT count(*), min(state), max(state) FROM order_product_order",
    "quotes": "SELECT count(*), min(state) FROM quote_quote",
    "files": "SELECT count(*), sum(records_in), sum(accepted), sum(duplicates), sum(suspended) FROM usage_usage_file",
    "bills": "SELECT count(*), count(DISTINCT number), min(number), max(number), sum(net_amount), sum(tax_amount), sum(gross_amount)"
    " FROM billing_customer_bill WHERE state = 'issued'",
    "ledger": "SELECT sum(debit) - sum(credit), sum(debit) FROM billing_ledger_line",
    "network_twice": "SELECT count(*) FROM (SELECT key FROM edges_network_simulated_operation GROUP BY 1 HAVING count(*) > 1) twice",
}


def _environment(home: pathlib.Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COME_", "DJANGO_"))}
    return {**kept, "COME_HOME": str(home), "COME_DEMO_SIZE": "small"}


def _tell(home: pathlib.Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "come.project.cli", "demo", "--no-serve"]
    with (home / "told.log").open("ab") as log:
        return subprocess.Popen(command, env=_environment(home), stdout=log, stderr=log, start_new_session=True)


def _look(home: pathlib.Path) -> dict[str, list[str]]:
    command = [sys.executable, "-c", _LOOK, json.dumps(_QUESTIONS)]
    done = subprocess.run(command, env=_environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _stop(home: pathlib.Path) -> None:
    command = [sys.executable, "-c", "from come.project import cluster; cluster.stop()"]
    subprocess.run(command, env=_environment(home), check=True)


def _finish(home: pathlib.Path) -> None:
    child = _tell(home)
    assert child.wait(600) == 0, (home / "told.log").read_text()[-4000:]


@pytest.fixture(scope="module")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    home = tmp_path_factory.mktemp("told")
    try:
        _finish(home)
        facts = _look(home)
        facts["pdf"] = [str(len(list((home / "invoices").glob("*.pdf"))))]
        return facts
    finally:
        _stop(home)


def test_every_line_of_the_story_is_active_once(told_once: dict[str, list[str]]) -> None:
    assert int(told_once["lines"][0]) > 375
    assert told_once["numbers_twice"] == ["0"]
    assert told_once["orders"] == ["2", "completed", "held"]
    assert told_once["quotes"] == ["3", "accepted"]


def test_every_invoice_is_drawn_and_numbered_without_a_gap(told_once: dict[str, list[str]]) -> None:
    count, distinct, first, last, net, tax, gross = told_once["bills"]
    assert int(count) == int(distinct) == int(told_once["pdf"][0]) > 0
    assert int(last.rsplit("-", 1)[1]) - int(first.rsplit("-", 1)[1]) + 1 == int(count)
    assert round(float(net) + float(tax), 2) == round(float(gross), 2)


def test_every_record_of_the_month_is_accounted_for(told_once: dict[str, list[str]]) -> None:
    _, records_in, accepted, duplicates, suspended = (int(value) for value in told_once["files"])
    assert records_in == accepted + duplicates + suspended
    assert accepted > 0
    assert duplicates > 0
    assert suspended > 0


def test_the_ledger_is_balanced_and_equals_the_invoices(told_once: dict[str, list[str]]) -> None:
    difference, debit = told_once["ledger"]
    assert float(difference) == 0
    assert float(debit) == float(told_once["bills"][6])


def test_told_again_while_everything_is_killed_it_is_the_same(
    told_once: dict[str, list[str]],
    tmp_path: pathlib.Path,
) -> None:
    dice = random.Random(20261123)
    try:
        for _ in range(10):
            child = _tell(tmp_path)
            try:
                assert child.wait(dice.uniform(2.0, 9.0)) == 0, (tmp_path / "told.log").read_text()[-4000:]
                break
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
            if dice.random() < 0.5:
                _kill_database(tmp_path)
        _finish(tmp_path)
        facts = _look(tmp_path)
        facts["pdf"] = [str(len(list((tmp_path / "invoices").glob("*.pdf"))))]
        assert facts == told_once
    finally:
        _stop(tmp_path)


def _kill_database(home: pathlib.Path) -> None:
    path = home / "pg" / "postmaster.pid"
    if path.exists():
        os.kill(int(path.read_text().split()[0]), signal.SIGKILL)
        time.sleep(0.1)
