"""Check, deduplicate and sort the records of one usage file into immutable Parquet partitions.

Every line that is neither header nor trailer is a record in; each ends as exactly one of accepted, suspended or duplicate. The
work is set-based in DuckDB with bounded memory, whatever the size of the file.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import uuid
from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from come.shared import period
from come.usage import ports
from come.usage.intake import layout, statements, store
from come.usage.rating import calendars, kernel, pricebook

BUCKETS = 256
SHARDS = 16
# An id that comes again with another date is looked for a month before and after.
_NEIGHBOUR_SECONDS = 31 * 86_400


@dataclasses.dataclass(frozen=True, slots=True)
class NumberSpan:
    """A number on a line of a company, from when to when (`end_at` None = still)."""

    msisdn: str
    company_id: str
    start_at: dt.datetime
    end_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class StoredFile:
    """A partition of the event log: `kind` accepted, suspended or duplicate; `reason_counts` for suspended ones."""

    kind: str
    cycle: str
    shard: int
    path: str
    sha256: str
    size_bytes: int
    records: int


@dataclasses.dataclass(frozen=True, slots=True)
class Intake:
    """What became of one file; `records_in` is the sum of the three others."""

    header: layout.Header | None
    records_in: int
    accepted: int
    suspended: int
    duplicates: int
    findings: tuple[str, ...]
    rejection: str
    announced_records: int | None
    first_start_at: dt.datetime | None
    last_start_at: dt.datetime | None
    stored: tuple[StoredFile, ...]
    reasons: tuple[tuple[str, str, int], ...]  # (cycle, reason, count)


def rejected(code: str, findings: Sequence[str] = ()) -> Intake:
    """Return the intake of a file of which no record could be read."""
    return Intake(None, 0, 0, 0, 0, tuple(findings), code, None, None, None, (), ())


class Engine:
    """Takes files in for one moment of the installed base; keep it for several files of one call."""

    def __init__(self, *, workspace: pathlib.Path, memory: str = kernel.DEFAULT_MEMORY, threads: int | None = None) -> None:
        """Open the engine; `workspace` holds what does not fit in memory and files not yet published."""
        self._workspace = workspace
        self._connection = kernel.connect(workspace=workspace, memory=memory, threads=threads)
        # The first of two equal records is the one that came first: lines keep their order.
        self._connection.execute("SET preserve_insertion_order = true")

    def close(self) -> None:
        """Give the engine's memory back."""
        self._connection.close()

    def know_numbers(self, spans: Sequence[NumberSpan]) -> None:
        """Tell which number belonged to which company, and when."""
        table = pa.table(
            {
                "msisdn": pa.array([int(span.msisdn.lstrip("+")) for span in spans], pa.int64()),
                "company_id": pa.array([span.company_id for span in spans], pa.string()),
                "start_us": pa.array([_micro(span.start_at) for span in spans], pa.int64()),
                "end_us": pa.array([None if span.end_at is None else _micro(span.end_at) for span in spans], pa.int64()),
            },
        )
        self._connection.register("spans_given", table)
        self._connection.execute(statements.NUMBER_SPANS.format(buckets=BUCKETS))
        self._connection.unregister("spans_given")

    def know_numbers_of_book(self, folder: pathlib.Path) -> None:
        """Take the numbers from a price book's subscriptions (rating on files alone)."""
        problems = pricebook.load(self._connection, folder)
        if not problems:
            self._connection.execute(statements.SPANS_OF_BOOK)
            self._connection.execute(statements.NUMBER_SPANS.format(buckets=BUCKETS))

    def read(self, opened: ports.OpenedFile) -> tuple[layout.Header, tuple[str, ...], int | None]:
        """Load the file's records as text fields; return header, findings, announced count. Raises RejectedFile."""
        self._connection.execute("DROP TABLE IF EXISTS field")
        if opened.kind == "parquet":
            return self._read_parquet(opened)
        source = pricebook.literal(opened.path)
        try:
            self._connection.execute(statements.LINES.format(source=source, longest=layout.LONGEST_LINE * 2))
        except duckdb.Error as error:
            raise layout.RejectedFile("not_a_usage_file") from error
        first = pricebook.one(self._connection, statements.FIRST_LINE)
        if first is None:
            raise layout.RejectedFile("empty_file")
        header = layout.parse_header(first[0])
        last = self._connection.execute(statements.TRAILERS).fetchall()
        self._connection.execute(statements.fields(header_row=0, trailer_row=last[0][0] if last else -1))
        findings, announced = self._compare(last)
        return header, (*opened.findings, *findings), announced

    def _compare(self, trailers: Sequence[tuple[int, str, bool]]) -> tuple[list[str], int | None]:
        """Compare the trailer with what was read."""
        parsed = layout.parse_trailer(trailers[0][1]) if trailers else None
        if parsed is None:
            return ["missing_trailer"], None
        findings = [] if trailers[0][2] else ["text_after_trailer"]
        row = pricebook.one(self._connection, statements.SUMS)
        count, seconds, octets = (0, 0, 0) if row is None else (int(value) for value in row)
        if count != parsed[0]:
            findings.append("count_mismatch")
        elif (seconds, octets) != parsed[1:]:
            findings.append("sums_mismatch")
        return findings, parsed[0]

    def _read_parquet(self, opened: ports.OpenedFile) -> tuple[layout.Header, tuple[str, ...], int | None]:
        try:
            metadata = pq.read_metadata(opened.path)
        except (pa.ArrowInvalid, OSError) as error:
            raise layout.RejectedFile("unreadable_parquet") from error
        if not set(statements.PARQUET_COLUMNS) <= set(metadata.schema.names):
            raise layout.RejectedFile("parquet_columns")
        given = {key.decode(): value.decode() for key, value in (metadata.metadata or {}).items() if key.startswith(b"come.")}
        header = layout.parse_header(
            layout.DELIMITER.join(
                (
                    "H",
                    layout.MAGIC,
                    given.get("come.version", ""),
                    given.get("come.source", ""),
                    given.get("come.sequence", ""),
                    given.get("come.created_at", ""),
                ),
            )
        )
        self._connection.execute(statements.LINES_OF_PARQUET.format(source=pricebook.literal(opened.path)))
        self._connection.execute(statements.fields(header_row=-1, trailer_row=-1))
        return header, opened.findings, int(metadata.num_rows)

    def take_in(
        self,
        *,
        opened: ports.OpenedFile,
        known_files: Sequence[pathlib.Path],
        log: store.Store,
        at: dt.datetime,
    ) -> Intake:
        """Check, deduplicate and publish the records of one file.

        `known_files` are the partitions already in the log whose records may come again (accepted and suspended ones).
        Partitions are written to `log`, content-addressed and durable, before this returns; naming them in a manifest is the caller's.
        """
        try:
            header, findings, announced = self.read(opened)
        except layout.RejectedFile as refused:
            return rejected(refused.code, opened.findings)
        self.parse(at=at)
        return self.finish(header=header, findings=findings, announced=announced, known_files=known_files, log=log)

    def parse(self, *, at: dt.datetime) -> tuple[str, ...]:
        """Type and judge the records read; return the cycles in which their ids may have come before."""
        self._connection.execute(statements.parsed(at=at))
        self._connection.execute("DROP TABLE field")
        self._connection.execute("DROP TABLE line")
        start, end = self._range()
        touched = calendars.months(first_second=start - _NEIGHBOUR_SECONDS, last_second=end + _NEIGHBOUR_SECONDS, zone=period.PARIS)
        return tuple(cycle for cycle, _, _ in touched)

    def finish(
        self,
        *,
        header: layout.Header,
        findings: Sequence[str],
        announced: int | None,
        known_files: Sequence[pathlib.Path],
        log: store.Store,
    ) -> Intake:
        """Deduplicate what was parsed, sort it and publish it."""
        connection = self._connection
        connection.execute(statements.repeated_inside())
        connection.execute(statements.repeated_before(known_files))
        start, end = self._range()
        months = calendars.months(first_second=start, last_second=end, zone=period.PARIS)
        connection.execute(statements.sorted_records(months))
        stored = self._publish(log)
        counts = dict(connection.execute("SELECT kind, count(*) FROM sorted GROUP BY kind").fetchall())
        reasons = connection.execute(statements.REASONS).fetchall()
        total = pricebook.one(connection, "SELECT count(*) FROM parsed")
        for name in ("sorted", "parsed", "repeat", "earlier"):
            connection.execute(f"DROP TABLE IF EXISTS {name}")
        intake = Intake(
            header=header,
            records_in=0 if total is None else int(total[0]),
            accepted=int(counts.get("accepted", 0)),
            suspended=int(counts.get("suspended", 0)),
            duplicates=int(counts.get("duplicate", 0)),
            findings=tuple(dict.fromkeys(findings)),
            rejection="",
            announced_records=announced,
            first_start_at=dt.datetime.fromtimestamp(start, dt.UTC) if total and total[0] else None,
            last_start_at=dt.datetime.fromtimestamp(end, dt.UTC) if total and total[0] else None,
            stored=tuple(stored),
            reasons=tuple((str(cycle), str(reason), int(count)) for cycle, reason, count in reasons),
        )
        if intake.records_in != intake.accepted + intake.suspended + intake.duplicates:
            msg = f"{intake.records_in} records in do not add up: {counts}"
            raise AssertionError(msg)
        return intake

    def recycle(self, *, files: Sequence[pathlib.Path], cycle: str, log: store.Store) -> tuple[int, tuple[StoredFile, ...]]:
        """Sort suspended records again with the numbers known now; return how many are accepted and, if any, the new files.

        The new files replace the old ones: what is accepted, and what still waits.
        """
        self._connection.execute(statements.sorted_again(files, cycle))
        row = pricebook.one(self._connection, "SELECT count(*) FROM sorted WHERE kind = 'accepted'")
        count = 0 if row is None else int(row[0])
        stored = tuple(self._publish(log)) if count else ()
        self._connection.execute("DROP TABLE sorted")
        return count, stored

    def _range(self) -> tuple[int, int]:
        row = pricebook.one(
            self._connection,
            "SELECT min(epoch_us(start_at)) // 1000000, max(epoch_us(start_at)) // 1000000 FROM parsed WHERE reason IS NULL",
        )
        return (0, 0) if row is None or row[0] is None else (int(row[0]), int(row[1]))

    def _publish(self, log: store.Store) -> list[StoredFile]:
        folder = self._workspace / f"new-{uuid.uuid4().hex}"
        self._connection.execute(statements.PARTITIONS.format(folder=pricebook.literal(folder), shards=SHARDS, per_shard=BUCKETS // SHARDS))
        found = []
        for published in log.publish_folder(folder):
            kind, cycle, shard = (part.split("=", 1)[1] for part in published.path.split("/")[:3])
            found.append(StoredFile(kind, cycle, int(shard), published.path, published.sha256, published.size_bytes, published.records))
        return found


def _micro(instant: dt.datetime) -> int:
    return int(instant.timestamp()) * 1_000_000 + instant.microsecond
