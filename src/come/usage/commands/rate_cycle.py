"""Rate a cycle, batch by batch of company shards; whatever happens in between, done batches stay done."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import pathlib
import shutil
import uuid
from collections.abc import Sequence

import duckdb
from django.db import connection, transaction
from django.db.models import Sum

from come.shared import actor as actors, bulk, eventlog, events as shared_events, ids, obstacles, period, text
from come.staff import policies as rights
from come.usage import events, models, records
from come.usage.commands import locks
from come.usage.queries import places, price_book
from come.usage.rating import kernel, pricebook

_BATCH_RECORDS = 500_000
_DETAILS_PER_REASON = 20

_CHARGES = """SELECT account_id, line_id, tariff_code, service, origin_zone, coalesce(destination_zone, ''), coalesce(band_code, ''),
    coalesce(clause, ''),
    list_sort(list(DISTINCT allowance_code) FILTER (allowance_code IS NOT NULL)), count(*) FILTER (portion_number = 0),
    CAST(sum(quantity) AS BIGINT), CAST(sum(units) AS BIGINT), CAST(coalesce(sum(units) FILTER (allowance_code IS NOT NULL), 0) AS BIGINT),
    CAST(sum(charge_micro_eur) AS BIGINT)
    FROM read_parquet({source}) GROUP BY ALL ORDER BY ALL"""
_LEFT = """SELECT reason, detail, records FROM (SELECT reason, coalesce(detail, '') AS detail, count(*) AS records
    FROM read_parquet({source}) GROUP BY 1, 2)
    QUALIFY row_number() OVER (PARTITION BY reason ORDER BY records DESC, detail) <= {most} ORDER BY 1, 3 DESC, 2"""
_LEFT_REST = "SELECT reason, count(*) FROM read_parquet({source}) GROUP BY reason"


@dataclasses.dataclass(frozen=True, slots=True)
class _Batch:
    number: int
    shards: tuple[int, ...]
    paths: tuple[str, ...]


def rate_cycle(*, cycle: str, actor: actors.Actor, at: dt.datetime, memory: str = kernel.DEFAULT_MEMORY) -> records.RunAnswer:
    """Rate every accepted record of a cycle ("2026-10") with the price book of today's catalogue and installed base, frozen.

    The same records and the same book give the run already made, at once. An interrupted run is resumed after the batches that it
    finished; when records or prices changed meanwhile it is abandoned and a new one starts. The run becomes current in the commit that
    ends it: bills never see a half. Records CycleRated. Raises NotAllowed, and Refusal with every mistake of the price book.
    """
    rights.require(actor, "usage.write")
    batches, log_hash, records_in = _batches(cycle)
    digest = price_book.freeze(cycle=cycle)
    run = _open(cycle, digest, log_hash, records_in, at)
    if run.state == "done":
        return _answer(run)
    missing = _missing(run, batches)
    if missing:
        _rate(run, missing, memory)
    return _close(run.id, batches, actor, at)


def _batches(cycle: str) -> tuple[list[_Batch], str, int]:
    """Return the batches of a cycle's accepted partitions, a hash of all of them, and how many records they hold."""
    rows = list(
        models.UsagePartition.objects.filter(kind="accepted", cycle=cycle, superseded_at=None)
        .order_by("shard", "path")
        .values_list("shard", "path", "records"),
    )
    counts: dict[int, int] = {}
    paths: dict[int, list[str]] = {}
    for shard, path, count in rows:
        counts[shard] = counts.get(shard, 0) + count
        paths.setdefault(shard, []).append(path)
    groups = kernel.batches(counts, most=_BATCH_RECORDS)
    found = [_Batch(number, shards, tuple(path for shard in shards for path in paths[shard])) for number, shards in enumerate(groups)]
    return found, hashlib.sha256(json.dumps(rows).encode()).hexdigest(), sum(counts.values())


def _open(cycle: str, digest: str, log_hash: str, records_in: int, at: dt.datetime) -> models.RatingRun:
    """Return the run to work on: the current one when nothing changed, the interrupted one, or a new one."""
    with transaction.atomic():
        locks.hold(locks.rating(cycle))
        same = {"cycle": cycle, "price_book_hash": digest, "log_hash": log_hash}
        current = models.RatingRun.objects.filter(is_current=True, **same).first()
        if current is not None:
            return current
        running = models.RatingRun.objects.filter(cycle=cycle, state="running").first()
        if running is not None:
            if (running.price_book_hash, running.log_hash) == (digest, log_hash):
                return running
            models.RatingRun.objects.filter(id=running.id).update(state="abandoned")
        return models.RatingRun.objects.create(id=ids.uuid7(), state="running", records_in=records_in, started_at=at, **same)


def _missing(run: models.RatingRun, batches: Sequence[_Batch]) -> list[_Batch]:
    done = set(models.RatedPartition.objects.filter(rating_run=run).values_list("number", flat=True))
    return [batch for batch in batches if batch.number not in done]


def _rate(run: models.RatingRun, batches: Sequence[_Batch], memory: str) -> None:
    workspace = places.workspace(f"rating-{uuid.uuid4().hex}")
    month = period.parse_cycle(run.cycle).instants()
    assert month.end is not None
    try:
        rater = kernel.Rater(
            pricebook_folder=places.books() / run.price_book_hash,
            start_at=month.start,
            end_at=month.end,
            workspace=workspace,
            memory=memory,
        )
        try:
            for batch in batches:
                _rate_batch(run, rater, batch, workspace)
        finally:
            rater.close()
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def _rate_batch(run: models.RatingRun, rater: kernel.Rater, batch: _Batch, workspace: pathlib.Path) -> None:
    """Rate one batch and name its files, its charges and its suspense in one commit."""
    with transaction.atomic():
        locks.hold(locks.rating(run.cycle))
        state = models.RatingRun.objects.select_for_update().values_list("state", flat=True).get(id=run.id)
        if state != "running" or models.RatedPartition.objects.filter(rating_run=run, number=batch.number).exists():
            return
        log, rated = places.log(), places.rated()
        new_rated, new_suspense = workspace / "rated.parquet", workspace / "suspense.parquet"
        totals = rater.rate(records=[log.absolute(path) for path in batch.paths], rated_path=new_rated, suspense_path=new_suspense)
        with duckdb.connect() as engine:
            charges = engine.execute(_CHARGES.format(source=pricebook.literal(new_rated))).fetchall()
            left = engine.execute(_LEFT.format(source=pricebook.literal(new_suspense), most=_DETAILS_PER_REASON)).fetchall()
            sums = dict(engine.execute(_LEFT_REST.format(source=pricebook.literal(new_suspense))).fetchall())
        under = f"cycle={run.cycle}/run={run.id}"
        partition = models.RatedPartition.objects.create(
            rating_run=run,
            number=batch.number,
            shards=list(batch.shards),
            path=rated.publish(new_rated, under).path,
            suspense_path=rated.publish(new_suspense, f"{under}/suspense-{batch.number}").path,
            records_in=totals.records_in,
            rated=totals.rated,
            suspended=totals.suspended,
            charge_micro_eur=totals.charge_micro_eur,
        )
        _write_charges(run, partition, charges)
        _write_suspense(partition, left, sums)


def _write_charges(run: models.RatingRun, partition: models.RatedPartition, charges: Sequence[tuple[object, ...]]) -> None:
    bulk.copy_rows(
        table="usage_line_charge",
        columns=(
            "partition_id",
            "rating_run_id",
            "billing_account_id",
            "line_id",
            "tariff_code",
            "service",
            "origin_zone",
            "destination_zone",
            "band_code",
            "clause",
            "allowance_codes",
            "events",
            "quantity_used",
            "units",
            "units_free",
            "charge_micro_eur",
        ),
        rows=((partition.id, run.id, *row[:8], row[8] or [], *row[9:]) for row in charges),
    )


def _write_suspense(partition: models.RatedPartition, left: Sequence[tuple[str, str, int]], sums: dict[str, int]) -> None:
    """Keep the commonest details of each reason, and one row for all the others, so that counts stay whole."""
    rows = [models.RatingSuspense(partition=partition, reason=reason, detail=detail[:120], records=count) for reason, detail, count in left]
    for reason, total in sums.items():
        rest = total - sum(count for other, _, count in left if other == reason)
        if rest:
            rows.append(models.RatingSuspense(partition=partition, reason=reason, detail="", records=rest))
    models.RatingSuspense.objects.bulk_create(rows)


def _close(run_id: uuid.UUID, batches: Sequence[_Batch], actor: actors.Actor, at: dt.datetime) -> records.RunAnswer:
    """Make a complete run the cycle's current one."""
    with transaction.atomic():
        run = models.RatingRun.objects.select_for_update().get(id=run_id)
        if run.state == "done":
            return _answer(run)
        if run.state != "running" or _missing(run, batches):
            raise obstacles.Conflict(
                obstacles.Obstacle(
                    "usage.run_changed",
                    obstacles.Severity.REFUSAL,
                    text.T("Les consommations ou les prix de {cycle} ont changé pendant la valorisation.", cycle=run.cycle),
                    text.T("Relancez la valorisation : elle repart des nouvelles données."),
                ),
            )
        sums = models.RatedPartition.objects.filter(rating_run=run).aggregate(
            rated=Sum("rated"), suspended=Sum("suspended"), charge=Sum("charge_micro_eur")
        )
        models.RatingRun.objects.filter(cycle=run.cycle, is_current=True).update(is_current=False)
        run.rated, run.suspended, run.charge_micro_eur = (int(sums[name] or 0) for name in ("rated", "suspended", "charge"))
        run.state, run.is_current, run.finished_at = "done", True, at
        models.RatingRun.objects.filter(id=run.id).update(
            rated=run.rated,
            suspended=run.suspended,
            charge_micro_eur=run.charge_micro_eur,
            state="done",
            is_current=True,
            finished_at=at,
        )
        _record(run, actor, at)
    with connection.cursor() as cursor:
        # Bills join these rows by the thousand right after: tell the planner how many there are now.
        cursor.execute("ANALYZE usage_line_charge")
    return _answer(run)


def _record(run: models.RatingRun, actor: actors.Actor, at: dt.datetime) -> None:
    eventlog.record(
        event=events.CycleRated(
            rating_run_id=run.id,
            cycle=run.cycle,
            records_in=run.records_in,
            rated=run.rated,
            suspended=run.suspended,
            charge_micro_eur=run.charge_micro_eur,
        ),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("run", run.id)],
    )


def _answer(run: models.RatingRun) -> records.RunAnswer:
    return records.RunAnswer(
        rating_run_id=run.id,
        cycle=run.cycle,
        state=run.state,
        records_in=run.records_in,
        rated=run.rated,
        suspended=run.suspended,
        charge_micro_eur=run.charge_micro_eur,
    )
