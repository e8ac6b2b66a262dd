"""What the rules look at: the repository's files, and the contract as pyproject.toml states it."""

from __future__ import annotations

import pathlib
import re
import subprocess
import tomllib
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
COME = ROOT / "src" / "come"


def tracked() -> list[pathlib.Path]:
    """Return the files of the repository (those that git knows, or every source file outside a git checkout)."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]
    return [path for folder in ("src", "tests", "tools", "docs") for path in (ROOT / folder).rglob("*") if path.is_file()]


def python_files(*, migrations: bool = False) -> list[pathlib.Path]:
    """Return the product's own modules."""
    return sorted(path for path in COME.rglob("*.py") if migrations or "migrations" not in path.parts)


def contracts() -> dict[str, dict[str, Any]]:
    """Return the import contracts by their id."""
    with (ROOT / "pyproject.toml").open("rb") as handle:
        return {contract["id"]: contract for contract in tomllib.load(handle)["tool"]["importlinter"]["contracts"]}


def rank() -> dict[str, int]:
    """Return each package's height on the road: a higher one may use a lower one; siblings share a height."""
    layers = contracts()["road"]["layers"]
    return {name: len(layers) - index for index, layer in enumerate(layers) for name in re.findall(r"\w+", layer)}


def package_of(module: str) -> str:
    """Return the package of a dotted module name: come.order.commands.submit -> order."""
    return module.split(".")[1]


def shown(path: pathlib.Path, line: int | None = None) -> str:
    """Return a path of the repository as people read it."""
    return f"{path.relative_to(ROOT)}{f':{line}' if line else ''}"
