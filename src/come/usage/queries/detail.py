"""Down to the record: which calls a charge is made of, and why each costs what it costs."""

from __future__ import annotations

import datetime as dt
import pathlib
import uuid
from typing import Any

import duckdb

from come.inventory import queries as inventory_queries
from come.shared import actor as actors, obstacles, text
from come.staff import policies as rights
from come.usage import models, policies, records
from come.usage.queries import places, price_book
from come.usage.rating import detail, explain, pricebook

_RECORDS = """SELECT record_id, any_value(service), any_value(direction), any_value(other_party), any_value(start_at),
    any_value(origin_zone),
    any_value(destination_zone), CAST(sum(quantity) AS BIGINT), CAST(sum(units) AS BIGINT),
    CAST(coalesce(sum(units) FILTER (allowance_code IS NOT NULL), 0) AS BIGINT), CAST(sum(charge_micro_eur) AS BIGINT),
    string_agg(DISTINCT allowance_code, ', ' ORDER BY allowance_code)
    FROM read_parquet({source}) WHERE line_id = ? {condition}
    GROUP BY record_id ORDER BY 5, 1 LIMIT ? OFFSET ?"""


def records_of(
    *,
    line_id: uuid.UUID,
    cycle: str,
    viewer: actors.Actor,
    service: str = "",
    zone: str = "",
    limit: int = 200,
    offset: int = 0,
    rating_run_id: uuid.UUID | None = None,
) -> list[records.UsageRecord]:
    """Return the rated records of a line, oldest first, with called numbers masked; `service` and `zone` (of a charge) filter.

    In the cycle's current rating, or in the one that a bill was made of when its `rating_run_id` is given.
    Raises NotAllowed, NotFound when the line is not the viewer's to see.
    """
    rights.require(viewer, "usage.read")
    inventory_queries.line(product_id=line_id, viewer=viewer)
    found = _where(line_id, cycle, rating_run_id)
    if found is None:
        return []
    run, path = found
    names = price_book.names(run.price_book_hash)
    condition, values = _condition(service, zone, names)
    query = _RECORDS.format(source=pricebook.literal(path), condition=condition)
    with duckdb.connect() as engine:
        rows = engine.execute(query, [str(line_id), *values, limit, offset]).fetchall()
    return [_record(row, names) for row in rows]


def record_of(*, line_id: uuid.UUID, record_id: str, cycle: str, viewer: actors.Actor) -> records.UsageRecord:
    """Return one rated record of a line, the called number masked; raises NotAllowed, NotFound."""
    rights.require(viewer, "usage.read")
    inventory_queries.line(product_id=line_id, viewer=viewer)
    found = _where(line_id, cycle)
    rows: list[tuple[Any, ...]] = []
    if found is not None:
        query = _RECORDS.format(source=pricebook.literal(found[1]), condition="AND record_id = ?")
        with duckdb.connect() as engine:
            rows = engine.execute(query, [str(line_id), record_id, 1, 0]).fetchall()
    if found is None or not rows:
        raise obstacles.not_found(text.T("La communication"), record_id)
    return _record(rows[0], price_book.names(found[0].price_book_hash))


def _condition(service: str, zone: str, names: detail.Names) -> tuple[str, list[str]]:
    """Return the SQL of a charge's service and zone."""
    condition, values = "", []
    if service:
        condition, values = "AND service = ?", [service]
    if not zone:
        return condition, values
    origin, _, destination = zone.rpartition("/")
    if origin:
        return f"{condition} AND origin_zone = ? AND destination_zone = ?", [*values, origin, destination]
    at_home = "(service <> 'data' AND destination_zone = ? AND origin_zone = ?)"
    return f"{condition} AND ({at_home} OR (destination_zone IS NULL AND origin_zone = ?))", [*values, zone, names.home_zone, zone]


def _record(row: tuple[Any, ...], names: detail.Names) -> records.UsageRecord:
    zone_code, zone_name_fr = names.zone(row[1], row[5], row[6] or "")
    return records.UsageRecord(
        record_id=row[0],
        service=row[1],
        direction=row[2],
        other_party_masked=policies.masked(row[3]),
        start_at=row[4].replace(tzinfo=dt.UTC),
        zone_code=zone_code,
        zone_name_fr=zone_name_fr,
        quantity=row[7],
        units=row[8],
        units_free=row[9],
        charge_micro_eur=row[10],
        allowance_code=row[11],
    )


def explain_record(
    *,
    line_id: uuid.UUID,
    record_id: str,
    cycle: str,
    viewer: actors.Actor,
    rating_run_id: uuid.UUID | None = None,
) -> records.Explanation:
    """Say in a sentence why one record of a line costs what it costs, with each number.

    In the cycle's current rating, or in the one that a bill was made of when its `rating_run_id` is given.

    Raises NotAllowed, and NotFound for a line that is not the viewer's to see or a record that was not rated.
    """
    rights.require(viewer, "usage.read")
    inventory_queries.line(product_id=line_id, viewer=viewer)
    found = _where(line_id, cycle, rating_run_id)
    if found is None:
        raise obstacles.not_found(text.T("La communication"), record_id)
    run, path = found
    names = price_book.names(run.price_book_hash)
    parts = detail.parts_of(rated=path, book=places.books() / run.price_book_hash, names=names, record_id=record_id, line_id=str(line_id))
    if not parts:
        raise obstacles.not_found(text.T("La communication"), record_id)
    return records.Explanation(
        record_id=record_id,
        sentence=explain.sentence(parts, masked_number=policies.masked(parts[0].other_party)),
        charge_micro_eur=sum(part.charge_micro_eur for part in parts),
        rating_run_id=run.id,
    )


def _where(line_id: uuid.UUID, cycle: str, rating_run_id: uuid.UUID | None = None) -> tuple[models.RatingRun, pathlib.Path] | None:
    """Return the run and the file that hold a line's portions (all of them: a line has one company shard)."""
    wanted = {"rating_run__is_current": True} if rating_run_id is None else {"rating_run_id": rating_run_id}
    charge = (
        models.LineCharge.objects.filter(line_id=line_id, rating_run__cycle=cycle, **wanted)
        .select_related("rating_run", "partition")
        .first()
    )
    return None if charge is None else (charge.rating_run, places.rated().absolute(charge.partition.path))
