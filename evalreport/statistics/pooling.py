"""Which neighbours isotonic regression puts together, for many sequences at once.

SciPy has the same for one sequence; importing it takes longer than everything that is asked of it
here, and 200 simulated curves of each diagram are asked one by one.

References
----------
Robertson, Wright & Dykstra (1988), "Order restricted statistical inference", on pooling adjacent
violators: they may be pooled in any order.
"""

from __future__ import annotations

import numpy as np

from evalreport.batch import FloatArray, IntArray

_MOST_ROUNDS = 30
"""Rounds over all blocks end most inputs by far; a stair that slides step by step takes many."""


def pooled_blocks(sums: FloatArray, masses: FloatArray, ends: IntArray) -> IntArray:
    """Return where the blocks begin whose means ascend, within each sequence.

    Parameters
    ----------
    sums, masses : float64 ndarray of shape (n,)
        Sequences one after the other: sum and mass of each cell; masses are above 0.
    ends : int64 ndarray
        Where each sequence ends.

    Examples
    --------
    >>> pooled_blocks(np.array([1.0, 0.0, 2.0, 1.0]), np.full(4, 2.0), np.array([3, 4])).tolist()
    [0, 2, 3]
    """
    starts = np.arange(len(sums))
    for _ in range(_MOST_ROUNDS):
        means = sums / masses
        rises = np.ones(len(means), dtype=bool)
        np.less(means[:-1], means[1:], out=rises[1:])
        rises[np.searchsorted(starts, ends[:-1])] = True
        first = np.flatnonzero(rises)
        if len(first) == len(starts):
            return starts
        starts = starts[first]
        sums, masses = np.add.reduceat(sums, first), np.add.reduceat(masses, first)
    return starts[_one_by_one(sums, masses, np.searchsorted(starts, ends[:-1]))]


def _one_by_one(sums: FloatArray, masses: FloatArray, new: IntArray) -> IntArray:
    """Return which blocks are the first of those that go together, in one pass from the left."""
    is_new = np.zeros(len(sums), dtype=bool)
    is_new[new] = True
    kept: list[tuple[int, float, float]] = []
    bottom = 0
    cells = zip(sums.tolist(), masses.tolist(), is_new.tolist(), strict=True)
    for place, (total, mass, begins) in enumerate(cells):
        first = place
        if begins:
            bottom = len(kept)
        while len(kept) > bottom and kept[-1][1] / kept[-1][2] >= total / mass:
            first, more, wider = kept.pop()
            total, mass = total + more, mass + wider
        kept.append((first, total, mass))
    return np.array([first for first, _, _ in kept], dtype=np.int64)
