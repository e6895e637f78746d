"""What rows of unequal weight do to the error of their mean, by its formula on the rows."""

from __future__ import annotations

import numpy as np


def stretch(weights, scores) -> float:
    """What leaving out each row in turn makes of an error: heavy rows that stray count twice."""
    squares = (weights * (scores - np.average(scores, weights=weights))) ** 2
    share = (weights * squares).sum() / (weights.sum() * squares.sum())
    return float(np.sqrt(1 + max(2 * (share - 1 / np.count_nonzero(weights)), 0.0)))


def standard_error(weights, scores) -> float:
    """Standard error of a weighted mean; that of `scipy.stats.sem` for equal weights."""
    n = np.count_nonzero(weights)
    squares = (weights * (scores - np.average(scores, weights=weights))) ** 2
    plain = np.sqrt(squares.sum() * n / (n - 1)) / weights.sum()
    return float(plain * stretch(weights, scores))
