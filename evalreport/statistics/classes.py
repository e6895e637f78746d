"""Scores of the rows of each observed class, and what knowing the class frequencies scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalreport import exact
from evalreport.bands import band_of
from evalreport.batch import FloatArray
from evalreport.exact import exp_of, log_of
from evalreport.intervals import Moments, hall_interval
from evalreport.results import BaselineResult, ClassResult, Interval, OverallResult
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Key, Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.loss_moments import loss_moments
from evalreport.statistics.moments import (
    Columns,
    PowerSums,
    counts,
    grouped,
    mass,
    mass_unit,
    moment_columns,
    moment_units,
    sum_unit,
)
from evalreport.statistics.one_vs_rest import one_vs_rest_sums
from evalreport.statistics.outcomes import occurrences
from evalreport.statistics.overall import ratio
from evalreport.statistics.skill import above, frequency_entropy, skill_interval

# The columns before the moments.
_N, _N_OCCURRED, _N_ZERO, _MASS, _ONE_VS_REST, _FORECAST, _MOMENTS = range(7)
_NO_SKILL = 1e-12
_DIGITS = 50
"""Binary digits of a probability that are enough for the mean of millions."""


@dataclass(frozen=True, slots=True)
class ByClass(KeepsSums):
    """Loss by observed class.

    A row with a soft label counts for every class with the target probability of that class, and
    loses there what it would if the class had happened; all classes together lose the
    cross-entropy. `n` counts the rows of which the class is the largest target.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes.
    weighted : bool
        Whether rows have weights.
    floor : float or None
        Least probability scored.
    soft : bool
        Whether labels are soft.
    """

    classes: tuple[str, ...]
    weighted: bool
    floor: float | None
    soft: bool = False
    name: str = "classes"

    @property
    def _units(self) -> tuple[int, ...]:
        masses, sums = mass_unit(self._has_masses), sum_unit(self.weighted)
        return (0, 0, 0, masses, sums, sums, *moment_units(self._has_masses))

    @property
    def _has_masses(self) -> bool:
        """Whether a class has a part of a row, by its weight or by its target."""
        return self.weighted or self.soft

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        n_classes = len(self.classes)
        labels, happened, zeros, masses, *moments = self._of_happened(scored)
        columns = [
            labels,
            happened,
            zeros,
            masses,
            self._one_vs_rest(scored),
            _sum_columns(scored.batch.probs, scored.weights, _DIGITS),
            *moments,
        ]
        return Sums.from_columns(self._units, range(n_classes), columns)

    def _of_happened(self, scored: ScoredBatch) -> Columns:
        """Return the columns of what happened: counts, masses and moments."""
        n_classes = len(self.classes)
        if not self._has_masses:
            rows, *moments = loss_moments(scored).by_class
            return [rows, rows, counts(scored.observed, n_classes, scored.is_zero), rows, *moments]
        happened = occurrences(scored, self.soft)
        groups, weights = happened.classes, happened.weights
        return [
            counts(scored.observed, n_classes),
            counts(groups, n_classes),
            counts(groups, n_classes, happened.is_zero),
            mass(weights, groups, n_classes),
            *moment_columns(happened.losses, weights, groups, n_classes),
        ]

    def _one_vs_rest(self, scored: ScoredBatch) -> Sequence[int]:
        if scored.weights is None:
            return one_vs_rest_sums(scored)
        return _sum_columns(scored.one_vs_rest_losses, scored.weights)

    # --- what the sums say ------------------------------------------------------------------------

    def baseline(self, state: Sums, overall: OverallResult) -> BaselineResult:
        """Return what always predicting the class frequencies would score, and the skill.

        With soft labels both losses are counted from the entropy of the targets, below which no
        forecast can come.
        """
        entropy = frequency_entropy([state.value(k, _MASS) for k in range(len(self.classes))])
        excess = None if entropy is None else above(entropy, overall.target_entropy)
        loss = overall.kl_divergence
        skill: float | None = None
        interval: Interval | None = None
        if excess and loss is not None:
            skill = 1.0 - loss / excess
            # Forecasts that are the class frequencies are so far off them by rounding alone.
            skill = 0.0 if abs(skill) < _NO_SKILL else skill
            if not self.soft:
                interval = skill_interval([self._power_sums(state, k) for k in self._seen(state)])
        return BaselineResult(
            class_frequencies=entropy,
            uniform=log_of(float(len(self.classes))),
            skill=skill,
            skill_interval=interval,
            band=None if excess is None else band_of(excess).name,
            kl_divergence=excess,
            too_low_by=None if self.soft else self._too_low_by(state, overall),
        )

    def _too_low_by(self, state: Sums, overall: OverallResult) -> float | None:
        """Return the bias of an entropy of frequencies: (K - 1) / (2 n), K classes seen.

        References
        ----------
        Miller (1955), "Note on the bias of information estimates".
        """
        n = overall.effective_n
        return (len(self._seen(state)) - 1) / (2.0 * n) if n else None

    def balanced_loss(self, state: Sums) -> float | None:
        """Return the plain mean of the losses of the classes that happened, rare or not."""
        losses = [self._mean_loss(state, key) for key in self._seen(state)]
        finite = [loss for loss in losses if loss is not None]
        if not losses or len(finite) < len(losses):
            return None
        return math.fsum(finite) / len(finite)

    def results(self, state: Sums) -> tuple[ClassResult, ...]:
        """Return the numbers of every class, in the order of the classes."""
        totals = Sums(state.units, {0: state.total()})
        overall = self._power_sums(totals, 0)
        # A certain and wrong row makes the questions about both of its classes infinite.
        infinite = self.floor is None and totals.row(0)[_N_ZERO] > 0
        return tuple(self._result(state, k, overall, infinite) for k in range(len(self.classes)))

    def _result(self, state: Sums, k: int, overall: PowerSums, infinite: bool) -> ClassResult:
        sums = self._power_sums(state, k)
        loss = self._mean_loss(state, k)
        moments = sums.moments() if loss is not None else None
        interval = hall_interval(moments) if moments else None
        return ClassResult(
            name=self.classes[k],
            n=state.row(k)[_N],
            frequency=ratio(sums.weight, overall.weight) or 0.0,
            log_loss=None if self.soft else loss,
            cross_entropy=loss,
            interval=interval,
            one_vs_rest_log_loss=None
            if infinite
            else ratio(state.value(k, _ONE_VS_REST), overall.weight),
            mean_probability=None if loss is None else exp_of(-loss),
            share_of_loss=ratio(sums.first, overall.first),
            zero_probability_rows=state.row(k)[_N_ZERO],
            # The entropy of the targets is not told apart by class, and bands judge what is above.
            band=None if loss is None or self.soft else band_of(loss).name,
            mean_forecast=ratio(state.value(k, _FORECAST), overall.weight),
        )

    def moments(self, state: Sums, k: int) -> Moments | None:
        """Return mean, spread and skewness of the loss of a class; None where it is infinite."""
        return None if self._mean_loss(state, k) is None else self._power_sums(state, k).moments()

    def _seen(self, state: Sums) -> list[Key]:
        return [key for key in state.ordered_keys() if state.row(key)[_N_OCCURRED]]

    def _power_sums(self, state: Sums, key: Key) -> PowerSums:
        row = state.row(key)
        return PowerSums.from_row(row[_N_OCCURRED], row[_MOMENTS:], self._has_masses)

    def _mean_loss(self, state: Sums, key: Key) -> float | None:
        """Return the mean loss; None over no rows, or where it is infinite."""
        if self.floor is None and state.row(key)[_N_ZERO]:
            return None
        mean = self._power_sums(state, key).mean
        return None if mean is None else float(mean)


def _sum_columns(cells: FloatArray, weights: FloatArray | None, digits: int = 40) -> Sequence[int]:
    if weights is None:
        return exact.column_sums(cells, digits)
    n_rows, n_columns = cells.shape
    groups = np.tile(np.arange(n_columns), n_rows)
    return grouped(cells.ravel(), np.repeat(weights, n_columns), groups, n_columns)
