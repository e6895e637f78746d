"""Whether the probability columns are read as the right classes.

Minus log of every column is summed by observed class over the sampled rows. From that follows the
loss of every other reading of the columns, so the best one is found without trying them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import IntArray
from evalreport.cell_losses import minus_log
from evalreport.exact import as_fraction, log_of
from evalreport.results import ClassOrderResult
from evalreport.scoring import FLOOR, MOST_NATS
from evalreport.statistics.plan import States
from evalreport.statistics.sample import SampledRows, SampleState

MOST_CLASSES = 200
"""With more classes the square of their number is too much to look at."""
LEAST_ROWS = 50
LEAST_ROWS_A_CLASS = 10
"""On average; with fewer some order of the columns fits the rows by chance."""
LEAST_GAIN = 0.5
"""Nats by which another reading must be better, beside being twice as good."""

_MOST_CELLS = 2**21
"""Cells that are looked at: with many classes fewer rows take part, to keep the time bounded."""
_UNIT = -16
"""Losses are counted in units of 2**-16 nats: exact enough for a verdict, in any order."""
_ROBUST_CAP = round(10.0 * math.log(2.0) * 2.0**-_UNIT)
"""Loss at a probability of 2**-10, in units. More than that says nothing more about the order, and
a few zeros would decide otherwise."""


def class_order_of(states: States) -> ClassOrderResult | None:
    """Return what `class_order` does of the rows of some states.

    States that were read from a file hold no rows. Where such are merged with others, the sample
    does not stand for all that was scored, and nothing is told.
    """
    plan = states.plan
    state = states[plan.sample]
    if state.n_rows != states[plan.overall].total()[0]:
        return None
    return class_order(state, plan.classes, plan.floor)


def class_order(
    state: SampleState, classes: Sequence[str], floor: float | None
) -> ClassOrderResult | None:
    """Return whether another reading of the columns is far better.

    Each row counts once, whatever its weight.

    Parameters
    ----------
    state : SampleState
        The sample of the rows: all of them if they fit.
    classes : sequence of str
        Names of the classes.
    floor : float or None
        Least probability scored. Without one a probability of 0 counts as 2**-52 here.

    Returns
    -------
    ClassOrderResult or None
        None if there are too few rows to tell, too many classes, or so many equal rows, with no
        ids to tell them apart, that no sample stands for all.
    """
    n_classes = len(classes)
    least = max(LEAST_ROWS, LEAST_ROWS_A_CLASS * n_classes)
    if n_classes > MOST_CLASSES or state.n_rows < least:
        return None
    few = state.fair_rows(_MOST_CELLS // n_classes)
    if few is None:
        return None
    lost = _units_lost(few, floor, state.is_log)
    whole, robust = (_sums_by_class(units, few) for units in (lost, np.minimum(lost, _ROBUST_CAP)))
    seen = np.bincount(few.observed, few.counts, n_classes).astype(np.int64)
    reading = _better_reading(robust, seen)
    n_rows = int(few.counts.sum())
    return ClassOrderResult(
        log_loss=_mean(whole, np.arange(n_classes), n_rows),
        read_as=None
        if reading is None
        else tuple(classes[each] for each in np.argsort(reading).tolist()),
        log_loss_read_so=None if reading is None else _mean(whole, reading, n_rows),
        rows=n_rows,
    )


def _units_lost(rows: SampledRows, floor: float | None, is_log: bool) -> IntArray:
    """Return minus log of every cell, in units; shape (n_classes, n)."""
    most = MOST_NATS if floor is None else -log_of(floor)
    losses = np.minimum(-rows.cells if is_log else minus_log(rows.cells), most)
    is_zero = np.isneginf(rows.cells) if is_log else rows.cells == 0.0
    losses[is_zero] = -log_of(FLOOR if floor is None else floor)
    losses *= 2.0**-_UNIT
    return np.rint(losses, out=losses).astype(np.int64)


def _sums_by_class(units: IntArray, rows: SampledRows) -> IntArray:
    """Sum each column by observed class; shape (n_classes, n_classes), a row for each class."""
    order = np.argsort(rows.observed, kind="stable")
    ordered = rows.observed[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    counted = np.take(units, order, axis=1) * rows.counts[order]
    sums = np.zeros((len(units), len(units)), dtype=np.int64)
    sums[ordered[starts]] = np.add.reduceat(counted, starts, axis=1).T
    return sums


def _mean(sums: NDArray[np.int64], columns: IntArray, n_rows: int) -> float:
    total = int(sums[np.arange(len(columns)), columns].sum())
    return float(as_fraction(total, _UNIT) / n_rows)


def _better_reading(sums: IntArray, seen: IntArray) -> IntArray | None:
    """Return for each class the column that fits it, if that is far better than its own."""
    n_rows = int(seen.sum())
    given = np.trace(sums) / n_rows
    frequencies = seen[seen > 0] / n_rows
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
