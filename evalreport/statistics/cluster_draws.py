"""Outcomes of calibrated forecasts that go together within clusters, as far as these rows do.

An outcome comes from a number drawn evenly from 0 to 1: what was forecast happens if the number is
among the highest, as many as the forecast says. Some rows, chosen at random, share one number in
each cluster, all others have their own: so every forecast comes true as often as it says, and
outcomes of one cluster are alike. How many rows that takes follows from how far the outcomes of
pairs of rows of one cluster stray from what is expected of them together.

References
----------
Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference", for what is lost by
taking such rows as independent. doi:10.3368/jhr.50.2.317
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.statistics.draws import hashes

MOST_ROWS = 2**16
LEAST_CLUSTERS = 10
_CHOICE_BITS = 22
_OWN, _SHARED = 2**22 + 2, 2**22 + 3
"""What random numbers are for."""


@dataclass(frozen=True)
class ClusteredRows:
    """Rows that belong together, with their forecasts of an event and what came of them.

    Parameters
    ----------
    forecasts, happened, masses : float64 ndarray of shape (n,)
        Probability of the event, 1 where it happened and 0 where not, and weights.
    clusters : int64 ndarray of shape (n,)
        Number of the cluster of each row, from 0.
    cells : int64 ndarray of shape (n,)
        Number of the cell of each row, from 0.
    """

    forecasts: FloatArray
    happened: FloatArray
    masses: FloatArray
    clusters: IntArray
    cells: IntArray

    def outcomes(self, curve: FloatArray, n_draws: int) -> FloatArray:
        """Draw how much of the mass of each cell comes true; shape (n_draws, n_cells).

        Parameters
        ----------
        curve : float64 ndarray of shape (n_cells,)
            How often the event happened in each cell, by isotonic regression.
        n_draws : int
            At most 256.
        """
        # What the forecasts are off by would count as dependence; what the curve is moved by, by
        # clusters that happened to be high or low, would not. Half of each is about right.
        expected = (self.forecasts, curve[self.cells])
        part = math.sqrt(sum(self._shared(each) for each in expected) / 2.0)
        draws = (self._draw(number, part) for number in range(n_draws))
        return np.array([np.bincount(self.cells, each, len(curve)) for each in draws])

    def _shared(self, expected: FloatArray) -> float:
        r"""Return how alike the outcomes of a cluster are, from 0 to 1.

        The sum of :math:`w_i w_j (y_i - c_i) (y_j - c_j)` over pairs of rows of one cluster, over
        what it would be if all rows shared one number: the sum of
        :math:`w_i w_j (\min(p_i, p_j) - p_i p_j)`.
        """
        order = np.lexsort((self.forecasts, self.clusters))
        p, w, which = self.forecasts[order], self.masses[order], self.clusters[order]
        residuals = w * (self.happened - expected)[order]
        together = np.bincount(which, residuals) ** 2 - np.bincount(which, residuals**2)
        # Of two rows of a cluster the one that comes first has the smaller forecast.
        later = np.cumsum(np.bincount(which, w))[which] - np.cumsum(w)
        alike = 2.0 * np.bincount(which, w * p * later)
        by_chance = np.bincount(which, w * p) ** 2 - np.bincount(which, (w * p) ** 2)
        most = math.fsum(alike - by_chance)
        return min(max(math.fsum(together) / most, 0.0), 1.0) if most > 0.0 else 0.0

    def _draw(self, number: int, part: float) -> FloatArray:
        """Return the mass that comes true of each row in a simulation."""
        n_rows = len(self.forecasts)
        # Other random numbers for other files: luck shared by all files would be a bias.
        file = (1009 * int(self.happened.sum()) + n_rows) % 2**16
        first = (file << 8 | number) * MOST_ROWS
        own = hashes(_OWN, first + np.arange(n_rows))
        shared = hashes(_SHARED, first + np.arange(int(self.clusters.max()) + 1))[self.clusters]
        choices = own & np.uint64((1 << _CHOICE_BITS) - 1)
        levels = np.where(choices < np.uint64(int(part * 2.0**_CHOICE_BITS)), shared, own)
        comes_true = (levels >> np.uint64(11)) * 2.0**-53 >= 1.0 - self.forecasts
        return np.asarray(self.masses * comes_true)
