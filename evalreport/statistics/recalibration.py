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
from evalreport.statistics.descent import Point, minimize

RIDGE = 1e-6
"""Keeps the biases near zero, whose sum is free."""
_CELLS_AT_A_TIME = 2**15
_LEAST_SHARPNESS = 1e-3
_DIGITS = 19
"""Binary digits of half a number: products of two, for all rows of a block, stay below 2**53."""


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
            _, totals, highest = _softmax_parts(scores)
            given = scores[observed[part], np.arange(scores.shape[1])]
            losses[part] = exact.log(totals) + (highest - given)
        return losses


@dataclass(frozen=True, slots=True)
class FitData:
    """Forecasts, outcomes, and how much each row counts.

    Parameters
    ----------
    logs : float64 ndarray of shape (n_classes, n_rows)
        Natural logarithms of the forecasts, finite.
    observed : int64 ndarray of shape (n_rows,)
        What happened.
    masses : float64 ndarray of shape (n_rows,)
        How much each row counts.
    """

    logs: FloatArray
    observed: IntArray
    masses: FloatArray

    def around(self, parameters: FloatArray) -> Point:
        """Return the mean loss with the ridge, and how it changes with sharpness and biases."""
        biases, n = parameters[1:], len(parameters)
        loss, slope, curvature = 0.0, np.zeros(n), np.zeros((n, n))
        for part in _blocks(self.logs):
            each = self._sums(part, float(parameters[0]), biases)
            loss += each.value
            slope += each.slope
            curvature += each.curvature
        whole = exact.fixed_sum(self.masses)
        slope /= whole
        slope[1:] += RIDGE * biases
        curvature /= whole
        curvature[range(1, n), range(1, n)] += RIDGE
        return Point(
            loss / whole + 0.5 * RIDGE * exact.fixed_sum(biases * biases), slope, curvature
        )

    def _sums(self, part: slice, sharpness: float, biases: FloatArray) -> Point:
        """Return the loss of some rows, and its derivatives."""
        logs, masses = self.logs[:, part], self.masses[part]
        at = self.observed[part], np.arange(len(masses))
        scores = sharpness * logs + (biases[:, None] if len(biases) else 0.0)
        shares, totals, highest = _softmax_parts(scores)
        losses = exact.log(totals) + (highest - scores[at])
        shares /= totals
        weighted = shares * masses
        pull = weighted.copy()
        pull[at] -= masses
        far = logs - _over_classes(shares * logs)
        slope = np.zeros(1 + len(biases))
        curvature = np.zeros((len(slope), len(slope)))
        slope[0] = exact.fixed_sum(exact.row_sums(pull * logs))
        curvature[0, 0] = exact.fixed_sum(exact.row_sums(weighted * far * far))
        if len(biases):
            slope[1:] = exact.row_sums(pull)
            curvature[0, 1:] = curvature[1:, 0] = exact.row_sums(weighted * far)
            together = _products(shares * np.sqrt(masses))
            curvature[1:, 1:] = np.diag(exact.row_sums(weighted)) - together
        return Point(exact.fixed_sum(masses * losses), slope, curvature)


def fit(data: FitData, with_biases: bool, start: Recalibration | None = None) -> Recalibration:
    """Return the recalibration of the least mean loss.

    Parameters
    ----------
    data : FitData
        The rows to fit.
    with_biases : bool
        Whether classes get biases; with few rows a class they would follow chance.
    start : Recalibration, optional
        Where to begin.
    """
    n_classes = len(data.logs)
    n_biases = n_classes if with_biases else 0
    first = np.concatenate(([1.0], np.zeros(n_biases)))
    if start is not None:
        first = np.concatenate(([start.sharpness], start.biases[:n_biases]))
    found = minimize(data.around, first, _LEAST_SHARPNESS)
    return Recalibration(float(found[0]), found[1:] if n_biases else np.zeros(n_classes))


def _blocks(logs: FloatArray) -> list[slice]:
    """Return slices of the rows: their size is fixed, because it decides the order of sums."""
    step = max(1, _CELLS_AT_A_TIME // len(logs))
    return [slice(start, start + step) for start in range(0, logs.shape[1], step)]


def _softmax_parts(scores: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return exponentials, their sums over the classes, and what was taken off the scores."""
    highest = scores.max(axis=0)
    shares = exact.exp(scores - highest)
    return shares, _over_classes(shares), highest


def _over_classes(cells: FloatArray) -> FloatArray:
    totals = cells[0].copy()
    for row in cells[1:]:  # one after the other: the order of a sum decides its last bits
        totals += row
    return np.asarray(totals)


def _products(cells: FloatArray) -> FloatArray:
    """Return the sums of products of every two classes, of shape (n_classes, n_classes).

    What a library for matrices adds up in whole numbers below 2**53 is the same everywhere. Cells
    are rounded for that to some 12 digits of the largest.
    """
    scale = 2.0 ** (_DIGITS - math.frexp(float(cells.max()))[1])
    high = np.rint(cells * scale)
    low = np.rint((cells * scale - high) * 2.0**_DIGITS)
    mixed = high @ low.T
    return np.asarray((high @ high.T + (mixed + mixed.T) * 2.0**-_DIGITS) / scale**2)
