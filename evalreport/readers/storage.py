"""Where the bytes of an input are, and how to get at them: on this machine or far away."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, cast

import pyarrow as pa

from evalreport.errors import InputError
from evalreport.readers import remote
from evalreport.readers.meter import open_metered

_DAMAGED = "Write the file again, or copy it again if the copy was cut short."


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file, and what messages call it.

    Parameters
    ----------
    file : str
        Path, or address with a scheme as in ``s3://bucket/key``.
    shown : str
        What the user calls it.
    partitions : tuple of (str, str or None)
        Columns with one value for the whole file, from folders named ``key=value``.
    compression : str, optional
        Name of the compression that the bytes are in.
    passed_over : tuple of str
        What else was named and is empty, told with the first file.
    """

    file: str
    shown: str
    partitions: tuple[tuple[str, str | None], ...] = ()
    compression: str | None = None
    passed_over: tuple[str, ...] = ()

    def open_stored(self) -> BinaryIO:
        """Open the bytes as they are stored."""
        if remote.is_remote(self.file):
            return remote.open_address(self.file, self.shown)
        return open_metered(self.file)

    def open(self) -> BinaryIO:
        """Open the bytes, decompressed on the way.

        Raises
        ------
        InputError
            While reading, if the compressed data is damaged or cut short.
        """
        stream = self.open_stored()
        if self.compression is not None:
            opened = _OPENERS[self.compression](stream)
            what = f"the {self.compression} data is damaged or cut short"
        elif remote.is_remote(self.file):
            opened, what = stream, "the storage broke off"
        else:
            return stream
        return cast(
            BinaryIO, io.BufferedReader(_Checked(opened, stream, what, self.shown), 1 << 18)
        )

    def head(self, n_bytes: int, stored: bool = False) -> bytes:
        """Return the first bytes; fewer if there are no more."""
        with self.open_stored() if stored else self.open() as stream:
            return stream.read(n_bytes)

    def for_arrow(self) -> str | BinaryIO:
        """Return what pyarrow opens best: a path on this machine, or a stream that can seek."""
        return self.open_stored() if remote.is_remote(self.file) else self.file

    def n_bytes(self) -> int | None:
        """Return the size as it is stored, or None if the storage does not tell."""
        if remote.is_remote(self.file):
            return remote.size_of(self.file, self.shown)
        return os.path.getsize(self.file)

    def modified(self) -> float | None:
        """Return when the file was last changed, in seconds since 1970, if the storage tells."""
        if remote.is_remote(self.file):
            return remote.modified_of(self.file, self.shown)
        return os.stat(self.file).st_mtime


class _Checked(io.RawIOBase):
    """A stream whose damage is told with the name of the file."""

    def __init__(self, opened: BinaryIO, stored: BinaryIO, what: str, shown: str) -> None:
        self._expected: tuple[type[Exception], ...] = (
            *(EOFError, OSError, zlib.error, lzma.LZMAError),
            *remote.storage_errors(),
        )
        self._opened = opened
        self._stored = stored
        self._what = what
        self._shown = shown

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # buffered readers pass no other buffer
        try:
            data = self._opened.read(len(buffer))
        except self._expected as error:
            problem = str(error).splitlines()[0].rstrip(".") if str(error) else "it breaks off"
            raise InputError(
                f"{self._what} ({problem}).",
                path=self._shown,
                hint=_DAMAGED,
            ) from error
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._opened.close()
            self._stored.close()
        super().close()


COMPRESSIONS: Mapping[str, tuple[str, bytes]] = {
    "gzip": (".gz", b"\x1f\x8b"),
    "zstd": (".zst", b"\x28\xb5\x2f\xfd"),
    "bzip2": (".bz2", b"BZh"),
    "xz": (".xz", b"\xfd7zXZ\x00"),
}
"""Ending of the file name, and the bytes that such files start with."""

_OPENERS: Mapping[str, Callable[[BinaryIO], BinaryIO]] = {
    "gzip": lambda stream: cast(BinaryIO, gzip.GzipFile(fileobj=stream)),
    "zstd": lambda stream: cast(BinaryIO, pa.CompressedInputStream(stream, "zstd")),
    "bzip2": lambda stream: cast(BinaryIO, bz2.BZ2File(stream)),
    "xz": lambda stream: cast(BinaryIO, lzma.LZMAFile(stream)),  # noqa: SIM115
}


def compression_by_name(name: str) -> str | None:
    """Return the compression that a file name ends with, or None."""
    return next(
        (key for key, (suffix, _) in COMPRESSIONS.items() if name.lower().endswith(suffix)), None
    )


def compression_by_content(head: bytes) -> str | None:
    """Return the compression that files starting with these bytes are in, or None."""
    return next((key for key, (_, mark) in COMPRESSIONS.items() if head.startswith(mark)), None)


def without_compression(name: str) -> str:
    """Return a file name without the ending of its compression.

    Examples
    --------
    >>> without_compression("p.csv.gz"), without_compression("p.csv")
    ('p.csv', 'p.csv')
    """
    key = compression_by_name(name)
    return name if key is None else name[: -len(COMPRESSIONS[key][0])]
