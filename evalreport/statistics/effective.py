"""How many independent outcomes rows of unequal weight, or with soft labels, are worth.

Chance is simulated with outcomes that happen or not, each of the same weight. Where rows differ in
weight, or what happened is a part, a cell is worth fewer of them, or more: as many as give the
mean of the cell the variance that it has if the forecasts are right.

References
----------
Kish (1965), "Survey sampling", for rows of unequal weight.
McCullagh & Nelder (1989), "Generalized linear models", section 4.5, for the dispersion of shares.
"""

from __future__ import annotations

import math

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.statistics.draws import binomial

_LEAST_ROWS = 100
_MOST_GROUPS = 10
_NO_SPREAD = 1e-9


def effective_trials(masses: FloatArray, squares: FloatArray) -> FloatArray:
    """Return ``(sum w)² / sum w²`` of each cell: as many rows of equal weight tell as much."""
    return np.maximum(masses**2 / squares, 1.0)


def dispersion(
    counts: IntArray, squares: FloatArray, residuals: FloatArray, forecasts: FloatArray
) -> FloatArray | None:
    """Return the variance of soft labels around right forecasts, as a share of that of labels.

    Parameters
    ----------
    counts : int64 ndarray of shape (n_cells,)
        Rows of each cell.
    squares : float64 ndarray of shape (n_cells,)
        Sums of squared weights; of ones without weights.
    residuals : float64 ndarray of shape (n_cells,)
        Sums of squared weight times the squared difference of target and forecast.
    forecasts : float64 ndarray of shape (n_cells,)
        Mean forecast, ascending. A label of the same forecast has the variance p (1 - p).

    Returns
    -------
    ndarray of shape (n_cells,) or None
        The same for up to ten groups of neighbouring cells of a hundred rows or more, at most 1;
        None if targets do not stray from the forecasts at all.
    """
    labels = squares * forecasts * (1.0 - forecasts)
    n_groups = min(_MOST_GROUPS, max(1, int(counts.sum()) // _LEAST_ROWS))
    before = np.cumsum(counts) - counts
    groups = np.minimum(before * n_groups // int(counts.sum()), n_groups - 1)
    shares = np.empty(len(counts))
    for group in range(n_groups):
        here = groups == group
        whole = math.fsum(labels[here])
        shares[here] = min(math.fsum(residuals[here]) / whole, 1.0) if whole else 1.0
    return None if shares.max(initial=0.0) < _NO_SPREAD else np.maximum(shares, _NO_SPREAD)


def drawn_shares(trials: float, forecast: float, levels: FloatArray) -> FloatArray:
    """Return how often a forecast comes true in a cell worth so many trials, as shares.

    Parameters
    ----------
    trials : float
        At least 1; between two whole numbers the draw of the smaller one is pulled towards the
        forecast, so that mean and variance are right and no share is below 0 or above 1.
    forecast : float
        Chance of each.
    levels : float64 ndarray
        Uniform numbers in [0, 1).

    Examples
    --------
    >>> drawn_shares(2.25, 0.5, np.array([0.1, 0.5, 0.9])).round(4).tolist()
    [0.0286, 0.5, 0.9714]
    """
    whole = max(int(trials), 1)
    shares = binomial(whole, forecast, levels) / whole
    return np.asarray(forecast + (shares - forecast) * math.sqrt(min(whole / trials, 1.0)))
