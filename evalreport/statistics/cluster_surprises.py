"""Surprises of rows that belong together: how far chance moves their number then.

If the forecasts are right, a row is surprised with its own probability q, whatever the other rows
of its cluster do. How alike those are shows in the pairs of rows of one cluster, of which both are
surprised more often than ``q q'``. What pairs add to the variance of the number is that of leaving
out each cluster in turn, less what the rows by themselves make of it: 0 for independent rows, and
for so few surprises that no cluster has two.

References
----------
McCullagh & Nelder (1989), "Generalized linear models", section 4.5, on counts that vary more than
independent events do.
MacKinnon, Nielsen & Webb (2023), "Cluster-robust inference: a guide to empirical practice".
doi:10.1016/j.jeconom.2022.04.001
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.exact import as_fraction, grouped_sums
from evalreport.hashing import hashes_of
from evalreport.intervals import LEAST_ROWS
from evalreport.scoring import ScoredBatch
from evalreport.statistics.chance import SURPRISING, chances_of_surprise
from evalreport.statistics.cluster_cells import (
    ALL_BITS,
    BUCKET_BITS,
    ClusterState,
    join_key,
    split_key,
    told_apart,
)
from evalreport.statistics.clusters import ratio_error
from evalreport.statistics.interface import Key, Sums
from evalreport.statistics.moments import counts, sum_unit

MOST_CELLS = 10_000
"""Cells of cluster and limit that are told apart: those of 1,428 clusters, then 1,024 buckets."""

_ALL = ""
_COUNT, _EXPECTED, _SQUARES = range(3)


class Alike(NamedTuple):
    """How much alike the rows of a cluster are in being surprised.

    Parameters
    ----------
    pairs : float
        What pairs of rows add to the variance of the number of surprises, at least 0.
    degrees : float
        Degrees of freedom of that: clusters of equal size that would tell as much, less one.
    """

    pairs: float
    degrees: float


@dataclass(frozen=True, slots=True)
class SurprisesByCluster:
    """Surprises of each cluster, observed and expected, and their squared differences by row.

    The group of a cell is the place of the limit in `SURPRISING`; that of all rows has their
    number alone.
    """

    limit: int = MOST_CELLS
    name: str = "clusters by surprise"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, sum_unit(False), sum_unit(False, 2))

    def empty(self) -> ClusterState:
        """Return the state of no rows."""
        return ClusterState(self.limit, Sums(self._units))

    def from_json(self, data: Any) -> ClusterState:
        """Return the state that was written as JSON."""
        return ClusterState.from_json(data)

    def from_batch(self, scored: ScoredBatch) -> ClusterState:
        """Return the sums over these rows; nothing if they have no clusters."""
        clusters = scored.batch.clusters
        if clusters is None or not len(scored):
            return self.empty()
        hashes = hashes_of(np.array(clusters.values, dtype=object))
        used, codes = np.unique(clusters.codes, return_inverse=True)
        # More clusters than cells are too many at any rate.
        bits = ALL_BITS if len(used) <= self.limit else BUCKET_BITS
        names, codes = told_apart(hashes[used], codes, bits)
        n_clusters, nothing = len(names), [0] * len(names)
        rows = _by_key(names, _ALL, (counts(codes, n_clusters), nothing, nothing))
        chances = chances_of_surprise(scored.batch.probs)
        for place, (at_most, each) in enumerate(zip(SURPRISING, chances, strict=True)):
            surprised = scored.given <= at_most
            rows |= _by_key(names, str(place), _columns(codes, n_clusters, surprised, each))
        return ClusterState(self.limit, Sums(self._units, rows), bits).bounded()

    def alike(self, state: ClusterState) -> tuple[Alike | None, ...]:
        """Return how much alike rows are, for each of `SURPRISING`; None under ten clusters."""
        keys = (str(key) for key in state.sums.ordered_keys())
        clusters = [key for key in keys if split_key(key)[1] == _ALL]
        return tuple(_alike(state.sums, clusters, str(place)) for place in range(len(SURPRISING)))


def _columns(
    codes: IntArray, n_clusters: int, surprised: Any, chances: FloatArray
) -> tuple[list[int], ...]:
    """Return surprises, their expected number and squared differences of each cluster."""
    some = np.flatnonzero(surprised | (chances > 0.0))
    where, happened, expected = codes[some], surprised[some], chances[some]
    return (
        counts(where, n_clusters, happened),
        grouped_sums(expected, where, n_clusters),
        grouped_sums((happened - expected) ** 2, where, n_clusters, 2),
    )


def _by_key(
    clusters: list[int], group: str, columns: tuple[list[int], ...]
) -> dict[Key, tuple[int, ...]]:
    rows = zip(clusters, zip(*columns, strict=True), strict=True)
    return {join_key(cluster, group): row for cluster, row in rows if any(row)}


def _alike(sums: Sums, clusters: list[str], group: str) -> Alike | None:
    n_rows = [sums.row(each)[_COUNT] for each in clusters]
    cells = [sums.row(each + group) for each in clusters]
    above = [each[_COUNT] - as_fraction(each[_EXPECTED], sums.units[_EXPECTED]) for each in cells]
    error = ratio_error([float(each) for each in above], [float(each) for each in n_rows])
    if error is None or error.n_clusters < LEAST_ROWS or error.effective <= 1.0:
        return None
    squares = as_fraction(sum(each[_SQUARES] for each in cells), sums.units[_SQUARES])
    # Leaving out clusters makes a little more of the squares of the rows, too.
    by_row = float(squares) * (1.0 + 2.0 / error.effective)
    together = (error.jackknife * sum(n_rows)) ** 2
    return Alike(max(together - by_row, 0.0), error.effective - 1.0)
