"""Text with one row a line: CSV and its relatives, streamed."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv

from evalreport.errors import InputError
from evalreport.readers.interface import Chunk, Source

BLOCK_SIZE = 2 << 20
_HEADERS_PER_BLOCK = 32
"""A block has to hold a whole row, and numbers are longer than the names above them."""
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Delimited:
    """A format with a header line and cells between delimiters."""

    name: str
    suffixes: tuple[str, ...]
    delimiter: str
    others: str = ""
    """Delimiters to look for if the header has none of the usual kind."""

    def open(self, file: str, shown: str) -> Source:
        """Read the header of a file; cells are read later, as text.

        Raises
        ------
        InputError
            If there is no header, or the file is no UTF-8 text.
        """
        _refuse_binary(file, shown)
        delimiter = self._delimiter_in(file)
        header, has_rows = _read_header(file, shown, delimiter)
        note = f"The columns are separated by the {_DELIMITER_NAMES[delimiter]}."
        block_size = max(BLOCK_SIZE, _HEADERS_PER_BLOCK * sum(map(len, header)))
        part = DelimitedPart(file, shown, delimiter, os.path.getsize(file), block_size)
        return Source(
            shown, header, has_rows, (part,), (note,) if delimiter != self.delimiter else ()
        )

    def _delimiter_in(self, file: str) -> str:
        with open(file, encoding="utf-8-sig", errors="replace") as lines:
            line = next((each for each in lines if each.strip()), "")
        if self.delimiter in line:
            return self.delimiter
        likely = max(self.others, key=line.count, default=self.delimiter)
        return likely if likely in line else self.delimiter


@dataclass(frozen=True, slots=True)
class DelimitedPart:
    """All rows of one file."""

    file: str
    shown: str
    delimiter: str
    n_bytes: int
    block_size: int = BLOCK_SIZE

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, every cell as text."""
        ragged: list[pa_csv.InvalidRow] = []
        row = 1
        # Handed the name instead, pyarrow reads ahead by as much as a hundred megabytes.
        with open(self.file, "rb") as stream:
            try:
                for batch in self._open(stream, columns, ragged):
                    for start in range(0, batch.num_rows, max_rows):
                        yield Chunk(row + start, batch.slice(start, max_rows))
                    row += batch.num_rows
            except pa.ArrowInvalid as error:
                raise self._explained(str(error), ragged) from error
        self._refuse_open_quote()

    def _open(
        self, stream: BinaryIO, columns: Sequence[str], ragged: list[pa_csv.InvalidRow]
    ) -> pa_csv.CSVStreamingReader:
        def stop(row: pa_csv.InvalidRow) -> str:
            ragged.append(row)
            return "error"

        wanted = list(dict.fromkeys(columns))
        return pa_csv.open_csv(
            stream,
            # More threads save no time here, and ragged rows would lose their numbers.
            pa_csv.ReadOptions(block_size=self.block_size, use_threads=False),
            pa_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=stop
            ),
            # Text throughout: a cell that is no number can then be shown as it stands.
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted
            ),
        )

    def _explained(self, problem: str, ragged: Sequence[pa_csv.InvalidRow]) -> InputError:
        if "UTF8" in problem:
            return not_utf8(self.file, self.shown)
        if ragged:
            return InputError(
                f"the row has {_cells(ragged[0].actual_columns)}, "
                f"and the header has {ragged[0].expected_columns}.",
                path=self.shown,
                row=ragged[0].number - 1,
                value=ragged[0].text,
                hint=f"A cell with a {_DELIMITER_NAMES[self.delimiter]} in it must be in quotes.",
            )
        return InputError(f"the file cannot be taken apart: {problem}.", path=self.shown)

    def _refuse_open_quote(self) -> None:
        """Refuse a quote that is never closed: it would swallow the rows behind it in silence."""
        with open(self.file, "rb") as blocks:
            n_quotes = sum(block.count(b'"') for block in iter(lambda: blocks.read(1 << 20), b""))
        if n_quotes % 2 == 0:
            return
        with open(self.file, encoding="utf-8-sig", errors="replace", newline="") as text:
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            line = 1
            try:
                for _ in reader:
                    line = reader.line_num + 1
            except csv.Error as error:
                if "expected after" in str(error):  # a quote inside a cell, which harms nothing
                    return
                raise InputError(
                    f"a quote that opens in line {line} is never closed.",
                    path=self.shown,
                    hint='A quote inside a quoted cell is written twice: "".',
                ) from error


def not_utf8(file: str, shown: str) -> InputError:
    """Return the error for a file that is not UTF-8, with the line where that shows."""
    with open(file, "rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = line[error.start]
                return InputError(
                    f"line {number} is not UTF-8 text: it holds the byte 0x{byte:02x}.",
                    path=shown,
                    value=f"0x{byte:02x}",
                    hint="Save the file as UTF-8; it may be in Latin-1 or Windows-1252.",
                )
    return InputError("the file is not UTF-8 text.", path=shown)


def _cells(number: int) -> str:
    return f"{number} cell{'' if number == 1 else 's'}"


def _refuse_binary(file: str, shown: str) -> None:
    with open(file, "rb") as stream:
        head = stream.read(1 << 16)
    if not head.strip():
        raise InputError("the file is empty.", path=shown)
    if head.startswith(_UTF16_MARKS):
        raise InputError(
            "the file is UTF-16 text.", path=shown, hint="Save the file as UTF-8 and try again."
        )
    if b"\0" in head:
        line = head[: head.index(b"\0")].count(b"\n") + 1
        raise InputError(
            f"line {line} holds a NUL byte, so this is no text in UTF-8.",
            path=shown,
            hint="Save the file as UTF-8, or name its format with --format.",
        )


def _read_header(file: str, shown: str, delimiter: str) -> tuple[tuple[str, ...], bool]:
    """Return the column names, and whether any row follows them."""
    with open(file, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        rows = (row for row in csv.reader(text, delimiter=delimiter) if row)
        try:
            header = tuple(next(rows))
            has_rows = next(rows, None) is not None
        except csv.Error as error:
            raise InputError(f"the header cannot be read: {error}.", path=shown) from error
    if any("\udc80" <= letter <= "\udcff" for name in header for letter in name):
        raise not_utf8(file, shown)
    return header, has_rows
