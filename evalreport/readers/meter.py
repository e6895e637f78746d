"""Counts how much of the files was read on this machine, for those who wait for the end."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

_BUFFER = 1 << 18


class _Meter:
    """A counter that several threads may add to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.n_bytes = 0
        self.n_handed_on: int | None = None
        """How much of it a parser that reads ahead has handed on."""

    def add(self, n_bytes: int) -> None:
        with self._lock:
            self.n_bytes += n_bytes


_METER = _Meter()


def bytes_read() -> int:
    """Return how many stored bytes are behind in this process: read, and not only ahead."""
    return _METER.n_bytes if _METER.n_handed_on is None else _METER.n_handed_on


@contextmanager
def reading_ahead() -> Iterator[ReadAhead]:
    """Count by what is handed on, as long as the block lasts, instead of by what is read."""
    try:
        yield ReadAhead()
    finally:
        _METER.n_handed_on = None


class ReadAhead:
    """Tells the meter of bytes that a parser has read although their rows are still to come."""

    def __init__(self) -> None:
        self._n_before = _METER.n_bytes

    def handed_on(self, share: float) -> None:
        """Take in that the rows in this share of what was read were handed on."""
        n_bytes = _METER.n_bytes - self._n_before
        so_far = self._n_before + round(n_bytes * min(1.0, share))
        # Where text is compressed its share is not quite that of the stored bytes.
        _METER.n_handed_on = max(so_far, _METER.n_handed_on or 0)


def open_metered(path: str) -> BinaryIO:
    """Open a file to read bytes from; what is read is counted."""
    return io.BufferedReader(_MeteredFile(path), _BUFFER)


class _MeteredFile(io.FileIO):
    def readinto(self, buffer: memoryview, /) -> int | None:  # type: ignore[override]  # buffered readers pass no other buffer
        n_bytes = super().readinto(buffer)
        _METER.add(n_bytes or 0)
        return n_bytes

    def readall(self) -> bytes:
        data = super().readall()
        _METER.add(len(data))
        return data
