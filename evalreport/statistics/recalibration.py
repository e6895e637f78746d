"""The best temperature and class biases for forecasts, and what they would lose then.

The forecasts become ``softmax(b * ln p + c)``: b is one over the temperature, c one number a class.

References
----------
Guo et al. (2017), "On calibration of modern neural networks"; Alexandari, Kundaje & Shrikumar
(2020), "Maximum likelihood with bias-corrected calibration is hard-to-beat at label shift
adaptation", for the biases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray, IntArray
from evalreport.statistics.minimum import Point, minimum, rounded

RIDGE = 1e-6
"""Keeps parameters near zero where the rows do not say what they should be."""
LEAST_SHARPNESS = 1e-3
"""Forecasts that are wrong the more, the surer they are, get a temperature of 1,000 at most."""
_CELLS_AT_A_TIME = 2**15
_MOST_PRODUCTS = 2**18
"""From so many on a library for matrices wakes all processors, which costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What to make of the logarithm of a forecast.

    Parameters
    ----------
    sharpness : float
        One over the temperature.
    biases : float64 ndarray of shape (n_classes,)
        Added to the logarithms, after the temperature; zeros without biases.
    """

    sharpness: float
    biases: FloatArray

    @property
    def temperature(self) -> float:
        """What logits are divided by: above 1 it makes forecasts less sure."""
        return 1.0 / self.sharpness

    def losses(self, logs: FloatArray, observed: IntArray) -> FloatArray:
        """Return the log loss of each row after recalibration.

        Parameters
        ----------
        logs : float64 ndarray of shape (n_classes, n_rows)
            Natural logarithms of the forecasts.
        observed : int64 ndarray of shape (n_rows,)
            What happened.
        """
        losses = np.empty(len(observed))
        for part in _blocks(logs):
            scores = self.sharpness * logs[:, part] + self.biases[:, None]
            highest = scores.max(axis=0)
            totals = _over_classes(exact.exp(scores - highest))
            given = scores[observed[part], np.arange(scores.shape[1])]
            losses[part] = exact.log(totals) + (highest - given)
        return losses


class FitData:
    """Forecasts, outcomes, and how much each row counts.

    Nothing here has to be the same to the last bit everywhere, because what is found is rounded.

    Parameters
    ----------
    logs : float64 ndarray of shape (n_classes, n_rows)
        Natural logarithms of the forecasts, finite.
    observed : int64 ndarray of shape (n_rows,)
        What happened.
    masses : float64 ndarray of shape (n_rows,)
        How much each row counts, above 0.
    """

    def __init__(self, logs: FloatArray, observed: IntArray, masses: FloatArray) -> None:
        self.n_classes = len(logs)
        # Beside the class that happened nothing cancels, however sure forecasts are.
        self._beside = logs - logs[observed, np.arange(len(observed))]
        self._observed = observed
        self._masses = masses / masses.sum()

    def around(self, parameters: FloatArray) -> Point:
        """Return the mean loss with the ridge, and how it changes with the parameters.

        Parameters
        ----------
        parameters : float64 ndarray of shape (1,) or (1 + n_classes,)
            Logarithm of the sharpness as `_sharpness` has it, and the biases if there are any.
        """
        n = len(parameters)
        loss, slope, curvature = 0.0, RIDGE * parameters, RIDGE * np.eye(n)
        sharpness = _sharpness(math.exp(parameters[0]))
        growth = sharpness - LEAST_SHARPNESS
        for part in _blocks(self._beside):
            each = self._sums(part, sharpness, parameters[1:])
            # From the sharpness to its logarithm.
            each.slope[0] *= growth
            each.curvature[0] *= growth
            each.curvature[:, 0] *= growth
            each.curvature[0, 0] += each.slope[0]
            loss += each.value
            slope += each.slope
            curvature += each.curvature
        return Point(loss + 0.5 * RIDGE * float(parameters @ parameters), slope, curvature)

    def _sums(self, part: slice, sharpness: float, biases: FloatArray) -> Point:
        """Return the loss of some rows, and its derivatives by sharpness and biases."""
        beside, masses, observed = self._beside[:, part], self._masses[part], self._observed[part]
        at, n = (observed, np.arange(len(masses))), 1 + len(biases)
        losses, shares, own = _recalibrated(beside, at, sharpness, biases)
        slope, curvature = np.zeros(n), np.zeros((n, n))
        pulls = shares * beside
        pull = pulls.sum(axis=0)
        pulls *= masses
        slope[0] = np.einsum("n,n", masses, pull)
        curvature[0, 0] = np.einsum("kn,kn", pulls, beside) - np.einsum("n,n,n", masses, pull, pull)
        if len(biases):
            missed = np.bincount(observed, masses * shares.sum(axis=0), len(biases))
            slope[1:] = _sums_of_rows(shares, masses) - missed
            shares[at] = own
            weighted = shares * masses
            curvature[0, 1:] = curvature[1:, 0] = pulls.sum(axis=1) - _sums_of_rows(weighted, pull)
            curvature[1:, 1:] = np.diag(weighted.sum(axis=1)) - _products(weighted, shares)
        return Point(float(np.einsum("n,n", masses, losses)), slope, curvature)


def _recalibrated(
    beside: FloatArray, at: tuple[IntArray, IntArray], sharpness: float, biases: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return losses, forecasts of what did not happen with zeros between, and of what happened."""
    scores = sharpness * beside
    if len(biases):
        scores += biases[:, None]
        scores -= biases[at[0]]
    highest = scores.max(axis=0)
    scores -= highest
    shares = np.exp(scores, out=scores)
    own = shares[at]
    shares[at] = 0.0
    others = shares.sum(axis=0)
    totals = own + others
    shares /= totals
    # One plus something small keeps its digits where the class that happened is the likeliest.
    losses = highest + np.where(highest > 0.0, np.log(totals), np.log1p(others))
    return losses, shares, own / totals


def fit(data: FitData, with_biases: bool, start: Recalibration | None = None) -> Recalibration:
    """Return the recalibration of the least mean loss, in steps that are the same everywhere.

    Parameters
    ----------
    data : FitData
        The rows to fit.
    with_biases : bool
        Whether classes get biases; with few rows a class they would follow chance.
    start : Recalibration, optional
        Where to begin; it is no part of the result.
    """
    first = np.zeros(1 + with_biases * data.n_classes)
    if start is not None:
        first[0] = math.log((start.sharpness - LEAST_SHARPNESS) / (1.0 - LEAST_SHARPNESS))
        first[1:] = start.biases[: len(first) - 1]
    found = minimum(data.around, first)
    biases = found[1:] if with_biases else np.zeros(data.n_classes)
    # The same number more for every class is the same forecast, and nothing but the ridge tells
    # how much it should be.
    biases = biases - biases.mean()
    sharpness = _sharpness(exact.exp_of(float(rounded(found[0]))))
    return Recalibration(sharpness, rounded(biases))


def _sharpness(growth: float) -> float:
    """Return the sharpness from a number above 0, which is 1 where nothing is changed."""
    return LEAST_SHARPNESS + (1.0 - LEAST_SHARPNESS) * growth


def _blocks(logs: FloatArray) -> list[slice]:
    """Return slices of the rows that fit the processor's cache."""
    step = max(1, _CELLS_AT_A_TIME // len(logs))
    return [slice(start, start + step) for start in range(0, logs.shape[1], step)]


def _sums_of_rows(cells: FloatArray, factors: FloatArray) -> FloatArray:
    """Return the sums over the rows, each times its factor, on one processor."""
    return np.asarray(np.einsum("kn,n->k", cells, factors))


def _products(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the sums over the rows of products of every two classes."""
    step = max(1, (_MOST_PRODUCTS - 1) // one.size)
    parts = [one[start : start + step] @ other.T for start in range(0, len(one), step)]
    return np.concatenate(parts)


def _over_classes(cells: FloatArray) -> FloatArray:
    totals = cells[0].copy()
    for row in cells[1:]:  # one after the other: the order of a sum decides its last bits
        totals += row
    return np.asarray(totals)
