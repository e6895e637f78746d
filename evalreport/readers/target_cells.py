"""The cells of targets as distributions, with the fault of each row that holds none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray
from evalreport.exact import row_sums
from evalreport.readers.numbers import ABSENT, NO_NUMBER, Kinds

_MOST_OFF_ONE = 1e-6 + 1e-9
"""Targets are written by people or counted: a sum further from 1 says that they are no shares."""

NO_FAULT, MISSING, NOT_A_NUMBER, NAN, INFINITE, NEGATIVE, ABOVE_ONE, SUM_NOT_ONE, SUM_ZERO = range(
    9
)


@dataclass(frozen=True, slots=True)
class TargetCells:
    """The targets of some rows.

    Parameters
    ----------
    probs : float64 ndarray of shape (n_classes, n_rows)
        Distributions of what happened; 0 where the row has a fault.
    faults : uint8 ndarray of shape (n_rows,)
        What is wrong with the row first, or NO_FAULT.
    columns : int64 ndarray of shape (n_rows,)
        The target column it is wrong in.
    sums : float64 ndarray of shape (n_rows,)
        Sums of the cells as they stand in the input.
    """

    probs: FloatArray
    faults: NDArray[np.uint8]
    columns: IntArray
    sums: FloatArray

    @property
    def observed(self) -> IntArray:
        """Class of the largest target; the first one in a tie."""
        return np.asarray(self.probs.argmax(axis=0), dtype=np.int64)

    @property
    def is_one_hot(self) -> bool:
        """Whether every row without a fault gives one class everything."""
        whole = (self.probs == 1.0).any(axis=0) & ((self.probs > 0).sum(axis=0) == 1)
        return bool((whole | (self.faults != NO_FAULT)).all())


def target_cells(
    values: FloatArray, kinds: Kinds | None, tolerance: float, normalize: bool, positive: int
) -> TargetCells:
    """Judge the cells of targets and return their distributions.

    Parameters
    ----------
    values, kinds : ndarray of shape (n_columns, n_rows)
        The cells, and what they are unless all of them are numbers; NaN where there is no number.
    tolerance : float
        How far a sum may be from 1 by the rounding of the storage alone.
    normalize : bool
        Whether cells are counts, to be divided by their sum.
    positive : int
        Index of the class that a single column speaks of.
    """
    single = len(values) == 1
    with np.errstate(invalid="ignore"):  # inf - inf; such rows are refused
        cells = np.stack((1.0 - values[0], values[0])) if single else values
        cells = cells[::-1] if single and positive == 0 else cells
        sums = values[0] if single else row_sums(values.T)
    faults, columns = _faults(values, kinds)
    sound = faults == NO_FAULT
    if single:
        faults[sound & (values[0] > 1)] = ABOVE_ONE
    elif normalize:
        faults[sound & ~(sums > 0)] = SUM_ZERO
    else:
        faults[sound & ~(np.abs(sums - 1) <= max(tolerance, _MOST_OFF_ONE))] = SUM_NOT_ONE
    whole = sums if normalize and not single else np.ones(len(sums))
    probs = np.where(faults == NO_FAULT, cells, 0.0) / np.where(faults == NO_FAULT, whole, 1.0)
    return TargetCells(np.minimum(probs, 1.0), faults, columns, sums)


def _faults(values: FloatArray, kinds: Kinds | None) -> tuple[NDArray[np.uint8], IntArray]:
    n_rows = values.shape[1]
    faults, columns = np.zeros(n_rows, np.uint8), np.zeros(n_rows, np.int64)
    if kinds is None:
        kinds = np.zeros(values.shape, np.uint8)
    for fault, where in (
        (MISSING, kinds == ABSENT),
        (NOT_A_NUMBER, kinds == NO_NUMBER),
        (NAN, np.isnan(values)),
        (INFINITE, np.isinf(values)),
        (NEGATIVE, values < 0),
    ):
        hit = where.any(axis=0) & (faults == NO_FAULT)
        faults[hit] = fault
        columns[hit] = where[:, hit].argmax(axis=0)
    return faults, columns
