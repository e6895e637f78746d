"""What is measured of Gaussian forecasts, and the results out of the states."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from evalreport.exact import FLOAT_UNIT, as_fraction, log_of
from evalreport.intervals import Moments, hall_interval
from evalreport.statistics.gaussian import (
    HALF_LOG_TWO_PI,
    LOSS,
    N_BINS,
    OBSERVED,
    OBSERVED_SQUARED,
    SQUARED_ERROR,
    SQUARED_Z,
    CrpsSum,
    GaussianSums,
    N,
    PitHistogram,
    ScoredGaussians,
    WorstGaussians,
    Z,
)
from evalreport.statistics.interface import Key, Statistic, Sums
from evalreport.statistics.rows import IntakeCounts, RejectedRows
from evalreport.statistics.signed import moments_of
from evalreport.statistics.states import PlanStates, refuse_other_version
from evalreport.task_batches import GaussianBatch
from evalreport.task_results import GaussianResult, GaussianSlice, PitBin

_LEAST_FOR_A_TEST = 100


@dataclass(frozen=True)
class GaussianPlan:
    """What to measure of Gaussian forecasts.

    Parameters
    ----------
    slices : tuple of str
        Columns to report by.
    n_worst : int
        How many rows of the highest loss are kept.
    """

    slices: tuple[str, ...] = ()
    n_worst: int = 20

    rows: GaussianSums = field(default=GaussianSums(), init=False, compare=False)
    pit: PitHistogram = field(default=PitHistogram(), init=False, compare=False)
    crps: CrpsSum = field(default=CrpsSum(), init=False, compare=False)
    intake: IntakeCounts = field(default=IntakeCounts(), init=False, compare=False)
    rejected: RejectedRows = field(default=RejectedRows(), init=False, compare=False)

    @cached_property
    def by_slice(self) -> tuple[GaussianSums, ...]:
        """One statistic a column to report by."""
        return tuple(GaussianSums(column) for column in self.slices)

    @cached_property
    def worst_rows(self) -> WorstGaussians:
        """The rows with the highest loss."""
        return WorstGaussians(self.n_worst)

    @cached_property
    def statistics(self) -> tuple[Statistic[Any], ...]:
        """All statistics of the plan."""
        rest = (self.pit, self.crps, self.worst_rows, self.intake, self.rejected)
        return (self.rows, *self.by_slice, *rest)

    @property
    def settings(self) -> dict[str, Any]:
        """What two states must have in common to be merged, in terms of JSON."""
        return {"task": "gaussian", "slices": list(self.slices), "n_worst": self.n_worst}

    @property
    def not_in_digest(self) -> tuple[str, ...]:
        """Names of statistics that depend on places in the input, or on a library."""
        return ("crps", "worst_rows", "intake", "rejected")

    def empty(self) -> GaussianStates:
        """Return the states of no rows."""
        return GaussianStates.empty(self)

    def from_batch(self, batch: GaussianBatch) -> GaussianStates:
        """Return the states of these rows."""
        return GaussianStates.of(self, ScoredGaussians(batch))


class GaussianStates(PlanStates[GaussianPlan]):
    """The state of every statistic of a plan of Gaussian forecasts."""

    __slots__ = ()

    @classmethod
    def from_json(cls, data: Any) -> GaussianStates:
        """Return the states that `to_json` wrote."""
        refuse_other_version(data)
        settings = data["settings"]
        plan = GaussianPlan(tuple(settings["slices"]), settings["n_worst"])
        return cls.from_statistics(plan, data["statistics"])


@dataclass(frozen=True, slots=True)
class GaussianMeans:
    """The means over some rows, out of their sums."""

    n: int
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


def gaussian_means(state: Sums, key: Key = "all") -> GaussianMeans | None:
    """Return the means over a group of rows; None over no rows."""
    row = state.row(key)
    n = row[N]
    loss, squared_z = moments_of(n, row[LOSS:SQUARED_Z]), moments_of(n, row[SQUARED_Z:Z])
    if loss is None or squared_z is None:
        return None

    def mean(column: int) -> Fraction:
        return as_fraction(row[column], FLOAT_UNIT) / n

    return GaussianMeans(
        n=n,
        loss=loss,
        squared_z=squared_z,
        mean_z=float(mean(Z)),
        mean_squared_error=float(mean(SQUARED_ERROR)),
        observed_mean=float(mean(OBSERVED)),
        observed_variance=float(mean(OBSERVED_SQUARED) - mean(OBSERVED) ** 2),
    )


def gaussian_result(states: GaussianStates, paths: tuple[str, ...]) -> GaussianResult:
    """Return everything about the forecasts beyond the headline."""
    plan = states.plan
    means = gaussian_means(states[plan.rows])
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
        crps=None if means is None else float(states[plan.crps].value(0, 0) / means.n),
        pit=pit,
        pit_p_value=_uniform_p_value([each.n for each in pit]),
        slices=tuple(slice_results(states)),
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


def _pit(state: Sums) -> tuple[PitBin, ...]:
    total = state.total()[0]
    if not total:
        return ()
    return tuple(
        PitBin(key / N_BINS, (key + 1) / N_BINS, state.row(key)[0], state.row(key)[0] / total)
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


def slice_results(states: GaussianStates) -> Iterator[GaussianSlice]:
    """Yield the numbers of every slice, column by column, in the order of the values."""
    for statistic in states.plan.by_slice:
        state: Sums = states[statistic]
        statistic.refuse_too_many(state)
        for key in state.ordered_keys():
            means = gaussian_means(state, key)
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
