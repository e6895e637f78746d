"""What is measured of Gaussian forecasts, and the results out of the states."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from evalreport.exact import log_of
from evalreport.intervals import Moments, hall_interval
from evalreport.results import SliceResult
from evalreport.statistics.gaussian import (
    ALL,
    HALF_LOG_TWO_PI,
    MASS,
    N_BINS,
    OBSERVED,
    OBSERVED_SQUARED,
    SQUARED_ERROR,
    CrpsSum,
    GaussianSums,
    N,
    PitHistogram,
    ScoredGaussians,
    WorstGaussians,
    Z,
)
from evalreport.statistics.interface import Key, Statistic, Sums
from evalreport.statistics.moments import PowerSums
from evalreport.statistics.states import PlanStates
from evalreport.statistics.task_plan import TaskPlan
from evalreport.task_batches import GaussianBatch
from evalreport.task_results import GaussianResult, GaussianSlice, PitBin

_LEAST_FOR_A_TEST = 100


@dataclass(frozen=True)
class GaussianPlan(TaskPlan):
    """What to measure of Gaussian forecasts; see `TaskPlan` for its settings."""

    task: ClassVar[str] = "gaussian"

    @cached_property
    def rows(self) -> GaussianSums:
        """All rows together."""
        return GaussianSums(self.weighted)

    @cached_property
    def by_slice(self) -> tuple[GaussianSums, ...]:
        """One statistic a column to report by."""
        return tuple(GaussianSums(self.weighted, column) for column in self.slices)

    @cached_property
    def pit(self) -> PitHistogram:
        """Where outcomes lie in their forecasts."""
        return PitHistogram(self.weighted)

    @cached_property
    def crps(self) -> CrpsSum:
        """The continuous ranked probability score."""
        return CrpsSum()

    @cached_property
    def worst_rows(self) -> WorstGaussians:
        """The rows with the highest loss."""
        return WorstGaussians(self.n_worst)

    @property
    def measures(self) -> tuple[Statistic[Any], ...]:
        """The statistics of the rows that are scored."""
        return (self.rows, *self.by_slice, self.pit, self.crps, self.worst_rows)

    @property
    def tied_to_places(self) -> tuple[str, ...]:
        """Names of measures that depend on places in the input, or on a library."""
        return (self.crps.name, self.worst_rows.name)

    def scored(self, batch: GaussianBatch) -> ScoredGaussians:
        """Return the rows with their scores."""
        return ScoredGaussians(batch)


GaussianStates = PlanStates[GaussianPlan]


@dataclass(frozen=True, slots=True)
class GaussianMeans:
    """The means over some rows, out of their sums."""

    n: int
    losses: PowerSums
    loss: Moments
    squared_z: Moments
    mean_z: float
    mean_squared_error: float
    observed_mean: float
    observed_variance: float

    @property
    def baseline(self) -> float | None:
        """Loss of always predicting mean and variance of the outcomes; None if all are equal."""
        return gaussian_loss(self.observed_variance)

    @property
    def gain(self) -> float | None:
        """Baseline minus loss, in nats."""
        return None if self.baseline is None else self.baseline - self.loss.mean


def gaussian_loss(variance: float) -> float | None:
    r"""Return the loss at :math:`s^2` = mean squared error: :math:`\frac12 \ln(2 \pi e s^2)`.

    Examples
    --------
    >>> round(gaussian_loss(1.0), 4), gaussian_loss(0.0)
    (1.4189, None)
    """
    return HALF_LOG_TWO_PI + 0.5 + 0.5 * log_of(variance) if variance > 0 else None


def gaussian_means(statistic: GaussianSums, state: Sums, key: Key = ALL) -> GaussianMeans | None:
    """Return the means over a group of rows; None over no rows."""
    losses, squares = statistic.powers(state, key)
    loss, squared_z = losses.moments(), squares.moments()
    if loss is None or squared_z is None:
        return None

    def mean(column: int) -> Fraction:
        return state.value(key, column) / state.value(key, MASS)

    return GaussianMeans(
        n=state.row(key)[N],
        losses=losses,
        loss=loss,
        squared_z=squared_z,
        mean_z=float(mean(Z)),
        mean_squared_error=float(mean(SQUARED_ERROR)),
        observed_mean=float(mean(OBSERVED)),
        observed_variance=float(mean(OBSERVED_SQUARED) - mean(OBSERVED) ** 2),
    )


def gaussian_result(
    states: GaussianStates, means: GaussianMeans | None, paths: tuple[str, ...]
) -> GaussianResult:
    """Return everything about the forecasts beyond the headline.

    Parameters
    ----------
    states : GaussianStates
        Of all rows.
    means : GaussianMeans or None
        Over all rows.
    paths : tuple of str
        Paths of the inputs.
    """
    plan = states.plan
    pit = _pit(states[plan.pit])
    spread = None if means is None else means.observed_variance
    return GaussianResult(
        observed_mean=None if means is None else means.observed_mean,
        observed_variance=spread,
        baseline=None if means is None else means.baseline,
        gain=None if means is None else means.gain,
        mean_squared_error=None if means is None else means.mean_squared_error,
        explained_variance=1.0 - means.mean_squared_error / spread if means and spread else None,
        loss_with_constant_std=None if means is None else gaussian_loss(means.mean_squared_error),
        mean_z=None if means is None else means.mean_z,
        mean_squared_z=None if means is None else means.squared_z.mean,
        mean_squared_z_interval=None if means is None else hall_interval(means.squared_z),
        best_scale=None if means is None else math.sqrt(means.squared_z.mean),
        recoverable=None if means is None else recoverable(means.squared_z.mean),
        crps=None if means is None else _crps(states, means),
        pit=pit,
        pit_p_value=None if plan.weighted else _uniform_p_value([each.n for each in pit]),
        slices=tuple(_slices(states)),
        worst_rows=plan.worst_rows.results(states[plan.worst_rows], paths),
    )


def recoverable(mean_squared_z: float) -> float | None:
    r"""Return what one factor on all standard deviations takes off the loss, in nats per row.

    It is :math:`\frac12 (c^2 - 1 - \ln c^2)` where :math:`c^2` is the mean of z squared; None if
    that is zero, because smaller deviations would then be better without end.

    Examples
    --------
    >>> recoverable(1.0), round(recoverable(4.0), 4)
    (0.0, 0.8069)
    """
    if mean_squared_z <= 0:
        return None
    return max(0.5 * (mean_squared_z - 1.0 - log_of(mean_squared_z)), 0.0)


def _crps(states: GaussianStates, means: GaussianMeans) -> float:
    total: Sums = states[states.plan.crps]
    return float(total.value(0, 0) / means.losses.weight)


def _pit(state: Sums) -> tuple[PitBin, ...]:
    whole = sum(state.value(key, 1) for key in state.rows)
    if not whole:
        return ()
    return tuple(
        PitBin(
            low=key / N_BINS,
            high=(key + 1) / N_BINS,
            n=state.row(key)[0],
            share=float(state.value(key, 1) / whole),
        )
        for key in range(N_BINS)
    )


def _uniform_p_value(observed: list[int]) -> float | None:
    total = sum(observed)
    if total < _LEAST_FOR_A_TEST:
        return None
    from scipy.special import chdtrc  # slow to import

    expected = total / N_BINS
    statistic = math.fsum((n - expected) ** 2 for n in observed) / expected
    return float(chdtrc(N_BINS - 1, statistic))


def _slices(states: GaussianStates) -> Iterator[GaussianSlice]:
    """Yield the numbers of every slice, column by column, in the order of the values."""
    for statistic in states.plan.by_slice:
        state: Sums = states[statistic]
        for key in statistic.values(state):
            means = gaussian_means(statistic, state, key)
            assert means is not None  # a group of no rows is absent
            yield GaussianSlice(
                column=statistic.column or "",
                value=str(key),
                n=means.n,
                loss=means.loss.mean,
                interval=hall_interval(means.loss, least=-math.inf),
                baseline=means.baseline,
                gain=means.gain,
                mean_squared_error=means.mean_squared_error,
                mean_squared_z=means.squared_z.mean,
            )


def common_slices(states: GaussianStates, result: GaussianResult) -> Iterator[SliceResult]:
    """Yield the slices as every task has them; what only Gaussians have is in `result`."""
    weights = [
        state.value(key, MASS)
        for statistic, state in ((each, states[each]) for each in states.plan.by_slice)
        for key in statistic.values(state)
    ]
    whole = states[states.plan.rows].value(ALL, MASS)
    for each, weight in zip(result.slices, weights, strict=True):
        yield SliceResult(
            column=each.column,
            value=each.value,
            n=each.n,
            frequency=float(weight / whole),
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
