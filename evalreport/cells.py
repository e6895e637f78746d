"""What is done with every cell of an array of rows and classes, in blocks that fit the cache."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalreport.batch import FloatArray, IntArray

_CELLS_AT_A_TIME = 2**16
_LEAST_ROWS = 64


def blocks(cells: FloatArray) -> Iterator[slice]:
    """Yield slices of the rows, so that what is computed from a block stays in the cache."""
    step = max(_LEAST_ROWS, _CELLS_AT_A_TIME // cells.shape[1])
    for start in range(0, len(cells), step):
        yield slice(start, start + step)


def first_largest(cells: FloatArray) -> IntArray:
    """Return the column of the largest cell of each row, the first one in a tie.

    Examples
    --------
    >>> first_largest(np.array([[0.2, 0.4, 0.4], [0.5, 0.3, 0.2]])).tolist()
    [1, 0]
    """
    n_columns = cells.shape[1]
    found = np.empty(len(cells), dtype=np.int64)
    ranks = np.arange(n_columns, 0, -1).astype(np.min_scalar_type(n_columns))
    for block in blocks(cells):
        part = cells[block]
        largest = part.max(axis=1)
        best = np.zeros(len(part), dtype=ranks.dtype)
        for column, rank in zip(part.T, ranks, strict=True):
            np.maximum(best, (column == largest) * rank, out=best)
        found[block] = n_columns - best.astype(np.int64)
    return found


def given_to(probs: FloatArray, observed: IntArray) -> FloatArray:
    """Return the probability given to what happened, of shape (n_rows,)."""
    if len(probs) != len(observed):
        raise ValueError(f"{len(probs)} distributions for {len(observed)} observations")
    return np.asarray(probs[np.arange(len(probs)), observed])


def smoothed(targets: FloatArray, smoothing: float) -> FloatArray:
    """Return targets mixed with equal odds: ``(1 - smoothing) * targets + smoothing / n_classes``.

    Parameters
    ----------
    targets : float64 ndarray of shape (n_rows, n_classes)
        Distributions of what happened.
    smoothing : float
        Share of the equal odds, from 0 to below 1; at 0 nothing is changed.

    Examples
    --------
    >>> smoothed(np.array([[1.0, 0.0]]), 0.1).round(3).tolist()
    [[0.95, 0.05]]
    """
    if not smoothing:
        return targets
    return np.asarray((1.0 - smoothing) * targets + smoothing / targets.shape[1])
