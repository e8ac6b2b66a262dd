"""Measure intake and rating on this machine, on a made-up operator of any size. Figures, not tests."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import random
import resource
import shutil
import time
from decimal import Decimal
from typing import Any

from come.usage import generator, ports
from come.usage.intake import engine, store
from come.usage.rating import kernel, pricebook, tables

_EPOCH = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - a price book's instants are written without zone, in UTC
_DAY = dt.date(2020, 1, 1)


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: seconds, rates, peak memory of the process."""

    records: int
    generate_seconds: float
    ingest_seconds: float
    ingest_records_per_second: int
    compile_seconds: float
    rate_seconds: float
    rate_records_per_second: int
    rated: int
    suspended: int
    peak_memory_mb: int


def measure(
    *,
    workspace: pathlib.Path,
    opener: ports.UsageFileOpener,
    records: int = 1_000_000,
    lines: int = 20_000,
    companies: int = 500,
    prefixes: int = 10_000,
    plans: int = 20,
    files: int = 1,
    threads: int | None = None,
) -> Figures:
    """Generate, take in and rate a month; everything lies in `workspace`, which is emptied first."""
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir(parents=True)
    numbers = [f"+336{10_000_000 + index * 37}" for index in range(lines)]
    start = time.perf_counter()
    paths = generator.generate(lines=numbers, month="2026-10", records=records, seed=1, out_dir=workspace / "files", files=files)
    generated = time.perf_counter()
    pricebook.write(workspace / "book", book(numbers, companies=companies, prefixes=prefixes, plans=plans))
    before = time.perf_counter()
    log = store.Store(workspace / "log")
    found = _ingest(workspace, opener, paths, numbers, companies, log, threads)
    ingested = time.perf_counter()
    rater = kernel.Rater(
        pricebook_folder=workspace / "book",
        start_at=dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC),
        end_at=dt.datetime(2026, 10, 31, 23, tzinfo=dt.UTC),
        workspace=workspace,
        threads=threads,
    )
    compiled = time.perf_counter()
    totals = _rate(rater, found, log, workspace)
    rated = time.perf_counter()
    count = sum(item.records for item in found if item.kind == "accepted")
    return Figures(
        records=count,
        generate_seconds=round(generated - start, 2),
        ingest_seconds=round(ingested - before, 2),
        ingest_records_per_second=round(count / (ingested - before)),
        compile_seconds=round(compiled - ingested, 2),
        rate_seconds=round(rated - compiled, 2),
        rate_records_per_second=round(count / (rated - compiled)),
        rated=sum(item.rated for item in totals),
        suspended=sum(item.suspended for item in totals),
        peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _ingest(  # noqa: PLR0917 - one private caller
    workspace: pathlib.Path,
    opener: ports.UsageFileOpener,
    paths: list[pathlib.Path],
    numbers: list[str],
    companies: int,
    log: store.Store,
    threads: int | None,
) -> list[engine.StoredFile]:
    taking = engine.Engine(workspace=workspace, threads=threads)
    since = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    taking.know_numbers([engine.NumberSpan(number, f"company-{index % companies}", since, None) for index, number in enumerate(numbers)])
    found: list[engine.StoredFile] = []
    for path in paths:
        known = [log.absolute(item.path) for item in found if item.kind != "duplicate"]
        opened = opener.open(path=path, workspace=workspace)
        found += taking.take_in(opened=opened, known_files=known, log=log, at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC)).stored
    taking.close()
    return found


def _rate(rater: kernel.Rater, found: list[engine.StoredFile], log: store.Store, workspace: pathlib.Path) -> list[kernel.Totals]:
    by_shard: dict[int, list[engine.StoredFile]] = {}
    for item in found:
        if item.kind == "accepted":
            by_shard.setdefault(item.shard, []).append(item)
    totals = []
    for number, shards in enumerate(kernel.batches({shard: sum(item.records for item in items) for shard, items in by_shard.items()})):
        files = [log.absolute(item.path) for shard in shards for item in by_shard[shard]]
        totals.append(
            rater.rate(records=files, rated_path=workspace / f"rated-{number}.parquet", suspense_path=workspace / f"left-{number}.parquet")
        )
    rater.close()
    return totals


def book(numbers: list[str], *, companies: int, prefixes: int, plans: int) -> dict[str, list[tuple[Any, ...]]]:
    """Return a price book: plans with bands and roaming, an option, own and pooled allowances, one company in five negotiating."""
    chance = random.Random(1)  # noqa: S311 - a measurement, not a secret
    zones = ["FR", "EU", "WORLD", *(f"Z{index}" for index in range(1, 8))]
    drawn = {"33", "331", "336", "337", "332", "334", "44", "49", "34", "1", "212", "32"}
    while len(drawn) < prefixes:
        drawn.add(str(chance.randrange(10, 10 ** chance.randint(3, 8))))
    week, holidays = " ".join(tables.DAYS[:5]), f"sat sun {tables.HOLIDAY}"
    return {
        "parameters": [("home_zone", "FR"), ("currency", "EUR")],
        "zones": [(code, "destination", code) for code in zones],
        "prefixes": [(prefix, "FR" if prefix.startswith("33") else zones[1 + int(prefix) % 9], _DAY, None) for prefix in drawn],
        "networks": [
            (code, "EU" if code[0] == "2" and code != "22801" else "WORLD", None, _DAY, None)
            for code in ("20601", "26201", "21401", "22210", "20404", "23410", "22801", "310410")
        ],
        "bands": [
            ("BUREAU", "HC", "Heures creuses", week, 0, 480),
            ("BUREAU", "HP", "Heures pleines", week, 480, 1140),
            ("BUREAU", "HC", "Heures creuses", week, 1140, 1440),
            ("BUREAU", "HC", "Heures creuses", holidays, 0, 1440),
        ],
        "tariffs": [
            ("BASE", "Base", "BUREAU", None),
            ("OPTION", "Option", "BUREAU", None),
            *((f"PLAN{index}", "Plan", "BUREAU", "BASE") for index in range(plans)),
        ],
        "rates": _rates(zones, plans),
        "allowances": [
            ("OWN-VOICE", "Voix de la ligne", "voice", "seconds", "line", 1, "FR", "FR EU"),
            ("OWN-DATA", "Données de la ligne", "data", "bytes", "line", 1, None, "FR EU"),
            ("POOL-DATA", "Données partagées", "data", "bytes", "pool_per_line", 2, None, "FR EU"),
            ("SMS", "SMS", "sms", "events", "line", 1, "FR", None),
        ],
        "subscriptions": [row for index, number in enumerate(numbers) for row in _terms(index, number, companies, plans)],
        "overrides": [
            row
            for index in range(0, companies, 5)
            for row in (
                (
                    "company",
                    f"company-{index}",
                    None,
                    "voice",
                    None,
                    "FR",
                    "percentage",
                    None,
                    None,
                    Decimal("12.5"),
                    f"A{index} 4.1",
                    _DAY,
                    None,
                ),
                ("company", f"company-{index}", None, "data", None, None, "amount", 1_100, 1_000_000, None, f"A{index} 4.2", _DAY, None),
            )
        ],
    }


def _rates(zones: list[str], plans: int) -> list[tuple[Any, ...]]:
    def rate(  # noqa: PLR0917 - one private caller
        tariff: str,
        service: str,
        origin: str,
        to: str,
        band: str | None,
        price: int,
        quantity: int,
        first: int,
        following: int,
        fee: int = 0,
    ) -> tuple[Any, ...]:
        return (tariff, service, origin, to, band, price, quantity, first, following, fee, 0, None, _DAY, None)

    found = []
    for origin, factor in (("FR", 1), ("EU", 1), ("WORLD", 12)):
        for index, zone in enumerate(zones):
            found += [
                rate("BASE", "voice", origin, zone, band, (60_000 + 40_000 * index) * factor * share // 10, 60, 60, 1, 100_000)
                for band, share in (("HP", 10), ("HC", 6))
            ]
        found += [rate("BASE", service, origin, tables.ANY, None, 80_000 * factor, 1, 1, 1) for service in ("sms", "mms")]
        found.append(rate("BASE", "data", origin, tables.ANY, None, 2_000 * factor, 1_000_000, 10_000, 1_000))
    for plan in range(plans):
        found += [
            rate(f"PLAN{plan}", "voice", "FR", "FR", band, 50_000 + plan * 1_000 - share, 60, 30, 30)
            for band, share in (("HP", 0), ("HC", 20_000))
        ]
    found += [rate("OPTION", "voice", "FR", zone, None, 30_000, 60, 1, 1) for zone in zones[1:4]]
    return found


def _terms(index: int, number: str, companies: int, plans: int) -> list[tuple[Any, ...]]:
    company = index % companies
    line = (f"line-{index}", number, f"account-{company}", f"company-{company}")
    rows: list[tuple[Any, ...]] = [
        (*line, 10, f"PLAN{index % plans}", "OWN-VOICE", 3_600 * (1 + index % 5), _EPOCH, None),
        (*line, 10, None, "OWN-DATA", 500_000_000 * (index % 3), _EPOCH, None),
        (*line, 10, None, "SMS", 1_000_000, _EPOCH, None),
    ]
    if company % 2:
        rows.append((*line, 10, None, "POOL-DATA", 200_000_000, _EPOCH, None))
    if index % 7 == 0:
        rows.append((*line, 20, "OPTION", None, None, _EPOCH, None))
    return rows
