"""Intervals for means of skewed scores.

References
----------
Hall (1992), "On the removal of skewness by transformation". doi:10.1111/j.2517-6161.1992.tb01876.x
Sugden, Smith & Jones (2000), "Cochran's rule for simple random sampling".
doi:10.1111/1467-9868.00264
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from evalreport.exact import log_of
from evalreport.results import Interval

CONFIDENCE = 0.95
LEAST_ROWS = 10
"""Under this many rows no interval is given."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean, spread and skewness of a score over `n` rows.

    ``standard_deviation`` has n - 1 in its denominator; ``skewness`` is the population form,
    0 for a symmetric score. Both are 0 if all rows score the same.

    The rest is for rows of unequal weight, whose mean is a ratio of two sums; see
    `statistics.moments.ratio_moments`.
    """

    n: int
    mean: float
    standard_deviation: float
    skewness: float
    ratio: float = 0.0
    """How the heavy rows score beside the others, in standard deviations."""
    stretch: float = 1.0
    """What leaving out each row in turn makes of the standard error."""
    effective: float | None = None
    """As many rows of equal weight would tell as much (Kish); None if they are of equal weight."""

    @property
    def spread(self) -> float:
        """What the standard error is times the root of n; the standard deviation if rows weigh 1.

        Whatever speaks of the error of the mean starts here, and nowhere else.
        """
        return self.standard_deviation * self.stretch

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean; None for fewer than two rows."""
        return self.spread / math.sqrt(self.n) if self.n > 1 else None

    @property
    def interval_is_approximate(self) -> bool:
        """Whether the rows are too few for this skewness (Cochran's rule, extended)."""
        # With weights this is the skewness of weight times score: unequal weights are in it.
        return self.n < 28 + 25 * self.skewness**2

    @property
    def degrees(self) -> float:
        """Degrees of freedom of Student's t."""
        return (self.n if self.effective is None else self.effective) - 1.0

    @property
    def bend(self) -> float:
        """What the square of the statistic is multiplied by to take its skewness away.

        A third of the skewness; less what a heavy row that scores high does to the weight below.
        """
        return self.skewness / 3.0 - self.ratio


def hall_interval(
    moments: Moments, least: float = 0.0, confidence: float = CONFIDENCE
) -> Interval | None:
    """Hall's skewness-corrected interval for a mean, at 95 % unless said otherwise.

    Parameters
    ----------
    moments : Moments
        Of the rows.
    least : float
        Least value the mean can have; the lower end is not below it.
    confidence : float
        How often such an interval holds the true mean.

    Returns
    -------
    (low, high) or None
        None for fewer than 10 rows, or if all rows score the same: nothing was seen that an
        interval could be made from. None, too, if rows of unequal weight are worth under two.

    Examples
    --------
    >>> low, high = hall_interval(Moments(100, 0.3, 0.5, 2.0))
    >>> round(low, 4), round(high, 4)
    (0.213, 0.4187)
    """
    n, spread = moments.n, moments.spread
    if n < LEAST_ROWS or spread == 0.0 or moments.degrees < 1.0:
        return None
    quantile = student_quantile(moments.degrees, 0.5 + confidence / 2) / math.sqrt(n)
    low = moments.mean - spread * _unskew(quantile, moments)
    high = moments.mean - spread * _unskew(-quantile, moments)
    return max(low, least), high


def _unskew(q: float, moments: Moments) -> float:
    bend = moments.bend
    if abs(bend) < 3e-10:
        return q if abs(moments.skewness) < 1e-9 else q - moments.skewness / (6.0 * moments.n)
    return (math.cbrt(1.0 + 3.0 * bend * (q - moments.skewness / (6.0 * moments.n))) - 1.0) / bend


def student_quantile(degrees: float, level: float) -> float:
    """Return the quantile of Student's t distribution at `level`."""
    from scipy.special import stdtrit  # slow to import, and not every command needs it

    return float(stdtrit(degrees, level))


def student_interval(
    mean: float, standard_error: float, degrees: float, least: float = -math.inf
) -> Interval:
    """Return Student's t interval at 95 %, in the unit of the mean; not below `least`.

    Examples
    --------
    >>> low, high = student_interval(0.1, 0.05, 29.0)
    >>> round(low, 4), round(high, 4)
    (-0.0023, 0.2023)
    """
    half = standard_error * student_quantile(degrees, 0.5 + CONFIDENCE / 2)
    return max(mean - half, least), mean + half


def hall_statistic(moments: Moments) -> float | None:
    """Return the mean in standard errors, without what skewness does to it.

    About Student's t if the true mean is 0, with the degrees of freedom of the moments; None where
    `hall_interval` gives none.
    """
    n, spread, bend = moments.n, moments.spread, moments.bend
    if n < LEAST_ROWS or spread == 0.0 or moments.degrees < 1.0:
        return None
    t = moments.mean / spread
    corrected = t + bend * t**2 + bend**2 * t**3 / 3 + moments.skewness / (6 * n)
    return math.sqrt(n) * corrected


def hall_p_value(moments: Moments) -> float | None:
    """Return how likely chance alone moves a mean this far from 0, to either side.

    The test that goes with `hall_interval`; None where that gives none.

    Examples
    --------
    >>> round(hall_p_value(Moments(100, 0.1, 0.5, 0.0)), 4)
    0.0482
    """
    t = hall_statistic(moments)
    return None if t is None else two_sided(t, moments.degrees)


def normal_deviate(t: float, degrees: float) -> float:
    """Return what a standard normal variable would have to be, to be as rare as Student's t.

    Parameters
    ----------
    t : float
        A statistic with Student's t distribution.
    degrees : float
        Its degrees of freedom.

    References
    ----------
    Wallace (1959), "Bounds on normal approximations to Student's and the chi-square distributions",
    whose formula is within 0.01 of it up to 3, from eight degrees of freedom on.
    doi:10.1214/aoms/1177706085

    Examples
    --------
    >>> round(normal_deviate(2.262, 9.0), 3), round(normal_deviate(-1.96, 1e6), 3)
    (1.959, -1.96)
    """
    factor = (8.0 * degrees + 1.0) / (8.0 * degrees + 3.0)
    return math.copysign(factor * math.sqrt(degrees * log_of(1.0 + t * t / degrees)), t)


def two_sided(t: float, degrees: float) -> float:
    """Return the two-sided p value of a statistic with Student's t distribution."""
    from scipy.special import stdtr  # slow to import

    return float(min(1.0, 2.0 * stdtr(degrees, -abs(t))))
