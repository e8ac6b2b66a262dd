"""Immutable files named by their content, durable before they are named in any manifest."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pathlib
import shutil
from collections.abc import Collection

import pyarrow.parquet as pq

_CHUNK = 4 * 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """One file of the store; `path` is relative to the store's root, with forward slashes."""

    path: str
    sha256: str
    size_bytes: int
    records: int


class Store:
    """A folder of immutable Parquet files. Writing the same content twice keeps one file."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root

    def absolute(self, path: str) -> pathlib.Path:
        """Return where a stored file lies."""
        return self.root / path

    def publish_folder(self, folder: pathlib.Path) -> list[Published]:
        """Move every Parquet file of a folder into the store, keeping its sub-folders, and remove the folder."""
        if not folder.exists():
            return []
        found = [self._move(path, path.parent.relative_to(folder).as_posix()) for path in sorted(folder.rglob("*.parquet"))]
        for name in {(self.root / item.path).parent for item in found}:
            _sync(name)
        shutil.rmtree(folder)
        return found

    def publish(self, path: pathlib.Path, under: str) -> Published:
        """Move one file into a folder of the store, named by its digest and durable."""
        found = self._move(path, under)
        _sync((self.root / found.path).parent)
        return found

    def _move(self, path: pathlib.Path, under: str) -> Published:
        digest = hashlib.sha256()
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                digest.update(chunk)
            os.fsync(handle.fileno())
        records = int(pq.read_metadata(path).num_rows)
        name = digest.hexdigest()
        target = self.root / under / f"{name}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        size = path.stat().st_size
        path.replace(target)
        return Published(f"{under}/{name}.parquet", name, size, records)

    def sweep(self, named: Collection[str]) -> list[str]:
        """Remove the files that no manifest names: leftovers of work that died before its commit.

        Call it only while nothing else writes into this store. Returns what was removed.
        """
        if not self.root.exists():
            return []
        removed = []
        for path in sorted(self.root.rglob("*.parquet")):
            relative = path.relative_to(self.root).as_posix()
            if relative not in named:
                path.unlink()
                removed.append(relative)
        return removed


def _sync(folder: pathlib.Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
