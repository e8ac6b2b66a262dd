"""A month of communications: received as files, checked, rated."""

from __future__ import annotations

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


def _inbox() -> pathlib.Path:
    return pathlib.Path(settings.COME_HOME) / "inbox" / story.CYCLE


def generate(context: Context) -> dict[str, Any]:
    """Write the month's files in the documented format, aside first: a killed run leaves none half-written."""
    inbox = _inbox()
    aside = inbox.with_name(f"{story.CYCLE}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    lines = [
        generator.GeneratorLine(msisdn=msisdn, kind=_kind(offering_code), active_from=activated_at)
        for _, msisdn, _, offering_code, _, activated_at in inventory_queries.lines_for_generator()
    ]
    generator.generate(
        lines=lines,
        month=story.CYCLE,
        records=context.records,
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


def ingest(context: Context) -> dict[str, Any]:
    """Take every file in; a file taken in before is known by its content."""
    paths = sorted(_inbox().iterdir())
    for number, path in enumerate(paths, start=1):
        usage_commands.ingest_file(path=path, actor=story.system("ingest", path.name), at=story.USAGE_AT)
        context.console.advance(number / len(paths))
    return {"summary": _totals()}


def rate(context: Context) -> dict[str, Any]:
    """Rate the cycle, bucket by bucket."""
    usage_commands.rate_cycle(cycle=story.CYCLE, actor=story.system("rate"), at=story.USAGE_AT)
    return {"summary": _totals()}


def _totals() -> str:
    totals = usage_queries.cycle_totals(cycle=story.CYCLE)
    return str(totals)
