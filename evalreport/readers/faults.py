"""What can be wrong with a row, and finding the rows that it is wrong with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray
from evalreport.readers.cells import NO_CLUSTER, Cells
from evalreport.readers.interface import Normalize
from evalreport.readers.labels import MISSING, UNKNOWN
from evalreport.readers.numbers import ABSENT, NO_NUMBER
from evalreport.results import InputKind

Mask = NDArray[np.bool_]

MOST_ABOVE_ONE = 1e-6
"""A probability above 1 by no more than this is rounding, and is lowered to 1."""
MOST_WEIGHT = 1e300
"""Heavier rows could not be added up in a double."""
MOST_OFF_ONE = 0.01 + 1e-9
"""A sum further from 1 than this is no distribution; 0.33 three times just is one."""


class Fault(IntEnum):
    """Reasons not to score a row, in the order in which they are looked for; targets come first."""

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
    WEIGHT_TOO_LARGE = 14
    CLUSTER_MISSING = 15
    TARGET_MISSING = 16
    TARGET_NO_NUMBER = 17
    TARGET_NAN = 18
    TARGET_INFINITE = 19
    TARGET_NEGATIVE = 20
    TARGET_ABOVE_ONE = 21
    TARGETS_NOT_ONE = 22
    TARGETS_ZERO = 23

    def reason(self, kind: InputKind) -> str:
        """Return the phrase that rows are counted by."""
        return _REASONS[self].format(**NOUNS[kind])


_REASONS = {
    Fault.LABEL_MISSING: "label is missing",
    Fault.LABEL_UNKNOWN: "label names no class",
    Fault.PROBABILITY_MISSING: "{noun} is missing",
    Fault.PROBABILITY_NO_NUMBER: "{noun} is no number",
    Fault.PROBABILITY_NAN: "{noun} is NaN",
    Fault.PROBABILITY_INFINITE: "{noun} is infinite",
    Fault.PROBABILITY_BELOW_ZERO: "{noun} is below 0",
    Fault.PROBABILITY_ABOVE_ONE: "{noun} is above {most}",
    Fault.SUM_NOT_ONE: "{nouns} do not sum to {whole}",
    Fault.WEIGHT_MISSING: "weight is missing",
    Fault.WEIGHT_NEGATIVE: "weight is negative",
    Fault.WEIGHT_NO_NUMBER: "weight is no number",
    Fault.WEIGHT_INFINITE: "weight is infinite",
    Fault.WEIGHT_TOO_LARGE: "weight is above 1e300",
    Fault.CLUSTER_MISSING: "cluster is missing",
    Fault.TARGET_MISSING: "target is missing",
    Fault.TARGET_NO_NUMBER: "target is no number",
    Fault.TARGET_NAN: "target is NaN",
    Fault.TARGET_INFINITE: "target is infinite",
    Fault.TARGET_NEGATIVE: "target is below 0",
    Fault.TARGET_ABOVE_ONE: "target is above 1",
    Fault.TARGETS_NOT_ONE: "targets do not sum to 1",
    Fault.TARGETS_ZERO: "targets are all 0",
}

_BEFORE_TARGETS = Fault.TARGET_MISSING - 1
"""What turns a fault of target cells into one of these."""

NOUNS: dict[InputKind, dict[str, str]] = {
    "probabilities": {"noun": "probability", "nouns": "probabilities", "most": "1", "whole": "1"},
    "percentages": {"noun": "percentage", "nouns": "percentages", "most": "100", "whole": "100"},
    "logits": {"noun": "logit", "nouns": "logits", "most": "", "whole": ""},
    "log-probabilities": {
        "noun": "log-probability",
        "nouns": "probabilities",
        "most": "0",
        "whole": "1",
    },
}
"""What one cell and several are called, its largest value, and what a row of them sums to."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Some rows with what is needed to judge them.

    Parameters
    ----------
    cells : Cells
        As they stand in the input.
    view : float64 ndarray of shape (n_columns, n_rows)
        Every cell as a probability.
    sums : float64 ndarray of shape (n_rows,), optional
        Sums of the probabilities; None if one column speaks for both classes.
    kind : str
        What the cells are.
    """

    cells: Cells
    view: FloatArray
    sums: FloatArray | None
    kind: InputKind


@dataclass(frozen=True, slots=True)
class FaultyRow:
    """A row of a chunk that cannot be scored; `column` counts the probability columns."""

    row: int
    fault: Fault
    column: int


def find_faults(judged: Judged, normalize: Normalize) -> list[FaultyRow]:
    """Return the rows that cannot be scored, in order, each with the first thing wrong with it."""
    suspects = np.flatnonzero(~_healthy(judged, normalize))
    if not len(suspects):
        return []
    faults, columns = _classify(judged, normalize, suspects)
    return [
        FaultyRow(int(row), Fault(fault), int(column))
        for row, fault, column in zip(suspects, faults, columns, strict=True)
    ]


def _healthy(judged: Judged, normalize: Normalize) -> Mask:
    cells = judged.cells
    healthy: Mask = cells.codes >= 0
    # Comparisons with NaN are false, so cells without a number fail here too.
    healthy &= judged.view.min(axis=0) >= 0
    healthy &= judged.view.max(axis=0) <= 1 + MOST_ABOVE_ONE
    if judged.sums is not None:
        healthy &= ~_sum_is_wrong(judged.sums, normalize)
    if cells.targets is not None:
        healthy &= cells.targets.faults == 0
    if cells.weights is not None:
        healthy &= (cells.weights >= 0) & (cells.weights <= MOST_WEIGHT)
    if cells.clusters is not None:
        healthy &= cells.clusters.codes != NO_CLUSTER
    return healthy


def _sum_is_wrong(sums: FloatArray, normalize: Normalize) -> Mask:
    if normalize == "error":
        return ~(np.abs(sums - 1) <= MOST_OFF_ONE)
    # A row of zeros is no distribution at any scale.
    return ~(sums > 0)


def _classify(
    judged: Judged, normalize: Normalize, rows: IntArray
) -> tuple[NDArray[np.uint8], IntArray]:
    faults = np.zeros(len(rows), dtype=np.uint8)
    columns = np.zeros(len(rows), dtype=np.int64)
    targets = judged.cells.targets
    if targets is not None:
        found = targets.faults[rows]
        faults[found > 0] = found[found > 0] + _BEFORE_TARGETS
        columns = targets.columns[rows]

    def mark(fault: Fault, where: Mask) -> None:
        hit = (where.any(axis=0) if where.ndim == 2 else where) & (faults == 0)
        faults[hit] = fault
        if where.ndim == 2:
            columns[hit] = where[:, hit].argmax(axis=0)

    cells, sums = judged.cells, judged.sums
    values, view = cells.values[:, rows], judged.view[:, rows]
    kinds = np.zeros(values.shape, np.uint8) if cells.kinds is None else cells.kinds[:, rows]
    mark(Fault.LABEL_MISSING, cells.codes[rows] == MISSING)
    mark(Fault.LABEL_UNKNOWN, cells.codes[rows] == UNKNOWN)
    mark(Fault.PROBABILITY_MISSING, kinds == ABSENT)
    mark(Fault.PROBABILITY_NO_NUMBER, kinds == NO_NUMBER)
    mark(Fault.PROBABILITY_NAN, np.isnan(values))
    # A logarithm may be minus infinity, but not all of a row, and none may be infinity.
    mark(Fault.PROBABILITY_INFINITE, np.isinf(view) | np.isposinf(values) | np.isnan(view))
    mark(Fault.PROBABILITY_BELOW_ZERO, view < 0)
    mark(Fault.PROBABILITY_ABOVE_ONE, view > 1 + MOST_ABOVE_ONE)
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
        mark(Fault.WEIGHT_TOO_LARGE, weights > MOST_WEIGHT)
    if cells.clusters is not None:
        mark(Fault.CLUSTER_MISSING, cells.clusters.codes[rows] == NO_CLUSTER)
    return faults, columns
