"""`come bench road`: a clean clone, `make demo`, the seller's pages, the invoices, the memory of it all."""

from __future__ import annotations

import http.cookiejar
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import psutil

from come.project.bench import processes, report, served
from come.project.demo import story

_REPOSITORY = pathlib.Path(__file__).resolve().parents[4]
_ROUNDS = {"small": 5, "full": 20}
_RECORDS = {"small": 100_000, "full": story.RECORDS}
_SERVER_TIMING = re.compile(r"app;dur=([\d.]+)")


def run(size: str) -> dict[str, Any]:
    """Measure the road; `size` is "full" (the demonstration as it is) or "small" (fewer usage records, fewer rounds)."""
    load = os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="come-bench-") as folder:
        clone = pathlib.Path(folder) / "come"
        figures = _make_demo(clone, size)
        figures += _pages_and_memory(clone, size)
        figures += _invoices(clone, size)
        served.stop_database(clone / ".venv" / "bin" / "python", served.environment(clone / "var"))
    return report.report("road", figures, load)


def _make_demo(clone: pathlib.Path, size: str) -> list[report.Figure]:
    git = shutil.which("git")
    make = shutil.which("make")
    if git is None or make is None:
        msg = "git and make are needed to measure a clean clone"
        raise RuntimeError(msg)
    subprocess.run([git, "clone", "--quiet", str(_REPOSITORY), str(clone)], check=True)  # noqa: S603 - fixed words
    environment = served.environment(clone / "var")
    started = time.time()
    command = [make, "demo", f"ARGS=--no-serve --records {_RECORDS[size]}"]
    with (clone.parent / "demo.log").open("w") as log:
        child = subprocess.Popen(command, cwd=clone, env=environment, stdout=log, stderr=log)  # noqa: S603 - fixed words
        watch = processes.MemoryWatch(clone / "var", psutil.Process(child.pid))
        with watch.watching():
            code = child.wait()
    if code:
        tail = (clone.parent / "demo.log").read_text()[-2000:]
        msg = f"make demo ended with {code}:\n{tail}"
        raise RuntimeError(msg)
    told = json.loads((clone / "var" / "demo.json").read_text())
    return [
        report.Figure("make_demo_to_first_invoice", told["first_invoice_at"] - started, "s", "< 180"),
        report.Figure("journey", told["journey_seconds"], "s", "< 60"),
        report.Figure("make_demo_whole", time.time() - started, "s"),
        report.Figure("usage_records", told["usage_records"], "records", ">= 1000000" if size == "full" else None),
        report.Figure("invoices_written", told["invoices"], "invoices"),
        report.Figure("memory_peak_demo", watch.peak_bytes / 1e9, "GB", "< 2.5"),
    ]


class Browser:
    """A signed-in person's requests, with the server's own time of each."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def get(self, path: str) -> tuple[str, float]:
        """Return a page and the milliseconds that the server says it took."""
        with self._opener.open(self._base + path, timeout=30) as answer:
            body = answer.read().decode("utf-8", "replace")
            found = _SERVER_TIMING.search(answer.headers.get("Server-Timing", ""))
        if found is None:
            msg = f"{path} does not say its time"
            raise RuntimeError(msg)
        return body, float(found[1])

    def sign_in(self, login: str) -> None:
        """Sign in with the demonstration's password."""
        self.get("/connexion/")
        token = next(cookie.value for cookie in self._jar if cookie.name == "csrftoken")
        fields = {"login": login, "password": story.PASSWORD, "csrfmiddlewaretoken": token or ""}
        request = urllib.request.Request(  # noqa: S310 - loopback
            self._base + "/connexion/",
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Referer": self._base + "/connexion/"},
        )
        self._opener.open(request, timeout=30).read()
        if not any(cookie.name == "sessionid" for cookie in self._jar):
            msg = f"{login} could not sign in"
            raise RuntimeError(msg)


def _pages_and_memory(clone: pathlib.Path, size: str) -> list[report.Figure]:
    told = json.loads((clone / "var" / "demo.json").read_text())
    times: dict[str, list[float]] = {}
    come = clone / ".venv" / "bin" / "come"
    with served.serving(come, served.environment(clone / "var"), clone.parent / "serve.log") as (base, process):
        browser = Browser(base)
        browser.sign_in("alice")
        watch = processes.MemoryWatch(clone / "var", process)
        with watch.watching():
            for round_number in range(_ROUNDS[size] + 1):
                for name, path in told["seller_pages"].items():
                    _, milliseconds = browser.get(path)
                    # The first round warms templates and caches; a seller meets it once a release.
                    if round_number:
                        times.setdefault(name, []).append(milliseconds)
        memory = watch.peak_bytes
    everything = [value for values in times.values() for value in values]
    return [
        report.Figure("pages_p95", report.percentile(everything, 0.95), "ms", "< 150"),
        report.Figure("pages_median", statistics.median(everything), "ms"),
        *(report.Figure(f"page_{name}_p95", report.percentile(values, 0.95), "ms", "< 150") for name, values in times.items()),
        report.Figure("memory_serving", memory / 1e9, "GB", "< 2.5"),
    ]


def _invoices(clone: pathlib.Path, size: str) -> list[report.Figure]:
    count = {"small": 40, "full": 200}[size]
    command = [str(clone / ".venv" / "bin" / "python"), "-m", "come.project.bench.invoices", str(count)]
    done = subprocess.run(command, cwd=clone, env=served.environment(clone / "var"), check=True, capture_output=True, text=True)  # noqa: S603 - fixed words
    told = json.loads(done.stdout)
    return [
        report.Figure("invoices_per_second", told["per_second"], "invoices/s", ">= 15"),
        report.Figure("invoice_pages", told["pages"], "pages", ">= 3"),
    ]
