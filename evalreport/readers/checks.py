"""The door: raw cells in, checked batches out, and a word on every row that stays outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evalreport.batch import (
    FloatArray,
    Intake,
    IntArray,
    ObjectArray,
    PredictionBatch,
    Rejection,
    SliceColumn,
)
from evalreport.readers.cells import Cells, read_cells
from evalreport.readers.columns import ColumnPlan
from evalreport.readers.complaints import Complaints
from evalreport.readers.faults import MOST_ABOVE_ONE, MOST_OFF_ONE, find_faults, row_sums
from evalreport.readers.interface import MAX_CELLS, MAX_ROWS, Chunk, Part, ReadSettings
from evalreport.readers.labels import as_text, distinct

NO_VALUE = "(missing)"
"""What rows without a value are called in a slice column."""


@dataclass(frozen=True, slots=True)
class CheckedShard:
    """A part of an input together with how to understand it."""

    part: Part
    plan: ColumnPlan
    settings: ReadSettings
    source: int
    path: str | None
    header: tuple[str, ...]

    @property
    def n_bytes(self) -> int:
        """How much there is to read; 0 if unknown."""
        return self.part.n_bytes

    def batches(self) -> Iterator[PredictionBatch]:
        """Yield the rows in order as checked batches of bounded size."""
        columns = self.header if self.settings.keep_rejected_rows else self.plan.used
        n_cells = max(len(self.plan.probs), len(self.plan.classes), len(columns))
        for chunk in self.part.chunks(columns, max(1, min(MAX_ROWS, MAX_CELLS // n_cells))):
            yield self._admit(chunk)

    def _admit(self, chunk: Chunk) -> PredictionBatch:
        cells = read_cells(chunk, self.plan, self.path)
        lowered = (cells.values > 1) & (cells.values <= 1 + MOST_ABOVE_ONE)
        cells.values[lowered] = 1.0
        with np.errstate(invalid="ignore"):  # inf - inf; such rows are refused below
            sums = row_sums(cells.values) if len(self.plan.probs) > 1 else None
        rejections, kept = self._judge(chunk, cells, sums)
        n_lowered = int(np.count_nonzero(lowered[:, kept].any(axis=0)))
        probs, counts = self._distributions(cells, sums, kept)
        rows = np.arange(chunk.first_row, chunk.first_row + len(cells.codes), dtype=np.int64)
        column = chunk.cells.column
        return PredictionBatch(
            classes=self.plan.classes,
            observed=cells.codes[kept],
            probs=probs,
            weights=None if cells.weights is None else cells.weights[kept],
            ids=None if self.plan.id is None else _ids(column(self.plan.id))[kept],
            rows=rows[kept],
            positive=self.plan.positive,
            source=self.source,
            slices=tuple(_slice(name, column(name), kept) for name in self.plan.slices),
            intake=Intake(rejections, *counts, n_lowered),
        )

    def _judge(
        self, chunk: Chunk, cells: Cells, sums: FloatArray | None
    ) -> tuple[tuple[Rejection, ...], IntArray | slice]:
        """Return the rows that are left out, and which rows are kept."""
        faulty = find_faults(cells, sums, self.settings.normalize)
        if not faulty:
            return (), slice(None)
        complaints = Complaints(chunk, cells, sums, self.plan, self.path)
        if self.settings.on_invalid == "error":
            raise complaints.error(faulty[0])
        with_cells = self.settings.keep_rejected_rows
        rejections = tuple(complaints.rejection(each, with_cells) for each in faulty)
        return rejections, np.delete(np.arange(len(cells.codes)), [each.row for each in faulty])

    def _distributions(
        self, cells: Cells, sums: FloatArray | None, kept: IntArray | slice
    ) -> tuple[FloatArray, tuple[int, int, int]]:
        """Return the probabilities row by row, and the counts of rows whose sums are off."""
        values = cells.values[:, kept]
        if sums is None:
            pair = (1.0 - values[0], values[0])
            return np.stack(pair[:: 1 if self.plan.positive else -1]).T, (0, 0, 0)
        off = np.abs(sums[kept] - 1)
        n_off = int(np.count_nonzero((off > cells.tolerance) & (off <= MOST_OFF_ONE)))
        if self.settings.normalize == "rescale":
            rescaled = off > 1e-6
            values = np.where(rescaled, values / sums[kept], values)
            return values.T, (n_off, int(np.count_nonzero(rescaled)), 0)
        return values.T, (n_off, 0, int(np.count_nonzero(off > MOST_OFF_ONE)))


def _ids(column: pa.Array) -> ObjectArray:
    texts = as_text(column)
    if pa.types.is_floating(column.type) or pc.any(pc.ends_with(texts, ".0")).as_py():
        texts = pc.replace_substring_regex(texts, r"^(-?(?:0|[1-9][0-9]*))\.0*$", r"\1")
    return np.array([text or "" for text in texts.to_pylist()], dtype=object)


def _slice(name: str, column: pa.Array, kept: IntArray | slice) -> SliceColumn:
    numbers, texts = distinct(column)
    values: dict[str, int] = {}
    codes_of_texts = [values.setdefault(text or NO_VALUE, len(values)) for text in texts]
    nothing = values.setdefault(NO_VALUE, len(values))
    codes = np.array([*codes_of_texts, nothing], dtype=np.int64)[numbers[kept]]
    # A value that only rows left out have is no slice.
    used, codes = np.unique(codes, return_inverse=True)
    names = list(values)
    return SliceColumn(name, codes.astype(np.int64), tuple(names[number] for number in used))
