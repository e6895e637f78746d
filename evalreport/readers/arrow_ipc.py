"""Arrow's own format: files (Feather), and streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pyarrow as pa

from evalreport.errors import InputError
from evalreport.readers import remote
from evalreport.readers.interface import Chunk, ReadSettings, Source
from evalreport.readers.nested import flattened
from evalreport.readers.parquet import ROWS_PER_PART, damaged
from evalreport.readers.storage import InputFile

_FILE_MARK = b"ARROW1"
_STREAM_MARK = b"\xff\xff\xff\xff"
_OLD_FEATHER_MARK = b"FEA1"
_MOST_CUTS = 1000


@dataclass(frozen=True, slots=True)
class ArrowIpc:
    """The format of Arrow in files and in streams; Feather is another name for the former."""

    name: str = "arrow"
    suffixes: tuple[str, ...] = (".arrow", ".feather", ".ipc", ".arrows")
    marks: tuple[bytes, ...] = (_FILE_MARK, _STREAM_MARK, _OLD_FEATHER_MARK)

    def open(self, files: Sequence[InputFile], settings: ReadSettings) -> tuple[Source, ...]:
        """Read the schema of each file.

        Raises
        ------
        InputError
            If a file is damaged.
        """
        return tuple(_open(each) for each in files)


def _open(file: InputFile) -> Source:
    if file.head(len(_OLD_FEATHER_MARK)) == _OLD_FEATHER_MARK:
        raise InputError(
            "this is Feather in its first version, which is no longer written.",
            path=file.shown,
            hint="Write it again with pyarrow or pandas, as Feather version 2 or Parquet.",
        )
    whole = ArrowPart(file, n_bytes=file.n_bytes() or 0, mapped=_is_mapped(file))
    with whole.opened(()) as (schema, batches):
        if _is_file(file):
            sizes = [_checked_size(batch) for batch in batches]
            parts, has_rows, n_rows = tuple(_parts(whole, sizes)), any(sizes), sum(sizes)
        else:
            parts, has_rows, n_rows = (whole,), any(batch.num_rows for batch in batches), None
        source = Source(file.shown, tuple(schema.names), has_rows, parts, n_rows=n_rows)
        return flattened(source, schema)


def _is_mapped(file: InputFile) -> bool:
    """Tell whether the cells of a file can be used where they lie, any rows without the others.

    Compressed ones cannot: each batch is taken to memory, but only the columns that are needed.
    """
    if remote.is_remote(file.file) or not _is_file(file):
        return False
    with ArrowPart(file, mapped=True).opened(()) as (_, batches):
        first = next(batches, None)
        columns = () if first is None else first.columns
        buffers = [each for column in columns for each in column.buffers() if each is not None]
        return bool(buffers) and not any(each.is_mutable for each in buffers)


def _checked_size(batch: pa.RecordBatch) -> int:
    batch.validate()
    return int(batch.num_rows)


def _parts(whole: ArrowPart, sizes: Sequence[int]) -> Iterator[ArrowPart]:
    """Yield runs of record batches with enough rows to be worth a worker; cut batches too large."""
    n_all = max(1, sum(sizes))
    start, first_row, n_rows = 0, 1, 0
    for number, size in enumerate(sizes):
        n_rows += size
        if n_rows < ROWS_PER_PART and number + 1 < len(sizes):
            continue
        batches = range(start, number + 1)
        step = max(1, n_rows)
        if len(batches) == 1 and whole.mapped:
            step = max(ROWS_PER_PART, n_rows // _MOST_CUTS)
        for skip in range(0, max(1, n_rows), step):
            n_here = min(step, n_rows - skip)
            share = whole.n_bytes * n_here // n_all
            row = first_row + skip
            yield replace(
                whole, numbers=batches, skip=skip, n_rows=n_here, first_row=row, n_bytes=share
            )
        start, first_row, n_rows = number + 1, first_row + n_rows, 0
    if not sizes:
        yield whole


@dataclass(frozen=True, slots=True)
class ArrowPart:
    """Some record batches in a row, or some rows of a large one; `first_row` counts in the file."""

    file: InputFile
    numbers: range | None = None
    """Of the record batches; None for all, as in a stream, where none can be had by itself."""
    skip: int = 0
    n_rows: int | None = None
    first_row: int = 1
    n_bytes: int = 0
    mapped: bool = False
    """Whether the cells can be used where they lie in the file."""

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, the cells as they are stored."""
        row = self.first_row
        with self.opened(columns) as (_, batches):
            for batch in batches:
                here = batch.select(list(columns)).slice(self.skip, self.n_rows)
                # There are no checksums: a flipped bit in an offset would read foreign memory.
                here.validate(full=True)
                for start in range(0, here.num_rows, max_rows):
                    yield Chunk(row + start, here.slice(start, max_rows))
                row += here.num_rows

    @contextmanager
    def opened(
        self, columns: Sequence[str]
    ) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        """Open the file: its whole schema, and its batches with some columns, or the first."""
        source = self.file.for_arrow()
        is_file = _is_file(self.file)
        try:
            with pa.memory_map(source) if isinstance(source, str) else source as stream:
                schema = _reader(stream, is_file, []).schema
                stream.seek(0)
                wanted = [number for number, name in enumerate(schema.names) if name in columns]
                # Naming none asks for all of them; naming some makes a copy of what is mapped.
                wanted = [] if self.mapped else wanted or [0][: len(schema)]
                yield schema, self._batches(_reader(stream, is_file, wanted))
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise damaged("Arrow file", self.file.shown, error) from error

    def _batches(
        self, reader: pa.RecordBatchFileReader | pa.RecordBatchStreamReader
    ) -> Iterator[pa.RecordBatch]:
        if isinstance(reader, pa.RecordBatchFileReader):
            everything = range(reader.num_record_batches)
            for number in everything if self.numbers is None else self.numbers:
                yield reader.get_batch(number)
        else:
            yield from reader


def _is_file(file: InputFile) -> bool:
    return file.head(len(_FILE_MARK)) == _FILE_MARK


def _reader(
    stream: pa.NativeFile, is_file: bool, wanted: list[int]
) -> pa.RecordBatchFileReader | pa.RecordBatchStreamReader:
    options = pa.ipc.IpcReadOptions(included_fields=wanted)
    return (
        pa.ipc.open_file(stream, options=options)
        if is_file
        else (pa.ipc.open_stream(stream, options=options))
    )
