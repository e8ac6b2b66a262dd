"""What usage needs from outside: somebody who opens the files that switches and partners send."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Protocol


@dataclasses.dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file made readable: `kind` lines (ASCII text, one record a line) or parquet, at `path`.

    `path` is the given file itself when nothing had to be repaired, else a copy in the workspace. `sha256` and `size_bytes` are those of
    the file given. `findings` are codes of `usage.intake.layout.FILE_FINDINGS`.
    """

    name: str
    kind: str
    path: pathlib.Path
    sha256: str
    size_bytes: int
    findings: tuple[str, ...]


class UsageFileOpener(Protocol):
    """Opens usage files as they come: plain, compressed, with marks and bytes that do not belong there."""

    def open(self, *, path: pathlib.Path, workspace: pathlib.Path) -> OpenedFile:
        """Return the file made readable; raises FileNotFoundError. Memory stays bounded whatever the size."""
        ...
