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

from evalreport.batch import ObjectArray, PredictionBatch
from evalreport.hashing import hashes_of
from evalreport.scoring import ScoredBatch
from evalreport.statistics.buckets import buckets_of, cluster_keys

N_PARTITIONS = 64
MOST_BYTES_IN_MEMORY = 128 * 2**20
"""Bytes of rows that one run holds in memory; more of them go to disk."""

_SHIFT = np.uint64(64 - 6)
_NO_ID = ""


class RowStore:
    """The scored rows of one run: id, label, loss, and what they are reported by.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes.
    floor : float or None
        Least probability scored.
    label_smoothing : float
        How much of equal odds is mixed into what happened.
    by_position : bool
        Whether rows without ids are told by their place in the input instead.
    most_bytes : int
        How much is held in memory.
    """

    def __init__(
        self,
        classes: tuple[str, ...],
        floor: float | None,
        label_smoothing: float = 0.0,
        by_position: bool = False,
        most_bytes: int = MOST_BYTES_IN_MEMORY,
    ) -> None:
        self.classes = classes
        self.n_without_id = 0
        self.slice_values: dict[str, dict[str, int]] = {}
        self._floor, self._smoothing = floor, label_smoothing
        self._by_position, self._most_bytes = by_position, most_bytes
        self._held: list[list[pa.RecordBatch]] = [[] for _ in range(N_PARTITIONS)]
        self._n_bytes = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._writers: list[Any] = []

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

    def add(self, batch: PredictionBatch) -> None:
        """Keep the rows of a batch that are scored and have an id."""
        scored = ScoredBatch(batch, self._floor, self._smoothing)
        ids = self._ids(scored.batch)
        if ids is None or not len(scored):
            return
        cells = self._cells(scored, ids)
        hashes = hashes_of(ids)
        has_id = ids != _NO_ID
        self.n_without_id += int(len(ids) - np.count_nonzero(has_id))
        self._share_out(cells, (hashes >> _SHIFT).astype(np.int64), has_id)
        if self._n_bytes > self._most_bytes:
            self._spill()

    def _ids(self, batch: PredictionBatch) -> ObjectArray | None:
        if not self._by_position:
            return batch.ids
        if batch.rows is None:
            return None
        places = [f"{batch.source}:{row}" for row in batch.rows.tolist()]
        return np.array(places, dtype=object)

    def _cells(self, scored: ScoredBatch, ids: ObjectArray) -> pa.RecordBatch:
        losses = np.where(scored.is_zero & (scored.floor is None), np.inf, scored.excess)
        columns = {
            "id": pa.array(ids, pa.string()),
            "label": pa.array(scored.observed.astype(np.int32)),
            "loss": pa.array(losses),
            "zero": pa.array(scored.is_zero),
        }
        if scored.is_soft:
            columns["entropy"] = pa.array(scored.target_entropies)
        if scored.weights is not None:
            columns["weight"] = pa.array(scored.weights)
        clusters = cluster_keys(scored)
        if clusters is not None:
            # Which of 1,024 buckets of clusters: the rows of one cluster stay together in it.
            columns["cluster"] = pa.array(buckets_of(clusters).astype(np.int16))
        for each in scored.batch.slices:
            known = self.slice_values.setdefault(each.name, {})
            codes = [known.setdefault(value, len(known)) for value in each.values]
            columns[f"slice {each.name}"] = pa.array(np.array(codes, np.int32)[each.codes])
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
        return pa.Table.from_batches(parts) if parts else None
