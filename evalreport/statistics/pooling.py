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

import math
from typing import NamedTuple

import numpy as np

from evalreport.batch import FloatArray, IntArray

_SAME = 1.0 + 2.0**-40
"""Frequencies closer than this are one: rounding in the sums of some 10,000 cells stays below."""


class Blocks(NamedTuple):
    """Neighbouring cells that go together, in sequences one after the other.

    Parameters
    ----------
    starts : int64 ndarray of shape (n_blocks,)
        Where each begins; the first cell of each sequence begins one.
    sums, masses : float64 ndarray of shape (n_blocks,)
        Those of their cells.
    """

    starts: IntArray
    sums: FloatArray
    masses: FloatArray

    @property
    def means(self) -> FloatArray:
        """What isotonic regression says for each."""
        return np.asarray(self.sums / self.masses)

    def spread(self, shape: tuple[int, ...]) -> FloatArray:
        """Return the means cell by cell."""
        lengths = np.diff(self.starts, append=math.prod(shape))
        return np.repeat(self.means, lengths).reshape(shape)


def pooled_blocks(sums: FloatArray, masses: FloatArray) -> Blocks:
    """Return the blocks whose means ascend, within each sequence.

    Parameters
    ----------
    sums : float64 ndarray of shape (n_sequences, n_cells)
        Sum of each cell, 0 or more: correctly rounded.
    masses : float64 ndarray of shape (n_cells,)
        Mass of each cell, above 0.

    Examples
    --------
    >>> blocks = pooled_blocks(np.array([[1.0, 0.0, 2.0], [2.0, 1.0, 0.0]]), np.full(3, 2.0))
    >>> blocks.starts.tolist(), blocks.means.tolist()
    ([0, 2, 3], [0.25, 1.0, 0.5])
    """
    from scipy.optimize import isotonic_regression  # slow to import

    n_sequences, n_cells = sums.shape
    found = [isotonic_regression(each, weights=masses).blocks[:-1] for each in sums / masses]
    offsets = np.repeat(np.arange(n_sequences) * n_cells, [len(each) for each in found])
    starts = np.concatenate(found) + offsets
    every = np.broadcast_to(masses, sums.shape).ravel()
    blocks = Blocks(starts, np.add.reduceat(sums.ravel(), starts), np.add.reduceat(every, starts))
    return _ascending(blocks, n_cells)


def _ascending(blocks: Blocks, n_cells: int) -> Blocks:
    """Return the blocks with those put together whose means do not ascend but for rounding."""
    while True:
        means = blocks.means
        rises = blocks.starts % n_cells == 0
        rises[1:] |= means[1:] > means[:-1] * _SAME
        if rises.all():
            return blocks
        first = np.flatnonzero(rises)
        sums, masses = (np.add.reduceat(each, first) for each in (blocks.sums, blocks.masses))
        blocks = Blocks(blocks.starts[first], sums, masses)
