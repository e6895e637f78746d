"""Pairs of rows whose losses may lie between two bounds: sums at either end of the change.

Where every loss is known both ends are one, and are added up once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalreport.comparison import difference
from evalreport.comparison.difference import Difference
from evalreport.comparison.matching import Pairs
from evalreport.comparison.pairs import (
    ALL,
    CURRENT,
    N_IS_INFINITE,
    N_IS_ZERO,
    N_WAS_INFINITE,
    N_WAS_ZERO,
    PREVIOUS,
    N,
    PairSums,
)
from evalreport.results import ChangeBounds
from evalreport.statistics.interface import Key


@dataclass(frozen=True, slots=True)
class Measured:
    """What the pairs of a group tell; losses are None if they are infinite, or between bounds."""

    n: int
    previous: float | None
    current: float | None
    difference: Difference
    bounds: ChangeBounds | None
    zeros: tuple[int, int]
    is_infinite: tuple[bool, bool]
    """Whether the loss is, in the previous run and in this one."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Sums over pairs at the least change that can be, and at the greatest."""

    least: PairSums
    most: PairSums
    n_open: int = 0

    @classmethod
    def of(
        cls,
        pairs: Pairs,
        classes: Sequence[str],
        slice_values: Mapping[str, Sequence[str]],
        wide: bool,
    ) -> Ends:
        """Return the sums over these pairs."""
        if pairs.most is None:
            sums = PairSums.of(pairs, classes, slice_values, wide)
            return cls(sums, sums)
        least, most = (PairSums.of(each, classes, slice_values, wide) for each in pairs.ends())
        return cls(least, most, pairs.n_open)

    def merge(self, other: Ends) -> Ends:
        """Return the sums over both sets of pairs."""
        least = self.least.merge(other.least)
        is_one = self.least is self.most and other.least is other.most
        most = least if is_one else self.most.merge(other.most)
        return Ends(least, most, self.n_open + other.n_open)

    def measured(self, grouping: str = ALL, key: Key = "") -> Measured:
        """Return what the pairs of a group tell; of groups of clusters without an interval."""
        row = self.least.row(grouping, key)
        ends = [_difference(self.least, grouping, key)] * 2
        if self.most is not self.least:
            ends[1] = _difference(self.most, grouping, key)
        bounds = self._bounds(grouping, key, ends) if self.n_open else None
        is_open = bounds is not None and (
            bounds.previous[0] != bounds.previous[1] or bounds.current[0] != bounds.current[1]
        )
        was_infinite, is_infinite = row[N_WAS_INFINITE] > 0, row[N_IS_INFINITE] > 0
        return Measured(
            n=row[N],
            previous=None if is_open or was_infinite else self.least.mean(grouping, key, PREVIOUS),
            current=None if is_open or is_infinite else self.least.mean(grouping, key, CURRENT),
            difference=difference.between(*ends) if is_open else ends[0],
            bounds=bounds if is_open else None,
            zeros=(row[N_WAS_ZERO], row[N_IS_ZERO]),
            is_infinite=(False, False) if is_open else (was_infinite, is_infinite),
        )

    def _bounds(self, grouping: str, key: Key, ends: Sequence[Difference]) -> ChangeBounds:
        # The change is least where the previous run lost the most that it can have lost.
        least, most = self.least, self.most
        return ChangeBounds(
            previous=(_mean(most, grouping, key, PREVIOUS), _mean(least, grouping, key, PREVIOUS)),
            current=(_mean(least, grouping, key, CURRENT), _mean(most, grouping, key, CURRENT)),
            change=(ends[0].change, ends[1].change),
        )


def _mean(sums: PairSums, grouping: str, key: Key, column: int) -> float | None:
    is_infinite = sums.row(grouping, key)[N_WAS_INFINITE if column == PREVIOUS else N_IS_INFINITE]
    return None if is_infinite else sums.mean(grouping, key, column)


def _difference(sums: PairSums, grouping: str, key: Key) -> Difference:
    row = sums.row(grouping, key)
    if row[N_WAS_INFINITE] or row[N_IS_INFINITE]:
        return Difference(None)
    if not sums.clustered:
        return difference.of_pairs(sums.moments(grouping, key))
    if grouping == ALL:
        return difference.of_clusters(sums.cluster_error())
    error = sums.group_error(grouping, key)
    if error is not None:
        return difference.of_clusters(error)
    # Rows that belong together tell less than as many others, and it is not known how much.
    return Difference(difference.of_pairs(sums.moments(grouping, key)).change)
