"""How often whole numbers were met: few of very many, in arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from evalreport.batch import IntArray
from evalreport.statistics.interface import State
from evalreport.statistics.packing import pack_array, unpack_array

_FEW = 2**14
"""Numbers below this are counted faster than sorted."""


@dataclass(frozen=True, slots=True, eq=False)
class NumberCounts(State):
    """Counts of whole numbers of 0 or more.

    Parameters
    ----------
    numbers : int64 ndarray of shape (n,)
        Ascending, each one once.
    counts : int64 ndarray of shape (n,)
        How often each was met.
    """

    numbers: IntArray
    counts: IntArray

    @classmethod
    def of(cls, numbers: IntArray) -> Self:
        """Count some numbers.

        Examples
        --------
        >>> met = NumberCounts.of(np.array([3, 1, 3]))
        >>> met.numbers.tolist(), met.counts.tolist()
        ([1, 3], [1, 2])
        """
        if int(numbers.max(initial=0)) >= max(len(numbers), _FEW):
            return cls(*np.unique(numbers, return_counts=True))
        totals = np.bincount(numbers)
        met = np.flatnonzero(totals)
        return cls(met, totals[met])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, NumberCounts)
            and np.array_equal(self.numbers, other.numbers)
            and np.array_equal(self.counts, other.counts)
        )

    __hash__ = None  # type: ignore[assignment]  # an array has none

    def merge(self, other: Self) -> Self:
        """Return the counts over both inputs."""
        if not len(self.numbers) or not len(other.numbers):
            return self if len(self.numbers) else other
        numbers = np.concatenate([self.numbers, other.numbers])
        order = np.argsort(numbers, kind="stable")  # two runs in order: merging takes one pass
        ordered = numbers[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        counts = np.concatenate([self.counts, other.counts])[order]
        return type(self)(ordered[starts], np.add.reduceat(counts, starts))

    def to_json(self) -> dict[str, Any]:
        """Return the counts in terms of JSON, in a few bytes a number."""
        steps = np.diff(self.numbers, prepend=0)
        return {
            "n": len(steps),
            "numbers": pack_array(steps),
            "counts": pack_array(self.counts - 1),
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the counts that `to_json` wrote."""
        steps, more = (unpack_array(data[name], data["n"]) for name in ("numbers", "counts"))
        return cls(np.cumsum(steps), more + 1)
