"""Folders named key=value, as Hive and Spark write them, as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

import numpy as np
import pyarrow as pa

from evalreport.readers.bridge import numbers_to_arrow
from evalreport.readers.interface import Chunk, Part, Source
from evalreport.readers.storage import InputFile

_NOTHING = "__HIVE_DEFAULT_PARTITION__"


def partitions_in(path: str) -> tuple[tuple[str, str | None], ...]:
    """Return the keys and values that the folders of a path name.

    Examples
    --------
    >>> partitions_in("/day=2026-01-01/lang=__HIVE_DEFAULT_PARTITION__/part-0.csv")
    (('day', '2026-01-01'), ('lang', None))
    """
    pairs = [folder.partition("=")[::2] for folder in path.split("/")[:-1] if "=" in folder]
    return tuple(
        (unquote(key), None if value == _NOTHING else unquote(value)) for key, value in pairs if key
    )


def with_partitions(source: Source, file: InputFile) -> Source:
    """Return the source with the columns that the folders of its file name.

    A column that the file has itself stays as it is.
    """
    added = {key: value for key, value in file.partitions if key not in source.header}
    if not added or not source.header:
        return source
    parts = tuple(PartitionedPart(part, added, source.header[0]) for part in source.parts)
    return replace(source, header=(*source.header, *added), parts=parts)


@dataclass(frozen=True, slots=True)
class PartitionedPart:
    """A part with columns that have one value throughout."""

    part: Part
    added: Mapping[str, str | None]
    any_column: str
    """A stored column, to count the rows by if none is asked for."""

    @property
    def n_bytes(self) -> int:
        """How much there is to read."""
        return self.part.n_bytes

    def chunks(self, columns: Sequence[str], max_rows: int) -> Iterator[Chunk]:
        """Yield the rows in order."""
        stored = [name for name in columns if name not in self.added]
        for chunk in self.part.chunks(stored or [self.any_column], max_rows):
            cells = [
                _constant(self.added[name], chunk.cells.num_rows)
                if name in self.added
                else chunk.cells.column(name)
                for name in columns
            ]
            yield replace(chunk, cells=pa.RecordBatch.from_arrays(cells, list(columns)))


def _constant(value: str | None, n_rows: int) -> pa.Array:
    indices = numbers_to_arrow(np.zeros(n_rows, dtype=np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array([value], pa.string()))
