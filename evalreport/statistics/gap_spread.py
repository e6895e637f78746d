"""How far the gap between loss and expected loss could move with other rows of the same kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from evalreport.intervals import CONFIDENCE, LEAST_ROWS, student_quantile
from evalreport.results import Interval
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.moments import grouped, mass, mass_unit, sum_unit

_N, _MASS, _SQUARES, _WEIGHT_SQUARES, _LOSSES, _EXPECTED = range(6)

_ROUNDING = Fraction(1, 2**44)
"""Variance in square nats that rounding alone can make."""


@dataclass(frozen=True, slots=True)
class GapSpread(KeepsSums):
    """Squares of loss minus expected loss; with weights what their mean needs beside.

    A loss that is infinite stands as 0, and the gap is not defined then.
    """

    weighted: bool
    name: str = "gap_spread"

    @property
    def _units(self) -> tuple[int, ...]:
        one, square = sum_unit(self.weighted), sum_unit(self.weighted, 2)
        return (0, mass_unit(self.weighted), square, *((one,) * 3 if self.weighted else (0,) * 3))

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        weights, groups = scored.weights, np.zeros(len(scored), dtype=np.int64)

        def squared(values: Any, power: int = 1) -> list[int]:
            return grouped(values, weights, groups, 1, power=power, weight_power=2)

        beside = [[0], [0], [0]]
        if self.weighted:
            ones = np.ones(len(scored))
            beside = [squared(ones), squared(scored.losses), squared(scored.entropies)]
        columns = [
            [len(scored)],
            mass(weights, groups, 1),
            squared((scored.losses - scored.entropies) ** 2, 2),
            *beside,
        ]
        return Sums.from_columns(self._units, [0], columns)

    def interval(self, state: Sums, gap: float | None) -> Interval | None:
        """Return the 95 % interval of the gap, by Student's t; None under ten rows."""
        n, weight = state.row(0)[_N], state.value(0, _MASS)
        if gap is None or n < LEAST_ROWS:
            return None
        squares, mean = state.value(0, _SQUARES), Fraction(gap)
        if self.weighted:
            firsts = state.value(0, _LOSSES) - state.value(0, _EXPECTED)
            squares += mean * (mean * state.value(0, _WEIGHT_SQUARES) - 2 * firsts)
        else:
            squares -= n * mean**2
        error_squared = squares / weight**2 * Fraction(n, n - 1)
        # Rows that all have the same gap differ by rounding only.
        if n * error_squared <= _ROUNDING * (1 + mean**2):
            return None
        error = math.sqrt(error_squared)
        reach = student_quantile(n - 1, 0.5 + CONFIDENCE / 2) * error
        return gap - reach, gap + reach
