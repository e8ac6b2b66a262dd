"""`come bench quotes`: fleets of 1,000 to 100,000 lines pasted, priced, edited and opened in the whole product, beside Tryton."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

from come.project import browser, cluster
from come.project.bench import processes, report, served
from come.project.bench.quotes import client, tables, tryton

_SIZES = {"small": (100, 1_000), "full": (1_000, 10_000, 100_000)}
_EDITED = {"small": 1_000, "full": 10_000}
_PASTED_AT_ONCE = 10_000
_KERNEL_MIXES = ("10000/200", "10000/5000")
_TRYTON_LINES = 1_000
_TRYTON_EDITS = 10
_GOALS: Mapping[str, str] = {
    "paste_1000": "< 2",
    "paste_10000": "< 10",
    "reprice_1000": "< 0.5",
    "reprice_10000": "< 2",
    "reprice_100000": "< 20",
    "edit_10000_p95": "< 0.3",
    "first_rows_10000": "< 1",
    "first_rows_100000": "< 20",
    "memory_peak_serving": "< 2.5",
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Desk:
    """The served product, a signed-in seller and the company that the quotes are for."""

    base: str
    seller: client.Seller
    company: str
    password: str


def run(size: str) -> dict[str, Any]:
    """Measure quotes; `size` is "full" (up to 100,000 lines) or "small" (up to 1,000, a minute in all)."""
    load = os.getloadavg()
    python = pathlib.Path(sys.executable)
    figures: list[report.Figure] = []
    with tempfile.TemporaryDirectory(prefix="come-quotes-") as folder:
        home = pathlib.Path(folder) / "var"
        given = served.environment(home, COME_DEMO="1")
        try:
            told = _told(python, given, "world")
            figures += _kernel(python, given)
            with served.serving(python.with_name("come"), given, home / "serve.log") as (base, process):
                watch = processes.MemoryWatch(home, process)
                with watch.watching():
                    seller = client.Seller(base)
                    seller.sign_in("alice", told["password"])
                    figures += _served(_Desk(base, seller, told["company"], told["password"]), size)
                figures.append(_figure("memory_peak_serving", watch.peak_bytes / 1e9, "GB"))
            figures += _beside_tryton(python, given, figures)
        finally:
            served.stop_database(python, given)
    return report.report("quotes", figures, load)


def _told(python: pathlib.Path, given: Mapping[str, str], program: str, *words: str) -> dict[str, Any]:
    """Run a program of this package on the bench's own data, and return what it prints."""
    command = [str(python), "-m", f"come.project.bench.quotes.{program}", *words]
    done = subprocess.run(command, env=dict(given), check=False, capture_output=True, text=True)  # noqa: S603 - our own program
    if done.returncode:
        msg = f"{program} ended with {done.returncode}:\n{done.stderr[-2000:]}"
        raise RuntimeError(msg)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _figure(name: str, value: float | None, unit: str = "s", note: str = "") -> report.Figure:
    return report.Figure(name, value, unit, _GOALS.get(name), note)


def _kernel(python: pathlib.Path, given: Mapping[str, str]) -> list[report.Figure]:
    """Price in memory alone; "10000/5000" is ten thousand lines in five thousand different patterns."""
    found = _told(python, given, "kernel", *_KERNEL_MIXES)
    return [report.Figure(f"kernel_{mix.replace('/', '_in_')}", found[mix], "lines/s", ">= 300000") for mix in _KERNEL_MIXES]


def _served(desk: _Desk, size: str) -> list[report.Figure]:
    figures: list[report.Figure] = []
    references: dict[int, str] = {}
    # What the processes load once is loaded before the clock starts.
    _paste(desk, 50)
    for count in _SIZES[size]:
        references[count], pasting = _paste(desk, count)
        figures.append(_figure(f"paste_{count}", pasting))
        figures += _acts(desk, references[count], count)
    if size == "full":
        reference, pasting = _paste(desk, 10_000, is_varied=True)
        figures.append(report.Figure("paste_10000_varied", pasting, "s", "< 10"))
        figures.append(report.Figure("reprice_10000_varied", _repriced(desk, reference, 3), "s", "< 2"))
    figures += [_first_rows(desk, references[count], count) for count in _SIZES[size]]
    return figures + _growth(figures, _SIZES[size])


def _paste(desk: _Desk, count: int, *, is_varied: bool = False) -> tuple[str, float]:
    """Open a quote, paste its fleet (as a person would, at most 10,000 rows at once), and return its reference and the seconds."""
    reference = client.open_quote(desk.seller, desk.company)
    seconds = 0.0
    for first in range(0, count, _PASTED_AT_ONCE):
        here = min(_PASTED_AT_ONCE, count - first)
        text = tables.varied(here) if is_varied else tables.fleet(here, first=first)
        answer = desk.seller.send(f"/devis/{reference}/coller/", {"text": text})
        told = json.loads(answer.body)
        if told["added"] != here or told["to_correct"]:
            msg = f"{here} rows were pasted, {told['added']} added, {told['to_correct']} to correct"
            raise RuntimeError(msg)
        seconds += answer.seconds
    return reference, seconds


def _acts(desk: _Desk, reference: str, count: int) -> list[report.Figure]:
    most = 100_000
    return [
        _figure(f"reprice_{count}", _repriced(desk, reference, 2 if count >= most else 5)),
        _figure(f"edit_{count}_p95", report.percentile(_edits(desk, reference, 10 if count >= most else 40), 0.95)),
        _figure(f"window_{count}", statistics.median(desk.seller.get(f"/devis/{reference}/lignes/").seconds for _ in range(5))),
    ]


def _repriced(desk: _Desk, reference: str, rounds: int) -> float:
    """Return the median seconds to bring a whole quote to the prices of the day."""
    return statistics.median(desk.seller.post(f"/devis/{reference}/actualiser/", {}).seconds for _ in range(rounds))


def _edits(desk: _Desk, reference: str, rounds: int) -> list[float]:
    """Edit one line, its name then its options in turn, and read the sums again: the seconds of each edit."""
    rows = json.loads(desk.seller.get(f"/devis/{reference}/lignes/?limit={rounds}").body)["rows"]
    times = []
    for place, row in enumerate(rows):
        options = "" if row["options"] else "OPT-SECURITE"
        cells = {"user_label": f"Autre personne {place}"} if place % 2 else {"options": options}
        seen = {column: row[column] for column in cells}
        written = desk.seller.send(f"/devis/{reference}/modifier/", {"changes": {row["id"]: cells}, "seen": {row["id"]: seen}})
        sums = desk.seller.get(f"/devis/{reference}/chiffres/")
        times.append(written.seconds + sums.seconds)
    return times


def _first_rows(desk: _Desk, reference: str, count: int) -> report.Figure:
    executable = browser.executable()
    name = f"first_rows_{count}"
    if executable is None:
        return _figure(name, None, note="no Chromium: `python tools/setup.py --browser` fetches one, COME_CHROMIUM names another")
    from come.project.bench.quotes import screen  # noqa: PLC0415 - its library comes with the tools of the checks

    return _figure(name, screen.first_rows_seconds(executable, desk.base, desk.password, reference, rounds=5))


def _growth(figures: list[report.Figure], sizes: tuple[int, ...]) -> list[report.Figure]:
    """Say how much dearer a line is in the largest quote than in the one before: 1 is a cost that grows as the lines do."""
    values = {figure.name: figure.value for figure in figures}
    smaller, largest = sizes[-2:]
    found = []
    for act in ("paste", "reprice"):
        less, more = values[f"{act}_{smaller}"], values[f"{act}_{largest}"]
        assert less is not None
        assert more is not None
        found.append(report.Figure(f"{act}_per_line_growth", (more / largest) / (less / smaller), "times", "<= 1.5"))
    return found


def _beside_tryton(python: pathlib.Path, given: Mapping[str, str], figures: list[report.Figure]) -> list[report.Figure]:
    """Time the same order of 1,000 lines in Tryton on the same server, and say how many times longer it takes there."""
    program = "import dataclasses, json; from come.project import cluster; print(json.dumps(dataclasses.asdict(cluster.ensure_running())))"
    done = subprocess.run([str(python), "-c", program], env=dict(given), check=True, capture_output=True, text=True)  # noqa: S603 - fixed words
    ours = {figure.name: figure.value for figure in figures}
    pairs = {"create": "paste_1000", "edit": "edit_1000_p95", "quote": "reprice_1000"}
    try:
        told: Mapping[str, float] = tryton.measure(
            cluster.DatabaseAddress(**json.loads(done.stdout)), lines=_TRYTON_LINES, edits=_TRYTON_EDITS
        )
    except tryton.MissingError as missing:
        return [_figure(f"tryton_{act}_1000", None, note=str(missing)) for act in pairs]
    found = [_figure(f"tryton_{act}_1000", told[act]) for act in pairs]
    for act, name in pairs.items():
        mine = ours[name]
        ratio = told[act] / mine if mine else None
        found.append(report.Figure(f"tryton_ratio_{act}", ratio, "times", note=f"tryton_{act}_1000 / {name}"))
    return found
