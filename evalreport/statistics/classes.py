"""Scores of the rows of each observed class; added up, those of all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evalreport import exact
from evalreport.bands import band_of, judge
from evalreport.batch import FloatArray
from evalreport.exact import exp_of, log_of
from evalreport.intervals import hall_interval
from evalreport.results import BaselineResult, ClassResult, Interval, OverallResult
from evalreport.scoring import ScoredBatch, brier_score
from evalreport.statistics.interface import Key, Sums
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
from evalreport.statistics.skill import frequency_entropy, skill_interval

# The columns before the moments.
_N, _N_ZERO, _N_FLOORED, _MASS, _CORRECT, _ZERO_MASS = range(6)
_CONFIDENCE, _BRIER, _ONE_VS_REST, _FORECAST, _MOMENTS = range(6, 11)


@dataclass(frozen=True, slots=True)
class ByClass:
    """Loss, accuracy and Brier score by observed class.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes.
    weighted : bool
        Whether rows have weights.
    floor : float or None
        Least probability scored.
    """

    classes: tuple[str, ...]
    weighted: bool
    floor: float | None
    name: str = "classes"

    @property
    def _units(self) -> tuple[int, ...]:
        masses = mass_unit(self.weighted)
        sums = sum_unit(self.weighted)
        return (0, 0, 0, *(masses,) * 3, *(sums,) * 4, *moment_units(self.weighted))

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums(self._units)

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        n_classes, groups, weights = len(self.classes), scored.observed, scored.weights
        correct = scored.predicted == groups
        columns = [
            counts(groups, n_classes),
            counts(groups, n_classes, scored.is_zero),
            counts(groups, n_classes, scored.is_floored),
            mass(weights, groups, n_classes),
            mass(weights, groups, n_classes, correct),
            mass(weights, groups, n_classes, scored.is_zero),
            grouped(scored.confidences, weights, groups, n_classes),
            grouped(brier_score(scored.batch.probs, groups), weights, groups, n_classes),
            _sum_columns(scored.one_vs_rest_losses, weights),
            _sum_columns(scored.batch.probs, weights),
            *moment_columns(scored.losses, weights, groups, n_classes),
        ]
        return Sums.from_columns(self._units, range(n_classes), columns)

    # --- what the sums say ------------------------------------------------------------------------

    def overall(self, state: Sums) -> OverallResult:
        """Return the headline numbers over all rows."""
        total = Sums(state.units, {0: state.total()})
        sums = self._power_sums(total, 0)
        loss = self._mean_loss(total, 0)
        moments = sums.moments() if loss is not None else None
        interval = hall_interval(moments) if moments else None
        brier = _ratio(total.value(0, _BRIER), sums.weight)
        return OverallResult(
            n=sums.n,
            weight=float(sums.weight),
            log_loss=loss,
            cross_entropy=loss,
            target_entropy=None if loss is None else 0.0,
            kl_divergence=loss,
            standard_error=moments.standard_error if moments else None,
            interval=interval,
            interval_is_approximate=bool(moments and interval and moments.interval_is_approximate),
            bits=None if loss is None else loss / log_of(2.0),
            perplexity=None if loss is None else exp_of(loss),
            mean_probability=None if loss is None else exp_of(-loss),
            accuracy=_ratio(total.value(0, _CORRECT), sums.weight),
            brier_score=brier,
            brier_score_binary=brier / 2 if brier is not None and self._is_binary else None,
            zero_probability_rows=total.row(0)[_N_ZERO],
            floored_rows=total.row(0)[_N_FLOORED],
            zero_probability_share_of_loss=self._zero_share(total, sums),
            band=judge(loss, interval),
        )

    def mean_confidence(self, state: Sums) -> float | None:
        """Return the mean probability given to the predicted class."""
        total = Sums(state.units, {0: state.total()})
        return _ratio(total.value(0, _CONFIDENCE), total.value(0, _MASS))

    def baseline(self, state: Sums) -> BaselineResult:
        """Return what always predicting the class frequencies would score, and the skill."""
        entropy = frequency_entropy([state.value(k, _MASS) for k in range(len(self.classes))])
        loss = self.overall(state).log_loss
        skill: float | None = None
        interval: Interval | None = None
        if entropy and loss is not None:
            skill = 1.0 - loss / entropy
            interval = skill_interval([self._power_sums(state, k) for k in self._seen(state)])
        return BaselineResult(
            class_frequencies=entropy,
            uniform=log_of(float(len(self.classes))),
            skill=skill,
            skill_interval=interval,
            band=None if entropy is None else band_of(entropy).name,
        )

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
            n=sums.n,
            frequency=_ratio(sums.weight, overall.weight) or 0.0,
            log_loss=loss,
            cross_entropy=loss,
            interval=interval,
            one_vs_rest_log_loss=None
            if infinite
            else _ratio(state.value(k, _ONE_VS_REST), overall.weight),
            mean_probability=None if loss is None else exp_of(-loss),
            share_of_loss=_ratio(sums.first, overall.first),
            zero_probability_rows=state.row(k)[_N_ZERO],
            band=None if loss is None else band_of(loss).name,
            mean_forecast=_ratio(state.value(k, _FORECAST), overall.weight),
        )

    @property
    def _is_binary(self) -> bool:
        return len(self.classes) == 2

    def _seen(self, state: Sums) -> list[Key]:
        return [key for key in state.ordered_keys() if state.row(key)[_N]]

    def _power_sums(self, state: Sums, key: Key) -> PowerSums:
        row = state.row(key)
        return PowerSums.from_row(row[_N], row[_MOMENTS:], self.weighted)

    def _mean_loss(self, state: Sums, key: Key) -> float | None:
        """Return the mean loss; None over no rows, or where it is infinite."""
        if self.floor is None and state.row(key)[_N_ZERO]:
            return None
        mean = self._power_sums(state, key).mean
        return None if mean is None else float(mean)

    def _zero_share(self, total: Sums, sums: PowerSums) -> float | None:
        if self.floor is None:
            return None
        floored_loss = Fraction(-log_of(self.floor)) * total.value(0, _ZERO_MASS)
        return _ratio(floored_loss, sums.first)


def _ratio(part: Fraction, whole: Fraction) -> float | None:
    return float(part / whole) if whole else None


def _sum_columns(cells: FloatArray, weights: FloatArray | None) -> Sequence[int]:
    if weights is None:
        return exact.column_sums(cells)
    n_rows, n_columns = cells.shape
    groups = np.tile(np.arange(n_columns), n_rows)
    return grouped(cells.ravel(), np.repeat(weights, n_columns), groups, n_columns)
