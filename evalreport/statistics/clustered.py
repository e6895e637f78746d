"""Results whose intervals allow for rows that belong together.

Every interval is made by leaving out each cluster in turn, with as many degrees of freedom as
clusters of equal size would give, less one.

References
----------
Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference".
doi:10.3368/jhr.50.2.317
MacKinnon, Nielsen & Webb (2023), "Cluster-robust inference: a guide to empirical practice".
doi:10.1016/j.jeconom.2022.04.001
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from evalreport.bands import judge
from evalreport.exact import log_of
from evalreport.intervals import normal_deviate
from evalreport.results import (
    BaselineResult,
    ClassResult,
    ClustersResult,
    ForecastBin,
    Interval,
    OverallResult,
    SliceResult,
)
from evalreport.statistics.cluster_cells import ALL_BITS, ClusterState, ClusterSums
from evalreport.statistics.cluster_gaps import soft_skill_interval
from evalreport.statistics.clusters import RatioError, ratio_error
from evalreport.statistics.left_out import Everything
from evalreport.task_results import MeanResult

FEW_CLUSTERS = 50
"""With fewer effective clusters the interval is a rough guide."""


def mean_error(clusters: Collection[ClusterSums]) -> RatioError | None:
    """Return the error of the mean loss; None for fewer than two clusters."""
    return ratio_error([each.loss for each in clusters], [each.mass for each in clusters])


def overall_by_cluster(state: ClusterState, overall: OverallResult) -> OverallResult:
    """Return the headline with the interval that the clusters allow."""
    if overall.kl_divergence is None:
        return overall
    error = mean_error(_everything(state))
    interval = None if error is None else error.interval()
    return replace(
        overall,
        standard_error=None if error is None else error.jackknife,
        interval=interval,
        interval_is_approximate=bool(interval and error and error.effective < FEW_CLUSTERS),
        band=judge(overall.kl_divergence, interval),
    )


def clusters_result(state: ClusterState, naive: OverallResult) -> ClustersResult:
    """Return how the rows fall into clusters; `naive` is the headline without them."""
    told_apart = state.bits == ALL_BITS
    error = mean_error(_everything(state))
    return ClustersResult(
        n=len(state.sums.rows) if told_apart else None,
        effective=None if error is None or not told_apart else error.effective,
        method="jackknife over clusters"
        if told_apart
        else f"jackknife over {2**state.bits:,} hash buckets of clusters",
        naive=MeanResult(naive.kl_divergence, naive.standard_error, naive.interval),
    )


def classes_by_cluster(
    state: ClusterState, classes: Sequence[ClassResult]
) -> tuple[ClassResult, ...]:
    """Return the classes with the intervals that the clusters allow."""
    intervals = _intervals(state)
    return tuple(
        replace(each, interval=intervals.get(str(k)) if each.cross_entropy is not None else None)
        for k, each in enumerate(classes)
    )


def forecasts_by_cluster(
    state: ClusterState, bins: Sequence[ForecastBin]
) -> tuple[ForecastBin, ...]:
    """Return the bins of the forecast with the intervals that the clusters allow."""
    intervals = _intervals(state)
    return tuple(
        replace(each, interval=intervals.get(str(i)) if each.mean_loss is not None else None)
        for i, each in enumerate(bins)
    )


def slices_by_cluster(
    state: ClusterState, everything: ClusterState, slices: Sequence[SliceResult]
) -> tuple[SliceResult, ...]:
    """Return the slices with the intervals and comparisons that the clusters allow."""
    means = {group: mean_error(each.values()) for group, each in state.cells().items()}
    bits = min(state.bits, everything.bits)
    parts = state.at(bits).cells()
    whole = Everything(_both(everything.at(bits).cells().get("", {})))
    return tuple(
        _slice(each, means.get(each.value), parts.get(each.value, {}), whole) for each in slices
    )


def _slice(
    each: SliceResult,
    error: RatioError | None,
    part: Mapping[int, ClusterSums],
    whole: Everything[int],
) -> SliceResult:
    interval = None if error is None or each.kl_divergence is None else error.interval()
    return replace(
        each,
        interval=interval,
        standard_error=None if error is None or interval is None else error.jackknife,
        p_value=None if each.p_value is None else _p_value(part, whole),
    )


def _p_value(part: Mapping[int, ClusterSums], whole: Everything[int]) -> float | None:
    """Return how likely a slice would lose this much more than the rest by chance; one-sided."""
    found = whole.difference(_both(part))
    return None if found is None else found.p_value


def _both(clusters: Mapping[int, ClusterSums]) -> dict[int, tuple[float, float]]:
    return {cluster: (each.mass, each.loss) for cluster, each in clusters.items()}


def gap_by_cluster(
    state: ClusterState, least_error: float | None = None
) -> tuple[float | None, Interval | None]:
    """Return the gap between loss and expected loss in standard errors, and its interval.

    Few clusters tell their standard error badly: the number is the normal deviate that is as rare,
    and `least_error` is that of right forecasts of independent rows, which have seen no less.
    """
    clusters = _everything(state)
    # What is summed of soft labels is the excess of the loss above the entropy of the targets.
    error = ratio_error(
        [each.loss + each.target_entropy - each.expected for each in clusters],
        [each.mass for each in clusters],
    )
    if error is None:
        return None, None
    error = replace(error, jackknife=max(error.jackknife, least_error or 0.0))
    interval = error.interval(-math.inf)
    if interval is None:
        return None, None
    z = normal_deviate(error.ratio / error.jackknife, error.effective - 1.0)
    return z, interval


def baseline_by_cluster(
    everything: ClusterState, by_class: ClusterState, baseline: BaselineResult, soft: bool
) -> BaselineResult:
    """Return the baseline with the interval of the skill that the clusters allow."""
    if baseline.skill is None:
        return baseline
    if soft:
        ends = soft_skill_interval(everything, by_class, baseline.skill)
        return replace(baseline, skill_interval=ends)
    if baseline.skill_interval is None:
        return baseline
    interval = skill_interval(by_class, baseline.skill)
    return replace(baseline, skill_interval=interval)


def skill_interval(by_class: ClusterState, skill: float) -> Interval | None:
    """Interval of skill = 1 - loss / baseline, linearised as in `statistics.skill`."""
    cells = by_class.cells()
    shares = {k: math.fsum(each.mass for each in cells[k].values()) for k in cells}
    logs = {k: -log_of(share) for k, share in shares.items()}
    entropy = math.fsum(share * logs[k] for k, share in shares.items())
    loss = math.fsum(each.loss for clusters in cells.values() for each in clusters.values())
    if not entropy:
        return None
    moved: dict[int, list[float]] = {}
    sizes: dict[int, list[float]] = {}
    for k, clusters in cells.items():
        shift = loss / entropy**2 * (logs[k] - entropy) + loss / entropy
        for cluster, each in clusters.items():
            moved.setdefault(cluster, []).append(each.loss / entropy - shift * each.mass)
            sizes.setdefault(cluster, []).append(each.mass)
    error = ratio_error(
        [math.fsum(each) for each in moved.values()], [math.fsum(each) for each in sizes.values()]
    )
    ends = None if error is None else error.interval(-math.inf)
    return None if ends is None else (skill - ends[1], min(skill - ends[0], 1.0))


def _everything(state: ClusterState) -> Collection[ClusterSums]:
    return state.cells().get("", {}).values()


def _intervals(state: ClusterState) -> Mapping[str, Interval | None]:
    """Return the interval of the mean loss in each group."""
    errors = {group: mean_error(each.values()) for group, each in state.cells().items()}
    return {group: None if error is None else error.interval() for group, error in errors.items()}
