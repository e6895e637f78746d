"""Sums by document, in bounded memory, and the error of a mean whose rows belong together.

References
----------
Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference".
doi:10.3368/jhr.50.2.317
MacKinnon, Nielsen & Webb (2023), "Cluster-robust inference: a guide to empirical practice".
doi:10.1016/j.jeconom.2022.04.001
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from typing import Any

from evalreport.errors import MergeError
from evalreport.intervals import LEAST_ROWS, student_interval
from evalreport.statistics.interface import Sums
from evalreport.task_results import MeanResult

MOST_DOCUMENTS = 100_000
"""More documents than this are not told apart any more."""
MOST_WEIGHTED_DOCUMENTS = 25_000
"""The same with weights, whose sums take up more room."""
N_BUCKETS = 1024


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """Sums for each document as long as there are not too many, and always for hash buckets.

    A union that is too large stays too large, so the order of merging cannot matter.
    """

    limit: int
    buckets: Sums
    documents: Sums | None
    """None once there are more than `limit`."""

    def merge(self, other: ClusterSums) -> ClusterSums:
        """Return the sums over both inputs."""
        if self.limit != other.limit:
            raise MergeError(f"one side keeps {self.limit} documents, the other {other.limit}")
        both: Sums | None = None
        if self.documents is not None and other.documents is not None:
            both = self.documents.merge(other.documents)
            both = both if len(both.rows) <= self.limit else None
        return ClusterSums(self.limit, self.buckets.merge(other.buckets), both)

    def finest(self) -> Sums:
        """Return the sums of the documents, or those of the buckets if there are too many."""
        return self.buckets if self.documents is None else self.documents

    def to_json(self) -> dict[str, Any]:
        """Return the sums in terms of JSON."""
        documents = None if self.documents is None else self.documents.to_json()
        return {"limit": self.limit, "buckets": self.buckets.to_json(), "documents": documents}


def bucket_of(name: str) -> int:
    """Return the hash bucket of a document; the same on every machine.

    Examples
    --------
    >>> bucket_of("doc-1"), bucket_of("doc-2")
    (347, 820)
    """
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) >> 54


@dataclass(frozen=True, slots=True)
class RatioError:
    """The error of a ratio of sums over clusters.

    Parameters
    ----------
    ratio : float
        Sum of the numerators over the sum of the denominators.
    linear : float
        Standard error by linearisation, with the factor G / (G - 1).
    jackknife : float
        Standard error by leaving out each cluster in turn; the safer one if there are few.
    n_clusters : int
        Clusters with a denominator above zero.
    effective : float
        As many clusters of equal size would tell as much.
    """

    ratio: float
    linear: float
    jackknife: float
    n_clusters: int
    effective: float

    def interval(self, least: float = 0.0) -> tuple[float, float] | None:
        """Return the 95 % interval; None for under ten clusters, or if one is nearly all."""
        if self.n_clusters < LEAST_ROWS or self.jackknife == 0.0 or self.effective < 2.0:
            return None
        return student_interval(self.ratio, self.jackknife, self.effective - 1.0, least)

    def result(self) -> MeanResult:
        """Return the ratio as a mean with its error and interval."""
        return MeanResult(self.ratio, self.jackknife, self.interval())


def ratio_error(numerators: Sequence[float], denominators: Sequence[float]) -> RatioError | None:
    r"""Return the error of a ratio of sums whose parts are independent clusters.

    Parameters
    ----------
    numerators, denominators : sequence of float
        :math:`S_g` and :math:`n_g` of each cluster; clusters of :math:`n_g = 0` are left out.

    Returns
    -------
    RatioError or None
        None for fewer than two clusters, or if one outweighs all others beyond every digit, or
        all weigh so little that their squares are no doubles.
        With :math:`\bar\theta = S / n` the linear error is
        :math:`\sqrt{\frac{G}{G-1} \sum_g (S_g - \bar\theta n_g)^2} / n`.

    Examples
    --------
    >>> error = ratio_error([1.0, 3.0, 2.0], [1.0, 2.0, 3.0])
    >>> error.ratio, round(error.linear, 4), round(error.effective, 3)
    (1.0, 0.2887, 2.571)
    """
    pairs = [(s, n) for s, n in zip(numerators, denominators, strict=True) if n]
    n_clusters = len(pairs)
    if n_clusters < 2:
        return None
    total = math.fsum(n for _, n in pairs)
    squares = math.fsum(n * n for _, n in pairs)
    if max(n for _, n in pairs) >= total or not squares:
        return None
    ratio = math.fsum(s for s, _ in pairs) / total
    residuals = [s - ratio * n for s, n in pairs]
    # Sums by fsum are exact, so the order of the clusters does not matter.
    linear = n_clusters / (n_clusters - 1) * math.fsum(r * r for r in residuals)
    shifts = [r / (total - n) for r, (_, n) in zip(residuals, pairs, strict=True)]
    centre = math.fsum(shifts) / n_clusters
    spread = math.fsum((each - centre) ** 2 for each in shifts)
    return RatioError(
        ratio=ratio,
        linear=math.sqrt(linear) / total,
        jackknife=math.sqrt((n_clusters - 1) / n_clusters * spread),
        n_clusters=n_clusters,
        effective=total**2 / squares,
    )


def column_ratio(sums: Sums, above: int, below: int) -> RatioError | None:
    """Return the error of the ratio of two columns of sums by cluster."""
    keys = sums.ordered_keys()
    return exact_ratio(
        [sums.value(key, above) for key in keys], [sums.value(key, below) for key in keys]
    )


def exact_ratio(
    numerators: Sequence[Fraction], denominators: Sequence[Fraction]
) -> RatioError | None:
    """Return the error of a ratio of sums of any size: weights may be beyond every square."""
    total = sum(denominators, Fraction(0))
    scale = Fraction(2) ** (total.denominator.bit_length() - total.numerator.bit_length())
    return ratio_error(
        [float(each * scale) for each in numerators],
        [float(each * scale) for each in denominators],
    )
