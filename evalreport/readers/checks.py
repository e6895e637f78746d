"""The door: raw cells in, checked batches out, and a word on every row that stays outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from evalreport.batch import (
    FloatArray,
    Intake,
    IntArray,
    ObjectArray,
    PredictionBatch,
    Rejection,
    SliceColumn,
)
from evalreport.exact import row_sums
from evalreport.kinds import Distributions, distributions, probability_view
from evalreport.readers.cells import column_of, read_cells
from evalreport.readers.columns import ColumnPlan
from evalreport.readers.complaints import Complaints
from evalreport.readers.crossings import Pair, columns_of, crossed
from evalreport.readers.faults import MOST_ABOVE_ONE, MOST_OFF_ONE, Judged, find_faults
from evalreport.readers.interface import MAX_CELLS, MAX_ROWS, Chunk
from evalreport.readers.labels import distinct
from evalreport.readers.other_kinds import like_other_kinds
from evalreport.readers.shards import PartShard
from evalreport.readers.shown import shown_column
from evalreport.readers.spelling import spelled

LEAST_RESCALED = 1e-6
"""How far the sum of a row is off 1 before it is rescaled, if that is asked for."""
NO_VALUE = "(missing)"
"""What rows without a value are called in a slice column."""


class CheckedShard(PartShard[ColumnPlan, PredictionBatch]):
    """A part of an input of predictive distributions together with how to understand it."""

    __slots__ = ()

    def _most_rows(self, n_columns: int) -> int:
        n_cells = max(len(self.plan.probs), len(self.plan.classes), n_columns)
        return max(1, min(MAX_ROWS, MAX_CELLS // n_cells))

    def _admit(self, chunk: Chunk) -> PredictionBatch:
        cells = read_cells(chunk, self.plan, self.path, self.settings.normalize_targets)
        kind = self.settings.input_kind
        view = probability_view(cells.values, kind)
        lowered = (view > 1) & (view <= 1 + MOST_ABOVE_ONE)
        view[lowered] = 1.0
        with np.errstate(invalid="ignore"):  # inf - inf; such rows are refused below
            sums = row_sums(view.T) if len(self.plan.probs) > 1 else None
        judged = Judged(cells, view, sums, kind)
        rejections, kept = self._judge(chunk, judged)
        n_lowered = int(np.count_nonzero(lowered[:, kept].any(axis=0)))
        found, counts = self._distributions(judged, kept)
        return PredictionBatch(
            classes=self.plan.classes,
            observed=cells.codes[kept],
            probs=found.probs.T,
            log_probs=None if found.log_probs is None else found.log_probs.T,
            targets=cells.targets.probs.T[kept] if self.plan.soft and cells.targets else None,
            weights=None if cells.weights is None else cells.weights[kept],
            ids=None if self.plan.id is None else row_ids(chunk, self.plan.id, self.path)[kept],
            rows=chunk.numbers()[kept],
            positive=self.plan.positive,
            source=self.source,
            slices=slice_columns(chunk, self.plan.slices, self.plan.pairs, kept, self.path),
            shown=tuple(shown_column(chunk, each, kept) for each in self.plan.shown),
            clusters=None
            if cells.clusters is None
            else replace(cells.clusters, codes=cells.clusters.codes[kept]),
            intake=Intake(
                rejections, *counts, n_lowered, *like_other_kinds(cells.values[:, kept], kind)
            ),
            sums=self._off_sums(judged, kept),
        )

    def _off_sums(self, judged: Judged, kept: IntArray | slice) -> FloatArray | None:
        """Return the sums of the rows, with 1 for those that count as 1; None if all do."""
        if judged.sums is None:
            return None
        sums = judged.sums[kept]
        rescaled = self.settings.normalize == "rescale"
        off = np.abs(sums - 1) > (LEAST_RESCALED if rescaled else judged.cells.tolerance)
        return np.where(off, sums, 1.0) if off.any() else None

    def _judge(
        self, chunk: Chunk, judged: Judged
    ) -> tuple[tuple[Rejection, ...], IntArray | slice]:
        """Return the rows that are left out, and which rows are kept."""
        faulty = find_faults(judged, self.settings.normalize)
        if not faulty:
            return (), slice(None)
        complaints = Complaints(chunk, judged, self.plan, self.path)
        if self.settings.on_invalid == "error":
            raise complaints.error(faulty[0])
        kept_columns = self.header if self.settings.keep_rejected_rows else ()
        rejections = tuple(complaints.rejection(each, kept_columns) for each in faulty)
        n_rows = len(judged.cells.codes)
        return rejections, np.delete(np.arange(n_rows), [each.row for each in faulty])

    def _distributions(
        self, judged: Judged, kept: IntArray | slice
    ) -> tuple[Distributions, tuple[int, int, int]]:
        """Return the distributions, and the counts of rows whose sums are off."""
        # Cells that were lowered to 1 must stay so: for probabilities the view is what is scored.
        raw = judged.view if judged.kind == "percentages" else judged.cells.values
        kind = "probabilities" if judged.kind == "percentages" else judged.kind
        found = distributions(raw[:, kept], kind, self.plan.positive)
        if judged.sums is None:
            return found, (0, 0, 0)
        sums = judged.sums[kept]
        off = np.abs(sums - 1)
        n_off = int(np.count_nonzero((off > judged.cells.tolerance) & (off <= MOST_OFF_ONE)))
        if self.settings.normalize == "rescale":
            rescaled = off > LEAST_RESCALED
            return found.rescaled(sums, rescaled), (n_off, int(np.count_nonzero(rescaled)), 0)
        return found, (n_off, 0, int(np.count_nonzero(off > MOST_OFF_ONE)))


def row_ids(chunk: Chunk, column: str, path: str | None) -> ObjectArray:
    """Return row ids as text in their one spelling.

    Raises
    ------
    InputError
        If cells of this type have no text.
    """
    return column_of(chunk, column, _texts_of_ids, path)


def _texts_of_ids(column: pa.Array) -> ObjectArray:
    return np.array([text or "" for text in spelled(column).to_pylist()], dtype=object)


def slice_columns(
    chunk: Chunk,
    slices: Sequence[str],
    pairs: Mapping[str, Pair],
    kept: IntArray | slice,
    path: str | None,
) -> tuple[SliceColumn, ...]:
    """Return the columns to report by, over the rows that are kept; some are made of two.

    Raises
    ------
    InputError
        If cells of this type have no text.
    """
    found = {
        name: slice_column(chunk, name, kept, path)
        for name in dict.fromkeys(columns_of(slices, pairs))
    }
    return tuple(
        crossed(name, *(found[each] for each in pairs[name])) if name in pairs else found[name]
        for name in slices
    )


def slice_column(chunk: Chunk, name: str, kept: IntArray | slice, path: str | None) -> SliceColumn:
    """Return a column to report by, over the rows that are kept.

    Raises
    ------
    InputError
        If cells of this type have no text.
    """
    numbers, texts = column_of(chunk, name, distinct, path)
    return _slice_column(name, numbers[kept], texts)


def _slice_column(name: str, numbers: IntArray, texts: Sequence[str]) -> SliceColumn:
    values: dict[str, int] = {}
    codes_of_texts = [values.setdefault(text or NO_VALUE, len(values)) for text in texts]
    nothing = values.setdefault(NO_VALUE, len(values))
    codes = np.array([*codes_of_texts, nothing], dtype=np.int64)[numbers]
    # A value that only rows left out have is no slice.
    used, codes = np.unique(codes, return_inverse=True)
    names = list(values)
    return SliceColumn(name, codes.astype(np.int64), tuple(names[number] for number in used))
