"""Text with one row a line: CSV and its relatives, streamed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pa_csv

from evalreport.errors import InputError, SettingsError
from evalreport.readers.foreign import refuse_json
from evalreport.readers.interface import Chunk, ReadSettings, Source
from evalreport.readers.meter import reading_ahead
from evalreport.readers.odd_cells import SEVERAL_BLANKS
from evalreport.readers.storage import InputFile
from evalreport.readers.text import (
    CountedQuotes,
    empty_file,
    not_utf8,
    refuse_no_text,
    refuse_old_mac,
)
from evalreport.voice import CALLER

BLOCK_SIZE = 2 << 20
JOINED_SIZE = 24 << 20
"""Blocks are put together up to so many bytes: some rows cost something, however few they are."""
MOST_LETTERS_PER_ROW = 64 << 20
"""A row that is longer is no prediction, but what a quote that is never closed swallows."""
_HEADERS_PER_BLOCK = 32
"""A block has to hold a whole row, and numbers are longer than the names above them."""
_RAGGED = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+): (.*)", re.DOTALL)
"""What pyarrow says; asked to call us instead, it prints a warning where a row is not UTF-8."""
_TOO_LONG = "straddling"
"""What pyarrow says of a row that does not fit into a block."""
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_DELIMITER_WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " "}


@dataclass(frozen=True, slots=True)
class Delimited:
    """A format with a header line and cells between delimiters."""

    name: str
    suffixes: tuple[str, ...]
    delimiter: str
    others: str = ""
    """Delimiters to look for beside the usual one."""
    is_sure: bool = False
    """Whether the usual one, if the header holds it at all, is the one."""
    marks: tuple[bytes, ...] = ()

    def open(self, files: Sequence[InputFile], settings: ReadSettings) -> tuple[Source, ...]:
        """Read the header of each file; cells are read later, as text.

        Raises
        ------
        InputError
            If there is no header, or a file is no UTF-8 text.
        """
        return tuple(self._open(each, settings) for each in files)

    def _open(self, file: InputFile, settings: ReadSettings) -> Source:
        refuse_no_text(file)
        refuse_json(file)
        refuse_old_mac(file)
        delimiter = _asked(settings.delimiter) or self._delimiter_in(file)
        first, has_more = _first_row(file, delimiter)
        header, has_rows = (first, has_more) if settings.header else (_numbered(first), True)
        block_size = max(BLOCK_SIZE, _HEADERS_PER_BLOCK * sum(map(len, first)))
        part = DelimitedPart(file, delimiter, header if not settings.header else None, block_size)
        notes = []
        if delimiter != self.delimiter:
            notes.append(f"The columns are separated by the {_name_of(delimiter)}.")
        if not settings.header:
            notes.append("There is no header: the columns are called by their position, from 1.")
        return Source(file.shown, header, has_rows, (part,), tuple(notes))

    def _delimiter_in(self, file: InputFile) -> str:
        """Return the delimiter that the first line holds most of outside quotes."""
        with _text(file) as lines:
            line = next((each for each in lines if each.strip()), "")
        outside = "".join(line.split('"')[::2])
        if self.is_sure and self.delimiter in outside:
            return self.delimiter
        return max(self.delimiter + self.others, key=outside.count)


@dataclass(frozen=True, slots=True)
class DelimitedPart:
    """All rows of one file; `names` stand in for a header that it does not have."""

    file: InputFile
    delimiter: str
    names: tuple[str, ...] | None = None
    block_size: int = BLOCK_SIZE

    @property
    def n_bytes(self) -> int:
        """How much there is to read, as it is stored."""
        return self.file.n_bytes() or 0

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, every cell as text."""
        n_done = 0
        for block_size in self._block_sizes():
            try:
                for batch in _joined(self._batches(columns, block_size, n_done), max_rows):
                    for start in range(0, batch.num_rows, max_rows):
                        yield Chunk(n_done + 1 + start, batch.slice(start, max_rows))
                    n_done += batch.num_rows
            except pa.ArrowInvalid as error:
                if _TOO_LONG not in str(error):
                    raise self._explained(str(error)) from error
            else:
                return
        self._refuse_open_quote()
        raise InputError(
            f"a row after row {n_done} is longer than {MOST_LETTERS_PER_ROW >> 20} MB.",
            path=self.file.shown,
            hint="Leave out columns of long text; the probabilities are all that is needed.",
        )

    def _block_sizes(self) -> Iterator[int]:
        """Yield sizes to read by, larger ones for files with a row that is longer than a block."""
        size = self.block_size
        yield size
        while size < MOST_LETTERS_PER_ROW:
            size = min(8 * size, MOST_LETTERS_PER_ROW)
            yield size

    def _batches(
        self, columns: Sequence[str], block_size: int, n_done: int
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows behind the first `n_done`, and make sure that every quote is closed."""
        # Handed the name instead, pyarrow reads ahead by as much as a hundred megabytes.
        with self.file.open() as opened, reading_ahead() as ahead:
            stream = CountedQuotes(opened)
            for number, batch in enumerate(self._stream(stream, columns, block_size), start=1):
                # Each batch is a block, and pyarrow reads as many as 32 of them ahead.
                ahead.handed_on(number * block_size / max(1, stream.n_bytes))
                if batch.num_rows > n_done:
                    yield batch.slice(n_done)
                n_done = max(0, n_done - batch.num_rows)
        if stream.n_quotes % 2:
            self._refuse_open_quote()

    def _stream(
        self, stream: CountedQuotes, columns: Sequence[str], block_size: int
    ) -> pa_csv.CSVStreamingReader:
        wanted = list(dict.fromkeys(columns))
        return pa_csv.open_csv(
            stream,
            # More threads save no time here, and ragged rows would lose their numbers.
            pa_csv.ReadOptions(block_size=block_size, use_threads=False, column_names=self.names),
            pa_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
            # Text throughout: a cell that is no number can then be shown as it stands.
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted
            ),
        )

    def _explained(self, problem: str) -> InputError:
        if "UTF8" in problem:
            return not_utf8(self.file)
        ragged = _RAGGED.search(problem)
        if ragged is None:
            return InputError(f"the file cannot be taken apart: {problem}.", path=self.file.shown)
        row, expected, actual, text = ragged.groups()
        if text.count('"') % 2:
            self._refuse_open_quote()
        return InputError(
            f"the row has {_cells(int(actual))}, "
            f"and the {'first row' if self.names else 'header'} has {expected}.",
            path=self.file.shown,
            row=int(row) - (0 if self.names else 1),
            value=text,
            hint=self._hint_on_cells(text, int(actual), int(expected)),
        )

    def _hint_on_cells(self, text: str, actual: int, expected: int) -> str:
        """Return what to do about a row with too many cells or too few."""
        if "\n" in text.rstrip():
            return "It goes on over several lines: look for a quote that is closed too late."
        if actual == expected + 1 and self.delimiter == " ":
            return (
                "If rows start with a number of their own, as from R's write.table, use write.csv."
            )
        if self.delimiter == " " and "  " in text:
            return SEVERAL_BLANKS
        name = _name_of(self.delimiter)
        if actual == expected + 1 and text.rstrip("\r\n").endswith(self.delimiter):
            return (
                f"The row ends in a {name}, and the header does not: remove it, or add one there."
            )
        if actual > expected:
            return f"A cell with a {name} in it must be in quotes."
        if not text.strip():
            return "There is nothing but blanks in it: remove the line."
        if actual == expected - 1 and not self.names and self._header_ends_in_nothing():
            return f"The header ends in a {name}, and the row does not: remove it from the header."
        others = {each: text.count(each) for each in _DELIMITER_NAMES if each != self.delimiter}
        other = max(others, key=lambda each: others[each])
        if others[other]:
            return f"There is a {_name_of(other)} in it where other rows have other delimiters."
        return (
            "If it is the last row, the file was cut short or ends in a remark; else fill in the "
            "cells that lack."
        )

    def _header_ends_in_nothing(self) -> bool:
        header, _ = _first_row(self.file, self.delimiter)
        return not header[-1].strip()

    def _refuse_open_quote(self) -> None:
        """Refuse a quote that is never closed: it would swallow the rows behind it in silence."""
        with _text(self.file, newline="") as text:
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            line = 1
            try:
                with _long_cells():
                    for _ in reader:
                        line = reader.line_num + 1
            except csv.Error as error:
                if "expected after" in str(error):  # a quote inside a cell, which harms nothing
                    return
                if "limit" in str(error):
                    raise _too_long(self.file, f"a cell in line {line}") from error
                raise InputError(
                    f"a quote that opens in line {line} is never closed.",
                    path=self.file.shown,
                    hint='A quote inside a quoted cell is written twice: "".',
                ) from error


def _joined(batches: Iterator[pa.RecordBatch], max_rows: int) -> Iterator[pa.RecordBatch]:
    """Put small batches together, but for the first one: somebody may want to see no more."""
    waiting: list[pa.RecordBatch] = []
    most_bytes = 0
    try:
        for batch in batches:
            waiting.append(batch)
            n_rows, n_bytes = (sum(each) for each in zip(*map(_size, waiting), strict=True))
            if n_bytes >= most_bytes or n_rows >= max_rows:
                yield pa.concat_batches(waiting)
                waiting, most_bytes = [], JOINED_SIZE
    except pa.ArrowInvalid:
        if waiting:  # these rows come before the one that is wrong
            yield pa.concat_batches(waiting)
        raise
    if waiting:
        yield pa.concat_batches(waiting)


def _size(batch: pa.RecordBatch) -> tuple[int, int]:
    return batch.num_rows, batch.nbytes


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let the standard library take cells as long as a row may be."""
    usual = csv.field_size_limit(MOST_LETTERS_PER_ROW)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def _too_long(file: InputFile, what: str) -> InputError:
    return InputError(
        f"{what} is longer than {MOST_LETTERS_PER_ROW >> 20} MB.",
        path=file.shown,
        hint="Look for a quote that is never closed; it takes all that follows into its cell.",
    )


def _text(file: InputFile, newline: str | None = None, errors: str = "replace") -> io.TextIOWrapper:
    return io.TextIOWrapper(file.open(), encoding="utf-8-sig", errors=errors, newline=newline)


def _asked(delimiter: str | None) -> str | None:
    if delimiter is None:
        return None
    letter = _DELIMITER_WORDS.get(delimiter.lower(), delimiter)
    if len(letter) != 1 or not letter.isascii() or letter in '"\r\n':
        raise SettingsError(
            f"{CALLER.option('delimiter')} takes a single character, or tab; not '{delimiter}'."
        )
    return letter


def _name_of(delimiter: str) -> str:
    return (
        "blank" if delimiter == " " else _DELIMITER_NAMES.get(delimiter, f"character '{delimiter}'")
    )


def _cells(number: int) -> str:
    return f"{number} cell{'' if number == 1 else 's'}"


def _numbered(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(number) for number in range(1, len(cells) + 1))


def _first_row(file: InputFile, delimiter: str) -> tuple[tuple[str, ...], bool]:
    """Return the cells of the first line, and whether any row follows it."""
    with _text(file, newline="", errors="surrogateescape") as text:
        rows = (row for row in csv.reader(text, delimiter=delimiter) if row)
        try:
            with _long_cells():
                first = tuple(next(rows, ()))
                has_more = next(rows, None) is not None
        except csv.Error as error:
            if "limit" in str(error):
                raise _too_long(file, "a cell in the first rows") from error
            raise InputError(f"the header cannot be read: {error}.", path=file.shown) from error
    if not first:
        raise empty_file(file)
    if any("\udc80" <= letter <= "\udcff" for name in first for letter in name):
        raise not_utf8(file)
    return first, has_more
