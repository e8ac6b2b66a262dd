"""Watch a tree of processes: its peak memory, shared pages counted once."""

from __future__ import annotations

import contextlib
import pathlib
import threading
from collections.abc import Iterator

import psutil

_PAUSE_SECONDS = 0.25


class MemoryWatch:
    """Samples the proportional memory (PSS) of every process that a home folder's run started."""

    def __init__(self, home: pathlib.Path, root: psutil.Process | None) -> None:
        self._home = str(home)
        self._root = root
        self._stop = threading.Event()
        self.peak_bytes = 0

    def sample(self) -> int:
        """Return the present memory in bytes."""
        return sum(_proportional_bytes(process) for process in self._processes())

    def _processes(self) -> Iterator[psutil.Process]:
        seen: set[int] = set()
        roots = [self._root] if self._root is not None else []
        # The database server outlives its parent: found by its data folder.
        roots += [
            process for process in psutil.process_iter(["cmdline"]) if any(self._home in word for word in process.info["cmdline"] or ())
        ]
        for root in roots:
            with contextlib.suppress(psutil.Error):
                for process in (root, *root.children(recursive=True)):
                    if process.pid not in seen:
                        seen.add(process.pid)
                        yield process

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, self.sample())

    @contextlib.contextmanager
    def watching(self) -> Iterator[MemoryWatch]:
        """Sample until the block ends."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()


def _proportional_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, AttributeError):
        return 0
