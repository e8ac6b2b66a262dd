"""The small world of usage: the demonstration's tariffs, ten lines of one company, files of usage."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Sequence

import fleet_world
from come.catalogue import commands as catalogue_commands
from come.inventory import commands as inventory_commands, records as inventory
from come.shared import actor as actors, identifiers
from come.usage.intake import layout

AT = dt.datetime(2026, 11, 2, 6, 0, tzinfo=dt.UTC)
SYSTEM = actors.system_actor("tests")
DEMO = pathlib.Path(__file__).resolve().parents[1] / "src" / "come" / "catalogue" / "data" / "demo"
LINES = 10


def build(home: pathlib.Path) -> fleet_world.World:
    """Put the demonstration's catalogue in force and install ten lines on its base tariff; `home` must be the settings' COME_HOME."""
    files = {path.relative_to(DEMO).as_posix(): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}
    catalogue_commands.import_catalogue(files=files, actor=SYSTEM, at=AT, publish=True)
    made = fleet_world.build()
    lines = [
        fleet_world.new_line(
            made,
            number,
            activated_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
            terms=(inventory.NewUsageTerm(100, tariff_code="T-BASE"),),
        )
        for number in range(LINES)
    ]
    inventory_commands.install_lines(lines=lines, actor=SYSTEM, at=AT)
    return made


def record(
    record_id: str,
    *,
    line: int = 0,
    service: str = "voice",
    other: str = "+33612345678",
    start: str = "2026-10-12T10:00:00Z",
    seconds: int = 60,
    octets: int = 0,
    network: str = "",
    msisdn: str = "",
) -> str:
    """Return one line of a usage file."""
    number = msisdn or identifiers.test_msisdn(line)
    return ";".join(("R", record_id, service, "out", number, "" if service == "data" else other, start, str(seconds), str(octets), network))


def write(
    folder: pathlib.Path,
    lines: Sequence[str],
    *,
    name: str = "usage.csv",
    sequence: int = 1,
    source: str = "MSC1",
    trailer: str | None = None,
) -> pathlib.Path:
    """Write a usage file with a true trailer, or the one given ("" for none)."""
    path = folder / name
    fields = [line.split(";") for line in lines]
    sums = [sum(int(item[place]) for item in fields if len(item) == layout.FIELDS and item[place].isdigit()) for place in (7, 8)]
    end = layout.trailer(count=len(lines), duration_seconds=sums[0], volume_bytes=sums[1]) if trailer is None else trailer
    head = layout.header(source=source, sequence=sequence, created_at="2026-11-01T04:00:00Z")
    path.write_text("\n".join([head, *lines, *([end] if end else [])]) + "\n", encoding="ascii")
    return path
