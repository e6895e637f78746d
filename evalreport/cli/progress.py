"""Progress on standard error: only on a terminal, and only for work that takes a while."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 0.5


@contextmanager
def reading_progress() -> Iterator[Callable[[int], None]]:
    """Give a function to be told of every few rows that were read."""
    if not sys.stderr.isatty():
        yield lambda n_rows: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    started = time.monotonic()
    n_total = 0
    progress = Progress(
        TextColumn("Reading predictions"),
        SpinnerColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,} a second"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = progress.add_task("reading", total=None, rows=0, rate=0)

    def told(n_rows: int) -> None:
        nonlocal n_total
        n_total += n_rows
        seconds = time.monotonic() - started
        if seconds > PATIENCE_SECONDS:
            progress.start()
            progress.update(task, rows=n_total, rate=int(n_total / seconds))

    try:
        yield told
    finally:
        progress.stop()
