"""`come bench orders`: numbers given while everything outside is down, orders of 10,000 lines end to end, their page, their replay.

The whole product is served (web, worker, database, simulators); a seller's requests are timed over HTTP.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from come.project.bench import report, served
from come.project.bench.quotes import client

_BIG = {"small": 300, "full": 10_000}
_NUMBERS = {"small": 20, "full": 100}
# Orders of these sizes, one after the other: the last is ten orders at once, sent together.
_GROWTH = {"small": (30, 100), "full": (100, 1_000)}
_MANY = {"small": 0, "full": 10}
_PAGES = {"small": 10, "full": 40}
_SYSTEMS = ("network", "logistics", "portability")
_WARM_LINES = 20
_SMALL_LINES = 2
_PATIENCE_SECONDS = 3_600.0
_LOOK_SECONDS = 0.5

_TAGS = re.compile(r"<[^>]+>")
_DONE, _HELD = "Terminée", "Bloquée"


@dataclasses.dataclass(frozen=True, slots=True)
class _Desk:
    """The served product, its seller, and how to speak to its simulators."""

    seller: client.Seller
    come: pathlib.Path
    given: Mapping[str, str]

    def simulate(self, system: str, *words: str) -> None:
        """Tell a simulator how to behave."""
        command = [str(self.come), "simulate", system, *words]
        subprocess.run(command, env=dict(self.given), check=True, capture_output=True)  # noqa: S603 - our own command
        self.seller.rest()

    def submit(self, quote_id: str) -> tuple[str, float]:
        """Order an accepted quote; return the order's reference and the seconds until it is durable and numbered."""
        answer = self.seller.post(f"/commandes/devis/{quote_id}/", {})
        return answer.location.rstrip("/").rsplit("/", 1)[-1], answer.seconds

    def wait(self, reference: str, *words: str) -> float:
        """Wait until the order's page says one of these words; return the seconds."""
        started = time.perf_counter()
        while time.perf_counter() - started < _PATIENCE_SECONDS:
            body = self.seller.get(f"/commandes/{reference}/suivi/?offset=0").body
            place = body.rfind('id="order-state"')
            if any(word in _TAGS.sub(" ", body[place : place + 600]) for word in words):
                return time.perf_counter() - started
            time.sleep(_LOOK_SECONDS)
        msg = f"{reference} did not become {words}"
        raise RuntimeError(msg)


def run(size: str) -> dict[str, Any]:
    """Measure orders; `size` is "full" (10,000 lines, up to 100,000 in all) or "small" (300)."""
    load = os.getloadavg()
    python = pathlib.Path(sys.executable)
    big = _BIG[size]
    sizes = [_WARM_LINES, big, big, *_GROWTH[size], *[big] * _MANY[size], *[_SMALL_LINES] * _NUMBERS[size]]
    with tempfile.TemporaryDirectory(prefix="come-orders-") as folder:
        home = pathlib.Path(folder) / "var"
        given = served.environment(home, COME_DEMO="1")
        try:
            told = _told(python, given, [str(one) for one in sizes])
            quotes = iter(told["quotes"])
            with served.serving(python.with_name("come"), given, home / "serve.log") as (base, _):
                desk = _Desk(client.Seller(base), python.with_name("come"), given)
                desk.seller.sign_in("alice", told["password"])
                warm, _seconds = desk.submit(next(quotes))
                desk.wait(warm, _DONE)
                figures = _through(desk, next(quotes), big, size)
                figures += _replayed(desk, next(quotes), big)
                figures += _growth(desk, [(count, next(quotes)) for count in _GROWTH[size]])
                figures += _many(desk, [next(quotes) for _ in range(_MANY[size])], big)
                figures += _numbers(desk, list(quotes))
        finally:
            served.stop_database(python, given)
    return report.report("orders", figures, load)


def _told(python: pathlib.Path, given: Mapping[str, str], words: list[str]) -> dict[str, Any]:
    command = [str(python), "-m", "come.project.bench.orders.world", *words]
    done = subprocess.run(command, env=dict(given), check=False, capture_output=True, text=True)  # noqa: S603 - our own program
    if done.returncode:
        msg = f"the world of orders ended with {done.returncode}:\n{done.stderr[-2000:]}"
        raise RuntimeError(msg)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _through(desk: _Desk, quote_id: str, lines: int, size: str) -> list[report.Figure]:
    """Order a big quote and follow it to its end, then read its page."""
    reference, durable = desk.submit(quote_id)
    seconds = durable + desk.wait(reference, _DONE)
    pages = [desk.seller.get(f"/commandes/{reference}/?offset={50 * place}").seconds * 1000 for place in range(_PAGES[size] + 1)]
    return [
        report.Figure(f"quote_to_order_{lines}", durable, "s", "< 15"),
        report.Figure(f"lines_per_second_{lines}", lines / seconds, "lines/s", ">= 100"),
        report.Figure(f"end_to_end_{lines}", seconds, "s"),
        # The first one warms templates and caches.
        report.Figure(f"order_page_{lines}_p95", report.percentile(pages[1:], 0.95), "ms", "< 150"),
    ]


def _replayed(desk: _Desk, quote_id: str, lines: int) -> list[report.Figure]:
    """Let the network refuse every line, then try them all again by one act."""
    desk.simulate("network", "--fail-next", str(lines), "--code", "NETWORK_TIMEOUT")
    reference, _ = desk.submit(quote_id)
    held = desk.wait(reference, _HELD)
    desk.simulate("network", "--reset", "--up")
    seconds = desk.seller.post(f"/commandes/{reference}/relancer/", {}).seconds
    seconds += desk.wait(reference, _DONE)
    return [
        report.Figure(f"held_{lines}", held, "s"),
        report.Figure(f"replay_{lines}", seconds, "s", "< 300"),
    ]


def _growth(desk: _Desk, quotes: list[tuple[int, str]]) -> list[report.Figure]:
    figures = []
    for lines, quote_id in quotes:
        reference, durable = desk.submit(quote_id)
        seconds = durable + desk.wait(reference, _DONE)
        figures.append(report.Figure(f"end_to_end_{lines}", seconds, "s"))
        figures.append(report.Figure(f"milliseconds_per_line_{lines}", 1000 * seconds / lines, "ms"))
    return figures


def _many(desk: _Desk, quotes: list[str], lines: int) -> list[report.Figure]:
    """Send ten big orders together and wait for the last."""
    if not quotes:
        return []
    started = time.perf_counter()
    references = [desk.submit(quote_id)[0] for quote_id in quotes]
    for reference in references:
        desk.wait(reference, _DONE)
    seconds = time.perf_counter() - started
    total = lines * len(quotes)
    return [
        report.Figure(f"end_to_end_{total}", seconds, "s"),
        report.Figure(f"milliseconds_per_line_{total}", 1000 * seconds / total, "ms"),
        report.Figure(f"lines_per_second_{total}", total / seconds, "lines/s", ">= 100"),
    ]


def _numbers(desk: _Desk, quotes: list[str]) -> list[report.Figure]:
    """Take orders while every system outside is down: each has its number at once."""
    for system in _SYSTEMS:
        desk.simulate(system, "--down")
    times = [desk.submit(quote_id)[1] for quote_id in quotes]
    for system in _SYSTEMS:
        desk.simulate(system, "--up")
    return [
        report.Figure("order_number_down_p99", report.percentile(times, 0.99), "s", "< 2"),
        report.Figure("orders_numbered_down", len(times), "orders"),
    ]
