"""Whether the probability columns are read as the right classes.

Minus log of every column is summed by observed class. From that follows the loss of every other
reading of the columns, so the best one is found without going back to the rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray
from evalreport.exact import as_fraction
from evalreport.results import ClassOrderResult
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.moments import counts

MOST_CLASSES = 200
"""With more classes the square of their number is too much to keep."""
LEAST_ROWS = 50
LEAST_ROWS_A_CLASS = 10
"""On average; with fewer some order of the columns fits the rows by chance."""
LEAST_GAIN = 0.5
"""Nats by which another reading must be better, beside being twice as good."""

_UNIT = -16
"""Losses are counted in units of 2**-16 nats: exact enough for a verdict, and short to store."""
_MOST = 2048.0
"""Losses are capped here where there is no floor."""
_ROBUST_CAP = float(round(10.0 * math.log(2.0) * 2.0**-_UNIT))
"""Loss at a probability of 2**-10, in units. More than that says nothing more about the order, and
a few zeros would decide otherwise."""


@dataclass(frozen=True, slots=True)
class ClassOrder(KeepsSums):
    """Minus log of each column by observed class, capped at the floor, and lower for the judgement.

    Each row counts once, whatever its weight.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes.
    floor : float or None
        Least probability scored. Without one a probability of 0 counts as 2**-52 here.
    """

    classes: tuple[str, ...]
    floor: float | None
    name: str = "class_order"

    @property
    def _units(self) -> tuple[int, ...]:
        n_classes = len(self.classes) if self._is_kept else 0
        return (0, *(_UNIT,) * (2 * n_classes))

    @property
    def _is_kept(self) -> bool:
        return len(self.classes) <= MOST_CLASSES

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        if not self._is_kept or not len(scored):
            return self.empty()
        n_classes = len(self.classes)
        robust, whole = self._class_sums(scored)
        n_rows = np.array(counts(scored.observed, n_classes))
        rows = np.concatenate([n_rows[:, None], robust, whole], axis=1).tolist()
        return Sums(self._units, {key: tuple(row) for key, row in enumerate(rows) if row[0]})

    def _class_sums(self, scored: ScoredBatch) -> IntArray:
        """Sum each column by observed class; shape (2, n_classes, n_classes), the robust one first.

        Doubles hold these whole numbers: so many rows of so many units stay far below 2**53.
        """
        n_classes = len(self.classes)
        order = np.argsort(scored.observed.astype(np.uint8), kind="stable")
        ordered = scored.observed[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        sums = np.zeros((2, n_classes, n_classes), dtype=np.int64)
        for k in range(n_classes):
            units = self._units_lost(scored.cell_losses[:, k], scored.batch.probs[:, k])[order]
            sums[1, ordered[starts], k] = np.add.reduceat(units, starts)
            np.minimum(units, _ROBUST_CAP, out=units)
            sums[0, ordered[starts], k] = np.add.reduceat(units, starts)
        return sums

    def _units_lost(self, losses: FloatArray, probs: FloatArray) -> FloatArray:
        most = _MOST if self.floor is None else -math.log(self.floor)
        units = np.minimum(losses, most)
        if probs.min() == 0.0:
            units[probs == 0.0] = min(most, -math.log(FLOOR))
        units *= 2.0**-_UNIT
        return np.rint(units, out=units)

    def result(self, state: Sums) -> ClassOrderResult | None:
        """Return whether another reading is far better; None if there are too few rows to tell."""
        n_classes, n_rows = len(self.classes), state.total()[0]
        if not self._is_kept or n_rows < max(LEAST_ROWS, LEAST_ROWS_A_CLASS * n_classes):
            return None
        robust, whole = (
            np.array([state.row(key)[start : start + n_classes] for key in range(n_classes)])
            for start in (1, 1 + n_classes)
        )
        seen = [state.row(key)[0] for key in range(n_classes)]
        reading = _better_reading(robust, seen)
        given = np.arange(n_classes)
        return ClassOrderResult(
            log_loss=_mean(whole, given, n_rows),
            read_as=None
            if reading is None
            else tuple(self.classes[each] for each in np.argsort(reading).tolist()),
            log_loss_read_so=None if reading is None else _mean(whole, reading, n_rows),
        )


def _mean(sums: NDArray[Any], columns: IntArray, n_rows: int) -> float:
    total = int(sums[np.arange(len(columns)), columns].sum())
    return float(as_fraction(total, _UNIT) / n_rows)


def _better_reading(sums: IntArray, seen: list[int]) -> IntArray | None:
    """Return for each class the column that fits it, if that is far better than its own."""
    n_rows = sum(seen)
    given = np.trace(sums) / n_rows
    frequencies = np.array([n / n_rows for n in seen if n])
    baseline = -float((frequencies * np.log(frequencies)).sum()) * 2.0**-_UNIT

    def is_far_better(loss: float) -> bool:
        gain = LEAST_GAIN * 2.0**-_UNIT
        return loss < given / 2 and given - loss >= gain and loss < baseline

    # No reading does better than each class with its best column, shared or not.
    if not is_far_better(sums.min(axis=1).sum() / n_rows):
        return None
    from scipy.optimize import linear_sum_assignment  # slow to import, and seldom needed

    # A class that never happened fits every column alike: its own comes first.
    costs = sums - np.eye(len(sums)) * 0.5
    _, columns = linear_sum_assignment(costs)
    loss = sums[np.arange(len(sums)), columns].sum() / n_rows
    return np.asarray(columns, dtype=np.int64) if is_far_better(loss) else None
