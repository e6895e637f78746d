"""Rows that hold only their most likely classes: checked once, frozen, read-only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, Intake, IntArray, ObjectArray, ShownColumn, SliceColumn


@dataclass(frozen=True)
class TopKBatch:
    """The most likely classes of some rows, with what happened.

    Classes are told by name, and any may happen: there is no closed list of them.

    Parameters
    ----------
    classes : tuple of str
        Names that stand in these rows, sorted as text.
    observed : int64 ndarray of shape (n_rows,)
        Index of the class that occurred.
    listed : int64 ndarray of shape (n_listed,)
        Indices of the classes that rows list, row after row.
    probs : float64 ndarray of shape (n_listed,)
        Probability of each, in [0, 1]; see `in_order` for their order.
    starts : int64 ndarray of shape (n_rows + 1,)
        Row i lists what stands from ``starts[i]`` up to but not including ``starts[i + 1]``.
    log_probs : float64 ndarray of shape (n_listed,), optional
        Natural logarithms of `probs`, where the input tells them better.
    tolerance : float
        How far sums may be off by the rounding of the storage alone.
    weights, ids, rows, source, slices, shown, intake
        As in `PredictionBatch`.
    """

    classes: tuple[str, ...]
    observed: IntArray
    listed: IntArray
    probs: FloatArray
    starts: IntArray
    log_probs: FloatArray | None = None
    tolerance: float = 1e-6
    weights: FloatArray | None = None
    ids: ObjectArray | None = None
    rows: IntArray | None = None
    source: int = 0
    slices: tuple[SliceColumn, ...] = ()
    shown: tuple[ShownColumn, ...] = ()
    intake: Intake = field(default_factory=Intake)

    def __post_init__(self) -> None:
        if self.starts[0] != 0 or self.starts[-1] != len(self.probs):
            raise ValueError("the rows do not hold all that is listed")
        if len(self.starts) != len(self.observed) + 1 or (np.diff(self.starts) < 1).any():
            raise ValueError("a row lists no class")
        for array in (self.observed, self.listed, self.probs, self.starts):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.observed)

    def __getitem__(self, rows: slice) -> TopKBatch:
        """Return some of the rows; the intake stays with the part that starts at the first row."""
        chosen = np.zeros(len(self), dtype=bool)
        chosen[rows] = True
        return self._take(chosen, Intake() if rows.start else self.intake)

    def where(self, chosen: NDArray[np.bool_]) -> TopKBatch:
        """Return the rows that a mask of shape (n_rows,) chooses, without the intake."""
        return self._take(chosen, Intake())

    def _take(self, chosen: NDArray[np.bool_], intake: Intake) -> TopKBatch:
        lengths = np.diff(self.starts)
        inside = np.repeat(chosen, lengths)

        def cut(array: NDArray[Any] | None, by: NDArray[np.bool_] = chosen) -> Any:
            return None if array is None else array[by]

        return replace(
            self,
            observed=cut(self.observed),
            listed=cut(self.listed, inside),
            probs=cut(self.probs, inside),
            log_probs=cut(self.log_probs, inside),
            starts=np.concatenate(([0], np.cumsum(lengths[chosen]))).astype(np.int64),
            weights=cut(self.weights),
            ids=cut(self.ids),
            rows=cut(self.rows),
            slices=tuple(replace(each, codes=cut(each.codes)) for each in self.slices),
            shown=tuple(replace(each, rows=cut(each.rows)) for each in self.shown),
            intake=intake,
        )

    @property
    def row_of(self) -> IntArray:
        """Index of the row that each listed class stands in, of shape (n_listed,)."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.starts))


def in_order(rows: IntArray, listed: IntArray, probs: FloatArray) -> IntArray:
    """Return the order in which a batch lists classes: by row, the most likely first, by name.

    Parameters
    ----------
    rows, listed : int64 ndarray of shape (n_listed,)
        Row and class of each entry; classes numbered in the order of their names.
    probs : float64 ndarray of shape (n_listed,)
        What the class is ordered by: a probability or its logarithm.
    """
    return np.asarray(np.lexsort((listed, -probs, rows)), dtype=np.int64)
