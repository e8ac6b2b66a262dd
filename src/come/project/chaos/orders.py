"""`come chaos orders`: orders of mixed kinds while processes are killed and the outside lies; then everything is counted.

A partner's system orders by the API and a seller on the screens. Web server, job worker and database are killed with -9 at
random points; the simulated network, carrier and porting desk lose answers, receive commands twice, refuse, and go down
twice. Then the outside is well again, each cause is repaired once on the repairs page, and the tables are read.
"""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import tempfile
import threading
import time
from typing import Any

from come.project.bench import report
from come.project.chaos import customers, household

_ACTS = {"small": 60, "full": 1_000}
_KILLS = {"small": 10, "full": 100}
_CALLERS = 3
_SYSTEMS = ("network", "logistics", "portability")
_LIES = ("--error-permille", "50", "--lost-answer-permille", "50", "--duplicate-permille", "50")
_OUTAGE_SECONDS = 15.0
_SETTLING_SECONDS = 900.0
_LOOK_SECONDS = 3.0


def run(size: str, seed: int) -> dict[str, Any]:
    """Trouble a small operator's orders; `size` is "full" (1,000 acts, 100 kills) or "small"."""
    load = os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="come-chaos-") as folder:
        house = household.Household(pathlib.Path(folder))
        world = house.told("come.project.chaos.world", str(_ACTS[size] * 4), tries=1)
        with house.living():
            trouble = _Trouble(house, seed, _KILLS[size])
            told = trouble.go(customers.draw(seed, _ACTS[size], world), world)
            figures = trouble.figures(told)
    return report.report("orders", figures, load)


class _Trouble:
    """One run: what was asked, what was seen on the way, what stands at the end."""

    def __init__(self, house: household.Household, seed: int, kills: int) -> None:
        self._house = house
        self._seed = seed
        self._kills = kills
        self._promises: dict[str, str] = {}
        self._rewritten: set[str] = set()
        self._before_repair: dict[str, Any] = {}
        self._end: dict[str, Any] = {}
        self._outages = 0
        self._started = time.monotonic()
        self._seconds = 0.0

    def go(self, acts: list[customers.Act], world: dict[str, Any]) -> list[customers.Told]:
        """Ask every act under fire, then let things settle, repair each cause once, and count."""
        for system in _SYSTEMS:
            self._house.simulate(system, *_LIES, "--seed", str(self._seed))
        with self._house.troubled(self._seed):
            over = threading.Event()
            breaker = threading.Thread(target=self._outages_until, args=(over,), daemon=True)
            breaker.start()
            told = _ask_all(acts, world, self._house.base, self._seed)
            while household.total(self._house.kills) < self._kills or self._outages < len(_SYSTEMS[:2]):
                time.sleep(_LOOK_SECONDS)
                self._look()
            over.set()
            breaker.join()
        self._before_repair = self._settled()
        for system in _SYSTEMS:
            self._house.simulate(system, "--reset", "--up")
        client = customers.Client(self._house.base, world, self._seed)
        for signature in self._before_repair["signatures"]:
            client.repair(signature)
        self._end = self._settled()
        self._seconds = time.monotonic() - self._started
        return told

    def _outages_until(self, over: threading.Event) -> None:
        """Take the network down, then the carrier, while orders come in."""
        for system in _SYSTEMS[:2]:
            if over.wait(_OUTAGE_SECONDS):
                return
            self._house.simulate(system, "--down")
            over.wait(_OUTAGE_SECONDS)
            self._house.simulate(system, "--up")
            self._outages += 1

    def _look(self) -> dict[str, Any]:
        found = self._house.told("come.project.chaos.truth")
        self._rewritten |= {number for number, said in self._promises.items() if found["promises"].get(number) != said}
        self._promises |= found["promises"]
        return found

    def _settled(self) -> dict[str, Any]:
        """Wait until nothing moves any more: twice the same picture, nothing left to send or to see."""
        until = time.monotonic() + _SETTLING_SECONDS
        found = self._look()
        while time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
            before, found = found, self._look()
            moved = any(before[name] != found[name] for name in ("lines_done", "lines_held", "orders"))
            if not moved and not found["messages_open"] and not found["steps_ready"]:
                return found
        return found

    def figures(self, told: list[customers.Told]) -> list[report.Figure]:
        """Return what was done and what must never happen."""
        end = self._end
        answered = [one for one in told if one.references]
        refused = [one for one in told if not one.references]
        references = {reference for one in answered for reference in one.references}
        kills = self._house.kills
        return [
            report.Figure("orders_asked", len(told), "orders"),
            report.Figure("orders_numbered", len(answered), "orders", f">= {len(told) - len(refused)}"),
            report.Figure("orders_refused", len(refused), "orders", "<= 0", "; ".join(sorted({one.refusal[:120] for one in refused}))),
            report.Figure("orders_of_one_act_twice", sum(len(set(one.references)) > 1 for one in answered), "orders", "<= 0"),
            report.Figure("orders_nobody_was_told_of", len(set(end["references"]) - references), "orders", "<= 0"),
            report.Figure("orders_told_and_lost", len(references - set(end["references"])), "orders", "<= 0"),
            report.Figure("requests_sent", sum(one.tries for one in told), "requests"),
            report.Figure("seconds_to_number_p99", report.percentile([one.seconds for one in answered], 0.99), "s"),
            report.Figure("kills", household.total(kills), "kills", f">= {self._kills}"),
            *(report.Figure(f"kills_{name}", count, "kills") for name, count in kills.items()),
            report.Figure("outages", self._outages, "outages", ">= 2"),
            report.Figure("commands_delivered_twice", end["deliveries_twice"], "commands"),
            report.Figure("messages_sent_again", end["messages_sent_again"], "messages"),
            report.Figure("lines", end["lines"], "lines"),
            report.Figure("lines_done", end["lines_done"], "lines"),
            report.Figure("lines_held_before_repair", self._before_repair["lines_held"], "lines", note=_said(self._before_repair)),
            report.Figure("acts_of_repair", len(self._before_repair["signatures"]), "acts"),
            report.Figure("lines_held_at_the_end", end["lines_held"], "lines", note=_said(end)),
            *(
                report.Figure(name, end[name], "lines" if "lines" in name else "cases", "<= 0")
                for name in (
                    "lines_unexplained", "network_differences", "numbers_twice", "sims_twice", "effects_twice", "effects_unasked",
                    "successes_without_effect",
                )
            ),
            report.Figure("promises", len(self._promises), "promises"),
            report.Figure("promises_rewritten", len(self._rewritten), "promises", "<= 0"),
            report.Figure("duration", self._seconds, "s"),
        ]  # fmt: skip


def _ask_all(acts: list[customers.Act], world: dict[str, Any], base: str, seed: int) -> list[customers.Told]:
    """Let a few callers share the acts; each keeps its own session."""
    own = threading.local()

    def ask(act: customers.Act) -> customers.Told:
        if not hasattr(own, "client"):
            own.client = customers.Client(base, world, seed)
        told: customers.Told = own.client.ask(act)
        return told

    with concurrent.futures.ThreadPoolExecutor(_CALLERS) as pool:
        return list(pool.map(ask, acts))


def _said(found: dict[str, Any]) -> str:
    return ", ".join(f"{cause} {count}" for cause, count in found["causes"].items())
