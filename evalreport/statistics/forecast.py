"""Loss by forecast: how much the model loses against how much it expects to lose."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evalreport.intervals import hall_interval
from evalreport.results import ForecastBin
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.loss_moments import N_BINS, forecast_bins, loss_moments
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

_N, _N_OBSERVED, _MASS, _FORECAST, _EXPECTED, _VARIANCE, _N_ZERO, _MOMENTS = range(8)


@dataclass(frozen=True, slots=True)
class Gap:
    """How much more than it expects a model loses, over all rows.

    ``gap`` is the mean loss minus the mean entropy of the forecasts, in nats: above zero the model
    is too sure of itself. ``z`` is near standard normal for a calibrated model: of 6,000 simulated
    files of 200, 1,000 or 5,000 rows (2, 3 and 10 classes; sharp, dull and flat forecasts) 3.7 to
    5.8 % have ``|z| > 1.96``. With few rows of sharp forecasts most of them lie above.

    References
    ----------
    Spiegelhalter (1986), doi:10.1002/sim.4780050506, in the form of the log score.
    """

    gap: float | None
    z: float | None
    standard_error: float | None = None
    """Of the gap, if forecasts are right and rows independent; None with soft labels."""


@dataclass(frozen=True, slots=True)
class ByForecast(KeepsSums):
    """Rows in bins of equal width of the forecast, with observed and expected loss.

    The forecast is the probability of the positive class with two classes, and that of the top
    class with more.
    """

    weighted: bool
    floor: float | None
    soft: bool = False
    name: str = "loss_by_forecast"

    @property
    def _units(self) -> tuple[int, ...]:
        one = sum_unit(self.weighted)
        square = sum_unit(self.weighted, 2)
        happened = sum_unit(False) if self.soft else 0
        return (
            0,
            happened,
            mass_unit(self.weighted),
            one,
            one,
            square,
            0,
            *moment_units(self.weighted),
        )

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        weights = scored.weights
        groups, _ = forecast_bins(scored)
        variances = grouped(
            scored.entropy_variances, weights, groups, N_BINS, power=2, weight_power=2
        )
        if self.soft or weights is not None:
            n_rows = counts(groups, N_BINS)
            moments = moment_columns(scored.losses, weights, groups, N_BINS)
            masses = mass(weights, groups, N_BINS)
        else:
            n_rows, *moments = loss_moments(scored).by_forecast
            masses = n_rows
        columns = [
            n_rows,
            grouped(scored.forecast_targets, None, groups, N_BINS)
            if self.soft
            else counts(groups, N_BINS, scored.forecast_came_true),
            masses,
            grouped(scored.forecasts, weights, groups, N_BINS),
            grouped(scored.entropies, weights, groups, N_BINS),
            variances,
            counts(groups, N_BINS, scored.is_zero),
            *moments,
        ]
        return Sums.from_columns(self._units, range(N_BINS), columns)

    def results(self, state: Sums) -> tuple[ForecastBin, ...]:
        """Return every bin, empty ones too."""
        return tuple(self._result(state, i) for i in range(N_BINS))

    def _result(self, state: Sums, i: int) -> ForecastBin:
        row, weight = state.row(i), state.value(i, _MASS)
        infinite = self.floor is None and row[_N_ZERO] > 0
        sums = PowerSums.from_row(row[_N], row[_MOMENTS:], self.weighted)
        moments = None if infinite else sums.moments()
        return ForecastBin(
            low=i / N_BINS,
            high=(i + 1) / N_BINS,
            n=row[_N],
            n_observed=float(state.value(i, _N_OBSERVED)) if self.soft else row[_N_OBSERVED],
            mean_forecast=float(state.value(i, _FORECAST) / weight) if weight else None,
            mean_loss=moments.mean if moments else None,
            expected_loss=float(state.value(i, _EXPECTED) / weight) if weight else None,
            interval=hall_interval(moments) if moments else None,
        )

    def gap(self, state: Sums) -> Gap:
        """Return the gap over all rows; None where a loss is infinite or nothing was scored.

        With soft labels there is no z here: forecasts alone do not tell how far targets stray from
        them. See `GapSpread`.
        """
        total = Sums(state.units, {0: state.total()})
        row, weight = total.row(0), total.value(0, _MASS)
        if not weight or (self.floor is None and row[_N_ZERO]):
            return Gap(None, None)
        sums = PowerSums.from_row(row[_N], row[_MOMENTS:], self.weighted)
        excess = sums.first - total.value(0, _EXPECTED)
        variance = total.value(0, _VARIANCE)
        # Squared first: sums of weights may be beyond every double, their ratio is not.
        size = math.sqrt(excess**2 / variance) if variance and not self.soft else None
        if size is None:
            return Gap(float(excess / weight), None)
        error = math.sqrt(variance / weight**2)
        return Gap(float(excess / weight), math.copysign(size, excess), error)
