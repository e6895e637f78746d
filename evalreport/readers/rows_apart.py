"""Rows of one id that stand apart, brought together: in memory, or by files of temporary rows.

A file in long form may hold its rows in any order: all ids for one class, then all for the next, or
shuffled. Many rows do not fit into memory, so they are dealt out by their id into files small
enough to be sorted one by one; what belongs together is then in one file.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa

from evalreport.batch import IntArray
from evalreport.errors import InputError, OutputError, clipped
from evalreport.readers.bridge import numbers_to_arrow, numbers_to_numpy
from evalreport.readers.interface import MAX_ROWS, Chunk, Part
from evalreport.readers.labels import distinct
from evalreport.readers.spelling import as_text, spelled
from evalreport.readers.wording import listed

ROWS_IN_MEMORY = 500_000
"""Rows that are sorted at a time."""
_MOST_FILES = 256
"""So many may be open at once everywhere."""
_NUMBER = "number of the row"


def together(
    parts: Sequence[Part], columns: Sequence[str], n_rows: int, by: SortedBy
) -> tuple[Part, ...]:
    """Return parts that hold the same rows, those of one id side by side.

    Parameters
    ----------
    parts : sequence of Part
        All rows of one input.
    columns : sequence of str
        The columns that will be asked for.
    n_rows : int
        How many rows there are.
    by : SortedBy
        Which columns are id and class, and how many rows each id has.

    Raises
    ------
    InputError
        If a row has no id.
    OutputError
        If the temporary files cannot be written, for instance because the disk is full.
    """
    n_bytes = sum(part.n_bytes for part in parts)
    if n_rows <= ROWS_IN_MEMORY:
        return (SortedPart(_AllRows(tuple(parts)), by, n_bytes),)
    n_files = min(_MOST_FILES, -(-n_rows // ROWS_IN_MEMORY))
    folder = _Folder(_new_folder())
    _deal_out(parts, columns, by, folder, n_files)
    return tuple(
        SortedPart(_DealtRows(folder, number), by, n_bytes // n_files) for number in range(n_files)
    )


@dataclass(frozen=True, slots=True)
class SortedBy:
    """What brings rows together: the column of the id; and what has to be there for each."""

    id: str
    class_: str
    classes: tuple[str, ...]
    path: str | None

    def incomplete(self, row: int, id_: str, found: Sequence[str]) -> InputError:
        """Return the error for an id whose rows are of these classes, not one of each."""
        twice = next((each for each in found if found.count(each) > 1), None)
        if twice is not None:
            fact = f"id '{clipped(id_)}' has two rows for class '{clipped(twice)}'."
        else:
            absent = next(each for each in self.classes if each not in found)
            fact = f"id '{clipped(id_)}' has no row for class '{clipped(absent)}'."
        return self.refused(row, id_, fact)

    def refused(self, row: int, value: str, fact: str) -> InputError:
        """Return the error for a row that does not fit the others."""
        return InputError(
            fact,
            path=self.path,
            row=row,
            column=self.class_,
            value=value,
            hint=f"Every id has one row for each class, all in one file: {listed(self.classes)}.",
        )


class _Rows(Protocol):
    """Rows of some ids with all that belongs to them; few enough for memory."""

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[pa.RecordBatch, IntArray]]:
        """Yield them with the number of each row in the input."""


@dataclass(frozen=True, slots=True)
class SortedPart:
    """Rows sorted by the place of the first row of their id."""

    rows: _Rows
    by: SortedBy
    n_bytes: int

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows, those of one id side by side, each with its number in the input."""
        wanted = list(dict.fromkeys([self.by.id, self.by.class_, *columns]))
        batches, numbers = [], []
        for batch, rows in self.rows.batches(wanted):
            batches.append(batch)
            numbers.append(rows)
        if not batches:
            return
        cells, places = joined(batches), np.concatenate(numbers)
        order = self._order(cells, places)
        for start in range(0, len(order), max_rows):
            rows = order[start : start + max_rows]
            taken = cells.select(list(columns)).take(numbers_to_arrow(rows))
            yield Chunk(int(places[rows[0]]), taken, rows=places[rows])

    def _order(self, cells: pa.RecordBatch, places: IntArray) -> IntArray:
        """Return the order of the rows, and make sure that each id has one for each class."""
        ids, texts = codes_of(cells.column(self.by.id))
        firsts = np.full(len(texts), np.iinfo(np.int64).max)
        np.minimum.at(firsts, ids, places)
        counts = np.bincount(ids, minlength=len(texts))
        if (counts != len(self.by.classes)).any():
            self._refuse_rare_class(cells, places, firsts[ids])
            odd = np.flatnonzero(counts != len(self.by.classes))
            code = int(odd[firsts[odd].argmin()])
            classes = _classes_of(cells, self.by.class_, np.flatnonzero(ids == code))
            raise self.by.incomplete(int(firsts[code]), texts[code], classes)
        return np.lexsort((places, firsts[ids]))

    def _refuse_rare_class(self, cells: pa.RecordBatch, places: IntArray, firsts: IntArray) -> None:
        """Refuse a class that most ids lack: it is a slip, and the others are what is meant."""
        codes, names = distinct(cells.column(self.by.class_))
        counts = np.bincount(codes, minlength=len(names))
        of_first_id = codes[firsts == firsts.min()]
        rare = 2 * counts[codes] <= len(np.unique(firsts))
        rare &= ~np.isin(codes, of_first_id)
        if rare.any():
            row = int(places[rare].min())
            name = names[codes[places == row][0]]
            fact = f"class '{clipped(name)}' stands here, and other ids have no row for it."
            raise self.by.refused(row, name, fact)


def _classes_of(cells: pa.RecordBatch, column: str, rows: IntArray) -> list[str]:
    codes, names = distinct(cells.column(column).take(numbers_to_arrow(rows)))
    return [names[code] for code in codes]


@dataclass(frozen=True, slots=True)
class _AllRows:
    """All rows of an input that is small."""

    parts: tuple[Part, ...]

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[pa.RecordBatch, IntArray]]:
        """Yield them as they are read."""
        for chunk in rows_of(self.parts, columns):
            yield chunk.cells, chunk.numbers()


@dataclass(frozen=True, slots=True)
class _DealtRows:
    """The rows in one of the temporary files, or a few: one for each set of column types."""

    folder: _Folder
    number: int

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[pa.RecordBatch, IntArray]]:
        """Yield them as they were written."""
        for path in sorted(Path(self.folder.path).glob(f"{self.number}-*.arrows")):
            with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as batches:
                for batch in batches:
                    yield batch.select(list(columns)), numbers_to_numpy(batch.column(_NUMBER))


def rows_of(parts: Sequence[Part], columns: Sequence[str]) -> Iterator[Chunk]:
    """Yield the rows of all parts, numbered from the first row of the first part."""
    for part in parts:
        yield from part.chunks(columns, MAX_ROWS)


def codes_of(ids: pa.Array) -> tuple[IntArray, list[str]]:
    """Return a number for each id, and the ids that the numbers stand for; none is missing."""
    encoded = spelled(ids).dictionary_encode()
    return numbers_to_numpy(encoded.indices).astype(np.int64), encoded.dictionary.to_pylist()


def joined(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Return the rows of all; JSON may give a column another type from one block to the next."""
    columns = []
    for number in range(batches[0].num_columns):
        pieces = [batch.column(number) for batch in batches]
        if len({each.type for each in pieces}) > 1 or pa.types.is_dictionary(pieces[0].type):
            pieces = [as_text(each) for each in pieces]
        columns.append(pa.concat_arrays(pieces))
    return pa.RecordBatch.from_arrays(columns, batches[0].schema.names)


def _deal_out(
    parts: Sequence[Part], columns: Sequence[str], by: SortedBy, folder: _Folder, n_files: int
) -> None:
    wanted = list(dict.fromkeys([by.id, by.class_, *columns]))
    with ExitStack() as stack:
        writers, schema, n_schemas = [], None, 0
        for chunk in rows_of(parts, wanted):
            cells = _to_store(chunk)
            if cells.schema != schema:
                schema, n_schemas = cells.schema, n_schemas + 1
                with _told_by(folder.path):
                    stack.close()
                    writers = [
                        _writer(stack, Path(folder.path, f"{number}-{n_schemas:06}.arrows"), schema)
                        for number in range(n_files)
                    ]
            files = _files_of(chunk.cells.column(by.id), n_files)
            order = np.argsort(files, kind="stable")
            ends = np.searchsorted(files[order], np.arange(n_files + 1))
            cells = cells.take(numbers_to_arrow(order))
            with _told_by(folder.path):
                for writer, start, end in zip(writers, ends, ends[1:], strict=False):
                    if end > start:
                        writer.write_batch(cells.slice(start, end - start))
        with _told_by(folder.path):
            stack.close()


def _to_store(chunk: Chunk) -> pa.RecordBatch:
    columns = [
        as_text(each) if pa.types.is_dictionary(each.type) else each for each in chunk.cells.columns
    ]
    numbers = numbers_to_arrow(chunk.numbers())
    names = [*chunk.cells.schema.names, _NUMBER]
    return pa.RecordBatch.from_arrays([*columns, numbers], names)


def _writer(stack: ExitStack, path: Path, schema: pa.Schema) -> pa.RecordBatchWriter:
    file = pa.OSFile(str(path), "wb")
    stack.push(_closing(file.close))
    writer = pa.ipc.new_stream(file, schema)
    stack.push(_closing(writer.close))
    return writer


def _closing(close: Callable[[], None]) -> Callable[..., bool]:
    """Return what closes a file at the end; another failure to write does not hide the first."""

    def closed(kind: type[BaseException] | None, *_: object) -> bool:
        with nullcontext() if kind is None else suppress(OSError):
            close()
        return False

    return closed


def _files_of(ids: pa.Array, n_files: int) -> IntArray:
    """Return for each row the file that all rows of its id go to."""
    codes, texts = codes_of(ids)
    files = np.array([zlib.crc32(text.encode()) % n_files for text in texts], dtype=np.int64)
    return files[codes]


@contextmanager
def _told_by(folder: str) -> Iterator[None]:
    """Tell a failure to write as what it is: no fault of the input."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error).rstrip(".")
        raise OutputError(
            f"the rows cannot be sorted by id in the temporary folder {folder}: "
            f"{reason[:1].lower()}{reason[1:]}.\n"
            "  Set TMPDIR to a folder with room for the file, or sort the file by id."
        ) from error


def _new_folder() -> str:
    with _told_by(tempfile.gettempdir()):
        return tempfile.mkdtemp(prefix="evalreport-")


class _Folder:
    """A temporary folder that is removed when nobody in the process that made it needs it."""

    def __init__(self, path: str, ours: bool = True) -> None:
        self.path = path
        if ours:
            weakref.finalize(self, shutil.rmtree, path, ignore_errors=True)

    def __reduce__(self) -> tuple[Callable[..., _Folder], tuple[str, bool]]:
        # Another process reads what is there, and leaves it to this one to clean up.
        return _Folder, (self.path, False)
