"""Sums of powers of a score, plain or weighted, and the mean with its spread out of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalreport import exact
from evalreport.batch import FloatArray, IntArray
from evalreport.exact import FLOAT_UNIT, as_fraction
from evalreport.intervals import Moments

Columns = list[list[int]]

# Column r, j holds the sum of weight**r * score**j. Without weights those of equal j are one.
WEIGHTED_POWERS = ((1, 0), (2, 0), (3, 0), (1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3))


_ROUNDING = Fraction(1, 2**50)
"""How far a sum of squares may be off by the rounding of each, as a part of it."""
_LEAST_VARIANCE = Fraction(1, 10**200)
"""Less is no spread, and has no power of one and a half that a double can hold."""


def sum_unit(weighted: bool, power: int = 1) -> int:
    """Return log2 of the unit that `grouped` counts in."""
    return FLOAT_UNIT if weighted else exact.power_unit(power)


def mass_unit(weighted: bool) -> int:
    """Return log2 of the unit that `mass` counts in."""
    return FLOAT_UNIT if weighted else 0


def moment_units(weighted: bool) -> tuple[int, ...]:
    """Return log2 of the units of the columns of `moment_columns`."""
    if weighted:
        return (FLOAT_UNIT,) * len(WEIGHTED_POWERS)
    return tuple(exact.power_unit(power) for power in (1, 2, 3))


def moment_columns(
    scores: FloatArray, weights: FloatArray | None, groups: IntArray, n_groups: int
) -> Columns:
    """Sum the powers of `scores` that mean, spread and skewness need, within groups."""
    if weights is None:
        return [
            exact.grouped_sums(exact.power(scores, power), groups, n_groups, power)
            for power in (1, 2, 3)
        ]
    return [
        grouped(exact.power(scores, j), weights, groups, n_groups, weight_power=r)
        for r, j in WEIGHTED_POWERS
    ]


def grouped(
    values: FloatArray,
    weights: FloatArray | None,
    groups: IntArray,
    n_groups: int,
    power: int = 1,
    weight_power: int = 1,
) -> list[int]:
    """Sum values of at most 2048**power within groups, times a power of their weights, if any."""
    if weights is None:
        return exact.grouped_sums(values, groups, n_groups, power)
    # Powers of weights may be beyond every double: mantissas and exponents go apart.
    mantissas, exponents = np.frexp(weights)
    scaled = values * exact.power(mantissas, weight_power)
    return exact.grouped_float_sums(scaled, groups, n_groups, weight_power * exponents)


def counts(groups: IntArray, n_groups: int, chosen: NDArray[np.bool_] | None = None) -> list[int]:
    """Count rows within groups, all or the chosen ones."""
    if n_groups == 1:
        return [len(groups) if chosen is None else int(np.count_nonzero(chosen))]
    where = groups if chosen is None else groups[np.flatnonzero(chosen)]
    return [int(n) for n in np.bincount(where, minlength=n_groups)]


def mass(
    weights: FloatArray | None,
    groups: IntArray,
    n_groups: int,
    chosen: NDArray[np.bool_] | None = None,
) -> list[int]:
    """Sum weights within groups, all or those of the chosen rows; without weights, count."""
    if weights is None:
        return counts(groups, n_groups, chosen)
    if chosen is not None:
        weights, groups = weights[chosen], groups[chosen]
    return exact.grouped_float_sums(weights, groups, n_groups)


@dataclass(frozen=True, slots=True)
class PowerSums:
    """The exact sums that the mean of a score is made of."""

    n: int
    weight: Fraction
    first: Fraction
    """Sum of weight times score."""
    second: tuple[Fraction, Fraction, Fraction]
    """Sums of squared weight times score to the power of 0, 1, 2."""
    third: tuple[Fraction, Fraction, Fraction, Fraction]
    """Sums of cubed weight times score to the power of 0, 1, 2, 3."""

    @classmethod
    def from_row(cls, n: int, row: Sequence[int], weighted: bool) -> PowerSums:
        """Read the integers that `moment_columns` made."""
        if not weighted:
            s, q, c = (
                as_fraction(total, unit)
                for total, unit in zip(row, moment_units(False), strict=True)
            )
            one = Fraction(n)
            return cls(n, one, s, (one, s, q), (one, s, q, c))
        w1, w2, w3, a, b1, b2, c1, c2, c3 = (as_fraction(total, FLOAT_UNIT) for total in row)
        return cls(n, w1, a, (w2, b1, b2), (w3, c1, c2, c3))

    def __sub__(self, part: PowerSums) -> PowerSums:
        """Return the sums over the rows that are not in `part`."""
        a, b, c = (mine - its for mine, its in zip(self.second, part.second, strict=True))
        d, e, f, g = (mine - its for mine, its in zip(self.third, part.third, strict=True))
        return PowerSums(
            self.n - part.n,
            self.weight - part.weight,
            self.first - part.first,
            (a, b, c),
            (d, e, f, g),
        )

    @property
    def mean(self) -> Fraction | None:
        """Weighted mean of the score; None over no weight."""
        return self.first / self.weight if self.weight else None

    @property
    def effective_n(self) -> float | None:
        """As many rows of equal weight would tell as much (Kish); None over no weight."""
        return float(self.weight**2 / self.second[0]) if self.weight else None

    def moments(self) -> Moments | None:
        """Mean, spread and skewness, each rounded once; None over no weight.

        With weights the spread is that of weight times deviation from the mean, so that the
        standard error of the weighted mean is the spread over the root of n.
        """
        mean = self.mean
        if mean is None:
            return None
        w2, b1, b2 = self.second
        w3, c1, c2, c3 = self.third
        residuals = Residuals(
            first=b1 - mean * w2,
            squares=b2 - 2 * mean * b1 + mean**2 * w2,
            heavy_squares=c2 - 2 * mean * c1 + mean**2 * w3,
            cubes=c3 - 3 * mean * c2 + 3 * mean**2 * c1 - mean**3 * w3,
        )
        # The squares of equal scores are rounded alike, and that is no spread.
        if residuals.squares <= mean**2 * w2 * _ROUNDING:
            return Moments(self.n, float(mean), 0.0, 0.0)
        return ratio_moments(self.n, float(mean), self.weight, w2, residuals)


class Residuals(NamedTuple):
    """Sums of powers of weight w and of what a row scores above the mean, e."""

    first: Fraction
    """Of w² e."""
    squares: Fraction
    """Of w² e²."""
    heavy_squares: Fraction
    """Of w³ e²."""
    cubes: Fraction
    """Of w³ e³."""


def ratio_moments(
    n: int, mean: float, weight: Fraction, weight_squares: Fraction, sums: Residuals
) -> Moments:
    r"""Return the moments of a weighted mean, which is a ratio: the sum of w e over that of w.

    To first order it moves like the mean of :math:`u = n w e / \sum w`. Where weights differ, three
    things are added. A row that is heavy and scores high moves the sum of the weights, too: with
    :math:`\rho = \overline{u w} / (\bar w s)` the studentised mean has the third cumulant
    :math:`(6 \rho - 2 \gamma) / \sqrt n`, not :math:`-2 \gamma / \sqrt n`. Leaving out each row in
    turn gives the variance :math:`\sum u^2 / (1 - h)^2`, to first order in the share h of weight
    that a row has. And there are as many degrees of freedom as the rows are worth (Kish).

    Parameters
    ----------
    n : int
        Rows.
    mean : float
        Their weighted mean.
    weight, weight_squares : Fraction
        Sums of w and w².
    sums : Residuals
        Of the rows.

    References
    ----------
    Hall (1992), "The bootstrap and Edgeworth expansion", section 2.4, on functions of means.
    doi:10.1007/978-1-4612-4384-7
    """
    scale = n / weight
    squares, cubes = scale**2 * sums.squares, scale**3 * sums.cubes
    if n < 2 or squares <= n * _LEAST_VARIANCE:
        return Moments(n, mean, 0.0, 0.0)
    skewness = float(cubes / n) / float(squares / n) ** 1.5
    spread = math.sqrt(squares / (n - 1))
    effective = weight**2 / weight_squares
    if effective == n:
        return Moments(n, mean, spread, skewness)
    share = sums.heavy_squares / (weight * sums.squares)
    return Moments(
        n,
        mean,
        spread,
        skewness,
        ratio=float(scale**2 * sums.first / n) / spread,
        stretch=math.sqrt(max(1 + 2 * (share - Fraction(1, n)), Fraction(1))),
        effective=float(effective),
    )
