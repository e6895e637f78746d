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
from evalreport.statistics.draws import binomial, split_at_random, uniforms

_LEAST_ROWS = 100
_MOST_GROUPS = 10
_NO_SPREAD = 1e-9
_PARTS_OF_OUTCOMES = 2**21
"""What random numbers are for that deal out what is left of an outcome; added to the purpose."""


def effective_trials(masses: FloatArray, squares: FloatArray) -> FloatArray:
    """Return ``(sum w)² / sum w²`` of each cell: as many rows of equal weight tell as much."""
    # Cells that weigh next to nothing have squares that no double can hold.
    worth = np.divide(masses**2, squares, out=np.ones(len(masses)), where=squares > 0.0)
    return np.maximum(worth, 1.0)


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
        At least 1; between two whole numbers some draws have the smaller number of trials and the
        others the larger one, so that mean and variance are right, and 0 and 1 are met as often
        as by whole rows: nothing lies outside a band only because that ends short of 0.
    forecast : float
        Chance of each.
    levels : float64 ndarray
        Uniform numbers in [0, 1).

    Examples
    --------
    >>> drawn_shares(2.4, 0.5, np.array([0.1, 0.3, 0.6, 0.9])).round(4).tolist()
    [0.0, 0.5, 0.3333, 0.6667]
    """
    whole = max(int(trials), 1)
    # The mean of one over the number of trials is then one over `trials`.
    of_smaller = min(max(whole * (whole + 1) / trials - whole, 0.0), 1.0)
    shares = np.empty(levels.shape)
    is_smaller = levels < of_smaller
    # A level says first which of the two it is, and what is left of it is as uniform.
    shares[is_smaller] = binomial(whole, forecast, levels[is_smaller] / of_smaller) / whole
    left = (levels[~is_smaller] - of_smaller) / (1.0 - of_smaller)
    shares[~is_smaller] = binomial(whole + 1, forecast, left) / (whole + 1)
    return shares


def dealt_out(purpose: int, outcomes: FloatArray, n_parts: int) -> FloatArray:
    """Deal outcomes out to parts, each to any part with equal chance; what is no whole one, too.

    Parameters
    ----------
    purpose : int
        As in `split_at_random`.
    outcomes : float64 ndarray of shape (n_cells,)
        How many outcomes of each cell there are; 2.4 are two and a smaller one.
    n_parts : int
        How many parts there are.

    Returns
    -------
    float64 ndarray of shape (n_cells, n_parts)
        Rows sum to `outcomes`.

    Examples
    --------
    >>> dealt_out(7, np.array([2.5, 0.0]), 3).tolist()
    [[0.0, 0.5, 2.0], [0.0, 0.0, 0.0]]
    """
    whole = np.floor(outcomes)
    parts = split_at_random(purpose, whole.astype(np.int64), n_parts).astype(np.float64)
    cells = np.arange(len(outcomes))
    part = uniforms(purpose + _PARTS_OF_OUTCOMES, cells) * n_parts
    parts[cells, part.astype(np.int64)] += outcomes - whole
    return parts
