"""Numbers that look like another kind than they are read as: percentages, logits, probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray
from evalreport.exact import row_sums
from evalreport.results import InputKind
from evalreport.voice import CALLER

_MOST_OFF_ONE = 0.01 + 1e-9
"""A sum further from 1 than this is no distribution; 0.33 three times just is one."""
_MOST = 0.9
"""Share of the rows that say what they are: some may be broken besides."""


def like_other_kinds(values: FloatArray, kind: InputKind) -> tuple[int, int]:
    """Return how many rows are probabilities, and percentages, though they are read as `kind`.

    Other kinds cannot be mistaken in silence: a row that is off is refused.

    Parameters
    ----------
    values : float64 ndarray of shape (n_columns, n_rows)
        Rows without a fault, as they stand in the input.
    kind : str
        What they are read as.

    Examples
    --------
    >>> like_other_kinds(np.array([[0.7, 70.0, 3.0], [0.3, 30.0, -1.0]]), "logits")
    (1, 1)
    >>> like_other_kinds(np.array([[0.7, 70.0]]), "percentages")
    (1, 0)
    """
    if kind not in ("logits", "percentages"):
        return 0, 0
    like_probabilities = int(np.count_nonzero(_are_distributions(values, 1.0)))
    if kind == "percentages" or len(values) == 1:
        return like_probabilities, 0
    return like_probabilities, int(np.count_nonzero(_are_distributions(values, 100.0)))


def _are_distributions(values: FloatArray, whole: float) -> NDArray[np.bool_]:
    fits: NDArray[np.bool_] = (values.min(axis=0) >= 0) & (values.max(axis=0) <= whole)
    if len(values) > 1 and fits.any():
        fits[fits] = np.abs(row_sums(values[:, fits].T) / whole - 1) <= _MOST_OFF_ONE
    return fits


def hint_on_kind(values: FloatArray, sums: FloatArray | None, kind: InputKind) -> str | None:
    """Return what to do about numbers that cannot be of this kind, if all say what they are.

    Parameters
    ----------
    values : float64 ndarray of shape (n_columns, n_rows)
        As they stand in the input.
    sums : float64 ndarray of shape (n_rows,), optional
        Sums of the rows as probabilities; None if one column speaks for both classes.
    kind : str
        What they are read as.
    """
    likely = likely_kind(values, sums) if kind == "probabilities" else _mistaken(values, kind)
    if likely is None or likely == kind:
        return None
    if likely == "probabilities":
        option = CALLER.option("input_kind", kind)
        return f"All values are between 0 and 1: if they are probabilities, leave out {option}."
    option = CALLER.option("input_kind", likely)
    if likely == "log-probabilities":
        return f"All values are 0 or below: if they are {likely}, pass {option}."
    return f"If the values are {likely}, pass {option}."


def likely_kind(values: FloatArray, sums: FloatArray | None) -> InputKind | None:
    """Return what numbers that are no probabilities most likely are, judged by all of them."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    if finite.max() <= 0 and finite.min() < 0:
        return "log-probabilities"
    n_outside = np.count_nonzero(((values < 0) | (values > 1)).any(axis=0))
    if 2 * n_outside < values.shape[1]:
        return None
    if finite.min() < 0:
        return "logits"
    if finite.max() <= 100 and (sums is None or abs(np.median(sums) - 100) <= 1):
        return "percentages"
    return None


def _mistaken(values: FloatArray, kind: InputKind) -> InputKind | None:
    """Return what numbers that are no percentages, or no log-probabilities, most likely are."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return None
    if _are_distributions(np.where(np.isfinite(values), values, 0.0), 1.0).mean() >= _MOST:
        return "probabilities"
    below, above = (values < 0).any(axis=0), (values > 0).any(axis=0)
    if kind == "percentages" and not above.any():
        return "log-probabilities"
    # A single column of logits has either sign in a row, several have both in most.
    least = 0.2 if len(values) == 1 else 0.6
    return "logits" if min(below.mean(), above.mean()) >= least else None
