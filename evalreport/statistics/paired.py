"""Two evaluations of the same rows, compared in pairs by their hash buckets.

References
----------
Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference".
doi:10.3368/jhr.50.2.317. A bucket takes the place of a cluster: the rows in it are the same ones on
both sides, so what they have in common cancels out.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from evalreport.exact import as_fraction
from evalreport.intervals import LEAST_ROWS, student_interval
from evalreport.results import Interval
from evalreport.statistics.buckets import CHECKSUM, LOSS, N_INFINITE, WEIGHT, BucketState, N
from evalreport.statistics.clusters import ratio_error
from evalreport.statistics.interface import Key, Sums


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """How much the mean loss of the same rows differs, in nats; above zero: more loss now.

    Parameters
    ----------
    difference : float
        Mean loss of the current evaluation minus that of the previous one.
    standard_error : float
        Of the difference; what the rows have in common cancels out in it.
    degrees : float
        Degrees of freedom: one less than the buckets with rows; with clusters one less than
        buckets of equal size would tell as much.
    n : int
        Rows.
    """

    difference: float
    standard_error: float
    degrees: float
    n: int

    @property
    def interval(self) -> Interval:
        """Interval of the difference at 95 %, by Student's t."""
        return student_interval(self.difference, self.standard_error, self.degrees)


@dataclass(frozen=True, slots=True)
class NotPaired:
    """Why two evaluations cannot be compared in pairs: a plain phrase."""

    reason: str


def paired_difference(previous: BucketState, current: BucketState) -> PairedDifference | NotPaired:
    r"""Return the difference of the mean losses of two evaluations of the same rows.

    With :math:`D_b` the difference of the sums of a bucket, :math:`n_b` its rows, and
    :math:`\bar d = \sum D_b / n`, the standard error is
    :math:`\sqrt{\frac{B}{B-1} \sum_b (D_b - \bar d n_b)^2} / n` over the B buckets with rows. With
    weights the weight of a bucket takes the place of its rows. With clusters, which may be few and
    of any size, it is that of leaving out each bucket in turn.

    Parameters
    ----------
    previous, current : BucketState
        Of the statistic `Buckets`.

    Returns
    -------
    PairedDifference or NotPaired
        The latter unless both are known to hold the same rows, of finite loss, in ten buckets or
        more.
    """
    reason = _why_not(previous, current)
    if reason is not None:
        return NotPaired(reason)
    keys = current.sums.ordered_keys()
    moved = [_sum(current.sums, key, LOSS) - _sum(previous.sums, key, LOSS) for key in keys]
    sizes = [_size(current.sums, key) for key in keys]
    error = ratio_error([float(each) for each in moved], [float(each) for each in sizes])
    if error is None or error.n_clusters < LEAST_ROWS:
        return NotPaired("there are too few rows")
    return PairedDifference(
        difference=float(sum(moved, Fraction(0)) / sum(sizes, Fraction(0))),
        standard_error=error.jackknife if current.clustered else error.linear,
        degrees=(error.effective if current.clustered else error.n_clusters) - 1.0,
        n=current.sums.total()[N],
    )


def _why_not(previous: BucketState, current: BucketState) -> str | None:
    one, other = previous.sums, current.sums
    if not one.rows or not other.rows:
        return "no rows were scored"
    if previous.told_by != current.told_by or len(current.told_by) != 1:
        return "rows are told by id in one and by their place in the other"
    if previous.clustered != current.clustered:
        return "only one of them has clusters"
    if one.total()[N] != other.total()[N]:
        return "they do not hold the same number of rows"
    if one.units != other.units:
        return "only one of them has weights"
    if not _alike(one, other, N, CHECKSUM):
        return "they do not hold the same rows"
    if len(one.units) > WEIGHT and not _alike(one, other, WEIGHT):
        return "rows have other weights"
    if one.total()[N_INFINITE] or other.total()[N_INFINITE]:
        return "without a floor a loss is infinite"
    return None


def _alike(one: Sums, other: Sums, *columns: int) -> bool:
    """Tell whether every bucket holds the same in these columns."""
    return one.rows.keys() == other.rows.keys() and all(
        one.row(key)[column] == other.row(key)[column] for key in one.rows for column in columns
    )


def _sum(sums: Sums, key: Key, column: int) -> Fraction:
    return as_fraction(sums.row(key)[column], sums.units[column])


def _size(sums: Sums, key: Key) -> Fraction:
    return _sum(sums, key, WEIGHT if len(sums.units) > WEIGHT else N)
