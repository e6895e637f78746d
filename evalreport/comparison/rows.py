"""The rows of one run, kept by the hash of their ids: in memory, and beyond a limit on disk.

Each row needs some fifty bytes. They are shared out over 64 partitions by their hash, so that the
rows of two runs can be brought together a partition at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa

from evalreport.batch import SliceColumn
from evalreport.comparison.documents import documents_of
from evalreport.comparison.kept import NO_ID, Keeper, KeptRows
from evalreport.hashing import hashes_of

N_PARTITIONS = 64
MOST_BYTES_IN_MEMORY = 128 * 2**20
"""Bytes of rows that one run holds in memory; more of them go to disk."""

_SHIFT = np.uint64(64 - 6)


class RowStore:
    """The scored rows of one run: id, what happened, loss, and what they are reported by.

    Parameters
    ----------
    keep : callable
        What is kept of a batch; see `kept.Keeping`.
    classes : tuple of str
        Names of the classes that come first; others are added as they are met.
    by_document : bool
        Whether rows of one id are parts of one document, and are added up.
    most_bytes : int
        How much is held in memory.
    """

    def __init__(
        self,
        keep: Keeper,
        classes: Sequence[str] = (),
        by_document: bool = False,
        most_bytes: int = MOST_BYTES_IN_MEMORY,
    ) -> None:
        self.class_codes = {name: code for code, name in enumerate(classes)}
        self.n_without_id = 0
        self.slice_values: dict[str, dict[str, int]] = {}
        self._keep, self._by_document, self._most_bytes = keep, by_document, most_bytes
        self._held: list[list[pa.RecordBatch]] = [[] for _ in range(N_PARTITIONS)]
        self._n_bytes = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._writers: list[Any] = []

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that rows have, in the order of their codes."""
        return tuple(self.class_codes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close_writers()
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, batch: Any) -> None:
        """Keep the rows of a batch that are scored and have an id."""
        kept = self._keep(batch)
        if kept is None or not len(kept):
            return
        has_id = kept.ids != NO_ID
        self.n_without_id += int(len(kept) - np.count_nonzero(has_id))
        partitions = (hashes_of(kept.ids) >> _SHIFT).astype(np.int64)
        self._share_out(self._cells(kept), partitions, has_id)
        if self._n_bytes > self._most_bytes:
            self._spill()

    def _cells(self, kept: KeptRows) -> pa.RecordBatch:
        columns = {"id": pa.array(kept.ids, pa.string()), "loss": pa.array(kept.losses)}
        columns["zero"] = pa.array(kept.is_zero)
        if kept.labels is not None:
            columns["label"] = _coded(kept.labels, self.class_codes)
        if kept.most is not None:
            columns["most"] = pa.array(kept.most)
        if kept.entropies is not None:
            columns["entropy"] = pa.array(kept.entropies)
        if kept.weights is not None:
            columns["weight"] = pa.array(kept.weights)
        if kept.clusters is not None:
            # Which of 1,024 buckets of clusters: the rows of one cluster stay together in it.
            columns["cluster"] = pa.array(kept.clusters.astype(np.int16))
        columns |= {f"same {name}": pa.array(each) for name, each in kept.same.items()}
        for each in kept.slices:
            known = self.slice_values.setdefault(each.name, {})
            columns[f"slice {each.name}"] = _coded(each, known)
        return pa.RecordBatch.from_pydict(columns)

    def _share_out(
        self, cells: pa.RecordBatch, partitions: np.ndarray[Any, Any], chosen: np.ndarray[Any, Any]
    ) -> None:
        order = np.flatnonzero(chosen)
        order = order[np.argsort(partitions[order], kind="stable")]
        sorted_cells = cells.take(pa.array(order))
        edges = np.searchsorted(partitions[order], np.arange(N_PARTITIONS + 1))
        for number, (start, end) in enumerate(pairwise(edges.tolist())):
            if end > start:
                self._held[number].append(sorted_cells.slice(start, end - start))
        self._n_bytes += sorted_cells.nbytes

    def _spill(self) -> None:
        """Append what is held in memory to one file for each partition."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="evalreport-")
            schema = next(held[0].schema for held in self._held if held)
            self._writers = [
                pa.ipc.new_stream(str(self._file(number)), schema) for number in range(N_PARTITIONS)
            ]
        for writer, held in zip(self._writers, self._held, strict=True):
            for part in pa.Table.from_batches(held).combine_chunks().to_batches() if held else ():
                writer.write_batch(part)
            held.clear()
        self._n_bytes = 0

    def _file(self, number: int) -> Path:
        assert self._folder is not None
        return Path(self._folder.name) / f"{number}.arrows"

    def _close_writers(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers = []

    def partition(self, number: int) -> pa.Table | None:
        """Return the rows of a partition; None if there are none. No row can be added after."""
        parts: Sequence[pa.RecordBatch] = self._held[number]
        if self._folder is not None:
            self._close_writers()
            with pa.OSFile(str(self._file(number))) as file, pa.ipc.open_stream(file) as stream:
                parts = [*stream, *parts]
        if not parts:
            return None
        rows = pa.Table.from_batches(parts)
        if self._by_document:
            rows = documents_of(rows)  # which leaves out those without tokens
        return rows if len(rows) else None


def _coded(column: SliceColumn, known: dict[str, int]) -> pa.Array:
    """Return the values as codes that hold for all batches; new ones are added."""
    codes = [known.setdefault(value, len(known)) for value in column.values]
    return pa.array(np.array(codes, np.int32)[column.codes])
