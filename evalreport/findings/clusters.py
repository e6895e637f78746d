"""Findings about rows that belong together."""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.findings.judgement import Judgement, judgement
from evalreport.formats import LossFormat, clean, count_text
from evalreport.results import ClustersResult, EvaluationResult

FEW_CLUSTERS = 50
"""With fewer clusters, counted as if of equal size, the interval is a rough guide."""
_LEAST_CLUSTERS = 10
_MORE_THAN = "more than 100,000"


def few_clusters(result: EvaluationResult, losses: LossFormat) -> Iterator[Judgement]:
    """Judge whether the clusters allow an interval that can be relied on."""
    clusters = result.clusters
    if clusters is None or clusters.n is None:
        return
    effective = clusters.effective
    if effective is not None and effective >= FEW_CLUSTERS:
        return
    many = count_text(clusters.n, "cluster")
    few = clusters.n < _LEAST_CLUSTERS
    counts_as = ""
    if effective is not None and not few:
        counts_as = f", as good as {_effective_text(effective)} of equal size"
    yield judgement(
        "few-clusters",
        "warning",
        f"Few clusters: {many}{counts_as}",
        why=f"Not the rows are independent but the clusters in column '{cluster_column(result)}'. "
        + (
            f"With fewer than {_LEAST_CLUSTERS} there is no interval."
            if few
            else f"With fewer than {FEW_CLUSTERS} of equal size the interval is a rough guide."
        ),
        check="Bring more clusters rather than more rows of these.",
        section="verdict",
    )


def allows_for_clusters(result: EvaluationResult) -> str | None:
    """Return the sentence on what the interval, if any, allows for; None without clusters."""
    clusters = result.clusters
    if clusters is None or not result.overall.n:
        return None
    counted = [count_text(result.overall.n, "row"), _n_clusters(clusters)]
    if clusters.effective is not None:
        counted.append(f"effectively {_effective_text(clusters.effective)}")
    together, numbers = f"ows of one '{cluster_column(result)}' belong", ", ".join(counted)
    if result.overall.interval is None:
        return f"R{together} together: {numbers}."
    return f"The interval allows for r{together}ing together: {numbers}."


def _effective_text(effective: float) -> str:
    """Return a number of effective clusters: "18.4", "30", "4,211"."""
    text = f"{effective:,.1f}" if effective < 100 else f"{effective:,.0f}"
    return text.removesuffix(".0")


def _n_clusters(clusters: ClustersResult) -> str:
    if clusters.n is None:
        return f"{_MORE_THAN} clusters"
    return count_text(clusters.n, "cluster")


def cluster_column(result: EvaluationResult) -> str:
    """Return the column that tells which rows belong together, as it can be shown."""
    return clean(result.input.columns.cluster or "", 40)
