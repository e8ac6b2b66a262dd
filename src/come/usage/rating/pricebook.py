"""Read a price book folder into DuckDB tables `book_<table>`, and say every mistake at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from come.shared import obstacles, text
from come.usage.rating import tables

_CSV_OPTIONS = "header=true, all_varchar=true, delim=',', quote='\"', escape='\"', null_padding=false, comment='', skip=0"
_WRITINGS = {
    tables.WHOLE: "-?[0-9]{1,18}",
    tables.DAY: "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    tables.INSTANT: "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?Z?",
    tables.EXACT: "-?[0-9]{1,3}([.][0-9]{1,6})?",
}
_ARROW = {
    tables.TEXT: pa.string(),
    tables.WHOLE: pa.int64(),
    tables.DAY: pa.date32(),
    tables.INSTANT: pa.timestamp("us"),
    tables.EXACT: pa.decimal128(9, 6),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of a price book: its table, its row (1 = the first after the header, 0 = the table), what it is."""

    table: str
    row: int
    message: text.T

    def obstacle(self) -> obstacles.Obstacle:
        """Return the mistake as people and machines are told of it."""
        return obstacles.Obstacle(
            "usage.price_book",
            obstacles.Severity.REFUSAL,
            self.message,
            text.T("Corrigez la table « {table} » du livre de prix ; rien n’a été valorisé.", table=self.table),
            f"{self.table}/{self.row}" if self.row else self.table,
        )


def load(connection: duckdb.DuckDBPyConnection, folder: pathlib.Path) -> list[Problem]:
    """Create the tables `book_*` from a folder; return the mistakes of form (types, missing columns or tables).

    The tables of a book with mistakes exist but must not be used. Values are checked by `checks.check`.
    """
    found: list[Problem] = []
    for name, columns in tables.TABLES.items():
        found += _load_table(connection, folder, name, columns)
    return found


def _load_table(
    connection: duckdb.DuckDBPyConnection,
    folder: pathlib.Path,
    name: str,
    columns: Sequence[tables.Column],
) -> list[Problem]:
    source = _source(folder, name)
    if source is None:
        _create_empty(connection, name, columns)
        if name in tables.OPTIONAL_TABLES:
            return []
        return [Problem(name, 0, text.T("La table « {table} » manque au livre de prix.", table=name))]
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE raw_book AS SELECT * FROM {source}")
    except duckdb.Error as error:
        _create_empty(connection, name, columns)
        return [Problem(name, 0, text.T("La table « {table} » est illisible : {reason}.", table=name, reason=str(error).splitlines()[0]))]
    present = {str(row[0]) for row in connection.execute("DESCRIBE raw_book").fetchall()}
    missing = [column.name for column in columns if column.name not in present and not column.is_optional]
    if missing:
        _create_empty(connection, name, columns)
        return [Problem(name, 0, text.T("Il manque des colonnes à « {table} » : {names}.", table=name, names=", ".join(missing)))]
    return _typed(connection, name, columns, present)


def _source(folder: pathlib.Path, name: str) -> str | None:
    parquet, csv = folder / f"{name}.parquet", folder / f"{name}.csv"
    if parquet.exists():
        return f"read_parquet({literal(parquet)})"
    return f"read_csv({literal(csv)}, {_CSV_OPTIONS})" if csv.exists() else None


def _create_empty(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[tables.Column]) -> None:
    listed = ", ".join(f"{column.name} {column.kind}" for column in columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE book_{name} (row_number BIGINT, {listed})")


def _typed(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Sequence[tables.Column],
    present: set[str],
) -> list[Problem]:
    cast = [
        f"{_cast(column)} AS {column.name}" if column.name in present else f"CAST(NULL AS {column.kind}) AS {column.name}"
        for column in columns
    ]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE book_{name} AS SELECT rowid + 1 AS row_number, {', '.join(cast)} FROM raw_book")
    found = []
    for column in (column for column in columns if column.name in present):
        given = f"nullif(trim(CAST(raw_book.{column.name} AS VARCHAR)), '')"
        refused = f"typed.{column.name} IS NULL AND {given} IS NOT NULL"
        if not column.is_nullable:
            refused = f"typed.{column.name} IS NULL"
        rows = connection.execute(
            f"SELECT typed.row_number, {given} FROM raw_book JOIN book_{name} AS typed ON typed.row_number = raw_book.rowid + 1 "
            f"WHERE {refused} ORDER BY 1 LIMIT 100",
        ).fetchall()
        found += [_bad_value(name, column, int(row), value) for row, value in rows]
    return found


def _cast(column: tables.Column) -> str:
    """Return the SQL of a value in its type, null when it is not written as that type is.

    A cast alone would round 0.06 to the whole number 0 and forget the zone of 10:00+02:00, without a word.
    """
    given = f"nullif(trim(CAST({column.name} AS VARCHAR)), '')"
    if column.kind == tables.TEXT:
        return given
    return f"CASE WHEN regexp_full_match({given}, {literal(_WRITINGS[column.kind])}) THEN TRY_CAST({given} AS {column.kind}) END"


def _bad_value(name: str, column: tables.Column, row: int, value: str | None) -> Problem:
    if value is None:
        return Problem(name, row, text.T("« {column} » est vide.", column=column.name))
    return Problem(name, row, text.T("« {value} » n’est pas une valeur de « {column} ».", value=value, column=column.name))


def write(folder: pathlib.Path, rows: Mapping[str, Iterable[Sequence[Any]]]) -> str:
    """Write a price book as Parquet files, rows given in the documented column order; return its content hash.

    The same rows give the same hash whatever their order: it names the frozen book of a rating run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for name, columns in tables.TABLES.items():
        ordered = sorted((tuple(map(_plain, row)) for row in rows.get(name, ())), key=_order)
        schema = pa.schema([pa.field(column.name, _ARROW[column.kind]) for column in columns])
        values = list(zip(*ordered, strict=True)) if ordered else [()] * len(columns)
        arrays = [pa.array(list(items), type=field.type) for items, field in zip(values, schema, strict=True)]
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), folder / f"{name}.parquet", compression="zstd")
        digest.update(name.encode())
        for row in ordered:
            digest.update("\x1f".join("" if value is None else str(value) for value in row).encode() + b"\x1e")
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    """Return an aware instant as the book's own writing: UTC without zone."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value


def _order(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in row)


def literal(value: object) -> str:
    """Return a text as a SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"


def one(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """Return the first row of a query, wholly read: an engine with an unfinished answer takes no other work."""
    rows = connection.execute(query, list(values)).fetchall()
    return rows[0] if rows else None
