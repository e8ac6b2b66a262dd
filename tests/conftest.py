"""What every test shares: a database server, and tables that refuse to forget but are emptied between two tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql import operations

import effort
from come.project import cluster

_TRUNCATE_TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 32 <> 0
"""


_STARTED_HERE = pytest.StashKey[bool]()

# The checks give the same verdict on the same code, on any machine: the same examples each time, none of them timed.
effort.load()


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded server (or check the configured one) once for the whole run."""
    config.stash[_STARTED_HERE] = cluster.status() in {"absent", "stopped"} and not hasattr(config, "workerinput")
    cluster.ensure_running()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no server behind that was not there before, unless somebody uses it by now."""
    if config.stash.get(_STARTED_HERE, False) and not cluster.has_other_clients():
        cluster.stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let the emptying after a transactional test pass the triggers that forbid TRUNCATE, for that statement alone."""
    flush = operations.DatabaseOperations.execute_sql_flush

    def flush_append_only(self: operations.DatabaseOperations, sql_list: list[str]) -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TRUNCATE_TRIGGERS)
            triggers = cursor.fetchall()
            for table, name in triggers:
                cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
            # The job tables have no Django owner: the flush leaves them out.
            jobs = "procrastinate_jobs, procrastinate_workers, procrastinate_events, procrastinate_periodic_defers"
            cursor.execute(f"TRUNCATE {jobs} RESTART IDENTITY")
            flush(self, sql_list)
            for table, name in triggers:
                cursor.execute(f'ALTER TABLE {table} ENABLE TRIGGER "{name}"')

    operations.DatabaseOperations.execute_sql_flush = flush_append_only
