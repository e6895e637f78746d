"""Gaps between training rows and others, and the skill of soft labels, where rows belong together.

References
----------
Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference".
doi:10.3368/jhr.50.2.317
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from evalreport.exact import log_of
from evalreport.intervals import CONFIDENCE, LEAST_ROWS, student_quantile
from evalreport.results import Interval, SplitGap, SplitsResult
from evalreport.statistics.cluster_cells import ClusterState, ClusterSums
from evalreport.statistics.clusters import ratio_error

_ROUNDING = 1e-12


def splits_by_cluster(state: ClusterState, splits: SplitsResult) -> SplitsResult:
    """Return the splits with the intervals of their gaps that the clusters allow.

    Parameters
    ----------
    state : ClusterState
        Sums by cluster and value of the column of the splits.
    splits : SplitsResult
        The splits as they are without clusters.
    """
    cells, parts = state.cells(), {each.role: each for each in splits.parts}
    training = cells.get(parts["training"].value, {})

    def gap(each: SplitGap) -> SplitGap:
        if each.gap is None:
            return each
        other = cells.get(parts[each.role].value, {})
        return replace(each, interval=difference_interval(other, training))

    return replace(splits, gaps=tuple(map(gap, splits.gaps)))


def difference_interval(
    one: Mapping[int, ClusterSums], other: Mapping[int, ClusterSums]
) -> Interval | None:
    r"""Return the 95 % interval of the mean loss of one part less that of another.

    The difference has the variance :math:`\frac{G}{G-1} \sum_g (e_{g,one} - e_{g,other})^2`, where
    :math:`e_g` is the loss of a cluster above what its weight at the mean would lose, as a share of
    the weight of its side: a cluster may have rows on both sides.

    Returns
    -------
    (low, high) or None
        By Student's t, with the degrees of freedom of the side that has fewer clusters of equal
        size; None if a side stands in fewer than ten clusters, or if nothing differs.
    """
    if min(len(one), len(other)) < LEAST_ROWS:
        return None
    sides = [_Side(each) for each in (one, other)]
    moved = [sides[0].part(cluster) - sides[1].part(cluster) for cluster in {**one, **other}]
    n = len(moved)
    error = math.sqrt(n / (n - 1) * math.fsum(each**2 for each in moved))
    degrees = min(side.effective for side in sides) - 1.0
    if error <= _ROUNDING or degrees <= 0.0:
        return None
    gap = sides[0].mean - sides[1].mean
    half = student_quantile(degrees, 0.5 + CONFIDENCE / 2) * error
    return gap - half, gap + half


class _Side:
    """One part with its mean loss, and how far each of its clusters moves that."""

    def __init__(self, clusters: Mapping[int, ClusterSums]) -> None:
        self._clusters = clusters
        self._mass = math.fsum(each.mass for each in clusters.values())
        self.mean = math.fsum(each.loss for each in clusters.values()) / self._mass
        self.effective = self._mass**2 / math.fsum(each.mass**2 for each in clusters.values())

    def part(self, cluster: int) -> float:
        """Return what a cluster adds to the difference of the mean from the true one."""
        sums = self._clusters.get(cluster)
        return 0.0 if sums is None else (sums.loss - self.mean * sums.mass) / self._mass


def soft_skill_interval(
    everything: ClusterState, by_class: ClusterState, skill: float
) -> Interval | None:
    """Return the interval of the skill of soft labels, linearised as in `statistics.soft_skill`.

    Parameters
    ----------
    everything, by_class : ClusterState
        Excess and entropy of the targets by cluster, and how much of each class happened.
    skill : float
        1 - mean excess / mean divergence of the targets from the mean target.
    """
    bits = min(everything.bits, by_class.bits)
    clusters = everything.at(bits).cells().get("", {})
    classes = by_class.at(bits).cells()
    happened: dict[int, list[float]] = {}
    for cells in classes.values():
        share = math.fsum(each.mass for each in cells.values())
        for cluster, each in cells.items():
            if each.mass:
                happened.setdefault(cluster, []).append(-log_of(share) * each.mass)
    divergences = {
        cluster: math.fsum([*happened.get(cluster, []), -each.target_entropy])
        for cluster, each in clusters.items()
    }
    baseline = math.fsum(divergences.values())
    if baseline <= _ROUNDING:
        return None
    ratio = math.fsum(each.loss for each in clusters.values()) / baseline
    error = ratio_error(
        [(each.loss - ratio * divergences[key]) / baseline for key, each in clusters.items()],
        [each.mass for each in clusters.values()],
    )
    ends = None if error is None or error.jackknife <= _ROUNDING else error.interval(-math.inf)
    return None if ends is None else (skill - ends[1], min(skill - ends[0], 1.0))
