"""Expected calibration error, never without what a perfectly calibrated model would show.

References
----------
Kumar, Liang & Ma (2019), "Verified uncertainty calibration", for its square without bias.
Guo, Pleiss, Sun & Weinberger (2017), "On calibration of modern neural networks", for the error;
its value under calibration follows from the variance of the outcomes in each bin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray
from evalreport.cell_losses import minus_log
from evalreport.cells import given_to
from evalreport.results import CalibrationError
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.moments import counts, grouped, mass, mass_unit, sum_unit
from evalreport.statistics.outcomes import came_true, outcome_unit

N_BINS = 15

_MASS, _TRUE_MASS, _FORECAST, _VARIANCE, _LOSS, _N_INFINITE = range(6)


@dataclass(frozen=True, slots=True)
class BinnedCalibration(KeepsSums):
    """Forecasts and outcomes in 15 bins of equal width, and what the forecasts lost.

    The forecast is the probability of the positive class with two classes, and that of the top
    class with more. The loss is that of the question whether it came true: with two classes it is
    the log loss itself.
    """

    weighted: bool
    soft: bool = False
    name: str = "calibration_error"

    @property
    def _units(self) -> tuple[int, ...]:
        masses, sums = mass_unit(self.weighted), sum_unit(self.weighted)
        return (masses, outcome_unit(self.weighted, self.soft), sums, sums, sums, 0)

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        forecasts, weights = scored.forecasts, scored.weights
        groups = np.minimum(forecasts * N_BINS, N_BINS - 1).astype(np.int64)
        variances = forecasts * (1.0 - forecasts)
        columns = [
            mass(weights, groups, N_BINS),
            came_true(scored, groups, N_BINS, self.soft),
            grouped(forecasts, weights, groups, N_BINS),
            grouped(variances, weights, groups, N_BINS, weight_power=2),
            grouped(self.event_losses(scored), weights, groups, N_BINS),
            counts(groups, N_BINS, self.is_infinite(scored)),
        ]
        return Sums.from_columns(self._units, range(N_BINS), columns)

    def event_losses(self, scored: Any) -> FloatArray:
        """Return the log loss of the question whether the forecast comes true."""
        return _event_losses(scored)

    def is_infinite(self, scored: Any) -> NDArray[np.bool_]:
        """Return the rows in which the forecast was certain and wrong, and no floor holds."""
        return _is_infinite(scored)

    def error(self, state: Sums, view: str) -> CalibrationError | None:
        """Return the error and its distribution for a calibrated model; None over no rows."""
        keys = state.ordered_keys()
        weight = sum((state.value(key, _MASS) for key in keys), Fraction(0))
        if not weight:
            return None
        gaps = [
            abs(float((state.value(k, _TRUE_MASS) - state.value(k, _FORECAST)) / weight))
            for k in keys
        ]
        variances = [float(state.value(key, _VARIANCE) / weight**2) for key in keys]
        expected = math.fsum(math.sqrt(2.0 * each / math.pi) for each in variances)
        spread = math.sqrt(math.fsum(variances) * (1.0 - 2.0 / math.pi))
        return CalibrationError(
            value=math.fsum(gaps),
            expected_if_calibrated=expected,
            standard_deviation_if_calibrated=spread,
            bins=N_BINS,
            view=view,
            rmsce2=None if self.weighted or self.soft else self._squared_error(state),
        )

    def _squared_error(self, state: Sums) -> float:
        """Return the debiased squared error (Kumar, Liang & Ma 2019, section 5).

        From the squared distance in a bin of n rows with the frequency y is taken what chance adds,
        y (1 - y) / (n - 1). A bin of one row tells nothing.
        """
        total, n_rows = Fraction(0), Fraction(0)
        for key in state.ordered_keys():
            n, n_true = state.value(key, _MASS), state.value(key, _TRUE_MASS)
            n_rows += n
            if n > 1:
                frequency = n_true / n
                distance = state.value(key, _FORECAST) / n - frequency
                total += n * (distance**2 - frequency * (1 - frequency) / (n - 1))
        return float(total / n_rows)

    def loss(self, state: Sums) -> float | None:
        """Return the mean log loss of the event, in nats; None over no rows, or if infinite."""
        total = Sums(state.units, {0: state.total()})
        weight = total.value(0, _MASS)
        if not weight or total.row(0)[_N_INFINITE]:
            return None
        return float(total.value(0, _LOSS) / weight)


def _event_losses(scored: ScoredBatch) -> FloatArray:
    """Return the log loss of the question whether the forecast comes true."""
    if scored.n_classes == 2:
        return scored.losses
    if scored.is_soft:
        return given_to(scored.one_vs_rest_losses, scored.predicted)
    return np.where(
        scored.forecast_came_true, scored.losses, minus_log(scored.left_of_top, scored.floor)
    )


def _is_infinite(scored: ScoredBatch) -> NDArray[np.bool_]:
    """Return the rows in which the forecast was certain and wrong, and no floor holds."""
    if scored.floor is not None:
        return np.zeros(len(scored), dtype=bool)
    if scored.n_classes == 2:
        return scored.is_zero
    is_wrong = scored.predicted_targets < 1.0 if scored.is_soft else ~scored.forecast_came_true
    return np.asarray(is_wrong & (scored.left_of_top == 0.0))
