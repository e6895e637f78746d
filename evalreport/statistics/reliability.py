"""Reliability: forecasts against how often they come true, pooled by isotonic regression.

References
----------
Dimitriadis, Gneiting & Jordan (2021), "Stable reliability diagrams for probabilistic classifiers".
doi:10.1073/pnas.2016191118
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.results import ReliabilityPoint
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.moments import counts, grouped, mass, mass_unit, sum_unit
from evalreport.statistics.outcomes import came_true, outcome_unit

_STEPS_PER_OCTAVE = 32
_SHIFT = 52 - 5  # the exponent and the first five bits of the mantissa
_FIRST_OCTAVE = (1023 - 64) * _STEPS_PER_OCTAVE
_HALF = 64 * _STEPS_PER_OCTAVE
_LAST = 2 * _HALF
N_CELLS = _LAST + 1

_N, _MASS, _TRUE_MASS, _FORECAST = range(4)


def grid_cell(forecasts: FloatArray) -> IntArray:
    """Return the cell of each forecast on a grid that is fine where probabilities are extreme.

    The grid has 32 cells for every factor of two of p, below one half, and of 1 - p above it, and
    a cell each for what lies within 2**-64 of 0 and for 1; cells are in the order of p. A logit is
    never further than 1/32 from its neighbours in the cell, whatever the probability.
    """
    upper = forecasts >= 0.5
    small = np.where(upper, 1.0 - forecasts, forecasts)
    bits = small.view(np.int64) >> _SHIFT
    cell = np.where(small == 0.0, 0, np.clip(bits - _FIRST_OCTAVE + 1, 1, _HALF))
    return np.where(upper, _LAST - cell, cell)


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often forecasts came true, on a fine grid of forecasts.

    The forecast is the probability of the positive class with two classes, and that of the top
    class with more.
    """

    weighted: bool
    soft: bool = False
    name: str = "reliability"

    @property
    def _units(self) -> tuple[int, ...]:
        true_masses = outcome_unit(self.weighted, self.soft)
        return (0, mass_unit(self.weighted), true_masses, sum_unit(self.weighted))

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums(self._units)

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows, for the cells that were met."""
        cells, groups = np.unique(grid_cell(scored.forecasts), return_inverse=True)
        n_groups, weights = len(cells), scored.weights
        columns = [
            counts(groups, n_groups),
            mass(weights, groups, n_groups),
            came_true(scored, groups, n_groups, self.soft),
            grouped(scored.forecasts, weights, groups, n_groups),
        ]
        return Sums.from_columns(self._units, cells.tolist(), columns)

    def points(self, state: Sums) -> tuple[ReliabilityPoint, ...]:
        """Return the steps of the isotonic regression of outcomes on forecasts, in order."""
        weight = sum((state.value(key, _MASS) for key in state.rows), Fraction(0))
        # A weight that is nothing beside the others has no share that a double can hold.
        keys = [key for key in state.ordered_keys() if float(state.value(key, _MASS) / weight)]
        if not keys:
            return ()
        from scipy.optimize import isotonic_regression  # slow to import

        masses, trues, sums = (
            np.array([float(state.value(key, column) / weight) for key in keys])
            for column in (_MASS, _TRUE_MASS, _FORECAST)
        )
        counted = np.array([state.row(key)[_N] for key in keys])
        fit = isotonic_regression(trues / masses, weights=masses)
        return tuple(
            ReliabilityPoint(
                mean_forecast=float(sums[start:stop].sum() / masses[start:stop].sum()),
                observed_frequency=float(trues[start:stop].sum() / masses[start:stop].sum()),
                n=int(counted[start:stop].sum()),
                forecast_low=float(sums[start] / masses[start]),
                forecast_high=float(sums[stop - 1] / masses[stop - 1]),
            )
            for start, stop in _equal_runs(fit.x)
        )


def _equal_runs(values: FloatArray) -> Iterator[tuple[int, int]]:
    start = 0
    for _, run in groupby(values.tolist()):
        stop = start + sum(1 for _ in run)
        yield start, stop
        start = stop
