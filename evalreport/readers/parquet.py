"""Parquet, read in runs of row groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from evalreport.errors import InputError
from evalreport.readers.interface import Chunk, ReadSettings, Source
from evalreport.readers.nested import flattened
from evalreport.readers.storage import InputFile

ROWS_PER_PART = 500_000
_BUFFER = 1 << 20
"""Read column chunks piece by piece: a row group can be as large as the file."""
_DAMAGED = "Write the file again, or copy it again if the copy was cut short."


@dataclass(frozen=True, slots=True)
class Parquet:
    """The columnar format of Apache Parquet."""

    name: str = "parquet"
    suffixes: tuple[str, ...] = (".parquet", ".pq")
    marks: tuple[bytes, ...] = (b"PAR1",)

    def open(self, files: Sequence[InputFile], settings: ReadSettings) -> tuple[Source, ...]:
        """Read the footer of each file: its columns and where its rows are.

        Raises
        ------
        InputError
            If a footer cannot be read.
        """
        return tuple(_open(each) for each in files)


def _open(file: InputFile) -> Source:
    try:
        with pq.ParquetFile(file.for_arrow()) as opened:
            schema, metadata = opened.schema_arrow, opened.metadata
        parts = tuple(_parts(file, metadata))
        n_rows = metadata.num_rows
        source = Source(file.shown, tuple(schema.names), n_rows > 0, parts, n_rows=n_rows)
        return flattened(source, schema)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise damaged("Parquet file", file.shown, error) from error


@dataclass(frozen=True, slots=True)
class ParquetPart:
    """Some row groups in a row; `first_row` counts from 1 in the file."""

    file: InputFile
    row_groups: range
    first_row: int
    n_bytes: int

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order, the cells as they are stored."""
        row = self.first_row
        source = self.file.for_arrow()
        try:
            with pq.ParquetFile(source, pre_buffer=False, buffer_size=_BUFFER) as opened:
                wanted = list(dict.fromkeys(columns))
                for batch in opened.iter_batches(max_rows, list(self.row_groups), wanted):
                    for column in batch.columns:
                        if not pa.types.is_primitive(column.type):
                            column.validate(full=True)  # pyarrow does not check that text is UTF-8
                    yield Chunk(row, batch)
                    row += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise damaged("Parquet file", self.file.shown, error) from error


def damaged(what: str, shown: str, error: Exception) -> InputError:
    """Return the error for a file that breaks off or holds garbage."""
    problem = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    return InputError(f"the {what} is damaged or cut short ({problem}).", path=shown, hint=_DAMAGED)


def _parts(file: InputFile, metadata: pq.FileMetaData) -> Iterator[ParquetPart]:
    start, first_row, n_rows, n_bytes = 0, 1, 0, 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        n_rows += group.num_rows
        n_bytes += group.total_byte_size
        if n_rows >= ROWS_PER_PART or number + 1 == metadata.num_row_groups:
            yield ParquetPart(file, range(start, number + 1), first_row, n_bytes)
            start, first_row, n_rows, n_bytes = number + 1, first_row + n_rows, 0, 0
