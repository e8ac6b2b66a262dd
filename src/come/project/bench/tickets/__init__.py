"""`come bench tickets`: similar incidents proposed while typing, in the whole product, among 10,000 to 100,000 tickets."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse
from collections.abc import Mapping
from typing import Any

from come.project.bench import report, served
from come.project.bench.quotes import client
from come.project.bench.tickets import sentences

_SIZES = {"small": 10_000, "full": 100_000}
_ASKED = {"small": 100, "full": 400}
_WARMING = 10


def run(size: str) -> dict[str, Any]:
    """Measure suggestions over HTTP, a signed-in seller typing; `size` is "full" (100,000 tickets) or "small" (10,000)."""
    load = os.getloadavg()
    python = pathlib.Path(sys.executable)
    count = _SIZES[size]
    with tempfile.TemporaryDirectory(prefix="come-tickets-") as folder:
        home = pathlib.Path(folder) / "var"
        given = served.environment(home)
        try:
            told = _world(python, given, count)
            with served.serving(python.with_name("come"), given, home / "serve.log") as (base, _):
                seller = client.Seller(base)
                seller.sign_in("alice", told["password"])
                figures = _typing(seller, _ASKED[size])
                figures.append(_reporting(seller))
        finally:
            served.stop_database(python, given)
    figures.append(report.Figure("tickets", count, "tickets"))
    figures.append(report.Figure("index_tickets_a_second", count / told["index_seconds"], "tickets/s"))
    return report.report("tickets", figures, load)


def _world(python: pathlib.Path, given: Mapping[str, str], count: int) -> dict[str, Any]:
    command = [str(python), "-m", "come.project.bench.tickets.world", str(count)]
    done = subprocess.run(command, env=dict(given), check=False, capture_output=True, text=True)  # noqa: S603 - our own program
    if done.returncode:
        msg = f"the world of tickets ended with {done.returncode}:\n{done.stderr[-2000:]}"
        raise RuntimeError(msg)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _typing(seller: client.Seller, asked: int) -> list[report.Figure]:
    """Ask for the suggestions of sentences that no ticket has word for word, whole and half typed."""
    seconds: list[float] = []
    answered = 0
    for number, sentence in enumerate(sentences.typed(asked + _WARMING)):
        answer = seller.get(f"/incidents/semblables/?{urllib.parse.urlencode({'description': sentence})}")
        if number >= _WARMING:
            seconds.append(answer.seconds)
            answered += "/incidents/INC-" in answer.body
    return [
        report.Figure("suggestion_p50", report.percentile(seconds, 0.5) * 1000, "ms"),
        report.Figure("suggestion_p95", report.percentile(seconds, 0.95) * 1000, "ms", "< 100"),
        report.Figure("suggestion_p99", report.percentile(seconds, 0.99) * 1000, "ms"),
        # A fast answer of nothing would be no answer.
        report.Figure("suggestion_answered", answered / asked, "share", ">= 0.95"),
    ]


def _reporting(seller: client.Seller) -> report.Figure:
    """Report by the form, the index written in the same commit."""
    seconds = [
        seller.post("/incidents/signaler/", {"description": sentence, "came_from": "/devis/", "severity": "minor"}).seconds
        for sentence in sentences.typed(40)
    ]
    return report.Figure("report_p95", report.percentile(seconds, 0.95) * 1000, "ms")
