"""Which neighbours isotonic regression puts together: SciPy finds them, exact sums settle ties.

SciPy adds up as it goes, with rounding that is not the same on every processor. So only what it
puts together is taken from it, no value; and neighbours whose frequencies are the same but for
rounding are put together whatever it says.

References
----------
Busing (2022), "Monotone regression: a simple and fast O(n) PAVA implementation", which is what
SciPy runs. doi:10.18637/jss.v102.c01
"""

from __future__ import annotations

import numpy as np

from evalreport.batch import FloatArray, IntArray

_SAME = 1.0 + 2.0**-40
"""Frequencies closer than this are one: rounding in the sums of some 10,000 cells stays below."""


def pooled_blocks(sums: FloatArray, masses: FloatArray) -> IntArray:
    """Return where the blocks begin whose means ascend, within each sequence.

    Parameters
    ----------
    sums : float64 ndarray of shape (n_sequences, n_cells)
        Sum of each cell, 0 or more: correctly rounded.
    masses : float64 ndarray of shape (n_cells,)
        Mass of each cell, above 0.

    Returns
    -------
    int64 ndarray
        Places in the sequences one after the other. The first cell of each begins a block.

    Examples
    --------
    >>> pooled_blocks(np.array([[1.0, 0.0, 2.0], [2.0, 1.0, 0.0]]), np.full(3, 2.0)).tolist()
    [0, 2, 3]
    """
    from scipy.optimize import isotonic_regression  # slow to import

    n_sequences, n_cells = sums.shape
    means = sums / masses
    blocks = [isotonic_regression(each, weights=masses).blocks[:-1] for each in means]
    offsets = np.repeat(np.arange(n_sequences) * n_cells, [len(each) for each in blocks])
    starts = np.concatenate(blocks) + offsets
    every = np.broadcast_to(masses, sums.shape).ravel()
    return _ascending(starts, sums.ravel(), every, n_cells)


def _ascending(starts: IntArray, sums: FloatArray, masses: FloatArray, n_cells: int) -> IntArray:
    """Return the blocks with those put together whose means do not ascend but for rounding."""
    while True:
        means = np.add.reduceat(sums, starts) / np.add.reduceat(masses, starts)
        rises = starts % n_cells == 0
        rises[1:] |= means[1:] > means[:-1] * _SAME
        if rises.all():
            return starts
        starts = starts[rises]
