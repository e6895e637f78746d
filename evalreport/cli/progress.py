"""Progress on standard error: only on a terminal, and only for work that takes a while."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_SECONDS = 0.5


class JobProgress:
    """What is told of a job as it goes on; this one tells nobody."""

    def rows(self, n_rows: int) -> None:
        """Take in that so many more rows were read."""

    def step(self, name: str) -> None:
        """Take in what is done next."""


class TerminalProgress(JobProgress):
    """One line on the terminal: rows and rows per second, then the step that goes on."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID = progress.add_task("Reading predictions", total=None, detail="")
        self._started = time.monotonic()
        self._n_rows = 0

    def rows(self, n_rows: int) -> None:
        """Show how many rows were read, and how many a second."""
        self._n_rows += n_rows
        rate = self._n_rows / max(time.monotonic() - self._started, 1e-9)
        self._show(detail=f"{self._n_rows:,} rows, {rate:,.0f} a second")

    def step(self, name: str) -> None:
        """Show what is done next."""
        self._show(description=name, detail=f"{self._n_rows:,} rows read")

    def _show(self, **fields: str) -> None:
        self._progress.update(self._task, **fields)  # type: ignore[arg-type]
        if time.monotonic() - self._started > PATIENCE_SECONDS:
            self._progress.start()


@contextmanager
def job_progress() -> Iterator[JobProgress]:
    """Give whom to tell of the rows that were read and the steps that follow."""
    if not sys.stderr.isatty():
        yield JobProgress()
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    progress = Progress(
        TextColumn("{task.description}"),
        SpinnerColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    try:
        yield TerminalProgress(progress)
    finally:
        progress.stop()
