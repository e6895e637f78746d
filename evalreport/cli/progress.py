"""Progress on standard error: only on a terminal, and only for work that takes a while."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from evalreport.cli.log import running_log
from evalreport.watching import NOBODY, Reading, Watcher, words_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PATIENCE_SECONDS = 0.5
_LEAST_BAR, _MOST_BAR = 5, 24


class TerminalProgress(Watcher):
    """One line on the terminal: the step that goes on, how far it is, and for how long it went on.

    It shows after half a second, also where a step has nothing to tell meanwhile, and is gone in
    the end. What finds no room in the line is left out, the bar first; no number is cut.
    """

    def __init__(self, console: Console) -> None:
        from rich.live import Live

        self._console = console
        self._step, self._since = "", time.monotonic()
        self._reading: Reading | None = None
        self._live = Live(
            get_renderable=self._line, console=console, refresh_per_second=8, transient=True
        )
        self._lock = threading.Lock()
        self._is_over = False
        self._timer = threading.Timer(PATIENCE_SECONDS, self._start)
        self._timer.daemon = True
        self._timer.start()

    def step(self, name: str) -> None:
        """Show what is done next."""
        self._step, self._since, self._reading = name, time.monotonic(), None
        self._refresh()

    def read(self, reading: Reading) -> None:
        """Show how far reading has come."""
        self._reading = reading
        self._refresh()

    def stop(self) -> None:
        """Take the line away, or never show it."""
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            self._live.stop()

    def _refresh(self) -> None:
        # It refreshes itself, too: a step that has nothing to tell still shows its seconds.
        if self._live.is_started:
            self._live.refresh()

    def _start(self) -> None:
        with self._lock:
            if not self._is_over:
                self._live.start(refresh=True)

    def _line(self) -> Text:
        from rich.text import Text

        reading, room = self._reading, self._console.width - 1
        share = None if reading is None else reading.share
        step, *words = words_of(self._step, reading, time.monotonic() - self._since)
        percent = "" if share is None else f" {share:3.0%}"
        line = Text(f"{step}{percent}  {', '.join(words)}", no_wrap=True)
        width = min(_MOST_BAR, room - len(line) - 1)
        if share is not None and width >= _LEAST_BAR:
            rest = Text(f"{percent}  {', '.join(words)}")
            return Text.assemble(f"{step} ", self._bar(share, width), rest, no_wrap=True)
        while words and len(line) > room:
            words.pop()
            line = Text(f"{step}{percent}  {', '.join(words)}".rstrip(), no_wrap=True)
        return line if len(line) <= room else Text(step, no_wrap=True)

    def _bar(self, share: float, width: int) -> Text:
        from rich.text import Text

        done, rest = ("#", "-") if self._console.options.ascii_only else ("━", "━")
        n_done = int(share * width)
        return Text.assemble((done * n_done, "cyan"), (rest * (width - n_done), "dim"))


@contextmanager
def job_progress() -> Iterator[Watcher]:
    """Give whom to tell how far the work has come."""
    log = running_log()
    if log is not None:
        yield log
        return
    if not _is_watched(os.environ):
        yield NOBODY
        return
    from rich.console import Console

    progress = TerminalProgress(Console(stderr=True))
    try:
        yield progress
    finally:
        progress.stop()


def _is_watched(environment: Mapping[str, str]) -> bool:
    """Tell whether somebody sits before standard error; some CI systems only look like that."""
    is_dumb = environment.get("TERM", "").lower() in ("dumb", "unknown")
    return sys.stderr.isatty() and not is_dumb and environment.get("CI", "") in ("", "false", "0")
