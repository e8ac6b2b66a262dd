"""Files in, suspense, rating: exactly once, totals that always add up, nothing lost."""

from __future__ import annotations

import datetime as dt
import gzip
import pathlib

import pytest

import fleet_world
from come.inventory import commands as inventory_commands, records as inventory
from come.shared import identifiers, obstacles
from come.usage import commands, models, queries
from come.usage.queries import places
from come.usage.rating import kernel
from usage_world import AT, SYSTEM, record

STRANGER = identifiers.test_msisdn(900)


def ingest(path: pathlib.Path, **given):
    return commands.ingest_file(path=path, actor=given.pop("actor", SYSTEM), at=AT, **given)


def test_every_record_is_accepted_suspended_or_duplicate(world, write_file):
    lines = [
        record("A1"),
        record("A2", start="2026-10-01T08:00:00Z"),
        record("A1"),
        record("A1", seconds=61),
        record("A3", msisdn=STRANGER),
        record("A4", start="1970-01-01T00:00:00Z"),
        record("A5", start="2099-01-01T00:00:00Z"),
        record("A6", start="2026-10-25T02:30:00"),
        record("A7", seconds=-5),
        record("A8", other="abc"),
        "R;A9;voice",
    ]
    answer = ingest(write_file(lines))
    assert (answer.records_in, answer.accepted, answer.suspended, answer.duplicates) == (11, 2, 8, 1)
    assert dict(models.SuspenseGroup.objects.values_list("reason", "records")) == {
        "same_id_other_content": 1,
        "unknown_line": 1,
        "impossible_date": 2,
        "bad_instant": 1,
        "negative_quantity": 1,
        "bad_other_party": 1,
        "malformed_line": 1,
    }
    assert sum(models.UsagePartition.objects.values_list("records", flat=True)) == 11


def test_the_same_file_again_changes_nothing(world, write_file):
    path = write_file([record("A1"), record("A2", line=1)])
    first = ingest(path)
    partitions = list(models.UsagePartition.objects.values_list("path", flat=True))
    again = ingest(path)
    assert (first.state, again.state) == ("ingested", "duplicate")
    assert again.records_in == 0
    assert list(models.UsagePartition.objects.values_list("path", flat=True)) == partitions


def test_a_replayed_request_gives_the_same_answer(world, write_file):
    path = write_file([record("A1")])
    actor = SYSTEM.with_request("req-1")
    assert ingest(path, actor=actor) == ingest(path, actor=actor)
    assert models.UsageFile.objects.count() == 1


def test_the_whole_file_after_a_truncated_one_adds_only_what_was_missing(world, write_file):
    lines = [record(f"A{number}", line=number) for number in range(5)]
    cut = ingest(write_file([*lines[:3], lines[3][:20]], name="cut.csv", trailer=""))
    assert (cut.accepted, cut.suspended, cut.findings) == (3, 1, ("missing_trailer",))
    whole = ingest(write_file(lines, name="whole.csv"))
    assert (whole.accepted, whole.duplicates, whole.findings) == (2, 3, ())


def test_a_truncated_gzip_gives_what_can_be_read(world, write_file, tmp_path):
    lines = [
        record(f"A{number:05d}", line=number % 10, start=f"2026-10-{1 + number % 28:02d}T10:00:{number % 60:02d}Z")
        for number in range(3000)
    ]
    packed = gzip.compress(write_file(lines).read_bytes())
    path = tmp_path / "usage.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    answer = ingest(path)
    assert "truncated_gzip" in answer.findings
    assert 500 < answer.accepted < 3000
    assert answer.records_in == answer.accepted + answer.suspended
    assert answer.suspended <= 1


@pytest.mark.parametrize(
    ("content", "rejection"),
    [
        (b"H,COME-USAGE,1,MSC1,1,2026-11-01T04:00:00Z\n", "wrong_delimiter"),
        (b"id;numero\n1;2\n", "not_a_usage_file"),
        (b"", "empty_file"),
        (b"H;COME-USAGE;2;MSC1;1;2026-11-01T04:00:00Z\n", "unsupported_version"),
        (b"H;COME-USAGE;1;MSC1;x;2026-11-01T04:00:00Z\n", "bad_header"),
        (b"PAR1 and nothing more", "unreadable_parquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_rejected_with_its_reason(world, tmp_path, content, rejection):
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    answer = ingest(path)
    assert (answer.state, answer.rejection, answer.records_in) == ("rejected", rejection, 0)
    assert models.UsagePartition.objects.count() == 0


def test_marks_and_foreign_bytes_are_told_and_cost_only_the_records_they_touch(world, write_file):
    path = write_file([record("A1"), record("A2"), record("A3")])
    content = path.read_bytes().replace(b"\n", b"\r\n").replace(b"A3;voice", b"A\xe9;voice")
    path.write_bytes(b"\xef\xbb\xbf" + content)
    answer = ingest(path)
    assert set(answer.findings) == {"byte_order_mark", "carriage_returns", "foreign_bytes"}
    assert (answer.accepted, answer.suspended) == (3, 0)


def test_rating_adds_up_and_bills_see_it(world, write_file):
    line = [record("V1", seconds=61), record("V2", line=1, other="+9991"), record("S1", service="sms", seconds=0)]
    ingest(write_file(line))
    answer = commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT)
    assert (answer.records_in, answer.rated, answer.suspended) == (3, 2, 1)
    totals = queries.cycle_totals(cycle="2026-10")
    assert totals.is_whole
    assert (totals.rated, totals.suspended_at_rating, totals.waiting) == (2, 1, 0)
    charges = queries.bill_charges(billing_account_ids=[world.account], cycle="2026-10")
    assert sum(charge.charge_micro_eur for charge in charges) == answer.charge_micro_eur > 0
    assert {charge.service for charge in charges} == {"voice", "sms"}
    causes = queries.suspense_causes(viewer=SYSTEM)
    assert [(cause.stage, cause.reason, cause.records) for cause in causes] == [("rating", "unknown_destination", 1)]


def test_rating_again_without_news_is_the_run_already_made(world, write_file):
    ingest(write_file([record("V1")]))
    first = commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT)
    assert commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT) == first
    ingest(write_file([record("V2", line=3)], name="late.csv", sequence=2))
    second = commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT)
    assert second.rating_run_id != first.rating_run_id
    assert second.charge_micro_eur == 2 * first.charge_micro_eur
    assert list(models.RatingRun.objects.filter(is_current=True).values_list("id", flat=True)) == [second.rating_run_id]


def test_an_interrupted_rating_resumes_after_its_finished_batches(world, write_file, monkeypatch):
    ingest(write_file([record(f"V{number}", line=number) for number in range(10)]))
    whole = kernel.Rater.rate

    def dies(self, **given):
        raise KeyboardInterrupt

    monkeypatch.setattr(kernel.Rater, "rate", dies)
    with pytest.raises(KeyboardInterrupt):
        commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT)
    run = models.RatingRun.objects.get()
    assert (run.state, models.LineCharge.objects.count()) == ("running", 0)
    assert queries.bill_charges(billing_account_ids=[world.account], cycle="2026-10") == []
    monkeypatch.setattr(kernel.Rater, "rate", whole)
    answer = commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT)
    assert (answer.rating_run_id, answer.rated) == (run.id, 10)


def test_a_line_found_later_frees_its_records(world, write_file):
    ingest(write_file([record("V1", msisdn=STRANGER), record("V2")]))
    assert commands.recycle_suspense(actor=SYSTEM, at=AT).accepted == 0
    late = fleet_world.new_line(
        world, 900, activated_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC), terms=(inventory.NewUsageTerm(100, tariff_code="T-BASE"),)
    )
    inventory_commands.install_lines(lines=[late], actor=SYSTEM, at=AT)
    answer = commands.recycle_suspense(actor=SYSTEM, at=AT)
    assert (answer.examined, answer.accepted) == (1, 1)
    file = models.UsageFile.objects.get()
    assert (file.records_in, file.accepted, file.suspended) == (2, 2, 0)
    assert commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT).rated == 2
    assert queries.cycle_totals(cycle="2026-10").is_whole


def test_what_a_dead_intake_left_behind_is_swept(world, write_file):
    ingest(write_file([record("V1")]))
    orphan = places.log().root / "kind=accepted" / "cycle=2026-10" / "shard=0" / f"{'0' * 64}.parquet"
    orphan.parent.mkdir(parents=True, exist_ok=True)
    orphan.write_bytes(b"left behind")
    assert commands.sweep_orphans(actor=SYSTEM) == 1
    assert not orphan.exists()
    kept = [places.log().absolute(path) for path in models.UsagePartition.objects.values_list("path", flat=True)]
    assert kept
    assert all(path.exists() for path in kept)


def test_a_record_is_explained_to_those_who_may_see_the_line(world, write_file):
    ingest(write_file([record("V1", seconds=61)]))
    commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT)
    line_id = fleet_world.new_line(world, 0).line_id
    found = queries.records_of(line_id=line_id, cycle="2026-10", viewer=world.alice)
    assert [(item.record_id, item.other_party_masked, item.quantity) for item in found] == [("V1", "+3361234••••", 61)]
    said = queries.explain_record(line_id=line_id, record_id="V1", cycle="2026-10", viewer=world.bob)
    assert "+3361234••••" in said.sentence
    assert "61 s" in said.sentence
    with pytest.raises(obstacles.NotFound):
        queries.records_of(line_id=line_id, cycle="2026-10", viewer=world.charlie)
    with pytest.raises(obstacles.NotFound):
        queries.explain_record(line_id=line_id, record_id="V1", cycle="2026-10", viewer=world.charlie)


def test_a_bill_is_explained_by_the_rating_it_was_made_of(world, write_file):
    ingest(write_file([record("V1", seconds=61)]))
    first = commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT)
    ingest(write_file([record("V2", seconds=30)], name="late.csv", sequence=2))
    commands.rate_cycle(cycle="2026-10", actor=SYSTEM, at=AT)
    line_id = fleet_world.new_line(world, 0).line_id

    def seen(**given):
        return [item.record_id for item in queries.records_of(line_id=line_id, cycle="2026-10", viewer=world.alice, **given)]

    assert seen() == ["V1", "V2"]
    assert seen(rating_run_id=first.rating_run_id) == ["V1"]
    with pytest.raises(obstacles.NotFound):
        queries.explain_record(line_id=line_id, record_id="V2", cycle="2026-10", viewer=world.alice, rating_run_id=first.rating_run_id)


@pytest.mark.parametrize(
    "point", ["come.usage.commands.manifest.add_partitions", "come.shared.eventlog.record", "come.usage.intake.store._sync"]
)
def test_an_intake_that_dies_leaves_nothing_and_is_done_again(world, write_file, monkeypatch, point):
    path = write_file([record("V1"), record("V2", line=1)])

    def dies(*args, **given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(point, dies)
        with pytest.raises(KeyboardInterrupt):
            ingest(path)
    assert (models.UsageFile.objects.count(), models.UsagePartition.objects.count()) == (0, 0)
    assert ingest(path).accepted == 2
    named = set(models.UsagePartition.objects.values_list("path", flat=True))
    lying = {item.relative_to(places.log().root).as_posix() for item in places.log().root.rglob("*.parquet")}
    assert lying == named


def test_a_seller_cannot_take_files_in(world, write_file):
    path = write_file([record("V1")])
    with pytest.raises(obstacles.NotAllowed):
        ingest(path, actor=world.alice)
    assert models.UsageFile.objects.count() == 0
