"""Reliability: forecasts against how often they come true."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.scoring import ScoredBatch
from evalreport.statistics import forecast_counts
from evalreport.statistics.corp import Cells
from evalreport.statistics.effective import dispersion, effective_trials
from evalreport.statistics.forecast_counts import ForecastCounts, coarse_cell
from evalreport.statistics.forecast_grid import (
    MOST_DISTINCT,
    STEPS_PER_OCTAVE,
    SumsByForecast,
    forecast_keys,
    grid_cell,
)
from evalreport.statistics.interface import Key
from evalreport.statistics.moments import counts, grouped, mass, mass_unit, sum_unit
from evalreport.statistics.outcomes import came_true, outcome_unit

_N, _MASS, _TRUE_MASS, _FORECAST = range(4)
"""The columns of every state of sums; then come squared weights, and squared residuals."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often forecasts came true, forecast by forecast or on a fine grid of them.

    The forecast is the probability of the positive class with two classes, and that of the top
    class with more.
    """

    weighted: bool
    soft: bool = False
    name: str = "reliability"

    @property
    def _units(self) -> tuple[int, ...]:
        true_masses, one = outcome_unit(self.weighted, self.soft), sum_unit(self.weighted)
        beside = (one,) * (self.weighted + self.soft)
        return (0, mass_unit(self.weighted), true_masses, one, *beside)

    @property
    def _is_counted(self) -> bool:
        """Whether whole numbers tell everything."""
        return not (self.weighted or self.soft)

    @property
    def _limit(self) -> int:
        # Sums of weights are long numbers, so few of them are kept.
        return 0 if self.weighted else MOST_DISTINCT

    def empty(self) -> SumsByForecast | ForecastCounts:
        """Return the state of no rows."""
        if self._is_counted:
            return ForecastCounts.empty()
        return SumsByForecast(self._units, limit=self._limit)

    def from_json(self, data: Any) -> SumsByForecast | ForecastCounts:
        """Return the state that was written as JSON."""
        return (
            ForecastCounts.from_json(data) if self._is_counted else SumsByForecast.from_json(data)
        )

    def from_batch(self, scored: ScoredBatch) -> SumsByForecast | ForecastCounts:
        """Return the sums over these rows, for the forecasts or the cells that were met."""
        if self._is_counted:
            return ForecastCounts.of_rows(scored.forecasts, scored.forecast_came_true)
        keys, groups = forecast_keys(scored.forecasts, self._limit)
        n_keys, weights = len(keys), scored.weights
        columns = [
            counts(groups, n_keys),
            mass(weights, groups, n_keys),
            came_true(scored, groups, n_keys, self.soft),
            grouped(scored.forecasts, weights, groups, n_keys),
        ]
        if weights is not None:
            ones = np.ones(len(scored))
            columns.append(grouped(ones, weights, groups, n_keys, weight_power=2))
        if self.soft:
            residuals = (scored.forecast_targets - scored.forecasts) ** 2
            columns.append(grouped(residuals, weights, groups, n_keys, weight_power=2))
        return SumsByForecast.of_forecasts(self._units, keys, columns, self._limit)

    def method(self, state: SumsByForecast | ForecastCounts) -> str:
        """Return how the diagram is made, in words."""
        if state.is_exact:
            return "isotonic regression"
        steps = forecast_counts.STEPS_PER_OCTAVE if self._is_counted else STEPS_PER_OCTAVE
        return f"isotonic regression on a grid of {steps:,} cells per factor of two"

    def cells(self, state: SumsByForecast | ForecastCounts) -> Cells | None:
        """Return the cells that were met; None over no rows."""
        if isinstance(state, ForecastCounts):
            return _counted_cells(state) if len(state) else None
        return self._summed_cells(state)

    def _summed_cells(self, state: SumsByForecast) -> Cells | None:
        weight = sum((state.value(key, _MASS) for key in state.rows), Fraction(0))
        # A weight that is nothing beside the others has no share that a double can hold.
        keys = [key for key in state.ordered_keys() if float(state.value(key, _MASS) / weight)]
        if not keys:
            return None
        # Shares of the weight, which may be beyond every double; without weights whole rows.
        unit = weight if self.weighted else Fraction(1)
        masses, trues, sums = (
            np.array([float(state.value(key, column) / unit) for key in keys])
            for column in (_MASS, _TRUE_MASS, _FORECAST)
        )
        forecasts = np.minimum(sums / masses, 1.0)
        counts = np.array([state.row(key)[_N] for key in keys], dtype=np.int64)
        return Cells(
            places=grid_cell(forecasts),
            counts=counts,
            masses=masses,
            trues=trues,
            forecasts=forecasts,
            is_counted=False,
            trials=self._trials(state, keys, unit, (counts, masses, forecasts)),
        )

    def _trials(
        self,
        state: SumsByForecast,
        keys: list[Key],
        unit: Fraction,
        cells: tuple[IntArray, FloatArray, FloatArray],
    ) -> FloatArray | None:
        """Return how many independent outcomes each cell is worth; None if that is not known."""
        counts, masses, forecasts = cells

        def squared(column: int) -> FloatArray:
            return np.array([float(state.value(key, column) / unit**2) for key in keys])

        squares = squared(_FORECAST + 1) if self.weighted else counts.astype(np.float64)
        trials = effective_trials(masses, squares)
        if not self.soft:
            return trials
        shares = dispersion(counts, squares, squared(len(state.units) - 1), forecasts)
        return None if shares is None else trials / shares


def _counted_cells(state: ForecastCounts) -> Cells:
    """Return every forecast as a cell, or cells that are few enough to simulate."""
    counts, trues = state.counts, state.trues.astype(np.float64)
    masses, forecasts = counts.astype(np.float64), state.forecasts
    every = Cells(grid_cell(forecasts), counts, masses, trues, forecasts, is_counted=True)
    if state.is_exact:
        return every
    coarse, groups = np.unique(coarse_cell(state.keys), return_inverse=True)
    # Weighted counting adds in the order of the cells, on every processor.
    columns = (masses, trues, masses * forecasts)
    totals, true, sums = (np.bincount(groups, each).astype(np.float64) for each in columns)
    return Cells(
        places=coarse,
        counts=totals.astype(np.int64),
        masses=totals,
        trues=true,
        forecasts=np.minimum(sums / totals, 1.0),
        is_counted=True,
        finer=every,
    )
