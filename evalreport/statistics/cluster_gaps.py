"""Gaps between training rows and others, and the skill of soft labels, where rows belong together.

References
----------
Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference".
doi:10.3368/jhr.50.2.317
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from evalreport.exact import log_of
from evalreport.results import Interval, SplitGap, SplitsResult
from evalreport.statistics.cluster_cells import ClusterState, ClusterSums
from evalreport.statistics.clusters import ratio_error
from evalreport.statistics.left_out import Side, cluster_difference

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
    """Return the 95 % interval of the mean loss of one part less that of another.

    Returns
    -------
    (low, high) or None
        By leaving out each cluster in turn, which may have rows on both sides; None if a side
        stands in fewer than ten clusters, or if nothing differs.
    """
    clusters = list({**one, **other})
    found = cluster_difference(*(_side(each, clusters) for each in (one, other)))
    return None if found is None else found.interval


def _side(part: Mapping[int, ClusterSums], clusters: Sequence[int]) -> Side:
    nothing = ClusterSums(0.0, 0.0)
    cells = [part.get(cluster, nothing) for cluster in clusters]
    return Side(np.array([each.mass for each in cells]), np.array([each.loss for each in cells]))


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
