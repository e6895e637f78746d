"""How much of the loss temperature and class biases would recover on rows they were not fitted to.

References
----------
Berta, Holzmueller, Jordan & Bach (2025), "Rethinking early stopping: refine, then calibrate": the
best gain from any map of the forecasts is the loss from miscalibration, so that of one kind of maps
is a lower bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray, IntArray
from evalreport.hashing import HashArray, mixed
from evalreport.intervals import Moments, hall_interval
from evalreport.results import Interval, OverallResult, RecoverableResult
from evalreport.scoring import FLOOR, MOST_NATS
from evalreport.statistics.clusters import ratio_error
from evalreport.statistics.moments import Residuals, ratio_moments
from evalreport.statistics.plan import States
from evalreport.statistics.recalibration import FitData, Recalibration, fit
from evalreport.statistics.sample import NO_FAIR_SAMPLE, NOT_AT_HAND, SampledRows, SampleState

LEAST_ROWS = 50
"""Fewer rows than this are too few to fit one half and judge by the other."""
_MOST_BIASES = 128
"""With more classes than this the time of fitting biases is felt: it grows with their square."""
_LEAST_OF_A_CLASS = 20
_ROWS_A_CLASS = 100
"""With fewer rows than this for each class, biases would follow chance."""
_ROUGH_PART = 8
"""One row of so many is enough to begin with."""
_FOLD_SEED = np.uint64(0x8EBC6AF09C88C6E3)


def recoverable_of(states: States, overall: OverallResult) -> dict[str, Any]:
    """Return what is recoverable, or why that is not told, by the names of the results."""
    plan = states.plan
    found: RecoverableResult | str = "labels are soft"
    if not plan.soft:
        found = recoverable(states[plan.sample], overall, plan.floor)
    if isinstance(found, str):
        return {"recoverable": None, "recoverable_left_out": found}
    return {"recoverable": found, "recoverable_left_out": None}


def recoverable(
    state: SampleState, overall: OverallResult, floor: float | None
) -> RecoverableResult | str:
    """Return what temperature and class biases would save, cross-fitted on two halves.

    Parameters
    ----------
    state : SampleState
        The sample of the rows.
    overall : OverallResult
        The headline: the log loss after it is that of all rows less the gain.
    floor : float or None
        Least probability scored.

    Returns
    -------
    RecoverableResult or str
        The reason if the loss is infinite, rows are too few or not at hand any more, or so many
        rows are equal, with no ids to tell them apart, that the sample does not stand for all.
    """
    loss = overall.log_loss
    if overall.n < LEAST_ROWS:
        return f"there are under {LEAST_ROWS} rows"
    if loss is None:
        return "the loss is infinite"
    if not state.n_rows or state.n_rows != overall.n:
        return NOT_AT_HAND
    few = state.fair_rows()
    if few is None:
        return NO_FAIR_SAMPLE
    least = floor or FLOOR
    logs = _logs(few.cells, None if state.is_log and floor is None else least, state.is_log)
    halves = _Halves.of(few, logs)
    if halves is None:
        return "only one class happened in half of the rows"
    gain = halves.gain()
    interval = gain.interval
    return RecoverableResult(
        loss=gain.mean,
        temperature=gain.recalibration.temperature,
        log_loss_after=loss - gain.mean,
        interval=interval,
        standard_error=gain.standard_error,
        with_class_bias=halves.with_biases,
        rows=int(few.counts.sum()),
    )


@dataclass(frozen=True, slots=True)
class _Gain:
    mean: float
    standard_error: float | None
    interval: Interval | None
    recalibration: Recalibration


@dataclass(frozen=True, slots=True)
class _Halves:
    """The rows in two halves; a row of many equal ones can be in both."""

    rows: SampledRows
    logs: FloatArray
    counts: tuple[IntArray, IntArray]
    weights: FloatArray
    with_biases: bool

    @classmethod
    def of(cls, rows: SampledRows, logs: FloatArray) -> _Halves | None:
        """Return the halves; None if only one class happened in one of them."""
        counts = _split(rows)
        happened = [np.unique(rows.observed[each > 0]) for each in counts]
        if min(map(len, happened)) < 2:
            return None
        n_classes = len(rows.cells)
        of_class = np.zeros(n_classes, dtype=np.int64)
        np.add.at(of_class, rows.observed, rows.counts)
        enough = n_classes <= _MOST_BIASES and int(of_class.min()) >= _LEAST_OF_A_CLASS
        with_biases = enough and int(of_class.sum()) >= _ROWS_A_CLASS * n_classes
        weights = np.ones(len(rows)) if rows.weights is None else rows.weights
        # Weights may be near the largest double: their sums must not be beyond it.
        weights = weights / weights.max()
        return cls(rows, logs, counts, weights, with_biases)

    def gain(self) -> _Gain:
        """Return the mean of what the rows of each half gain by a fit to the other one."""
        # Whatever a fit starts from, it ends at the same place; near it takes two steps or three.
        both = self._fit(self.rows.counts, self._rough_fit())
        fits = [self._fit(counts, both) for counts in self.counts]
        gains = [self._gains(fits[1 - i], self.counts[i]) for i in (0, 1)]
        masses = [counts * self.weights for counts in self.counts]
        whole = sum(map(exact.fixed_sum, masses))
        pairs = zip(masses, gains, strict=True)
        total = sum(exact.fixed_sum(mass * gain) for mass, gain in pairs)
        mean = total / whole
        if self.rows.clusters is not None:
            return _Gain(mean, *_cluster_error(self.rows.clusters, gains, masses), both)
        moments = self._moments(gains, whole, mean)
        interval = hall_interval(moments, -math.inf)
        return _Gain(mean, moments.standard_error, interval, both)

    @property
    def _observed(self) -> IntArray:
        return self.rows.observed

    def _fit(self, counts: IntArray, start: Recalibration | None = None) -> Recalibration:
        used = np.flatnonzero(counts)
        masses = (counts * self.weights)[used]
        data = FitData(np.take(self.logs, used, axis=1), self._observed[used], masses)
        return fit(data, self.with_biases, start)

    def _gains(self, fitted: Recalibration, counts: IntArray) -> FloatArray:
        """Return what each row of one half gains by a fit to the other; zeros elsewhere."""
        used = np.flatnonzero(counts)
        after = fitted.losses(np.take(self.logs, used, axis=1), self._observed[used])
        gains = np.zeros(len(counts))
        gains[used] = self.rows.losses[used] - after
        return gains

    def _rough_fit(self) -> Recalibration | None:
        """Return a fit to some of the rows, which are in no order; None if they are too few."""
        counts = self.rows.counts.copy()
        counts[len(counts) // _ROUGH_PART :] = 0
        n_classes = len(self.logs)
        of_class = np.bincount(self._observed[counts > 0], minlength=n_classes)
        return self._fit(counts) if of_class.min() >= _LEAST_OF_A_CLASS else None

    def _moments(self, gains: list[FloatArray], whole: float, mean: float) -> Moments:
        """Return mean, spread and skewness of what a row gains."""

        def total(weight_power: int, power: int) -> Fraction:
            weights = exact.power(self.weights, weight_power)
            sums = (
                exact.fixed_sum(n * weights * exact.power(gain - mean, power))
                for n, gain in zip(self.counts, gains, strict=True)
            )
            return Fraction(sum(sums))

        residuals = Residuals(total(2, 1), total(2, 2), total(3, 2), total(3, 3))
        n = int(self.rows.counts.sum())
        return ratio_moments(n, mean, Fraction(whole), total(2, 0), residuals)


def _cluster_error(
    clusters: HashArray, gains: list[FloatArray], masses: list[FloatArray]
) -> tuple[float | None, Interval | None]:
    """Return standard error and interval of the mean gain; rows of one cluster are not apart."""
    above: dict[int, list[float]] = {}
    below: dict[int, list[float]] = {}
    names = clusters.tolist()
    for gain, mass in zip(gains, masses, strict=True):
        for name, value, size in zip(names, (mass * gain).tolist(), mass.tolist(), strict=True):
            above.setdefault(name, []).append(value)
            below.setdefault(name, []).append(size)
    error = ratio_error(
        [math.fsum(each) for each in above.values()], [math.fsum(each) for each in below.values()]
    )
    return (None, None) if error is None else (error.jackknife, error.interval(-math.inf))


def _split(rows: SampledRows) -> tuple[IntArray, IntArray]:
    """Return how many rows of each content are in either half: clusters are not taken apart."""
    keys = rows.keys if rows.clusters is None else rows.clusters
    side = (mixed(keys ^ _FOLD_SEED) & np.uint64(1)).astype(np.int64)
    if rows.clusters is not None:
        first = rows.counts * side
    else:
        # Rows that say the same go in turn to either half.
        before = np.cumsum(rows.counts) - rows.counts
        is_new = np.append(True, keys[1:] != keys[:-1])
        turn = before - np.maximum.accumulate(np.where(is_new, before, 0)) + 1 - side
        first = (turn + rows.counts + 1) // 2 - (turn + 1) // 2
    return first, rows.counts - first


def _logs(cells: FloatArray, floor: float | None, is_log: bool) -> FloatArray:
    """Return the logarithms of forecasts, none below what can be scored."""
    if not is_log:
        return exact.log(np.maximum(cells, floor or FLOOR))
    return np.maximum(cells, -MOST_NATS if floor is None else exact.log_of(floor))
