"""Expected calibration error, never without what a perfectly calibrated model would show.

References
----------
Guo, Pleiss, Sun & Weinberger (2017), "On calibration of modern neural networks", for the error;
its value under calibration follows from the variance of the outcomes in each bin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evalreport.results import CalibrationError
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.moments import grouped, mass, mass_unit, sum_unit
from evalreport.statistics.outcomes import came_true, outcome_unit

N_BINS = 15

_MASS, _TRUE_MASS, _FORECAST, _VARIANCE = range(4)


@dataclass(frozen=True, slots=True)
class BinnedCalibration:
    """Forecasts and outcomes in 15 bins of equal width.

    The forecast is the probability of the positive class with two classes, and that of the top
    class with more.
    """

    weighted: bool
    soft: bool = False
    name: str = "calibration_error"

    @property
    def _units(self) -> tuple[int, ...]:
        masses, sums = mass_unit(self.weighted), sum_unit(self.weighted)
        return (masses, outcome_unit(self.weighted, self.soft), sums, sums)

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums(self._units)

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)

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
        ]
        return Sums.from_columns(self._units, range(N_BINS), columns)

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
        )
