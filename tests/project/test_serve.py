"""`come serve` survives the death of each of its parts, and leaves nothing behind when it stops."""

from __future__ import annotations

import contextlib
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from come.project import cluster, serve

WAIT_SECONDS = 60


def _wait_for(what: Callable[[], bool]) -> bool:
    """Return whether it came true; the limit is generous: it guards against hanging, it measures nothing."""
    limit = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < limit:
        if what():
            return True
        time.sleep(0.1)
    return False


def _status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/connexion/")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_busy_port_gives_the_next_one():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        found = serve.free_port("127.0.0.1", port)
    assert port < found < port + 50


def _child(tmp_path: pathlib.Path, program: str) -> serve.Child:
    return serve.Child("sample", [sys.executable, "-c", program], tmp_path / "sample.log")


def test_child_that_dies_at_once_is_started_again_later_and_later(tmp_path):
    child = _child(tmp_path, "print('last words'); raise SystemExit(3)")
    pauses = []
    for _ in range(8):
        child.start()
        child.process.wait(WAIT_SECONDS)
        child.buried()
        pauses.append(round(max(0.0, child.not_before - time.monotonic())))
    assert pauses == [0, 2, 4, 8, 16, 20, 20, 20]
    assert "last words" in child.last_words()


def test_end_of_a_child_is_the_end_of_its_group(tmp_path):
    child = _child(tmp_path, "import subprocess, time; print(subprocess.Popen(['sleep', '600']).pid, flush=True); time.sleep(600)")
    child.start()
    assert _wait_for(lambda: child.last_words() != "")
    grandchild = psutil.Process(int(child.last_words()))
    child.process.kill()
    child.process.wait(WAIT_SECONDS)
    child.buried()
    assert _wait_for(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE)


@pytest.fixture
def served(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[psutil.Process, int]]:
    monkeypatch.setenv("COME_HOME", str(tmp_path))
    monkeypatch.delenv("COME_DATABASE_URL", raising=False)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (tmp_path / "said.txt").open("wb") as said:
        process = subprocess.Popen([sys.executable, "-m", "come.project.cli", "serve", "--port", str(port)], stdout=said, stderr=said)
        try:
            assert _wait_for(lambda: _status(port) == 200), (tmp_path / "said.txt").read_text(encoding="utf-8")
            yield psutil.Process(process.pid), port
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            process.wait(WAIT_SECONDS)
            cluster.stop()


def _child_named(parent: psutil.Process, word: str) -> psutil.Process | None:
    for child in parent.children():
        with contextlib.suppress(psutil.Error):  # it may die while it is looked at
            if any(word in part for part in child.cmdline()):
                return child
    return None


@pytest.mark.slow
def test_whatever_dies_comes_back_and_stopping_leaves_nothing(served):
    supervisor, port = served
    web = _child_named(supervisor, "granian")

    web.children()[0].kill()
    assert _wait_for(lambda: _status(port) == 200)

    web.kill()
    assert _wait_for(lambda: (again := _child_named(supervisor, "granian")) is not None and again.pid != web.pid)
    assert _wait_for(lambda: _status(port) == 200)

    assert _wait_for(lambda: _child_named(supervisor, "worker") is not None)
    first_worker = _child_named(supervisor, "worker").pid
    os.kill(first_worker, signal.SIGKILL)
    assert _wait_for(lambda: (again := _child_named(supervisor, "worker")) is not None and again.pid != first_worker)

    postmaster = cluster.postmaster_pid()
    os.kill(postmaster, signal.SIGKILL)
    assert _wait_for(lambda: cluster.postmaster_pid() not in {None, postmaster})
    assert _wait_for(lambda: _status(port) == 200)

    family = supervisor.children(recursive=True)
    supervisor.send_signal(signal.SIGINT)
    assert _wait_for(lambda: not supervisor.is_running() or supervisor.status() == psutil.STATUS_ZOMBIE)
    assert _wait_for(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in family))
    assert cluster.status() == "stopped"
    assert _status(port) == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_killed_outright_with_its_children_it_leaves_the_port_to_the_next(served):
    process, port = served
    assert _wait_for(lambda: len(process.children(recursive=True)) > len(process.children()) > 1)
    for one in (process, *process.children()):
        one.kill()
    assert _wait_for(lambda: serve.free_port("127.0.0.1", port) == port)
