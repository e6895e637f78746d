"""Gaussian forecasts of a number: loss of the density, calibration of the deviations."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from evalreport.intervals import Moments, hall_interval
from evalreport.readers.interface import Predictions
from evalreport.results import OverallResult, SliceResult
from evalreport.statistics.gaussian_plan import (
    GaussianPlan,
    GaussianStates,
    gaussian_means,
    gaussian_result,
)
from evalreport.statistics.rows import data_quality
from evalreport.task_results import GaussianResult
from evalreport.tasks.interface import nothing_else


class GaussianTask:
    """The task ``gaussian``."""

    hint = "Check the columns that --label, --mean and --std name."

    def plan(self, predictions: Predictions, n_worst: int) -> GaussianPlan:
        """Return what to measure of Gaussian forecasts."""
        return GaussianPlan(predictions.columns.slices, n_worst)

    def results(self, states: GaussianStates, paths: tuple[str, ...]) -> dict[str, Any]:
        """Return the parts of the evaluation that the states tell, by their names."""
        plan = states.plan
        means = gaussian_means(states[plan.rows])
        result = gaussian_result(states, paths)
        return nothing_else() | {
            "task": "gaussian",
            "digest": states.digest(),
            "overall": _overall(None if means is None else means.loss),
            "slices": tuple(_slices(result, 0 if means is None else means.n)),
            "data_quality": data_quality(states[plan.intake], states[plan.rejected]),
            "gaussian": result,
            "state": states.to_json(),
        }


def _overall(loss: Moments | None) -> OverallResult:
    n, mean = (0, None) if loss is None else (loss.n, loss.mean)
    return OverallResult(
        n=n,
        weight=float(n),
        log_loss=mean,
        cross_entropy=mean,
        target_entropy=None,
        kl_divergence=None,
        standard_error=None if loss is None else loss.standard_error,
        interval=None if loss is None else hall_interval(loss, least=-math.inf),
        interval_is_approximate=loss is not None and loss.interval_is_approximate,
        bits=None if mean is None else mean / math.log(2.0),
        perplexity=None,
        mean_probability=None,
        accuracy=None,
        brier_score=None,
        brier_score_binary=None,
        zero_probability_rows=0,
        floored_rows=0,
        zero_probability_share_of_loss=None,
        band=None,
    )


def _slices(result: GaussianResult, n_rows: int) -> Iterator[SliceResult]:
    """Yield the slices as every task has them; what only Gaussians have is under ``gaussian``."""
    for each in result.slices:
        yield SliceResult(
            column=each.column,
            value=each.value,
            n=each.n,
            frequency=each.n / n_rows,
            log_loss=each.loss,
            cross_entropy=each.loss,
            interval=each.interval,
            share_of_loss=None,
            zero_probability_rows=0,
            baseline=each.baseline,
            skill=None,
            band=None,
            worse_than_rest=None,
        )
