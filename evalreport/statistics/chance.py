"""How likely so many rare events are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray

SURPRISING = (0.5, 0.1, 0.01, 1e-3, 1e-4, 1e-6)
"""What happened was given so much at most."""

_BLOCK = 2**15
"""Cells worked on at a time."""


def chances_of_surprise(probs: FloatArray, is_log: bool = False) -> tuple[FloatArray, ...]:
    """Return the chance that a row is surprised, for each of `SURPRISING`.

    Parameters
    ----------
    probs : float64 ndarray of shape (n_rows, n_classes)
        Predictive distributions.
    is_log : bool
        Whether they are given by their logarithms.

    Returns
    -------
    tuple of float64 ndarray of shape (n_rows,)
        What a row gave to all classes together that it gave so little.

    Examples
    --------
    >>> chances_of_surprise(np.array([[0.08, 0.32, 0.6]]))[:2]
    (array([0.4]), array([0.08]))
    """
    step = max(1, _BLOCK // probs.shape[1])
    parts: Sequence[list[FloatArray]] = [[np.empty(0)] for _ in SURPRISING]
    for start in range(0, len(probs), step):
        block = probs[start : start + step]
        block = exact.exp(block) if is_log else block
        for part, at_most in zip(parts, SURPRISING, strict=True):
            part.append(exact.row_sums(block * (block <= at_most)))
    return tuple(map(np.concatenate, parts))


def at_least_by_chance(observed: float, expected: float, chance: float = 0.0) -> float:
    """Return how likely `observed` events or more are.

    Parameters
    ----------
    observed : float
        How many events there were; no whole number if events are counted in parts.
    expected : float
        Their mean number.
    chance : float
        The chance of a typical event; the number of events is binomial with that, and a Poisson
        variable where it is 0.

    Examples
    --------
    >>> at_least_by_chance(0, 3.0), round(at_least_by_chance(1, 3.0), 6)
    (1.0, 0.950213)
    >>> round(at_least_by_chance(3, 2.0, 0.5), 6)  # three heads or four of four coins
    0.3125
    """
    if not observed:
        return 1.0
    if not expected:
        return 0.0
    from scipy.special import betainc, gammainc  # slow to import

    if chance <= 0.0:
        return float(gammainc(observed, expected))
    others = expected / min(chance, 1.0) - observed + 1.0
    return float(betainc(observed, others, chance)) if others > 0.0 else 0.0


def by_students_t(p_value: float, degrees: float) -> float:
    """Return a one-sided p value for a spread that is known by so many degrees of freedom only.

    Parameters
    ----------
    p_value : float
        If the spread were known.
    degrees : float
        Of Student's t, which takes the place of the normal distribution.

    Examples
    --------
    >>> round(by_students_t(0.025, 10.0), 4)
    0.0392
    """
    from scipy.special import ndtri, stdtr  # slow to import

    return float(stdtr(degrees, ndtri(p_value)))
