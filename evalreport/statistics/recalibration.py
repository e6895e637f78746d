"""The best temperature and class biases for forecasts, and what they would lose then.

The forecasts become ``softmax(b * ln p + c)``: b is one over the temperature, c one number a class.

References
----------
Guo et al. (2017), "On calibration of modern neural networks"; Alexandari, Kundaje & Shrikumar
(2020), "Maximum likelihood with bias-corrected calibration is hard-to-beat at label shift
adaptation", for the biases.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray, IntArray
from evalreport.statistics.descent import minimize

RIDGE = 1e-6
"""Keeps the biases near zero, whose sum is free."""
_CELLS_AT_A_TIME = 2**14
_LEAST_SHARPNESS = 1e-3


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

    def gradient(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return the mean loss with the ridge, and its gradient by sharpness and biases."""
        sharpness, biases = parameters[0], parameters[1:]
        slope = np.zeros(len(parameters))
        loss = 0.0
        for part in _blocks(self.logs):
            logs, masses = self.logs[:, part], self.masses[part]
            at = self.observed[part], np.arange(len(masses))
            scores = sharpness * logs + (biases[:, None] if len(biases) else 0.0)
            shares, totals, highest = _softmax_parts(scores)
            losses = exact.log(totals) + (highest - scores[at])
            shares *= masses / totals
            shares[at] -= masses
            loss += _sum(masses * losses)
            slope[0] += _sum(exact.row_sums(shares * logs))
            if len(biases):
                slope[1:] += exact.row_sums(shares)
        whole = _sum(self.masses)
        slope /= whole
        slope[1:] += RIDGE * biases
        return loss / whole + 0.5 * RIDGE * _sum(biases * biases), slope


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
    found = minimize(data.gradient, first, _LEAST_SHARPNESS)
    return Recalibration(float(found[0]), found[1:] if n_biases else np.zeros(n_classes))


def _blocks(logs: FloatArray) -> list[slice]:
    """Return slices of the rows: their size is fixed, because it decides the order of sums."""
    step = max(1, _CELLS_AT_A_TIME // len(logs))
    return [slice(start, start + step) for start in range(0, logs.shape[1], step)]


def _softmax_parts(scores: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return exponentials, their sums over the classes, and what was taken off the scores."""
    highest = scores.max(axis=0)
    shares = exact.exp(scores - highest)
    totals = shares[0].copy()
    for row in shares[1:]:  # one after the other: the order of a sum decides its last bits
        totals += row
    return shares, totals, highest


def _sum(values: FloatArray) -> float:
    return float(exact.row_sums(values[None, :])[0]) if len(values) else 0.0
