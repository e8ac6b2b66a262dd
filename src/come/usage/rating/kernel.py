"""Rate records with a price book: a pure function of files, in DuckDB, on integer micro-euros.

The rules are those of docs/formats/pricebook.md, in the same order; `reference.py` says them again, slowly, in Python, and a
property test holds both together.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import pathlib
from collections.abc import Mapping, Sequence

import duckdb

from come.shared import obstacles
from come.usage.rating import checks, compiled, pricebook, schema, sql

DEFAULT_MEMORY = "700MB"
# Enough rows to keep the cores busy, few enough to stay in memory without spilling.
BATCH_RECORDS = 750000


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """What became of the records of one call; `records_in` is the sum of the two others."""

    records_in: int
    rated: int
    suspended: int
    charge_micro_eur: int


def connect(*, workspace: pathlib.Path, memory: str = DEFAULT_MEMORY, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open an in-memory engine that is bounded in memory and spills into `workspace`."""
    workspace.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads or os.cpu_count() or 1}")
    connection.execute(f"SET memory_limit = {pricebook.literal(memory)}")
    connection.execute(f"SET temp_directory = {pricebook.literal(workspace / 'spill')}")
    connection.execute("SET TimeZone = 'UTC'")
    # Left to itself the optimizer may join lines to rates first, sixteen times slower: joins are written in the right order.
    connection.execute("SET disabled_optimizers = 'join_order'")
    connection.execute("SET preserve_insertion_order = false")
    return connection


class Rater:
    """A price book compiled for one stretch of time, ready to rate any number of files of records."""

    def __init__(
        self,
        *,
        pricebook_folder: pathlib.Path,
        start_at: dt.datetime,
        end_at: dt.datetime,
        workspace: pathlib.Path,
        memory: str = DEFAULT_MEMORY,
        threads: int | None = None,
    ) -> None:
        """Load, check and compile the book for records that start in `[start_at, end_at)`.

        Raises Refusal with every mistake of the book.
        """
        self._connection = connect(workspace=workspace, memory=memory, threads=threads)
        refuse_mistakes(self._connection, pricebook_folder)
        self.compiled = compiled.compile_book(self._connection, start_at=start_at, end_at=end_at)

    def close(self) -> None:
        """Give the engine's memory back."""
        self._connection.close()

    def rate(self, *, records: Sequence[pathlib.Path], rated_path: pathlib.Path, suspense_path: pathlib.Path) -> Totals:
        """Rate the records of Parquet files (`schema.RECORD_COLUMNS`) into two Parquet files.

        All records of an account must be given in one call: its allowances are consumed in order of event time. Every record
        given is in exactly one of the two files.
        """
        connection = self._connection
        connection.execute(sql.stage_records(records, self.compiled))
        for statement in sql.destinations(self.compiled):
            connection.execute(statement)
        for statement in sql.prices():
            connection.execute(statement)
        for statement in sql.segments(self.compiled):
            connection.execute(statement)
        for statement in sql.allowances(self.compiled):
            connection.execute(statement)
        row = pricebook.one(connection, sql.NEEDS_WIDE)
        for statement in sql.charges(is_wide=bool(row and row[0]), levels=self.compiled.allowance_levels):
            connection.execute(statement)
        return self._publish(rated_path, suspense_path)

    def _publish(self, rated_path: pathlib.Path, suspense_path: pathlib.Path) -> Totals:
        counted = pricebook.one(self._connection, sql.TOTALS)
        records_in, rated, charge = (0, 0, 0) if counted is None else (int(value) for value in counted)
        self._copy(sql.OUTPUT, rated_path, schema.PORTION_COLUMNS)
        # Looking for what was not rated costs a join: only when the count says that there is something.
        self._copy(sql.SUSPENSE if records_in > rated else f"{sql.SUSPENSE} LIMIT 0", suspense_path, schema.SUSPENSE_COLUMNS)
        suspended = pricebook.one(self._connection, f"SELECT count(*) FROM read_parquet({pricebook.literal(suspense_path)})")
        totals = Totals(records_in, rated, 0 if suspended is None else int(suspended[0]), charge)
        if totals.records_in != totals.rated + totals.suspended:
            msg = f"{totals.records_in} records in, {totals.rated} rated and {totals.suspended} suspended"
            raise AssertionError(msg)
        for name in sql.STAGES:
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")
        return totals

    def _copy(self, query: str, path: pathlib.Path, columns: Sequence[tuple[str, str]]) -> None:
        self._connection.execute(f"COPY ({query}) TO {pricebook.literal(path)} (FORMAT parquet, COMPRESSION snappy)")
        schema.assert_schema(self._connection, path, columns)


def refuse_mistakes(connection: duckdb.DuckDBPyConnection, folder: pathlib.Path) -> None:
    """Load and check a price book; raises Refusal with every mistake."""
    found = pricebook.load(connection, folder) or checks.check(connection)
    if found:
        raise obstacles.Refusal([problem.obstacle() for problem in found])


def batches(records_by_shard: Mapping[int, int], *, most: int = BATCH_RECORDS) -> list[tuple[int, ...]]:
    """Group shards, in order, so that each group has at most `most` records (or is a single shard)."""
    found: list[list[int]] = []
    room = 0
    for shard in sorted(records_by_shard):
        if not found or records_by_shard[shard] > room:
            found.append([])
            room = most
        found[-1].append(shard)
        room -= records_by_shard[shard]
    return [tuple(group) for group in found]
