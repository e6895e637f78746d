"""Gaussian forecasts of a number: loss of the density, calibration of the deviations."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

from evalreport.intervals import hall_interval
from evalreport.readers.interface import Predictions
from evalreport.results import OverallResult
from evalreport.statistics.gaussian_plan import (
    GaussianMeans,
    GaussianPlan,
    GaussianStates,
    common_slices,
    gaussian_means,
    gaussian_result,
)
from evalreport.statistics.moments import PowerSums
from evalreport.tasks.interface import check_columns, common_parts, overall_of


class GaussianTask:
    """The task ``gaussian``."""

    takes_floor = False

    @property
    def hint(self) -> str:
        """What to check if no row at all could be scored."""
        return check_columns("label", "mean", "std")

    def plan(self, predictions: Predictions, n_worst: int, floor: float | None) -> GaussianPlan:
        """Return what to measure of Gaussian forecasts."""
        columns = predictions.columns
        return GaussianPlan(
            weighted=columns.weight is not None, slices=columns.slices, n_worst=n_worst
        )

    def results(self, states: GaussianStates, paths: tuple[str, ...]) -> dict[str, Any]:
        """Return the parts of the evaluation that the states tell, by their names."""
        plan = states.plan
        means = gaussian_means(plan.rows, states[plan.rows])
        result = gaussian_result(states, means, paths)
        return common_parts(states) | {
            "task": "gaussian",
            "overall": _overall(means),
            "slices": tuple(common_slices(states, result)),
            "gaussian": result,
        }


def _overall(means: GaussianMeans | None) -> OverallResult:
    if means is None:
        return overall_of(_NO_ROWS, None)
    loss = means.loss
    return replace(
        overall_of(means.losses, loss.mean),
        standard_error=loss.standard_error,
        interval=hall_interval(loss, least=-math.inf),
        interval_is_approximate=loss.interval_is_approximate,
    )


_NONE = Fraction(0)
_NO_ROWS = PowerSums(0, _NONE, _NONE, (_NONE,) * 3, (_NONE,) * 4)
