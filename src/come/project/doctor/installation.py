"""What can be examined without the application: Python, packages, disk, served files, the database server, the browser."""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import re
import shutil
import sys
import zoneinfo
from collections.abc import Iterator

import psutil

from come.project import browser, cluster
from come.project.doctor.findings import Examination, Finding, counted, look, well, wrong

_REPOSITORY = pathlib.Path(__file__).resolve().parents[4]
_OLDEST_PYTHON = (3, 11)
_GIGABYTE = 1024**3
_SERVED = (
    "ag-grid/ag-grid-community.min.js",
    "ag-grid/ag-grid.min.css",
    "uplot/uPlot.iife.min.js",
    "fonts/mona-sans-latin-wdth-normal.woff2",
    "fonts/jetbrains-mono-latin-wght-normal.woff2",
)
_SET_UP_FRENCH = "Lancez « make setup »."
_SET_UP_ENGLISH = "Run `make setup`."


def python() -> Iterator[Finding]:
    """Examine the interpreter's version."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _OLDEST_PYTHON:
        yield well("python.version", f"Python {version}", f"Python {version}")
    else:
        yield wrong(
            "python.version",
            f"Python {version} est trop ancien.",
            f"Python {version} is too old.",
            "Installez Python 3.11 ou plus.",
            "Install Python 3.11 or later.",
        )


def locked_versions(text: str) -> dict[str, set[str]]:
    """Return the versions that a lock file allows, by package (several where the interpreter's version decides)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(name.lower(), set()).add(version)
    return found


def packages() -> Iterator[Finding]:
    """Compare the installed packages with the lock file."""
    path = _REPOSITORY / "requirements.lock"
    if not path.exists():
        yield look(
            "packages.lock",
            "Pas de fichier requirements.lock ici.",
            "No requirements.lock here.",
            "Partez d’une copie complète du dépôt.",
            "Use a whole checkout.",
        )
        return
    locked = locked_versions(path.read_text(encoding="utf-8"))
    differing = []
    for name, versions in locked.items():
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            differing.append(f"{name} —")
            continue
        if installed not in versions:
            differing.append(f"{name} {installed}")
    if differing:
        names = ", ".join(differing[:6])
        yield wrong(
            "packages.lock",
            f"Paquets absents ou autres que ceux du verrou : {names}",
            f"Packages missing or not those of the lock: {names}",
            _SET_UP_FRENCH,
            _SET_UP_ENGLISH,
        )
    else:
        yield well("packages.lock", f"{len(locked)} paquets conformes au verrou", f"{len(locked)} packages as locked")


def disk_and_memory() -> Iterator[Finding]:
    """Examine the place where everything that a run makes lies."""
    home = cluster.home()
    place = home if home.exists() else home.parent
    free = shutil.disk_usage(place).free / _GIGABYTE
    sentence = (f"{free:.1f} Go libres sur le disque des données", f"{free:.1f} GB free on the data's disk")
    if free < 0.5:
        yield wrong("disk.free", *sentence, "Libérez de la place, ou changez COME_HOME.", "Free some space, or change COME_HOME.")
    elif free < 3:
        yield look("disk.free", *sentence, "La démonstration demande environ 3 Go.", "The demonstration needs about 3 GB.")
    else:
        yield well("disk.free", *sentence)
    if not os.access(place, os.W_OK):
        yield wrong(
            "disk.writable",
            f"{place} n’est pas inscriptible.",
            f"{place} cannot be written.",
            "Changez ses droits, ou COME_HOME.",
            "Change its rights, or COME_HOME.",
        )
    available = psutil.virtual_memory().available / _GIGABYTE
    if available < 1:
        yield look(
            "memory.available",
            f"{available:.1f} Go de mémoire disponible",
            f"{available:.1f} GB of memory available",
            "L’ensemble demande 2,5 Go.",
            "Everything together needs 2.5 GB.",
        )


def served_files() -> Iterator[Finding]:
    """Examine the front-end parts and the compiled translations."""
    vendor = pathlib.Path(sys.prefix) / "share" / "come" / "vendor"
    missing = [name for name in _SERVED if not (vendor / name).exists()]
    if missing:
        names = ", ".join(missing)
        yield wrong(
            "files.vendor", f"Éléments d’interface absents : {names}", f"Front-end parts missing: {names}", _SET_UP_FRENCH, _SET_UP_ENGLISH
        )
    else:
        yield well("files.vendor", "Grille, graphiques et polices en place", "Grid, charts and fonts in place")
    sources = sorted((_REPOSITORY / "src" / "come").glob("*/locale/*/LC_MESSAGES/*.po"))
    stale = [
        path for path in sources if not path.with_suffix(".mo").exists() or path.with_suffix(".mo").stat().st_mtime < path.stat().st_mtime
    ]
    if stale:
        yield wrong(
            "files.messages",
            counted(len(stale), "catalogue de traduction à compiler", "catalogues de traduction à compiler"),
            counted(len(stale), "translation catalogue to compile", "translation catalogues to compile"),
            _SET_UP_FRENCH,
            _SET_UP_ENGLISH,
        )


def calendars() -> Iterator[Finding]:
    """Examine the time zones that contracts count in."""
    missing = [name for name in ("Europe/Paris", "Indian/Reunion", "America/Martinique") if name not in zoneinfo.available_timezones()]
    if missing:
        names = ", ".join(missing)
        yield wrong("time.zones", f"Fuseaux horaires absents : {names}", f"Time zones missing: {names}", _SET_UP_FRENCH, _SET_UP_ENGLISH)


def database() -> Iterator[Finding]:
    """Examine the database server, starting the embedded one when it exists and is down."""
    status = cluster.status()
    if status == "absent":
        yield look(
            "database.absent",
            "Aucune base n’a encore été créée ici.",
            "No database was made here yet.",
            "Lancez « make demo » ou « come serve ».",
            "Run `make demo` or `come serve`.",
        )
        return
    try:
        found = cluster.ensure_running()
    except cluster.ClusterError as error:
        yield wrong(
            "database.answers",
            f"La base ne répond pas : {error.message}",
            f"The database does not answer: {error.message}",
            "Lisez le journal du serveur indiqué ci-dessus.",
            "Read the server's log named above.",
        )
        return
    where = "embarquée" if found.is_embedded else f"{found.host}:{found.port}/{found.name}"
    yield well("database.answers", f"La base répond ({where})", f"The database answers ({'embedded' if found.is_embedded else where})")


def test_browser() -> Iterator[Finding]:
    """Examine whether the browser tests and screenshots can be run."""
    if browser.executable() is None:
        yield look(
            "browser",
            "Pas de Chromium : ni tests de navigateur, ni captures.",
            "No Chromium: no browser tests, no screenshots.",
            "apt-get install chromium, ou COME_CHROMIUM=/chemin",
            "apt-get install chromium, or COME_CHROMIUM=/path",
        )
    else:
        yield well("browser", "Chromium présent (tests et captures)", "Chromium present (tests and screenshots)")


EXAMINATIONS: tuple[Examination, ...] = (python, packages, disk_and_memory, served_files, calendars, database, test_browser)
