"""Reliability: forecasts against how often they come true."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evalreport.scoring import ScoredBatch
from evalreport.statistics.corp import Cells
from evalreport.statistics.forecast_grid import (
    MOST_DISTINCT,
    STEPS_PER_OCTAVE,
    SumsByForecast,
    forecast_keys,
    grid_cell,
)
from evalreport.statistics.moments import counts, grouped, mass, mass_unit, sum_unit
from evalreport.statistics.outcomes import came_true, outcome_unit

_N, _MASS, _TRUE_MASS, _FORECAST = range(4)


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
        return (0, mass_unit(self.weighted), true_masses, one)

    @property
    def _limit(self) -> int:
        # Sums of weights are long numbers, so few of them are kept.
        return 0 if self.weighted else MOST_DISTINCT

    def empty(self) -> SumsByForecast:
        """Return the state of no rows."""
        return SumsByForecast(self._units, limit=self._limit)

    def from_json(self, data: Any) -> SumsByForecast:
        """Return the state that was written as JSON."""
        return SumsByForecast.from_json(data)

    def from_batch(self, scored: ScoredBatch) -> SumsByForecast:
        """Return the sums over these rows, for the forecasts or the cells that were met."""
        keys, groups = forecast_keys(scored.forecasts, self._limit)
        n_keys, weights = len(keys), scored.weights
        columns = [
            counts(groups, n_keys),
            mass(weights, groups, n_keys),
            came_true(scored, groups, n_keys, self.soft),
            grouped(scored.forecasts, weights, groups, n_keys),
        ]
        return SumsByForecast.of_forecasts(self._units, keys, columns, self._limit)

    def method(self, state: SumsByForecast) -> str:
        """Return how the diagram is made, in words."""
        if state.is_exact:
            return "isotonic regression"
        return f"isotonic regression on a grid of {STEPS_PER_OCTAVE} cells per factor of two"

    def cells(self, state: SumsByForecast) -> Cells | None:
        """Return the cells that were met; None over no rows."""
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
        forecasts = sums / masses
        return Cells(
            places=grid_cell(forecasts),
            counts=np.array([state.row(key)[_N] for key in keys], dtype=np.int64),
            masses=masses,
            trues=trues,
            forecasts=forecasts,
            is_counted=not (self.weighted or self.soft),
        )
