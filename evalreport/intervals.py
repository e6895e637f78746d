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

from evalreport.results import Interval

CONFIDENCE = 0.95
LEAST_ROWS = 10
"""Under this many rows no interval is given."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean, spread and skewness of a score over `n` rows.

    ``standard_deviation`` has n - 1 in its denominator; ``skewness`` is the population form,
    0 for a symmetric score. Both are 0 if all rows score the same.
    """

    n: int
    mean: float
    standard_deviation: float
    skewness: float

    @property
    def standard_error(self) -> float | None:
        """Standard error of the mean; None for fewer than two rows."""
        return self.standard_deviation / math.sqrt(self.n) if self.n > 1 else None

    @property
    def interval_is_approximate(self) -> bool:
        """Whether the rows are too few for this skewness (Cochran's rule, extended)."""
        return self.n < 28 + 25 * self.skewness**2


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
        interval could be made from.

    Examples
    --------
    >>> low, high = hall_interval(Moments(100, 0.3, 0.5, 2.0))
    >>> round(low, 4), round(high, 4)
    (0.213, 0.4187)
    """
    n, spread = moments.n, moments.standard_deviation
    if n < LEAST_ROWS or spread == 0.0:
        return None
    quantile = student_quantile(n - 1, 0.5 + confidence / 2) / math.sqrt(n)
    low = moments.mean - spread * _unskew(quantile, moments.skewness, n)
    high = moments.mean - spread * _unskew(-quantile, moments.skewness, n)
    return max(low, least), high


def _unskew(q: float, skewness: float, n: int) -> float:
    if abs(skewness) < 1e-9:
        return q
    return 3.0 / skewness * (math.cbrt(1.0 + skewness * (q - skewness / (6.0 * n))) - 1.0)


def student_quantile(degrees: float, level: float) -> float:
    """Return the quantile of Student's t distribution at `level`."""
    from scipy.special import stdtrit  # slow to import, and not every command needs it

    return float(stdtrit(degrees, level))


def hall_p_value(moments: Moments) -> float | None:
    """Return how likely chance alone moves a mean this far from 0, to either side.

    The test that goes with `hall_interval`; None where that gives none.

    Examples
    --------
    >>> round(hall_p_value(Moments(100, 0.1, 0.5, 0.0)), 4)
    0.0482
    """
    n, spread, skewness = moments.n, moments.standard_deviation, moments.skewness
    if n < LEAST_ROWS or spread == 0.0:
        return None
    t = moments.mean / spread
    corrected = t + skewness * t**2 / 3 + skewness**2 * t**3 / 27 + skewness / (6 * n)
    return two_sided(math.sqrt(n) * corrected, n - 1)


def two_sided(t: float, degrees: float) -> float:
    """Return the two-sided p value of a statistic with Student's t distribution."""
    from scipy.special import stdtr  # slow to import

    return float(min(1.0, 2.0 * stdtr(degrees, -abs(t))))
