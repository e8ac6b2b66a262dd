"""What a past month would cost with other usage prices: the kernel asked twice, nothing written of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import shutil
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.party import queries as party_queries
from come.shared import actor as actors, obstacles, period, text
from come.staff import policies as rights
from come.usage import models
from come.usage.queries import places, price_book
from come.usage.rating import kernel, pricebook, tables

_BATCH_RECORDS = 500_000
SHOWN = 10
_SUMS = "SELECT company_id, count(DISTINCT record_id), CAST(sum(charge_micro_eur) AS BIGINT) FROM read_parquet({source}) GROUP BY 1"
Progress = Callable[[int, int], None]
Book = dict[str, list[tuple[Any, ...]]]


@dataclasses.dataclass(frozen=True, slots=True)
class CustomerDifference:
    """What one company's usage of the month costs with the prices of today, then with those tried (micro-euros excluding tax)."""

    company_id: str
    name: str
    events: int
    before_micro_eur: int
    after_micro_eur: int

    @property
    def difference_micro_eur(self) -> int:
        """Return what changes."""
        return self.after_micro_eur - self.before_micro_eur


@dataclasses.dataclass(frozen=True, slots=True)
class Simulation:
    """The totals of a simulated month, then the companies that pay more and those that pay less, the biggest change first.

    `rated_before` and `rated_after` differ when the tried prices leave some usage without a price, or give it one.
    """

    cycle: str
    records_in: int
    rated_before: int
    rated_after: int
    before_micro_eur: int
    after_micro_eur: int
    customers: int
    changed_customers: int
    dearer: tuple[CustomerDifference, ...]
    cheaper: tuple[CustomerDifference, ...]

    @property
    def difference_micro_eur(self) -> int:
        """Return what changes in all."""
        return self.after_micro_eur - self.before_micro_eur


def simulate_tariff(
    *,
    cycle: str,
    rates: Sequence[catalogue.RateRecord],
    tariffs: Sequence[catalogue.TariffRecord] = (),
    viewer: actors.Actor,
    customer_reference: str = "",
    on_progress: Progress = lambda _done, _total: None,
    memory: str = kernel.DEFAULT_MEMORY,
) -> Simulation:
    """Rate the accepted records of a past month twice, with today's price book and with these usage prices in it.

    The prices replace those of the same tariff, zones and hours for the whole month. Those of a tariff that does not exist yet are tried
    on the lines of the tariff that it is based on. With a customer, only its lines are rated. Raises NotAllowed, NotFound, and
    Refusal when there is nothing to simulate or the prices make no whole book. Nothing is written but files thrown away at the end.
    """
    rights.require(viewer, "catalogue.write")
    rights.require(viewer, "usage.read")
    company = _company(customer_reference, viewer) if customer_reference else ""
    batches = _batches(cycle)
    obstacles.refuse_if_any(_nothing_to_do(cycle, batches, rates))
    today = price_book.rows_of(cycle=cycle)
    if company:
        today["subscriptions"] = [row for row in today["subscriptions"] if row[3] == company]
    tried = with_rates(today, rates, tariffs)
    tried["overrides"] = price_book.overrides_of(cycle=cycle, rates=tried["rates"])
    workspace = places.workspace(f"simulation-{uuid.uuid4().hex}")
    try:
        numbers = {row[1] for row in today["subscriptions"] if row[1]} if company else None
        return _compare(_Desk(cycle, batches, workspace, memory, numbers, on_progress, viewer), today, tried)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def _company(reference: str, viewer: actors.Actor) -> str:
    return str(party_queries.customer_file(reference=reference, viewer=viewer).legal_unit_id)


def _batches(cycle: str) -> list[list[tuple[str, int]]]:
    """Return a cycle's accepted partitions with their records, in groups of whole companies."""
    found = models.UsagePartition.objects.filter(kind="accepted", cycle=cycle, superseded_at=None).order_by("shard", "path")
    by_shard: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for shard, path, count in found.values_list("shard", "path", "records"):
        by_shard[shard].append((path, count))
    counts = {shard: sum(count for _, count in rows) for shard, rows in by_shard.items()}
    return [[row for shard in shards for row in by_shard[shard]] for shards in kernel.batches(counts, most=_BATCH_RECORDS)]


def _nothing_to_do(cycle: str, batches: Sequence[Any], rates: Sequence[Any]) -> list[obstacles.Obstacle]:
    found = []
    if not rates:
        found.append(
            obstacles.Obstacle(
                "usage.simulation_same_prices",
                obstacles.Severity.REFUSAL,
                text.T("Cette version ne change aucun prix d’usage."),
                text.T("Ajoutez-lui des prix d’usage, puis relancez la simulation."),
            )
        )
    if not batches:
        found.append(
            obstacles.Obstacle(
                "usage.simulation_no_usage",
                obstacles.Severity.REFUSAL,
                text.T("Aucune consommation de {cycle} n’a été reçue.", cycle=cycle),
                text.T("Choisissez un mois qui a des consommations."),
            )
        )
    return found


def with_rates(book: Book, rates: Sequence[catalogue.RateRecord], tariffs: Sequence[catalogue.TariffRecord]) -> Book:
    """Return a price book in which these usage prices hold for its whole time instead of those of the same tariff, zones and hours."""
    names = list(tables.names("rates"))
    given = catalogue_queries.RATE_COLUMNS
    based_on = {tariff.code: tariff.based_on for tariff in tariffs if tariff.based_on}
    keys = [names.index(name) for name in ("tariff_code", "service", "origin_zone", "destination_zone", "band_code")]
    first, last = names.index("valid_from"), names.index("valid_to")
    start = min((row[first] for row in book["rates"]), default=dt.date(2000, 1, 1))
    added = []
    for rate in rates:
        meant = dataclasses.replace(rate, tariff_code=based_on.get(rate.tariff_code, rate.tariff_code))
        values = dict(zip(given, catalogue_queries.rate_row(meant), strict=True))
        row = [values.get(name) for name in names]
        row[first], row[last] = start, None
        added.append(tuple(row))
    replaced = {tuple(row[place] or None for place in keys) for row in added}
    kept = [row for row in book["rates"] if tuple(row[place] or None for place in keys) not in replaced]
    return {**book, "rates": [*kept, *added]}


@dataclasses.dataclass(slots=True)
class _Sums:
    records_in: int = 0
    rated: int = 0
    charge_micro_eur: int = 0
    by_company: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class _Desk:
    """Where and on what a simulation works; `numbers` None = every line."""

    cycle: str
    batches: Sequence[list[tuple[str, int]]]
    workspace: pathlib.Path
    memory: str
    numbers: set[str] | None
    on_progress: Progress
    viewer: actors.Actor


def _compare(desk: _Desk, today: Book, tried: Book) -> Simulation:
    desk.on_progress(0, len(desk.batches) * 2)
    sides = []
    for side, book in enumerate((today, tried)):
        folder = desk.workspace / f"book-{side}"
        pricebook.write(folder, book)
        sides.append(_rate(desk, folder, side * len(desk.batches)))
    before, after = sides
    return _answer(desk.cycle, before, after, desk.viewer)


def _rate(desk: _Desk, book: pathlib.Path, done_before: int) -> _Sums:
    month = period.parse_cycle(desk.cycle).instants()
    assert month.end is not None
    rater = kernel.Rater(pricebook_folder=book, start_at=month.start, end_at=month.end, workspace=desk.workspace, memory=desk.memory)
    sums, log = _Sums(), places.log()
    rated, left = desk.workspace / "rated.parquet", desk.workspace / "suspense.parquet"
    try:
        for done, batch in enumerate(desk.batches, start=1):
            paths = [log.absolute(path) for path, _count in batch]
            if desk.numbers is not None:
                paths = [_only(paths, desk.numbers, desk.workspace)]
            totals = rater.rate(records=paths, rated_path=rated, suspense_path=left)
            sums.records_in += totals.records_in
            sums.rated += totals.rated
            sums.charge_micro_eur += totals.charge_micro_eur
            with duckdb.connect() as engine:
                for company, events, charge in engine.execute(_SUMS.format(source=pricebook.literal(rated))).fetchall():
                    known = sums.by_company.get(company, (0, 0))
                    sums.by_company[company] = (known[0] + events, known[1] + charge)
            desk.on_progress(done_before + done, len(desk.batches) * 2)
    finally:
        rater.close()
    return sums


def _only(paths: Sequence[pathlib.Path], numbers: set[str], workspace: pathlib.Path) -> pathlib.Path:
    """Keep the records of these numbers."""
    kept = workspace / "kept.parquet"
    listed = ", ".join(pricebook.literal(path) for path in paths)
    wanted = ", ".join(str(int("".join(sign for sign in number if sign.isdigit()))) for number in sorted(numbers)) or "-1"
    with duckdb.connect() as engine:
        engine.execute(
            f"COPY (SELECT * FROM read_parquet([{listed}]) WHERE served_msisdn IN ({wanted})) TO {pricebook.literal(kept)} (FORMAT parquet)"
        )
    return kept


def _answer(cycle: str, before: _Sums, after: _Sums, viewer: actors.Actor) -> Simulation:
    companies = sorted({*before.by_company, *after.by_company})
    names = _names(companies, viewer)
    found = [
        CustomerDifference(
            company,
            names.get(company, company),
            max(before.by_company.get(company, (0, 0))[0], after.by_company.get(company, (0, 0))[0]),
            before.by_company.get(company, (0, 0))[1],
            after.by_company.get(company, (0, 0))[1],
        )
        for company in companies
    ]
    changed = sorted((one for one in found if one.difference_micro_eur), key=lambda one: (-abs(one.difference_micro_eur), one.name))
    return Simulation(
        cycle=cycle,
        records_in=before.records_in,
        rated_before=before.rated,
        rated_after=after.rated,
        before_micro_eur=before.charge_micro_eur,
        after_micro_eur=after.charge_micro_eur,
        customers=len(found),
        changed_customers=len(changed),
        dearer=tuple(one for one in changed if one.difference_micro_eur > 0)[:SHOWN],
        cheaper=tuple(one for one in changed if one.difference_micro_eur < 0)[:SHOWN],
    )


def _names(companies: Sequence[str], viewer: actors.Actor) -> dict[str, str]:
    units = {uuid.UUID(company) for company in companies if company}
    return {str(file.legal_unit_id): file.legal_name for file in party_queries.files_of_units(legal_unit_ids=units, viewer=viewer)}


@dataclasses.dataclass(frozen=True, slots=True)
class SimulationRecord:
    """A simulation asked for on a screen: how far it is, and what it found."""

    id: uuid.UUID
    offering_id: uuid.UUID
    cycle: str
    customer_reference: str
    state: str
    done: int
    total: int
    failure: str
    asked_by_name: str
    asked_at: dt.datetime
    simulation: Simulation | None


def latest_simulation(*, offering_id: uuid.UUID, viewer: actors.Actor) -> SimulationRecord | None:
    """Return the last simulation of a version (one statement). Raises NotAllowed."""
    rights.require(viewer, "catalogue.write")
    row = models.TariffSimulation.objects.filter(offering_id=offering_id).order_by("-asked_at").first()
    if row is None:
        return None
    return SimulationRecord(
        id=row.id,
        offering_id=row.offering_id,
        cycle=row.cycle,
        customer_reference=row.customer_reference,
        state=row.state,
        done=row.done,
        total=row.total,
        failure=row.failure,
        asked_by_name=row.asked_by_name,
        asked_at=row.asked_at,
        simulation=from_json(row.figures) if row.figures else None,
    )


def as_json(found: Simulation) -> dict[str, Any]:
    """Return a simulation as JSON keeps it."""
    return dataclasses.asdict(found)


def from_json(kept: dict[str, Any]) -> Simulation:
    """Return a simulation as it was kept."""
    lists = {name: tuple(CustomerDifference(**one) for one in kept[name]) for name in ("dearer", "cheaper")}
    return Simulation(**{**kept, **lists})
