"""The same order in Tryton (`trytond_sale`), on the same PostgreSQL server: its own environment and database, nothing of it in COME."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import psycopg

from come.project import cluster

_ROOT = pathlib.Path(__file__).resolve().parents[5]
_LOCK = _ROOT / "tools" / "tryton.lock"
_PROGRAM = _ROOT / "tools" / "tryton_order.py"
_DATABASE = "bench_tryton"


class MissingError(Exception):
    """Tryton cannot be had here; the message says why."""


def measure(address: cluster.DatabaseAddress, *, lines: int, edits: int) -> Mapping[str, float]:
    """Return the seconds of Tryton's order: database, create, edit (median), quote. Raises MissingError when it cannot be had or run."""
    python = _environment()
    connection: dict[str, Any] = {"host": address.host, "port": address.port, "user": address.user, "dbname": "postgres"}
    with psycopg.connect(**connection, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {_DATABASE}")
        server.execute(f"CREATE DATABASE {_DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
    given = {**os.environ, "PGHOST": address.host, "PGPORT": str(address.port), "PGUSER": address.user}
    command = [str(python), str(_PROGRAM), _DATABASE, str(lines), str(edits)]
    done = subprocess.run(command, env=given, check=False, capture_output=True, text=True)  # noqa: S603 - our own program
    if done.returncode:
        raise MissingError(f"Tryton did not run: {' '.join(done.stderr.split()[-60:])}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _environment() -> pathlib.Path:
    """Make Tryton's environment at first use, exactly as its lock file says, and return its Python."""
    folder = cluster.home() / "bench" / "tryton"
    python = folder / "bin" / "python"
    mark = folder / "lock.sha256"
    wanted = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text(encoding="ascii") == wanted and python.exists():
        return python
    uv = pathlib.Path(sys.executable).with_name("uv")
    given = dict(os.environ)
    if given.get("PIP_INDEX_URL") and not given.get("UV_DEFAULT_INDEX"):
        given["UV_DEFAULT_INDEX"] = given["PIP_INDEX_URL"]
    for command in (
        [str(uv), "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [str(uv), "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(_LOCK)],
    ):
        try:
            done = subprocess.run(command, env=given, check=False, capture_output=True, text=True)  # noqa: S603 - our own uv
        except OSError as error:
            raise MissingError(str(error)) from error
        if done.returncode:
            raise MissingError(f"Tryton's packages cannot be had: {' '.join(done.stderr.split()[:60])}")
    mark.write_text(wanted, encoding="ascii")
    return python
