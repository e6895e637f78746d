"""What every format that is text has in common."""

from __future__ import annotations

import atexit
import io
import sys
import threading
import time
import weakref
from typing import BinaryIO

from evalreport.errors import InputError
from evalreport.readers.storage import InputFile
from evalreport.voice import CALLER

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF32_MARKS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_HEAD = 1 << 16
LOOK_AT_THE_WRITER = "Look at the program that wrote it: it may have failed, or be still at work."

_SECONDS_FOR_A_READ = 5.0
_SECONDS_FOR_THE_END = 0.25
_SECONDS_TO_PUT_AWAY = 0.1


class CountedQuotes(io.RawIOBase):
    """A stream that counts the quotes that pass: half of an open pair shows only at the end.

    pyarrow reads ahead in a thread of its own. A thread that asks for bytes while the interpreter
    shuts down, as after an error in an early row, would abort the whole process; so what is still
    being read then is ended first.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.n_quotes = 0
        self.n_bytes = 0
        self._reading = threading.Lock()
        self._is_stopped = False
        self._has_ended = threading.Event()
        _BEING_READ.add(self)

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, their quotes counted."""
        with self._reading:
            data = b"" if self._is_stopped else self._stream.read(size)
            self.n_quotes += data.count(b'"')
            self.n_bytes += len(data)
        if not data:
            self._has_ended.set()
        return data

    def stop(self) -> None:
        """End the stream for whoever still reads it, and wait until that is seen."""
        self._is_stopped = True
        if self._reading.acquire(timeout=_SECONDS_FOR_A_READ):
            self._reading.release()
        # Nobody may be there to see it: whoever has read far enough ahead has paused.
        self._has_ended.wait(_SECONDS_FOR_THE_END)

    @property
    def has_ended(self) -> bool:
        """Whether somebody was told that there is no more."""
        return self._has_ended.is_set()


_BEING_READ: weakref.WeakSet[CountedQuotes] = weakref.WeakSet()


@atexit.register
def _stop_reading() -> None:
    unread = [stream for stream in _BEING_READ if not stream.has_ended]
    for stream in unread:
        stream.stop()
    if unread:
        # Whoever was told has yet to leave `read`, and then to put away what it holds.
        deadline = time.monotonic() + _SECONDS_FOR_A_READ
        while _is_in_read() and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(_SECONDS_TO_PUT_AWAY)


def _is_in_read() -> bool:
    """Return whether a thread still runs `CountedQuotes.read`."""
    code = CountedQuotes.read.__code__
    return any(frame.f_code is code for frame in sys._current_frames().values())


def refuse_no_text(file: InputFile) -> None:
    """Make sure that a file starts like UTF-8 text.

    Raises
    ------
    InputError
        If it is empty, in UTF-16, or holds bytes that no text holds.
    """
    head = file.head(_HEAD)
    if not head.strip():
        raise empty_file(file)
    if head.startswith((*_UTF16_MARKS, *_UTF32_MARKS)):
        raise InputError(
            f"the file is UTF-{32 if head.startswith(_UTF32_MARKS) else 16} text.",
            path=file.shown,
            hint="Save the file as UTF-8 and try again.",
        )
    if b"\0" in head:
        line = head[: head.index(b"\0")].count(b"\n") + 1
        raise InputError(
            f"line {line} holds a NUL byte, so this is no text in UTF-8.",
            path=file.shown,
            hint="Save the file as UTF-8 if it is UTF-16, else remove that byte; if it is no text, "
            f"name its format with {CALLER.option('format')}.",
        )


def empty_file(file: InputFile) -> InputError:
    """Return the error for a file without anything in it."""
    return InputError("the file is empty.", path=file.shown, hint=LOOK_AT_THE_WRITER)


def refuse_old_mac(file: InputFile) -> None:
    """Refuse lines that end in a carriage return alone: other programs see one long line."""
    head = file.head(_HEAD)
    if b"\r" in head[:-1] and b"\n" not in head:
        raise InputError(
            "the lines end in carriage returns alone, as on Macs before 2001.",
            path=file.shown,
            hint="Convert the line ends: tr '\\r' '\\n' < old.csv > new.csv",
        )


def not_utf8(file: InputFile) -> InputError:
    """Return the error for a file that is not UTF-8, with the line where that shows."""
    with file.open() as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = line[error.start]
                return InputError(
                    f"line {number} is not UTF-8 text: it holds the byte 0x{byte:02x}.",
                    path=file.shown,
                    value=f"0x{byte:02x}",
                    hint="Save the file as UTF-8; it may be in Latin-1 or Windows-1252.",
                )
    return InputError("the file is not UTF-8 text.", path=file.shown)
