"""The columns of records in and of rated portions out; asserted before a file is published.

DuckDB sums of integers are 128 bits wide and become floating point in a Parquet file without a word: every query casts,
and `assert_schema` proves it.
"""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import duckdb

from come.usage.rating import pricebook

# One checked usage record of the event log.
RECORD_COLUMNS: tuple[tuple[str, str], ...] = (
    ("record_id", "VARCHAR"),
    ("record_key", "BIGINT"),
    ("service", "VARCHAR"),
    ("direction", "VARCHAR"),
    ("served_msisdn", "BIGINT"),
    ("other_party", "VARCHAR"),
    ("start_at", "TIMESTAMP"),
    ("duration_seconds", "BIGINT"),
    ("volume_bytes", "BIGINT"),
    ("visited_network", "VARCHAR"),
)

# One rated portion: all of a record, or its part in one band or in one allowance.
PORTION_COLUMNS: tuple[tuple[str, str], ...] = (
    ("record_id", "VARCHAR"),
    ("portion_number", "INTEGER"),
    ("cycle", "VARCHAR"),
    ("line_id", "VARCHAR"),
    ("account_id", "VARCHAR"),
    ("company_id", "VARCHAR"),
    ("service", "VARCHAR"),
    ("direction", "VARCHAR"),
    ("other_party", "VARCHAR"),
    ("start_at", "TIMESTAMP"),
    ("origin_zone", "VARCHAR"),
    ("destination_zone", "VARCHAR"),
    ("tariff_code", "VARCHAR"),
    ("band_code", "VARCHAR"),
    ("quantity", "BIGINT"),
    ("units", "BIGINT"),
    ("allowance_code", "VARCHAR"),
    ("price_numerator", "BIGINT"),
    ("price_denominator", "BIGINT"),
    ("first_increment", "BIGINT"),
    ("next_increment", "BIGINT"),
    ("connection_fee_micro_eur", "BIGINT"),
    ("adjustment_micro_eur", "BIGINT"),
    ("charge_micro_eur", "BIGINT"),
    ("clause", "VARCHAR"),
    ("list_price_micro_eur", "BIGINT"),
    ("list_price_quantity", "BIGINT"),
)

SUSPENSE_COLUMNS: tuple[tuple[str, str], ...] = (
    ("record_id", "VARCHAR"),
    ("reason", "VARCHAR"),
    ("detail", "VARCHAR"),
)


class SchemaMismatch(AssertionError):  # noqa: N818 - the fact
    """A file's columns are not those documented; it must not be published."""


def assert_schema(connection: duckdb.DuckDBPyConnection, path: pathlib.Path, expected: Sequence[tuple[str, str]]) -> None:
    """Raise SchemaMismatch unless the Parquet file has exactly these columns and types, in this order."""
    found = [
        (str(row[0]), str(row[1]))
        for row in connection.execute(f"DESCRIBE SELECT * FROM read_parquet({pricebook.literal(path)})").fetchall()
    ]
    if found != list(expected):
        msg = f"{path.name} has columns {found}, expected {list(expected)}"
        raise SchemaMismatch(msg)
