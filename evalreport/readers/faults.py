"""What can be wrong with a row, and finding the rows that it is wrong with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray
from evalreport.readers.cells import Cells
from evalreport.readers.interface import Normalize
from evalreport.readers.labels import MISSING, UNKNOWN
from evalreport.readers.numbers import ABSENT, NO_NUMBER

Mask = NDArray[np.bool_]

MOST_ABOVE_ONE = 1e-6
"""A probability above 1 by no more than this is rounding, and is lowered to 1."""
MOST_OFF_ONE = 0.01 + 1e-9
"""A sum further from 1 than this is no distribution; 0.33 three times just is one."""


class Fault(IntEnum):
    """Reasons not to score a row, in the order in which they are looked for."""

    LABEL_MISSING = 1
    LABEL_UNKNOWN = 2
    PROBABILITY_MISSING = 3
    PROBABILITY_NO_NUMBER = 4
    PROBABILITY_NAN = 5
    PROBABILITY_INFINITE = 6
    PROBABILITY_BELOW_ZERO = 7
    PROBABILITY_ABOVE_ONE = 8
    SUM_NOT_ONE = 9
    WEIGHT_MISSING = 10
    WEIGHT_NEGATIVE = 11
    WEIGHT_NO_NUMBER = 12
    WEIGHT_INFINITE = 13

    @property
    def reason(self) -> str:
        """The phrase that rows are counted by."""
        return _REASONS[self]


_REASONS = {
    Fault.LABEL_MISSING: "label is missing",
    Fault.LABEL_UNKNOWN: "label names no class",
    Fault.PROBABILITY_MISSING: "probability is missing",
    Fault.PROBABILITY_NO_NUMBER: "probability is no number",
    Fault.PROBABILITY_NAN: "probability is NaN",
    Fault.PROBABILITY_INFINITE: "probability is infinite",
    Fault.PROBABILITY_BELOW_ZERO: "probability is below 0",
    Fault.PROBABILITY_ABOVE_ONE: "probability is above 1",
    Fault.SUM_NOT_ONE: "probabilities do not sum to 1",
    Fault.WEIGHT_MISSING: "weight is missing",
    Fault.WEIGHT_NEGATIVE: "weight is negative",
    Fault.WEIGHT_NO_NUMBER: "weight is no number",
    Fault.WEIGHT_INFINITE: "weight is infinite",
}


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row of a chunk that cannot be scored; `column` counts the probability columns."""

    row: int
    fault: Fault
    column: int


def row_sums(values: FloatArray) -> FloatArray:
    """Return the sum over the first axis, folded in halves.

    The order of the additions is part of the result: it depends on the number of columns alone,
    not on memory layout or processor.
    """
    sums = values
    while len(sums) > 1:
        half = len(sums) // 2
        folded = sums[:half] + sums[half : 2 * half]
        if len(sums) % 2:
            folded[0] += sums[-1]
        sums = folded
    total: FloatArray = sums[0]
    return total


def find_faults(cells: Cells, sums: FloatArray | None, normalize: Normalize) -> list[FaultyRow]:
    """Return the rows that cannot be scored, in order, each with the first thing wrong with it.

    `sums` is None if one column speaks for both classes, so that there is nothing to add up.
    """
    suspects = np.flatnonzero(~_healthy(cells, sums, normalize))
    if not len(suspects):
        return []
    faults, columns = _classify(cells, sums, normalize, suspects)
    return [
        FaultyRow(int(row), Fault(fault), int(column))
        for row, fault, column in zip(suspects, faults, columns, strict=True)
    ]


def _healthy(cells: Cells, sums: FloatArray | None, normalize: Normalize) -> Mask:
    healthy: Mask = cells.codes >= 0
    # Comparisons with NaN are false, so cells without a number fail here too.
    healthy &= cells.values.min(axis=0) >= 0
    healthy &= cells.values.max(axis=0) <= 1 + MOST_ABOVE_ONE
    if sums is not None:
        healthy &= ~_sum_is_wrong(sums, normalize)
    if cells.weights is not None:
        healthy &= (cells.weights >= 0) & (cells.weights < np.inf)
    return healthy


def _sum_is_wrong(sums: FloatArray, normalize: Normalize) -> Mask:
    if normalize == "error":
        return ~(np.abs(sums - 1) <= MOST_OFF_ONE)
    # A row of zeros is no distribution at any scale.
    return ~(sums > 0)


def _classify(
    cells: Cells, sums: FloatArray | None, normalize: Normalize, rows: IntArray
) -> tuple[NDArray[np.uint8], IntArray]:
    faults = np.zeros(len(rows), dtype=np.uint8)
    columns = np.zeros(len(rows), dtype=np.int64)

    def mark(fault: Fault, where: Mask) -> None:
        hit = (where.any(axis=0) if where.ndim == 2 else where) & (faults == 0)
        faults[hit] = fault
        if where.ndim == 2:
            columns[hit] = where[:, hit].argmax(axis=0)

    values = cells.values[:, rows]
    kinds = np.zeros(values.shape, np.uint8) if cells.kinds is None else cells.kinds[:, rows]
    mark(Fault.LABEL_MISSING, cells.codes[rows] == MISSING)
    mark(Fault.LABEL_UNKNOWN, cells.codes[rows] == UNKNOWN)
    mark(Fault.PROBABILITY_MISSING, kinds == ABSENT)
    mark(Fault.PROBABILITY_NO_NUMBER, kinds == NO_NUMBER)
    mark(Fault.PROBABILITY_NAN, np.isnan(values))
    mark(Fault.PROBABILITY_INFINITE, np.isinf(values))
    mark(Fault.PROBABILITY_BELOW_ZERO, values < 0)
    mark(Fault.PROBABILITY_ABOVE_ONE, values > 1 + MOST_ABOVE_ONE)
    if sums is not None:
        mark(Fault.SUM_NOT_ONE, _sum_is_wrong(sums[rows], normalize))
    if cells.weights is not None:
        weights = cells.weights[rows]
        absent = np.zeros(len(rows), np.uint8)
        odd = absent if cells.weight_kinds is None else cells.weight_kinds[rows]
        mark(Fault.WEIGHT_MISSING, odd == ABSENT)
        mark(Fault.WEIGHT_NO_NUMBER, np.isnan(weights))
        mark(Fault.WEIGHT_INFINITE, np.isinf(weights))
        mark(Fault.WEIGHT_NEGATIVE, weights < 0)
    return faults, columns
