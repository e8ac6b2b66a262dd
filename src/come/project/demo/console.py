"""What the journey prints: one line a step, its progress while it runs, its timing and what it did."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import rich.console
import rich.markup
import rich.progress


class Console:
    """Prints steps in order; on a terminal a bar moves, in a file only the finished steps appear."""

    def __init__(self, *, is_quiet: bool = False) -> None:
        self._rich = rich.console.Console(highlight=False, quiet=is_quiet, soft_wrap=True)
        self._progress: rich.progress.Progress | None = None
        self._task: rich.progress.TaskID | None = None
        self._started = time.monotonic()

    def title(self, text: str) -> None:
        """Print a heading."""
        self._rich.print(f"\n[bold]{rich.markup.escape(text)}[/bold]")

    def say(self, text: str) -> None:
        """Print one line."""
        self._rich.print(rich.markup.escape(text))

    @contextlib.contextmanager
    def step(self, number: int, total: int, label: str) -> Iterator[None]:
        """Show a step while it runs."""
        columns = (
            rich.progress.TextColumn(f"[dim]{number:>2}/{total}[/dim] {{task.description}}"),
            rich.progress.BarColumn(bar_width=28),
            rich.progress.TextColumn("{task.percentage:>3.0f} %"),
            rich.progress.TimeElapsedColumn(),
        )
        with rich.progress.Progress(*columns, console=self._rich, transient=True) as progress:
            self._progress, self._task = progress, progress.add_task(label, total=1.0)
            try:
                yield
            finally:
                self._progress = self._task = None

    def advance(self, share: float) -> None:
        """Move the bar of the present step to `share` (0 to 1)."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=share)

    def done(self, number: int, total: int, label: str, seconds: float, summary: str) -> None:
        """Print a finished step."""
        text = f"[dim]{number:>2}/{total}[/dim] [green]✓[/green] {rich.markup.escape(label)} [dim]{seconds:.1f} s[/dim]"
        self._rich.print(text)
        for line in summary.splitlines():
            self._rich.print(f"        {rich.markup.escape(line)}")

    def skipped(self, number: int, total: int, label: str) -> None:
        """Print a step that an earlier run finished."""
        self._rich.print(f"[dim]{number:>2}/{total} ✓ {rich.markup.escape(label)} (déjà fait)[/dim]")

    @property
    def elapsed_seconds(self) -> float:
        """Return the time since the console was made."""
        return time.monotonic() - self._started
