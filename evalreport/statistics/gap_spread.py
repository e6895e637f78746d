"""How far the gap between loss and expected loss could move with other rows of the same kind.

A calibrated model loses on average what its forecasts expect: of each row, the loss minus the
entropy of its forecast has the mean 0. How far that difference strays is seen in the rows, with
soft labels in nothing else: a target strays less than a label would, and forecasts alone do not
tell by how much. It is skewed, as losses are.

References
----------
Hall (1992), "On the removal of skewness by transformation". doi:10.1111/j.2517-6161.1992.tb01876.x
McCullagh & Nelder (1989), "Generalized linear models", section 4.5, for the dispersion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from evalreport.intervals import Moments, hall_interval, hall_statistic, normal_deviate
from evalreport.results import Interval
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.moments import (
    PowerSums,
    grouped,
    moment_columns,
    moment_units,
    sum_unit,
)

_N, _MOMENTS = 0, 1
_ROUNDING = 2.0**-22
"""Standard deviation in nats that rounding alone can make."""


@dataclass(frozen=True, slots=True)
class GapSpread(KeepsSums):
    """Moments of loss minus expected loss; with weights the variance that forecasts expect, too.

    A loss that is infinite stands as 0, and the gap is not defined then.
    """

    weighted: bool
    name: str = "gap_spread"

    @property
    def _units(self) -> tuple[int, ...]:
        beside = (sum_unit(True),) * 3 if self.weighted else ()
        return (0, *moment_units(self.weighted), *beside)

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        weights, groups = scored.weights, np.zeros(len(scored), dtype=np.int64)
        gaps = scored.losses - scored.entropies
        columns = [[len(scored)], *moment_columns(gaps, weights, groups, 1)]
        if self.weighted:
            variances = scored.entropy_variances
            columns += [
                grouped(gaps * gaps, weights, groups, 1),
                grouped(variances, weights, groups, 1),
                grouped(variances, weights, groups, 1, weight_power=2),
            ]
        return Sums.from_columns(self._units, [0], columns)

    def z(self, state: Sums) -> float | None:
        """Return the gap in standard errors, without what skewness does to it.

        None under ten rows, or without spread.
        """
        moments = self._moments(state)
        t = None if moments is None else hall_statistic(moments)
        return None if moments is None or t is None else normal_deviate(t, moments.degrees)

    def interval(self, state: Sums) -> Interval | None:
        """Return the 95 % interval of the gap, by Hall; None under ten rows, or without spread."""
        moments = self._moments(state)
        return None if moments is None else hall_interval(moments, -math.inf)

    def _moments(self, state: Sums) -> Moments | None:
        n, n_moments = state.row(0)[_N], len(moment_units(self.weighted))
        sums = PowerSums.from_row(n, state.row(0)[_MOMENTS : _MOMENTS + n_moments], self.weighted)
        moments = sums.moments()
        # Rows that all have the same gap differ by rounding only.
        if moments is None or moments.standard_deviation <= _ROUNDING * (1.0 + abs(moments.mean)):
            return None
        return self._not_by_the_heaviest(state, sums, moments) if self.weighted else moments

    def _not_by_the_heaviest(self, state: Sums, sums: PowerSums, moments: Moments) -> Moments:
        """Return the moments with at least the spread that all rows together stand for.

        The squares of a few heavy rows say little of how far rows stray. What forecasts expect of
        them, times the dispersion of all rows, says more if that has nothing to do with weights;
        where it does, the squares are right in the end. So the larger of the two counts.
        """
        mean = sums.first / sums.weight
        squares, expected, expected_of_heavy = (state.value(0, i) for i in range(-3, 0))
        if not expected:
            return moments
        dispersion = (squares - mean**2 * sums.weight) / expected
        variance = dispersion * expected_of_heavy / sums.weight**2
        spread = math.sqrt(max(variance, Fraction(0)) * sums.n)
        return replace(moments, stretch=max(moments.stretch, spread / moments.standard_deviation))
