"""A month of communications: received as files, checked, rated."""

from __future__ import annotations

import datetime as dt
import pathlib
import shutil
from typing import Any

from django.conf import settings

from come.inventory import queries as inventory_queries
from come.project.demo import story
from come.project.demo.journey import Context
from come.shared import formatting, identifiers
from come.usage import commands as usage_commands, generator, queries as usage_queries

_FILES = 8
_UNKNOWN = 40
_UNKNOWN_FIRST = 900_000


def _inbox(cycle: str) -> pathlib.Path:
    return pathlib.Path(settings.COME_HOME) / "inbox" / cycle


def generate_previous(context: Context) -> dict[str, Any]:
    """Write a smaller month before, so that bills have a previous one to be compared with."""
    return _generate(story.PREVIOUS_CYCLE, context.records // story.PREVIOUS_SHARE, before=story.PREVIOUS_USAGE_AT)


def generate(context: Context) -> dict[str, Any]:
    """Write the month's files in the documented format."""
    return _generate(story.CYCLE, context.records, before=story.USAGE_AT)


def _generate(cycle: str, records: int, before: dt.datetime) -> dict[str, Any]:
    # Aside first: a killed run leaves no half-written inbox.
    inbox = _inbox(cycle)
    aside = inbox.with_name(f"{cycle}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    lines = [
        generator.GeneratorLine(msisdn=msisdn, kind=_kind(offering_code), active_from=activated_at)
        for _, msisdn, _, offering_code, _, activated_at in inventory_queries.lines_for_generator()
        if activated_at < before
    ]
    generator.generate(
        lines=lines,
        month=cycle,
        records=records,
        seed=story.SEED,
        out_dir=aside,
        files=_FILES,
        unknown_msisdns=[identifiers.test_msisdn(_UNKNOWN_FIRST + index) for index in range(_UNKNOWN)],
    )
    shutil.rmtree(inbox, ignore_errors=True)
    aside.rename(inbox)
    written = sorted(inbox.iterdir())
    size = sum(path.stat().st_size for path in written)
    return {"summary": f"{len(written)} fichiers, {formatting.bytes_fr(size)}, {formatting.number(len(lines))} lignes actives"}


def _kind(offering_code: str) -> str:
    if offering_code.startswith("M2M"):
        return "m2m"
    return "data" if offering_code.startswith("DATA") else "mobile"


def ingest_and_rate_previous(context: Context) -> dict[str, Any]:
    """Take the month before in and rate it."""
    _ingest(context, story.PREVIOUS_CYCLE, story.PREVIOUS_USAGE_AT)
    usage_commands.rate_cycle(cycle=story.PREVIOUS_CYCLE, actor=story.system("rate", story.PREVIOUS_CYCLE), at=story.PREVIOUS_USAGE_AT)
    return {"summary": _totals(story.PREVIOUS_CYCLE)}


def ingest(context: Context) -> dict[str, Any]:
    """Take every file in; a file taken in before is known by its content."""
    _ingest(context, story.CYCLE, story.USAGE_AT)
    return {"summary": _totals(story.CYCLE)}


def _ingest(context: Context, cycle: str, at: dt.datetime) -> None:
    paths = sorted(_inbox(cycle).iterdir())
    for number, path in enumerate(paths, start=1):
        usage_commands.ingest_file(path=path, actor=story.system("ingest", cycle, path.name), at=at)
        context.console.advance(number / len(paths))


def rate(context: Context) -> dict[str, Any]:
    """Rate the cycle, batch by batch."""
    usage_commands.rate_cycle(cycle=story.CYCLE, actor=story.system("rate", story.CYCLE), at=story.USAGE_AT)
    return {"summary": _totals(story.CYCLE)}


def _totals(cycle: str) -> str:
    return str(usage_queries.cycle_totals(cycle=cycle))
