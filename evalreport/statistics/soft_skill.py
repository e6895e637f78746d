"""How far skill can be trusted where what happened is a distribution.

With soft labels the skill is ``1 - E / B``: E the mean excess of the rows, B the mean divergence of
their targets from the mean target. To first order it moves like minus the mean of
``u = (excess - E / B * divergence) / B``, because a row moves the mean target too, and what that
does to the divergences of all other rows cancels. The divergence of a row from the mean target is
known only at the end, but it is linear in the target: sums by hash bucket are enough, and the
spread of the buckets' sums of u is that of the skill.

References
----------
Hampel (1974), "The influence curve and its role in robust estimation", for the linearisation.
doi:10.1080/01621459.1974.10482962
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from evalreport.exact import log_of
from evalreport.intervals import Moments, hall_interval
from evalreport.results import Interval
from evalreport.scoring import ScoredBatch
from evalreport.statistics.buckets import LOSS, N_BUCKETS, WEIGHT, BucketState, buckets_of, row_keys
from evalreport.statistics.buckets import N as N_ROWS
from evalreport.statistics.interface import Key, Sums
from evalreport.statistics.moments import grouped, sum_unit
from evalreport.statistics.packing import pack, unpack

MOST_CLASSES = 32
"""With more classes the sums by bucket would be larger than everything else that is kept."""
_ENTROPY = 0


@dataclass(frozen=True, slots=True)
class PackedSums(Sums):
    """Sums that are written side by side, because there are many of them."""

    def to_json(self) -> dict[str, Any]:
        """Return the sums in terms of JSON."""
        return pack(self)


@dataclass(frozen=True, slots=True)
class SoftBuckets:
    """Entropy of the targets, and how much of each class happened, by hash bucket of the rows.

    Parameters
    ----------
    n_classes : int
        Number of classes; nothing is kept if there are more than 32.
    weighted : bool
        Whether rows have weights.
    """

    n_classes: int
    weighted: bool
    name: str = "soft_buckets"

    @property
    def _units(self) -> tuple[int, ...]:
        kept = self.n_classes if self.n_classes <= MOST_CLASSES else 0
        return (sum_unit(self.weighted),) * (1 + kept)

    def empty(self) -> PackedSums:
        """Return the state of no rows."""
        return PackedSums(self._units)

    def from_json(self, data: Any) -> PackedSums:
        """Return the state that was written as JSON."""
        sums = unpack(data)
        return PackedSums(sums.units, sums.rows)

    def from_batch(self, scored: ScoredBatch) -> PackedSums:
        """Return the sums over these rows; nothing if nothing tells them apart."""
        keys = row_keys(scored)
        if keys is None or not len(scored) or self.n_classes > MOST_CLASSES:
            return self.empty()
        buckets = buckets_of(keys)
        happened = (scored.targets[:, k] for k in range(self.n_classes))
        columns = [
            grouped(values, scored.weights, buckets, N_BUCKETS)
            for values in (scored.target_entropies, *happened)
        ]
        sums = Sums.from_columns(self._units, range(N_BUCKETS), columns)
        return PackedSums(sums.units, sums.rows)

    def skill_interval(self, state: PackedSums, losses: BucketState) -> Interval | None:
        """Return the interval at 95 % for the skill.

        Parameters
        ----------
        state : PackedSums
            Of this statistic.
        losses : BucketState
            The excess of the same rows, by the same buckets.

        Returns
        -------
        (low, high) or None
            None with too many classes, under ten rows, or if all rows have the same part in it.
        """
        keys = [key for key in losses.sums.ordered_keys() if losses.sums.row(key)[N_ROWS]]
        if len(keys) < 2 or len(state.units) <= self.n_classes:
            return None
        parts = _Parts(state, losses.sums, WEIGHT if self.weighted else N_ROWS)
        baseline = parts.baseline
        if baseline <= _ROUNDING:
            return None
        ratio = parts.excess / baseline
        moved = [(parts.excess_of(k) - ratio * parts.divergence_of(k)) / baseline for k in keys]
        interval = _of_mean_zero(moved)
        skill = 1.0 - ratio
        return interval and (skill - interval[1], min(skill - interval[0], 1.0))


_ROUNDING = 1e-12


class _Parts:
    """What the sums of a bucket add to the means, each as a share of all weight."""

    def __init__(self, targets: Sums, losses: Sums, weight_column: int) -> None:
        self._targets, self._losses = targets, losses
        self._weight = sum((losses.value(key, weight_column) for key in losses.rows), Fraction(0))
        self.excess = math.fsum(self.excess_of(key) for key in losses.ordered_keys())
        totals = Sums(targets.units, {0: targets.total()})
        shares = (totals.value(0, k) / self._weight for k in range(1, len(targets.units)))
        self._costs = [-log_of(max(share, _LEAST_SHARE)) if share else 0.0 for share in shares]
        self.baseline = math.fsum(self.divergence_of(key) for key in losses.ordered_keys())

    def excess_of(self, key: Key) -> float:
        """Excess of the rows in a bucket."""
        return float(self._losses.value(key, LOSS) / self._weight)

    def divergence_of(self, key: Key) -> float:
        """Divergence of the targets in a bucket from the mean target."""
        terms = [
            cost * float(self._targets.value(key, k) / self._weight)
            for k, cost in enumerate(self._costs, start=1)
        ]
        return math.fsum([*terms, -float(self._targets.value(key, _ENTROPY) / self._weight)])


_LEAST_SHARE = Fraction(1, 2**1000)


def _of_mean_zero(parts: list[float]) -> Interval | None:
    """Return the interval of a sum of parts that add up to 0, from their spread and skewness."""
    n, squares = len(parts), math.fsum(part**2 for part in parts)
    if squares <= _ROUNDING**2:
        return None
    skewness = math.fsum(part**3 for part in parts) / n / (squares / n) ** 1.5
    spread = n * math.sqrt(squares / (n - 1))
    return hall_interval(Moments(n, 0.0, spread, skewness), -math.inf)
