"""Arrow's own format: files (Feather), and streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from evalreport.errors import InputError
from evalreport.readers.interface import Chunk, ReadSettings, Source
from evalreport.readers.nested import flattened
from evalreport.readers.parquet import damaged
from evalreport.readers.storage import InputFile

_FILE_MARK = b"ARROW1"
_STREAM_MARK = b"\xff\xff\xff\xff"
_OLD_FEATHER_MARK = b"FEA1"


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
    part = ArrowPart(file)
    with part.opened(None) as (schema, batches):
        has_rows = any(batch.num_rows for batch in batches)
        source = Source(file.shown, tuple(schema.names), has_rows, (part,))
        return flattened(source, schema)


@dataclass(frozen=True, slots=True)
class ArrowPart:
    """All record batches of one file."""

    file: InputFile

    @property
    def n_bytes(self) -> int:
        """How much there is to read."""
        return self.file.n_bytes() or 0

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, the cells as they are stored."""
        row = 1
        with self.opened(columns) as (_, batches):
            for batch in batches:
                # There are no checksums: a flipped bit in an offset would read foreign memory.
                batch.validate(full=True)
                for start in range(0, batch.num_rows, max_rows):
                    part = batch.slice(start, max_rows)
                    yield Chunk(row + start, part.select(list(columns)))
                row += batch.num_rows

    @contextmanager
    def opened(
        self, columns: Sequence[str] | None
    ) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
        """Open the file: its whole schema, and its batches with some of the columns."""
        source = self.file.for_arrow()
        is_file = self.file.head(len(_FILE_MARK)) == _FILE_MARK
        try:
            with pa.memory_map(source) if isinstance(source, str) else source as stream:
                schema = _reader(stream, is_file, None).schema
                stream.seek(0)
                wanted = (
                    None
                    if columns is None
                    else [number for number, name in enumerate(schema.names) if name in columns]
                )
                yield schema, _batches(_reader(stream, is_file, wanted))
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise damaged("Arrow file", self.file.shown, error) from error


def _reader(
    stream: pa.NativeFile, is_file: bool, wanted: list[int] | None
) -> pa.RecordBatchFileReader | pa.RecordBatchStreamReader:
    # No fields at all would be all of them.
    options = pa.ipc.IpcReadOptions(included_fields=wanted or [])
    return (
        pa.ipc.open_file(stream, options=options)
        if is_file
        else (pa.ipc.open_stream(stream, options=options))
    )


def _batches(
    reader: pa.RecordBatchFileReader | pa.RecordBatchStreamReader,
) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.RecordBatchFileReader):
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)
    else:
        yield from reader
