"""The difference of two means of independent rows, and how far chance could move it.

References
----------
Welch (1947), "The generalization of 'Student's' problem when several different population
variances are involved". doi:10.1093/biomet/34.1-2.28
Satterthwaite (1946), "An approximate distribution of estimates of variance components".
doi:10.2307/3002019
Hall (1992), "On the removal of skewness by transformation". doi:10.1111/j.2517-6161.1992.tb01876.x
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from evalreport.intervals import Moments, student_interval
from evalreport.results import Interval


@dataclass(frozen=True, slots=True)
class TwoMeans:
    """One mean less another.

    Parameters
    ----------
    difference : float
        Of the two means.
    standard_error : float
        Of the difference, above 0.
    degrees : float
        Degrees of freedom of Student's t.
    skewness : float
        Of the difference as chance moves it.
    bend : float
        What the square of the statistic is multiplied by to take its skewness away.
    """

    difference: float
    standard_error: float
    degrees: float
    skewness: float
    bend: float

    @property
    def interval(self) -> Interval:
        """Interval of the difference at 95 %, by Student's t."""
        return student_interval(self.difference, self.standard_error, self.degrees)

    @property
    def unskewed(self) -> float:
        """The difference in standard errors, without what skewness does to it."""
        t, bend = self.difference / self.standard_error, self.bend
        return t + bend * t**2 + bend**2 * t**3 / 3 + self.skewness / 6


def two_means(one: Moments | None, other: Moments | None) -> TwoMeans | None:
    r"""Return the difference of two means whose rows have nothing in common.

    With the standard errors :math:`s_i` its variance is :math:`s^2 = s_1^2 + s_2^2`. Rows of
    unequal weight are worth fewer degrees of freedom, and their means are ratios: see
    `statistics.moments.ratio_moments`.

    Returns
    -------
    TwoMeans or None
        None if a side is empty or worth under two rows, or if all rows score the same.

    Examples
    --------
    >>> found = two_means(Moments(100, 0.5, 0.3, 0.0), Moments(400, 0.4, 0.4, 0.0))
    >>> round(found.difference, 4), round(found.standard_error, 4), round(found.degrees, 1)
    (0.1, 0.0361, 196.9)
    """
    if one is None or other is None or min(one.degrees, other.degrees) < 1.0:
        return None
    sides = (one, other)
    squares = [each.spread**2 / each.n for each in sides]
    variance = sum(squares)
    if variance == 0.0:
        return None
    pairs = list(zip(squares, sides, (1.0, -1.0), strict=True))
    error = math.sqrt(variance)
    skewness = math.fsum(
        sign * each.skewness * each.standard_deviation**3 / each.n**2 for _, each, sign in pairs
    )
    # A heavy row that scores high moves the weight below, and so the standard error.
    heavy = math.fsum(
        sign * each.ratio * square * math.sqrt(square / each.n) for square, each, sign in pairs
    )
    skewness, heavy = skewness / error**3, heavy / error**3
    return TwoMeans(
        difference=one.mean - other.mean,
        standard_error=error,
        degrees=variance**2 / sum(square**2 / each.degrees for square, each, _ in pairs),
        skewness=skewness,
        bend=skewness / 3.0 - heavy,
    )
