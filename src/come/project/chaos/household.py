"""The processes of an installation that is troubled: kept up here, and killed here with -9."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from come.project import serve
from come.project.bench import served

TARGETS = ("web", "worker", "database")
_KILL_PAUSE_SECONDS = (0.3, 5.0)
_TICK_SECONDS = 0.1
_TRIES = 40


class Household:
    """Database, web server and job worker of one home; whichever is killed is started again at once."""

    def __init__(self, home: pathlib.Path) -> None:
        self._home = home
        self._environment = served.environment(home, COME_DEMO_SIZE="small", DJANGO_SETTINGS_MODULE="come.project.settings")
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.kills = dict.fromkeys(TARGETS, 0)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self._port}"

    def told(self, module: str, *words: str, tries: int = _TRIES) -> dict[str, Any]:
        """Run a module of ours that prints one JSON object; tried again when the database was killed under it."""
        said = self._run([sys.executable, "-m", module, *words], tries)
        answer: dict[str, Any] = json.loads(said.splitlines()[-1])
        return answer

    def simulate(self, system: str, *words: str) -> None:
        """Tell a simulator how to behave."""
        self._run([sys.executable, "-m", "come.project.cli", "simulate", system, *words, "--json"], _TRIES)

    def _run(self, command: Sequence[str], tries: int) -> str:
        for attempt in range(tries):
            done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
            if done.returncode == 0:
                return done.stdout
            if attempt == tries - 1:
                break
            time.sleep(1)
        msg = f"{' '.join(command[1:])} ended with {done.returncode}:\n{done.stderr[-2000:]}"
        raise RuntimeError(msg)

    @contextlib.contextmanager
    def living(self) -> Iterator[None]:
        """Keep everything up until the block ends."""
        keeper = threading.Thread(target=self._keep, daemon=True)
        keeper.start()
        try:
            self._wait_until_ready()
            yield
        finally:
            self._stopped.set()
            keeper.join()
            for child in self._children.values():
                _kill_group(child)
            served.stop_database(pathlib.Path(sys.executable), self._environment)

    @contextlib.contextmanager
    def troubled(self, seed: int) -> Iterator[threading.Event]:
        """Kill at random points until the block ends; yields what the caller sets to pause it."""
        paused = threading.Event()
        over = threading.Event()
        killer = threading.Thread(target=self._kill_at_random, args=(seed, over, paused), daemon=True)
        killer.start()
        try:
            yield paused
        finally:
            over.set()
            killer.join()

    def _keep(self) -> None:
        commands = {"web": serve.web_command(host="127.0.0.1", port=self._port, workers=2), "worker": serve.worker_command()}
        while not self._stopped.wait(_TICK_SECONDS):
            for name, command in commands.items():
                with self._lock:
                    child = self._children.get(name)
                    if child is None or child.poll() is not None:
                        if child is not None:
                            _kill_group(child)
                        self._children[name] = self._start(name, command)

    def _start(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with (self._home / f"{name}.log").open("ab") as log:
            return subprocess.Popen(command, env=self._environment, stdout=log, stderr=log, start_new_session=True)  # noqa: S603 - our own words

    def _wait_until_ready(self) -> None:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return
            time.sleep(_TICK_SECONDS)
        msg = f"the application does not answer (see {self._home}/web.log)"
        raise RuntimeError(msg)

    def _kill_at_random(self, seed: int, over: threading.Event, paused: threading.Event) -> None:
        dice = random.Random(f"{seed}:kills")  # noqa: S311 - reproducible faults
        while not over.wait(dice.uniform(*_KILL_PAUSE_SECONDS)):
            if not paused.is_set():
                self._kill(dice.choices(TARGETS, (3, 4, 3))[0])

    def _kill(self, target: str) -> None:
        if target == "database":
            path = self._home / "pg" / "postmaster.pid"
            with contextlib.suppress(OSError, ValueError, IndexError):
                os.kill(int(path.read_text().split()[0]), signal.SIGKILL)
                self.kills[target] += 1
            return
        with self._lock:
            child = self._children.get(target)
            if child is not None and child.poll() is None:
                _kill_group(child)
                self.kills[target] += 1


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def total(kills: Mapping[str, int]) -> int:
    """Return how many processes were killed."""
    return sum(kills.values())
