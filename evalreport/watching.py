"""How far a job has come, for whoever waits for it: on a terminal, or in a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

OPENING = "Opening predictions"
OPENING_PREVIOUS = "Opening the previous run"
READING = "Reading predictions"
READING_PREVIOUS = "Reading the previous run"
DRAWING = "Drawing plots"
WRITING = "Writing files"

_LEAST_SHARE = 0.01
"""Nobody can tell from less how long the rest will take."""


class Opened(Protocol):
    """What there is to read."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files."""

    @property
    def n_bytes(self) -> int | None:
        """How large they are together as they are stored; None if unknown."""

    @property
    def n_rows(self) -> int | None:
        """How many rows they hold; None if only reading tells."""

    @property
    def streamed(self) -> bool:
        """Whether rows are read in the order of their bytes, so that these tell what is behind."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far reading has come.

    Parameters
    ----------
    n_rows : int
        Rows read so far.
    seconds : float
        How long that took.
    share : float or None
        How much of the input that is, from 0 to 1; None where nobody can say.

    Examples
    --------
    >>> reading = Reading(n_rows=200_000, seconds=4.0, share=0.25)
    >>> reading.rows_per_second, reading.seconds_left
    (50000.0, 12.0)
    >>> Reading(n_rows=200_000, seconds=4.0, share=None).seconds_left is None
    True
    """

    n_rows: int
    seconds: float
    share: float | None

    @property
    def rows_per_second(self) -> float:
        """Rows read in a second, on average."""
        return self.n_rows / max(self.seconds, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at this rate; None where nobody can say."""
        if self.share is None or self.share < _LEAST_SHARE:
            return None
        return self.seconds * (1 - self.share) / self.share


class Watcher:
    """What is told of a job as it goes on; this one keeps it to itself."""

    def step(self, name: str) -> None:
        """Take in what is done next."""

    def opened(self, what: Opened) -> None:
        """Take in what there is to read."""

    def read(self, reading: Reading) -> None:
        """Take in how far reading has come."""


NOBODY = Watcher()


class ReadingWatch:
    """Turns what is counted while rows are read into how far that has come.

    Parameters
    ----------
    watcher : Watcher
        Whom to tell.
    what : Opened
        What there is to read.
    bytes_read : callable
        Says how many stored bytes were read in this process so far.
    """

    def __init__(self, watcher: Watcher, what: Opened, bytes_read: Callable[[], int]) -> None:
        self._watcher = watcher
        self._total_rows = what.n_rows
        self._total_bytes = what.n_bytes if what.streamed else None
        self._bytes_read = bytes_read
        self._bytes_before = bytes_read()
        self._started = time.monotonic()
        self._n_rows = self._n_done = 0

    def __call__(self, n_rows: int, n_bytes: int) -> None:
        """Take in that so many rows were read, and that parts of so many bytes are done."""
        self._n_rows += n_rows
        self._n_done += n_bytes
        seconds = time.monotonic() - self._started
        self._watcher.read(Reading(self._n_rows, seconds, self._share()))

    def _share(self) -> float | None:
        if self._total_rows is not None:
            return _part_of(self._n_rows, self._total_rows)
        if self._total_bytes is None:
            return None
        # Counted here as they are read; in other processes only when a part of them is done.
        n_bytes = max(self._bytes_read() - self._bytes_before, self._n_done)
        return _part_of(n_bytes, self._total_bytes)


def _part_of(n: int, total: int) -> float | None:
    """Return the share, unless it cannot be one, as where a file is read again from its start."""
    return n / total if 0 < n <= total else None


def words_of(step: str, reading: Reading | None, seconds: float) -> tuple[str, ...]:
    """Return what to say of a step, what matters most first.

    Examples
    --------
    >>> words_of(READING, Reading(n_rows=200_000, seconds=4.0, share=0.25), 4.0)
    ('Reading predictions', '200,000 rows', 'about 12 s left', '50,000 a second')
    >>> words_of(READING, Reading(n_rows=200_000, seconds=4.0, share=None), 4.0)
    ('Reading predictions', '200,000 rows', '50,000 a second', '4 s so far')
    >>> words_of(DRAWING, None, 1.2)
    ('Drawing plots', '2 s so far')
    """
    so_far = f"{seconds_text(seconds)} so far"
    if reading is None:
        return step, so_far
    left = reading.seconds_left
    rows, rate = f"{reading.n_rows:,} rows", f"{reading.rows_per_second:,.0f} a second"
    if left is None:
        return step, rows, rate, so_far
    return step, rows, f"about {seconds_text(left)} left", rate


def seconds_text(seconds: float) -> str:
    """Return a time to wait, no finer than anybody can know it.

    Examples
    --------
    >>> [seconds_text(each) for each in (0.4, 42.4, 61.0, 3599.0, 5400.0)]
    ['1 s', '43 s', '1:01 min', '59:59 min', '1:30:00 h']
    """
    whole = max(1, -int(-seconds // 1))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d} h" if hours else f"{minutes}:{rest:02d} min"
