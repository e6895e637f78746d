"""Sums of losses that are exact or between two bounds: over all rows, and over groups of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray
from evalreport.intervals import Moments, hall_interval
from evalreport.results import Interval, WorstRow
from evalreport.statistics.calibration_error import BinnedCalibration
from evalreport.statistics.interface import Entry, FirstEntries, Key, Sums
from evalreport.statistics.kept import KeepsFirst, KeepsSums
from evalreport.statistics.moments import (
    PowerSums,
    counts,
    grouped,
    mass,
    mass_unit,
    moment_columns,
    moment_units,
    sum_unit,
)
from evalreport.statistics.places import place_of, told_apart, with_path
from evalreport.statistics.top_k_scores import ScoredTopK
from evalreport.top_k_results import LossBounds

By = Literal["all", "class", "rank", "slice"]

_N, _N_OUTSIDE, _N_ZERO, _N_FLOORED, _N_CAPPED, _MASS, _OUTSIDE, _RIGHT = range(8)
_CONFIDENCE, _REST, _MOMENTS = range(8, 11)
ALL = 0
"""The only group of the sums over all rows."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the sums over a group of rows stand for."""

    n: int
    n_outside: int
    n_zero: int
    n_floored: int
    n_capped: int
    least: PowerSums
    """Of the least losses."""
    most: PowerSums
    """Of the greatest losses."""
    at_least: Moments | None
    """None if even the least mean loss is infinite."""
    at_most: Moments | None
    """None if nothing bounds the mean loss from above."""
    share_outside: float
    accuracy: float | None
    confidence: float | None
    rest: float | None

    @property
    def is_exact(self) -> bool:
        """Whether what happened is listed in every row."""
        return not self.n_outside

    @property
    def mean_at_least(self) -> float | None:
        """Least mean loss."""
        return None if self.at_least is None else self.at_least.mean

    @property
    def mean_at_most(self) -> float | None:
        """Greatest mean loss."""
        return None if self.at_most is None else self.at_most.mean

    @property
    def interval(self) -> Interval | None:
        """Ends that hold the mean loss, wherever it lies between its bounds, in 95 of 100 files."""
        low = None if self.at_least is None else hall_interval(self.at_least)
        high = None if self.at_most is None else hall_interval(self.at_most)
        return None if low is None or high is None else (low[0], high[1])

    def result(self) -> LossBounds:
        """Return the bounds as the results name them."""
        return LossBounds(self.n_outside, self.mean_at_least, self.mean_at_most, self.interval)


@dataclass(frozen=True, slots=True)
class BoundedLoss(KeepsSums):
    """Least and greatest loss of the rows of each group.

    Parameters
    ----------
    by : {"all", "class", "rank", "slice"}
        What groups the rows: nothing, the observed class, its rank in the row, or a column.
    weighted : bool
        Whether rows have weights.
    floor : float or None
        Least probability scored.
    column : str
        The column, for slices.
    """

    by: By
    weighted: bool
    floor: float | None
    column: str = ""

    @property
    def name(self) -> str:
        """Name of the statistic among others."""
        return f"bounds slice {self.column}" if self.by == "slice" else f"bounds {self.by}"

    @property
    def _units(self) -> tuple[int, ...]:
        masses, sums = (mass_unit(self.weighted),) * 3, (sum_unit(self.weighted),) * 2
        return (*(0,) * 5, *masses, *sums, *moment_units(self.weighted) * 2)

    def from_batch(self, scored: ScoredTopK) -> Sums:
        """Return the sums over these rows."""
        groups, keys = self._groups(scored)
        n, weights = len(keys), scored.weights
        columns = [
            counts(groups, n),
            counts(groups, n, scored.is_outside),
            counts(groups, n, scored.is_zero),
            counts(groups, n, scored.is_floored),
            counts(groups, n, scored.is_capped),
            mass(weights, groups, n),
            mass(weights, groups, n, scored.is_outside),
            mass(weights, groups, n, scored.forecast_came_true),
            grouped(scored.forecasts, weights, groups, n),
            grouped(scored.rests, weights, groups, n),
            *moment_columns(scored.at_least, weights, groups, n),
            *moment_columns(scored.at_most, weights, groups, n),
        ]
        return Sums.from_columns(self._units, keys, columns)

    def _groups(self, scored: ScoredTopK) -> tuple[IntArray, Sequence[Key]]:
        if self.by == "all":
            return np.zeros(len(scored), dtype=np.int64), [ALL]
        if self.by == "slice":
            column = next(each for each in scored.batch.slices if each.name == self.column)
            return column.codes, column.values
        values = scored.observed if self.by == "class" else scored.ranks
        used, groups = np.unique(values, return_inverse=True)
        classes = scored.batch.classes
        keys = [classes[each] for each in used] if self.by == "class" else used.tolist()
        return groups.astype(np.int64), keys

    # --- what the sums say ------------------------------------------------------------------------

    def bounds(self, state: Sums, key: Key) -> Bounds:
        """Return what the sums over a group stand for."""
        row, weight = state.row(key), state.value(key, _MASS)
        width = len(moment_units(self.weighted))
        least, most = (
            PowerSums.from_row(row[_N], row[start : start + width], self.weighted)
            for start in (_MOMENTS, _MOMENTS + width)
        )
        bare = self.floor is None
        n_open = row[_N_OUTSIDE] + row[_N_ZERO] if bare else 0

        def share(column: int) -> float | None:
            return float(state.value(key, column) / weight) if weight else None

        return Bounds(
            n=row[_N],
            n_outside=row[_N_OUTSIDE],
            n_zero=row[_N_ZERO],
            n_floored=row[_N_FLOORED],
            n_capped=row[_N_CAPPED],
            least=least,
            most=most,
            at_least=None if bare and row[_N_ZERO] else least.moments(),
            at_most=None if n_open else most.moments(),
            share_outside=share(_OUTSIDE) or 0.0,
            accuracy=share(_RIGHT),
            confidence=share(_CONFIDENCE),
            rest=share(_REST),
        )

    def all_bounds(self, state: Sums) -> Iterator[tuple[Key, Bounds]]:
        """Yield every group that was seen, in order."""
        yield from ((key, self.bounds(state, key)) for key in state.ordered_keys())


@dataclass(frozen=True, slots=True)
class ListLengths(KeepsSums):
    """How many rows list how many classes."""

    name: str = "list_lengths"

    def from_batch(self, scored: ScoredTopK) -> Sums:
        """Return the counts of these rows."""
        lengths, n = np.unique(scored.lengths, return_counts=True)
        return Sums.from_columns((0,), lengths.tolist(), [n.tolist()])


@dataclass(frozen=True, slots=True)
class WorstBounds(KeepsFirst):
    """The rows that lose the most at least; of two alike the one that is not listed comes first."""

    limit: int = 20
    name: str = "worst_rows"

    def from_batch(self, scored: ScoredTopK) -> FirstEntries:
        """Return the worst of these rows."""
        losses = np.where(scored.is_zero & (scored.floor is None), np.inf, scored.at_least)
        least = -np.inf
        if len(losses) > self.limit:
            least = np.partition(losses, -self.limit)[-self.limit]
        entries = [
            _entry(scored, int(i), float(losses[i])) for i in np.flatnonzero(losses >= least)
        ]
        return FirstEntries.pick(self.limit, "", entries)

    def results(self, state: FirstEntries, paths: tuple[str, ...]) -> tuple[WorstRow, ...]:
        """Return the rows, worst first."""
        return tuple(
            WorstRow(**with_path(content, paths)) for _, content in state.groups.get("", ())
        )


def _entry(scored: ScoredTopK, i: int, loss: float) -> Entry:
    batch, outside = scored.batch, bool(scored.is_outside[i])
    identity, content = place_of(batch, i)
    content |= {
        "label": batch.classes[int(batch.observed[i])],
        "probability": float(scored.most_given[i]),
        "loss": None if loss == np.inf else loss,
        "predicted": batch.classes[int(scored.predicted[i])],
        "predicted_probability": float(scored.forecasts[i]),
        "shown": {each.name: each.text(i) for each in batch.shown},
        "outside_top_k": outside,
    }
    return (-min(loss, 1e9), not outside, *told_apart(identity, content)), content


@dataclass(frozen=True, slots=True)
class TopCalibration(BinnedCalibration):
    """How often the most likely class of a row is right, against how often it says so."""

    def event_losses(self, scored: ScoredTopK) -> FloatArray:
        """Return the log loss of the question whether the most likely class happens."""
        return scored.top_losses

    def is_infinite(self, scored: ScoredTopK) -> NDArray[np.bool_]:
        """Return the rows in which it was certain and wrong, and no floor holds."""
        return np.asarray((scored.given_to_top_event == 0.0) & (scored.floor is None))
