"""`come bench acts`: the seller's acts, done by a robot in a real Chromium, by keyboard alone, against their budgets."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import Any

from playwright import sync_api

from come.project import browser as browsers
from come.project.bench import report, served
from come.project.bench.acts import fleet_orders, fleet_quotes, robot
from come.shared import runtime

_BUDGETS = {"1": (9, 8), "2": (46, 41), "3": (27, 39), "4": (30, 27), "5": (8, 15), "7": (23, 29)}
"""Inputs and seconds that an act may ask: docs/benchmarks.md."""
ACTS = {
    "1": fleet_quotes.find_anything,
    "2": fleet_quotes.quote_ten_lines,
    "3": fleet_quotes.paste_and_correct,
    "4": fleet_quotes.discount_and_approval,
    "5": fleet_quotes.quote_to_order,
    "7": fleet_orders.option_on_two_hundred_lines,
}


def run(size: str) -> dict[str, Any]:
    """Do every act; `size` is "full" (the best of three, the first run warms the pages) or "small" (once)."""
    executable = browsers.executable()
    if executable is None:
        said = runtime.both(
            "pas de Chromium : `python tools/setup.py --browser` en installe un, COME_CHROMIUM en nomme un autre",
            "no Chromium: `python tools/setup.py --browser` fetches one, COME_CHROMIUM names another",
        )
        raise report.UnavailableError(said)
    load = os.getloadavg()
    figures: list[report.Figure] = []
    with tempfile.TemporaryDirectory(prefix="come-acts-") as folder:
        home = pathlib.Path(folder) / "var"
        given = served.environment(home, COME_DEMO_SIZE="small")
        come = pathlib.Path(sys.executable).with_name("come")
        subprocess.run([str(come), "demo", "--no-serve"], env=given, check=True, capture_output=True)  # noqa: S603 - our own command
        try:
            with served.serving(come, given, home / "serve.log") as (base, _), sync_api.sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=str(executable), args=["--no-sandbox"])
                world = fleet_quotes.World(chromium, base, json.loads((home / "demo.json").read_text(encoding="utf-8")), home)
                for number, act in ACTS.items():
                    efforts = [act(world) for _ in range(3 if size == "full" else 1)]
                    figures += _figures(number, min(efforts, key=lambda one: one.seconds))
                chromium.close()
        finally:
            served.stop_database(pathlib.Path(sys.executable), given)
    return report.report("acts", figures, load)


def _figures(number: str, effort: robot.Effort) -> list[report.Figure]:
    inputs, seconds = _BUDGETS[number]
    return [
        report.Figure(f"act_{number}_inputs", effort.inputs, "inputs", f"<= {inputs}"),
        report.Figure(f"act_{number}_seconds", effort.seconds, "s", f"<= {seconds}"),
        report.Figure(f"act_{number}_system_seconds", effort.system_seconds, "s"),
        report.Figure(f"act_{number}_clicks", effort.clicks, "clicks"),
    ]
