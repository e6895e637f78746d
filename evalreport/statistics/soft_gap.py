"""Whether soft labels lose more than the forecasts expect by more than chance.

A calibrated model has ``E[target | forecast] = forecast``, so that the cross-entropy of a row minus
the entropy of its forecast is 0 on average. How far that difference strays is seen in the rows:
a target strays less than a label would, and the forecasts alone do not tell by how much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evalreport.intervals import LEAST_ROWS
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.moments import counts, grouped, mass, mass_unit, sum_unit

_N, _MASS, _LOSS, _EXPECTED = range(4)
_MASS_2, _LOSS_1, _EXPECTED_1, _LOSS_2, _BOTH, _EXPECTED_2 = range(4, 10)
_ALL = 0
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class SoftGap(KeepsSums):
    """Moments of the cross-entropy of each row minus the loss that its forecast expects."""

    weighted: bool
    name: str = "soft_gap"

    @property
    def _units(self) -> tuple[int, ...]:
        masses, sums = mass_unit(self.weighted), sum_unit(self.weighted)
        squares = sum_unit(self.weighted, 2)
        return (0, masses, sums, sums, masses, sums, sums, squares, squares, squares)

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        weights, together = scored.weights, np.zeros(len(scored), dtype=np.int64)
        losses, expected = scored.losses, scored.entropies

        def total(values: Any, power: int = 1, weight_power: int = 1) -> list[int]:
            return grouped(values, weights, together, 1, power, weight_power)

        squared = None if weights is None else total(np.ones(len(scored)), weight_power=2)
        columns = [
            counts(together, 1),
            mass(weights, together, 1),
            total(losses),
            total(expected),
            squared or counts(together, 1),
            total(losses, weight_power=2),
            total(expected, weight_power=2),
            total(losses**2, 2, 2),
            total(losses * expected, 2, 2),
            total(expected**2, 2, 2),
        ]
        return Sums.from_columns(self._units, [_ALL], columns)

    def z(self, state: Sums) -> float | None:
        """Return the mean difference in standard errors; None under ten rows, or without spread.

        Losses must be finite.
        """
        if state.row(_ALL)[_N] < LEAST_ROWS:
            return None
        sums = [state.value(_ALL, column) for column in range(len(self._units))]
        mean = (sums[_LOSS] - sums[_EXPECTED]) / sums[_MASS]
        squares = _square_sum(sums, mean)
        n = state.row(_ALL)[_N]
        variance = squares / sums[_MASS] ** 2 * Fraction(n, n - 1)
        if variance <= Fraction(_ROUNDING) ** 2:
            return None
        return math.copysign(math.sqrt(mean**2 / variance), mean)


def _square_sum(sums: list[Fraction], mean: Fraction) -> Fraction:
    """Return the sum of (weight * (loss - expected - mean))**2."""
    difference = sums[_LOSS_1] - sums[_EXPECTED_1]
    squares = sums[_LOSS_2] - 2 * sums[_BOTH] + sums[_EXPECTED_2]
    return squares - 2 * mean * difference + mean**2 * sums[_MASS_2]
