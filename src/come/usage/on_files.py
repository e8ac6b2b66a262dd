"""Rate a usage file with a price book, files to files: the same intake and the same kernel as the product, no database."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
from decimal import Decimal

import duckdb

from come.shared import money
from come.usage import policies, ports
from come.usage.intake import engine, store
from come.usage.rating import detail, explain, kernel, pricebook


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What became of the file; `records_in` = rated + suspended + duplicates."""

    records_in: int
    rated: int
    suspended: int
    duplicates: int
    charge_eur: Decimal
    findings: tuple[str, ...]
    rejection: str
    reasons: tuple[tuple[str, int], ...]
    explanation: str


def rate(
    *,
    book: pathlib.Path,
    source: pathlib.Path,
    out: pathlib.Path,
    workspace: pathlib.Path,
    opener: ports.UsageFileOpener,
    at: dt.datetime,
    explain_id: str = "",
) -> Result:
    """Rate one usage file into `out` (.parquet or .csv); suspended records go beside it, in `<name>.suspense.csv`.

    Raises Refusal with every mistake of the price book.
    """
    checking = kernel.connect(workspace=workspace)
    kernel.refuse_mistakes(checking, book)
    checking.close()
    taking = engine.Engine(workspace=workspace)
    taking.know_numbers_of_book(book)
    log = store.Store(workspace / "log")
    intake = taking.take_in(opened=opener.open(path=source, workspace=workspace), known_files=(), log=log, at=at)
    taking.close()
    totals = _rate(book, intake, log, workspace)
    reasons = _write(intake, log, workspace, out, len(totals))
    explanation = _explain(book, workspace, len(totals), explain_id) if explain_id else ""
    result = Result(
        records_in=intake.records_in,
        rated=sum(item.rated for item in totals),
        suspended=intake.suspended + sum(item.suspended for item in totals),
        duplicates=intake.duplicates,
        charge_eur=money.from_micro(sum(item.charge_micro_eur for item in totals)),
        findings=intake.findings,
        rejection=intake.rejection,
        reasons=reasons,
        explanation=explanation,
    )
    if result.records_in != result.rated + result.suspended + result.duplicates:
        raise AssertionError(f"totals do not add up: {result}")
    return result


def _rate(book: pathlib.Path, intake: engine.Intake, log: store.Store, workspace: pathlib.Path) -> list[kernel.Totals]:
    accepted = [item for item in intake.stored if item.kind == "accepted"]
    if not accepted or intake.first_start_at is None or intake.last_start_at is None:
        return []
    rater = kernel.Rater(
        pricebook_folder=book,
        start_at=intake.first_start_at,
        end_at=intake.last_start_at + dt.timedelta(seconds=1),
        workspace=workspace,
    )
    counts: dict[int, int] = {}
    for item in accepted:
        counts[item.shard] = counts.get(item.shard, 0) + item.records
    totals = [
        rater.rate(
            records=[log.absolute(item.path) for item in accepted if item.shard in shards],
            rated_path=workspace / f"rated-{number}.parquet",
            suspense_path=workspace / f"left-{number}.parquet",
        )
        for number, shards in enumerate(kernel.batches(counts))
    ]
    rater.close()
    return totals


def _listed(paths: list[pathlib.Path]) -> str:
    return f"[{', '.join(pricebook.literal(path) for path in paths)}]"


def _write(intake: engine.Intake, log: store.Store, workspace: pathlib.Path, out: pathlib.Path, count: int) -> tuple[tuple[str, int], ...]:
    """Put the parts together; return suspended records by reason, the commonest first."""
    kind = "FORMAT parquet, COMPRESSION zstd" if out.suffix == ".parquet" else "FORMAT csv, HEADER true"
    parts = []
    if waiting := [log.absolute(item.path) for item in intake.stored if item.kind == "suspended"]:
        parts.append(
            "SELECT record_id, reason, coalesce(line, '+' || CAST(served_msisdn AS VARCHAR)) AS detail "
            f"FROM read_parquet({_listed(waiting)})",
        )
    if count:
        left = [workspace / f"left-{number}.parquet" for number in range(count)]
        parts.append(f"SELECT record_id, reason, detail FROM read_parquet({_listed(left)})")
    with duckdb.connect() as connection:
        if count:
            rated = _listed([workspace / f"rated-{number}.parquet" for number in range(count)])
            ordered = f"SELECT * FROM read_parquet({rated}) ORDER BY start_at, record_id, portion_number"
            connection.execute(f"COPY ({ordered}) TO {pricebook.literal(out)} ({kind})")
        if not parts:
            return ()
        connection.execute(f"CREATE TEMP TABLE waiting AS {' UNION ALL '.join(parts)}")
        beside = out.with_suffix(".suspense.csv")
        connection.execute(f"COPY (SELECT * FROM waiting ORDER BY record_id) TO {pricebook.literal(beside)} (FORMAT csv, HEADER true)")
        rows = connection.execute("SELECT reason, count(*) FROM waiting GROUP BY reason ORDER BY 2 DESC, 1").fetchall()
        return tuple((str(reason), int(records)) for reason, records in rows)


def _explain(book: pathlib.Path, workspace: pathlib.Path, count: int, record_id: str) -> str:
    names = detail.names_of(book)
    for number in range(count):
        parts = detail.parts_of(rated=workspace / f"rated-{number}.parquet", book=book, names=names, record_id=record_id)
        if parts:
            return explain.sentence(parts, masked_number=policies.masked(parts[0].other_party))
    return ""
