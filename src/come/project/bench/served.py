"""Serve an installation on a free port of loopback while something is measured."""

from __future__ import annotations

import contextlib
import os
import pathlib
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping

import psutil

_READY_SECONDS = 60
_OURS = ("COME_", "DJANGO_", "VIRTUAL_ENV")


def environment(home: pathlib.Path, **more: str) -> dict[str, str]:
    """Return this process's environment with nothing of ours but the data home (and `more`)."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}
    return {**kept, "COME_HOME": str(home), **more}


@contextlib.contextmanager
def serving(come: pathlib.Path, given: Mapping[str, str], log: pathlib.Path) -> Iterator[tuple[str, psutil.Process]]:
    """Run `come serve` until the block ends; yield its address and process. Raises RuntimeError when it does not answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("w") as told:
        child = subprocess.Popen([str(come), "serve", "--port", str(port)], env=dict(given), stdout=told, stderr=told)  # noqa: S603 - our own command
        try:
            _wait_until_ready(port)
            yield f"http://127.0.0.1:{port}", psutil.Process(child.pid)
        finally:
            child.terminate()
            child.wait(30)


def _wait_until_ready(port: int) -> None:
    for _ in range(_READY_SECONDS * 5):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    msg = "the server did not answer"
    raise RuntimeError(msg)


def stop_database(python: pathlib.Path, given: Mapping[str, str]) -> None:
    """Stop the embedded server of a data home."""
    program = "from come.project import cluster; cluster.stop()"
    subprocess.run([str(python), "-c", program], env=dict(given), check=False, capture_output=True)  # noqa: S603 - fixed words
