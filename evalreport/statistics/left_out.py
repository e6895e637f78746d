"""The difference of two means whose rows belong to clusters, by leaving out each cluster in turn.

References
----------
Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference".
doi:10.3368/jhr.50.2.317
MacKinnon, Nielsen & Webb (2023), "Cluster-robust inference: a guide to empirical practice".
doi:10.1016/j.jeconom.2022.04.001
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from evalreport.batch import FloatArray
from evalreport.exact import fixed_sum
from evalreport.intervals import LEAST_ROWS, student_interval
from evalreport.results import Interval

KeyT = TypeVar("KeyT", bound=Hashable)

_ROUNDING = 1e-12
_LEAST_DEGREES = 1e-9
"""With fewer, one cluster is all that a side consists of, but for rounding."""


@dataclass(frozen=True, slots=True)
class Side:
    """What each cluster has on one side of a comparison.

    Parameters
    ----------
    masses, losses : float64 ndarray of shape (n_clusters,)
        Weight and loss; 0 of a cluster without rows on this side. Clusters stand in the same order
        on both sides.
    """

    masses: FloatArray
    losses: FloatArray

    @property
    def n_clusters(self) -> int:
        """Clusters with rows on this side."""
        return int(np.count_nonzero(self.masses))

    @property
    def effective(self) -> float:
        """As many clusters of equal size would tell as much; 0 for none."""
        squares = fixed_sum(self.masses * self.masses)
        return fixed_sum(self.masses) ** 2 / squares if squares else 0.0

    @property
    def mean(self) -> float:
        """Mean loss of all clusters."""
        return fixed_sum(self.losses) / fixed_sum(self.masses)

    def changes(self) -> FloatArray:
        """Return what leaving out each cluster does to the mean; shape (n_clusters,)."""
        above = self.losses - self.mean * self.masses
        return -above / (fixed_sum(self.masses) - self.masses)


@dataclass(frozen=True, slots=True)
class ClusterDifference:
    """One mean less another, with its jackknife standard error, above 0, and its degrees."""

    difference: float
    standard_error: float
    degrees: float

    @property
    def interval(self) -> Interval:
        """Interval of the difference at 95 %, by Student's t."""
        return student_interval(self.difference, self.standard_error, self.degrees)

    @property
    def p_value(self) -> float:
        """How likely chance alone would make the difference as large; one-sided."""
        from scipy.special import stdtr  # slow to import

        return float(stdtr(self.degrees, -self.difference / self.standard_error))


def cluster_difference(one: Side, other: Side) -> ClusterDifference | None:
    r"""Return the mean loss of one side less that of the other.

    Leaving out cluster g moves the difference by :math:`c_g`, whichever sides it has rows on, so
    that what a cluster has in common on both sides cancels. Over the G clusters the variance is
    :math:`\frac{G-1}{G} \sum_g (c_g - \bar c)^2`, with the degrees of freedom of the side that has
    fewer clusters of equal size, less one.

    Parameters
    ----------
    one, other : Side
        Of the same clusters, each with rows on either side.

    Returns
    -------
    ClusterDifference or None
        None if a side stands in fewer than ten clusters, or if nothing differs.

    Examples
    --------
    >>> levels = np.arange(12.0)
    >>> found = cluster_difference(Side(np.ones(12), levels + 1), Side(2 * np.ones(12), levels))
    >>> found.difference, round(found.standard_error, 4), round(found.degrees, 9)
    (3.75, 0.5204, 11.0)
    """
    degrees = min(one.effective, other.effective) - 1.0
    if min(one.n_clusters, other.n_clusters) < LEAST_ROWS or degrees <= _LEAST_DEGREES:
        return None
    changes = one.changes() - other.changes()
    n = len(changes)
    moved = changes - fixed_sum(changes) / n
    error = math.sqrt((n - 1) / n * fixed_sum(moved * moved))
    if error <= _ROUNDING:
        return None
    return ClusterDifference(one.mean - other.mean, error, degrees)


class Everything(Generic[KeyT]):
    """All clusters, of which parts are compared with the rest.

    Parameters
    ----------
    clusters : mapping of cluster to (weight, loss)
        Of all rows.
    """

    def __init__(self, clusters: Mapping[KeyT, tuple[float, float]]) -> None:
        self._places = {cluster: place for place, cluster in enumerate(clusters)}
        self._sums = np.array(list(clusters.values()), dtype=np.float64).reshape(-1, 2)

    def difference(self, part: Mapping[KeyT, tuple[float, float]]) -> ClusterDifference | None:
        """Return the mean loss of a part less that of the rest.

        Parameters
        ----------
        part : mapping of cluster to (weight, loss)
            Each cluster with all of what it has, or with some.

        Returns
        -------
        ClusterDifference or None
            As `cluster_difference` says.
        """
        if len(part) < LEAST_ROWS:
            return None
        here = np.zeros(self._sums.shape)
        here[[self._places[cluster] for cluster in part]] = list(part.values())
        there = np.maximum(self._sums - here, 0.0)
        return cluster_difference(*(Side(each[:, 0], each[:, 1]) for each in (here, there)))
