"""One command that keeps the product up: database, web server, job worker; whichever dies is started again.

The supervisor itself is small and loads no framework. Its children run in process groups of their own, so that Ctrl-C
reaches the supervisor alone, which stops them in order; on Linux they also end by themselves when it is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import IO

import click

from come.project import cluster
from come.shared import runtime

DEFAULT_PORT = 8000
_PORTS_TRIED = 50
_TICK_SECONDS = 0.3
_READY_SECONDS = 60
_STOP_SECONDS = 25
_LONGEST_PAUSE_SECONDS = 20.0
# A child that lived this long died of something new: it is started again at once.
_STEADY_SECONDS = 60
_LARGEST_LOG_BYTES = 20 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


class ServeError(click.ClickException):
    """The product cannot be served here; the message says why and what to do."""


@dataclasses.dataclass
class Child:
    """A process that must be there, and what happened to it so far."""

    name: str
    command: list[str]
    log: pathlib.Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    not_before: float = 0.0
    failures: int = 0

    def start(self) -> None:
        """Start the process in a group of its own, its words going to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            self.process = _start(self.command, output)
        self.started_at = time.monotonic()

    def is_alive(self) -> bool:
        """Return whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Ask the process to finish what it does and end."""
        if self.process is not None and self.is_alive():
            self.process.terminate()

    def end(self, limit: float) -> None:
        """Wait for the end until `limit`, then end its whole group (a server's orphans would keep the port)."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, limit - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def buried(self) -> None:
        """Note a death: what is left of the group ends, the next start waits longer after each quick death."""
        self.end(time.monotonic())
        lived = time.monotonic() - self.started_at
        self.failures = 1 if lived > _STEADY_SECONDS else self.failures + 1
        pause = 0.0 if self.failures == 1 else min(_LONGEST_PAUSE_SECONDS, 0.5 * 2**self.failures)
        self.not_before = time.monotonic() + pause

    def last_words(self) -> str:
        """Return the end of the log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]) if self.log.exists() else ""


def _start(command: list[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "come.project.settings", "PYTHONUNBUFFERED": "1", "COME_SUPERVISED": "1"}
    return subprocess.Popen(  # noqa: S603 - our own commands
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=environment,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - the supervisor has one thread
    )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next one that nobody holds; raises ServeError when none is found."""
    for port in range(wanted, min(wanted + _PORTS_TRIED, 65536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError as error:
                raise ServeError(f"{host}:{port}: {error.strerror}") from error
            except OSError:
                continue
            return port
    raise ServeError(
        runtime.both(
            f"Aucun port libre entre {wanted} et {wanted + _PORTS_TRIED - 1} : donnez-en un par --port.",
            f"No free port between {wanted} and {wanted + _PORTS_TRIED - 1}: give one with --port.",
        )
    )


def migrate() -> None:
    """Bring the tables up to date, in a process of its own (the supervisor stays small); raises ServeError."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "come.project.settings"}
    command = [sys.executable, "-m", "django", "migrate", "--noinput", "--verbosity", "0"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise ServeError(
            runtime.both("La mise à jour des tables a échoué.", "The tables could not be brought up to date.") + f"\n{done.stderr[-2000:]}"
        )


def web_command(*, host: str, port: int, workers: int) -> list[str]:
    """Return the web server's command line."""
    options = ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", "4"]
    options += [
        "--respawn-failed-workers",
        "--respawn-interval",
        "0.5",
        "--workers-kill-timeout",
        "10",
        "--no-ws",
        "--log-level",
        "warning",
    ]
    return [sys.executable, "-m", "granian", *options, "come.project.wsgi:application"]


def worker_command() -> list[str]:
    """Return the job worker's command line."""
    return [sys.executable, "-m", "come.project.cli", "worker"]


class Supervisor:
    """Keeps the database and the children alive until it is told to stop."""

    def __init__(self, *, host: str, port: int, web_workers: int, with_worker: bool) -> None:
        self.host = host
        self.port = port
        logs = cluster.home() / "log"
        self.children = [Child("web", web_command(host=host, port=port, workers=web_workers), logs / "web.log")]
        if with_worker:
            self.children.append(Child("worker", worker_command(), logs / "worker.log"))
        self.is_stopping = False
        self._postmaster = cluster.postmaster_pid()

    @property
    def url(self) -> str:
        """Return where a browser finds the product."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def run(self, *, on_ready: Callable[[str], None]) -> None:
        """Start everything, call `on_ready` with the address once it answers, and keep it up until a signal."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        announced = False
        started = time.monotonic()
        try:
            while not self.is_stopping:
                self._keep_database()
                self._keep_children()
                if not announced and self._answers():
                    announced = True
                    on_ready(self.url)
                if not announced and time.monotonic() - started > _READY_SECONDS:
                    raise ServeError(self._not_ready())
                time.sleep(_TICK_SECONDS)
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, *_: object) -> None:
        self.is_stopping = True

    def _keep_database(self) -> None:
        if not cluster.address().is_embedded:
            return
        present = cluster.postmaster_pid()
        if present is not None and present == self._postmaster:
            return
        with contextlib.suppress(cluster.ClusterError):  # tried again at the next tick
            cluster.ensure_running()
            present = cluster.postmaster_pid()
        if present is not None and present != self._postmaster:
            _say("base de données relancée", "database started again")
            self._postmaster = present

    def _keep_children(self) -> None:
        for child in self.children:
            if child.is_alive() or time.monotonic() < child.not_before:
                continue
            if child.process is not None and not child.not_before:
                _say(
                    f"« {child.name} » s’est arrêté ; on le relance (journal : {child.log})",
                    f"{child.name} died, started again (log: {child.log})",
                )
                child.buried()
                if time.monotonic() < child.not_before:
                    continue
            child.not_before = 0.0
            child.start()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", "/connexion/")
            return connection.getresponse().status < 500
        except OSError:
            return False
        except http.client.HTTPException:
            return False
        finally:
            connection.close()

    def _not_ready(self) -> str:
        words = "\n".join(f"--- {child.log}\n{child.last_words()}" for child in self.children)
        return runtime.both("L’application ne répond pas.", "The application does not answer.") + f"\n{words}"

    def _end(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        limit = time.monotonic() + _STOP_SECONDS
        for child in self.children:
            child.end(limit)
        if cluster.address().is_embedded and not cluster.has_other_clients():
            cluster.stop()


def _say(french: str, english: str) -> None:
    click.echo(f"{time.strftime('%H:%M:%S')} {runtime.both(french, english)}", err=True)


def run(
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    web_workers: int = 2,
    with_worker: bool = True,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the product until Ctrl-C: database up, tables up to date, web server and worker kept alive.

    `on_ready` is called once with the address when the application answers (printed by default). A busy port is said and
    the next free one taken. Raises ServeError, cluster.ClusterError.
    """
    found = free_port(host, port)
    if found != port:
        click.echo(runtime.both(f"Le port {port} est déjà pris : on prend le {found}.", f"Port {port} is taken: using {found}."))
    cluster.ensure_running()
    # Where collected static files may be put; the server looks there, even when nothing is.
    (cluster.home() / "static").mkdir(exist_ok=True)
    migrate()
    supervisor = Supervisor(host=host, port=found, web_workers=web_workers, with_worker=with_worker)
    supervisor.run(on_ready=on_ready or announce)


def announce(url: str) -> None:
    """Print where the product is served."""
    click.echo(runtime.both(f"COME est ouvert : {url}   (Ctrl-C pour arrêter)", f"COME is served at {url}   (Ctrl-C to stop)"))
