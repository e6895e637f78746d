"""Kinds of numbers that predictive distributions are stored as, and what they amount to.

All arrays here lie column after column: shape (n_columns, n_rows). A single column speaks of one
class, and of the other by what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalreport import exact
from evalreport.batch import FloatArray
from evalreport.results import InputKind


@dataclass(frozen=True, slots=True)
class Distributions:
    """Predictive distributions, one row of `probs` and `log_probs` a class.

    Parameters
    ----------
    probs : float64 ndarray of shape (n_classes, n_rows)
        Probabilities.
    log_probs : float64 ndarray of shape (n_classes, n_rows), optional
        Their logarithms, where the input tells them better than the probabilities do.
    """

    probs: FloatArray
    log_probs: FloatArray | None = None

    def rescaled(self, sums: FloatArray, chosen: NDArray[np.bool_]) -> Distributions:
        """Return the distributions with the chosen rows divided by their sums."""
        by = np.where(chosen, sums, 1.0)
        logs = None if self.log_probs is None else self.log_probs - exact.log(by)
        return Distributions(self.probs / by, logs)


def probability_view(values: FloatArray, kind: InputKind) -> FloatArray:
    """Return every cell as a probability, to be judged as one; NaN where it is no number.

    Examples
    --------
    >>> probability_view(np.array([[80.0], [20.0]]), "percentages").tolist()
    [[0.8], [0.2]]
    """
    if kind == "probabilities":
        return values
    if kind == "percentages":
        return values / 100.0
    if kind == "log-probabilities":
        return _exp(values)
    return _exp(_log_softmax(values) if len(values) > 1 else _log_sigmoid(values))


def distributions(values: FloatArray, kind: InputKind, positive: int = 1) -> Distributions:
    """Return the distributions that checked cells stand for.

    Parameters
    ----------
    values : float64 ndarray of shape (n_columns, n_rows)
        Cells of rows without a fault.
    kind : str
        What they are.
    positive : int
        Index of the class that a single column speaks of.
    """
    if kind in ("probabilities", "percentages"):
        view = probability_view(values, kind)
        return Distributions(_both(1.0 - view[0], view[0], positive) if len(view) == 1 else view)
    if len(values) > 1:
        logs = _log_softmax(values) if kind == "logits" else values
    elif kind == "logits":
        logs = _both(_log_sigmoid(-values[0]), _log_sigmoid(values[0]), positive)
    else:
        logs = _both(exact.log1mexp(values[0]), values[0], positive)
    return Distributions(_exp(logs), logs)


def _both(other: FloatArray, spoken_of: FloatArray, positive: int) -> FloatArray:
    return np.stack((other, spoken_of) if positive else (spoken_of, other))


def _exp(logs: FloatArray) -> FloatArray:
    nothing = np.isnan(logs)
    powers = exact.exp(np.where(nothing, 0.0, logs))
    powers[np.isneginf(logs)] = 0.0
    powers[nothing] = np.nan
    powers[np.isposinf(logs)] = np.inf
    return powers


def _log_softmax(logits: FloatArray) -> FloatArray:
    """Return logits as log-probabilities: shifted by the largest, so that nothing overflows."""
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, which the checks refuse
        shifted: FloatArray = logits - logits.max(axis=0)
    return shifted - exact.log(exact.row_sums(_exp(shifted).T))


def _log_sigmoid(logits: FloatArray) -> FloatArray:
    return np.minimum(logits, 0.0) - exact.log1p(_exp(-np.abs(logits)))
