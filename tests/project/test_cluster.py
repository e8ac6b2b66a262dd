"""The embedded server survives what kills it, and its creation is all or nothing."""

from __future__ import annotations

import os
import pathlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from come.project import cluster


@pytest.fixture
def own_home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pathlib.Path]:
    monkeypatch.setenv("COME_HOME", str(tmp_path))
    monkeypatch.delenv("COME_DATABASE_URL", raising=False)
    yield tmp_path
    cluster.stop()


def _connect(found: cluster.DatabaseAddress) -> psycopg.Connection:
    return psycopg.connect(host=found.host, dbname=found.name, user=found.user, autocommit=True)


@pytest.mark.slow
def test_server_is_created_killed_and_found_again_with_what_it_acknowledged(own_home):
    assert cluster.status() == "absent"
    found = cluster.ensure_running()
    assert cluster.status() == "running"
    with _connect(found) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        extensions = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert {"btree_gist", "pg_trgm", "unaccent"} <= extensions

    first = cluster.postmaster_pid()
    assert first is not None
    os.kill(first, signal.SIGKILL)

    assert cluster.ensure_running() == found
    assert cluster.postmaster_pid() not in {None, first}
    with _connect(found) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)

    cluster.stop()
    assert cluster.status() == "stopped"
    assert cluster.postmaster_pid() is None


def test_leftover_of_a_killed_creation_is_cleared(own_home):
    half = own_home / "pg.new.1"
    (half / "base").mkdir(parents=True)
    cluster.ensure_running()
    assert not half.exists()
    assert (own_home / "pg" / "PG_VERSION").read_text(encoding="ascii").startswith("18")


def test_a_folder_that_is_not_a_cluster_is_never_removed(own_home):
    (own_home / "pg").mkdir()
    (own_home / "pg" / "somebody.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(OSError, match="not empty"):
        cluster.ensure_running()
    assert (own_home / "pg" / "somebody.txt").read_text(encoding="utf-8") == "kept"


@pytest.mark.slow
def test_database_is_made_when_the_first_start_was_killed_before(own_home):
    found = cluster.ensure_running()
    with psycopg.connect(host=found.host, dbname="postgres", user=found.user, autocommit=True) as connection:
        connection.execute("DROP DATABASE come")
    (own_home / "pg" / "come.ready").unlink()
    cluster.ensure_running()
    with _connect(found) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.slow
def test_processes_that_start_together_share_one_server(own_home):
    program = "from come.project import cluster; cluster.ensure_running(); print(cluster.postmaster_pid())"
    started = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {process.communicate(timeout=60)[0].strip() for process in started}
    assert answers == {str(cluster.postmaster_pid())}


def test_socket_folder_open_to_others_is_refused(own_home):
    folder = pathlib.Path(cluster.address().host)
    folder.mkdir(mode=0o700)
    folder.chmod(0o755)
    try:
        with pytest.raises(cluster.ClusterError, match="open to others"):
            cluster.ensure_running()
    finally:
        folder.rmdir()


def test_configured_server_wins_and_its_options_reach_the_driver(monkeypatch):
    monkeypatch.setenv("COME_DATABASE_URL", "postgresql://seller:p%40ss@db.example:5433/sales?sslmode=require&connect_timeout=3")
    found = cluster.address()
    assert found == cluster.DatabaseAddress(
        "db.example",
        5433,
        "sales",
        "seller",
        "p@ss",
        options=(("connect_timeout", "3"), ("sslmode", "require")),
    )
    database = cluster.django_database()
    assert (database["HOST"], database["PORT"], database["PASSWORD"]) == ("db.example", "5433", "p@ss")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 8, "timeout": 20}
    assert database["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("given", ["mysql://localhost/come", "sqlite:///come.db"])
def test_other_engines_are_refused(monkeypatch, given):
    monkeypatch.setenv("COME_DATABASE_URL", given)
    with pytest.raises(cluster.ClusterError, match="must start with postgresql"):
        cluster.address()


def test_configured_server_that_does_not_answer_is_named(monkeypatch):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        monkeypatch.setenv("COME_DATABASE_URL", f"postgresql://come@127.0.0.1:{port}/come?connect_timeout=2")
        with pytest.raises(cluster.ClusterError, match=rf"(?s)127\.0\.0\.1:{port}/come.*COME_DATABASE_URL") as refused:
            cluster.ensure_running()
    assert refused.value.exit_code == 1
