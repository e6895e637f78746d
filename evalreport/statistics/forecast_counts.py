"""Rows and events by forecast in whole numbers: each forecast apart, or cells of a fine grid.

What `forecast_grid` does with sums of any kind, for counts alone: in arrays, so that a grid can be
16 times as fine at no more cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray, IntArray
from evalreport.errors import MergeError
from evalreport.statistics.packing import pack_array, unpack_array

STEPS_PER_OCTAVE = 2048
"""Isotonic regression on such cells is that on the rows, to 0.0001 nats from 20,000 rows on."""
_COARSER = 4
"""Bits of a cell's number that the coarse grid does not look at: 128 steps are left."""
_SHIFT = 52 - 11
_OFFSET_BITS = 12
"""Where a forecast lies in its cell is counted in units of so small a part of the cell."""
_OCTAVES = 64
_FIRST = (1023 - _OCTAVES) * STEPS_PER_OCTAVE
_HALF = _OCTAVES * STEPS_PER_OCTAVE
_LAST = 2 * _HALF
N_CELLS = _LAST + 1

MOST_DISTINCT = 8192
"""Up to so many different forecasts are kept apart."""

_MOST_ROWS = 2**20
_ROW_BITS = 32
_ONE_ROW = 2.0**_ROW_BITS
"""Rows are counted in units of this beside their places: those of 2**20 rows stay below one, and
all of it up to 2**53, so that a single sum of doubles is exact and tells both."""

_N, _TRUE, _OFFSET = range(3)


def places(forecasts: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the cell of each forecast, in the order of the forecasts, and where in it it lies.

    As in `forecast_grid`, there are cells of one width in the logit below one half and above, and
    one each for what lies within 2**-64 of 0 and for 1. A place is counted from the outer edge.
    """
    small = 1.0 - forecasts
    bits = np.minimum(small.view(np.int64), (forecasts + 0.0).view(np.int64))  # ordered as doubles
    cells = bits >> _SHIFT
    cells -= _FIRST - 1
    offsets = (bits >> (_SHIFT - _OFFSET_BITS)) & (2**_OFFSET_BITS - 1)
    outside = np.flatnonzero(cells < 1)
    if len(outside):
        cells[outside] = bits[outside] != 0
        offsets[outside] = 0
    halves = np.flatnonzero(cells > _HALF)
    if len(halves):
        cells[halves] = _HALF
        offsets[halves] = 0
    upper = (forecasts - 0.5).view(np.int64) >> 63  # -1 below one half, 0 above
    # The number of a cell above one half is taken from the last one.
    np.subtract(cells, ~upper & _LAST, out=cells)
    return np.abs(cells, out=cells), offsets


def _forecasts_of(cells: IntArray, offsets: FloatArray) -> FloatArray:
    """Return the forecasts that lie at some places of their cells."""
    upper = cells > _HALF
    number = np.where(upper, _LAST - cells, cells)
    low, high = (((number - 1 + more + _FIRST) << _SHIFT).view(np.float64) for more in (0, 1))
    small = np.where(number == 0, 0.0, low + (high - low) * (offsets * 2.0**-_OFFSET_BITS))
    return np.where(upper, 1.0 - small, small)


def coarse_cell(cells: IntArray) -> IntArray:
    """Return the cell of the grid of `forecast_grid` that each cell is a part of."""
    upper = cells > _HALF
    number = np.where(upper, _LAST - cells, cells)
    coarse = np.where(number == 0, 0, ((number - 1) >> _COARSER) + 1)
    return np.where(upper, (_LAST >> _COARSER) - coarse, coarse)


@dataclass(frozen=True, slots=True, eq=False)
class ForecastCounts:
    """Rows, events and places of forecasts, for each forecast or each cell that was met.

    How many different forecasts there are does not depend on the order of the rows, and so
    neither does what is kept: parts that go over the limit put the whole over it.

    Parameters
    ----------
    is_exact : bool
        Whether every forecast stands by itself.
    keys : int64 ndarray of shape (n_keys,)
        Ascending: bits of forecasts, or numbers of cells.
    sums : int64 ndarray of shape (3, n_keys)
        Rows, events, and places in the cell, which are 0 where forecasts stand by themselves.
    """

    is_exact: bool
    keys: IntArray
    sums: IntArray

    @classmethod
    def empty(cls) -> Self:
        """Return the counts of no rows."""
        return cls(True, np.empty(0, dtype=np.int64), np.empty((3, 0), dtype=np.int64))

    @classmethod
    def of_rows(cls, forecasts: FloatArray, came_true: NDArray[np.bool_]) -> Self:
        """Count some rows."""
        if len(forecasts) > _MOST_ROWS:
            parts = slice(_MOST_ROWS), slice(_MOST_ROWS, None)
            first, others = (cls.of_rows(forecasts[each], came_true[each]) for each in parts)
            return first.merge(others)
        cells, offsets = places(forecasts)
        both = np.bincount(cells, offsets + _ONE_ROW, N_CELLS)
        met = np.flatnonzero(both)
        # So many cells have more forecasts; a look at the first ones spares sorting all others.
        if len(met) <= MOST_DISTINCT >= len(np.unique(forecasts[: 2 * MOST_DISTINCT])):
            distinct, groups = np.unique(forecasts + 0.0, return_inverse=True)  # no negative zeros
            if len(distinct) <= MOST_DISTINCT:
                n, true = (
                    np.bincount(each, minlength=len(distinct))
                    for each in (groups, groups[came_true])
                )
                return cls(True, distinct.view(np.int64), np.array([n, true, np.zeros_like(n)]))
        true = np.bincount(cells[came_true], minlength=N_CELLS)[met]
        sums = both[met].astype(np.int64)
        return cls(False, met, np.array([sums >> _ROW_BITS, true, sums & ((1 << _ROW_BITS) - 1)]))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ForecastCounts)
            and self.is_exact == other.is_exact
            and np.array_equal(self.keys, other.keys)
            and np.array_equal(self.sums, other.sums)
        )

    __hash__ = None  # type: ignore[assignment]  # an array has none

    def __len__(self) -> int:
        return len(self.keys)

    def merge(self, other: Self) -> Self:
        """Return the counts over both inputs."""
        if not isinstance(other, ForecastCounts):
            raise MergeError("these sums were made with different settings and cannot be added")
        if not len(self) or not len(other):
            return self if len(self) else other
        one, two = self, other
        if one.is_exact != two.is_exact:
            one, two = one.on_grid(), two.on_grid()
        keys = np.concatenate([one.keys, two.keys])
        both = _together(one.is_exact, keys, np.concatenate([one.sums, two.sums], axis=1))
        merged = type(self)(*both)
        return merged.on_grid() if merged.is_exact and len(merged) > MOST_DISTINCT else merged

    def on_grid(self) -> Self:
        """Return the counts in the cells of the grid."""
        if not self.is_exact:
            return self
        cells, offsets = places(self.keys.view(np.float64))
        sums = np.array([self.sums[_N], self.sums[_TRUE], self.sums[_N] * offsets])
        return type(self)(*_together(False, cells, sums))

    @property
    def forecasts(self) -> FloatArray:
        """Mean forecast of each key."""
        if self.is_exact:
            return self.keys.view(np.float64)
        return _forecasts_of(self.keys, self.sums[_OFFSET] / self.sums[_N])

    @property
    def counts(self) -> IntArray:
        """Rows of each key."""
        return np.asarray(self.sums[_N])

    @property
    def trues(self) -> IntArray:
        """Rows of each key in which the event happened."""
        return np.asarray(self.sums[_TRUE])

    def to_json(self) -> dict[str, Any]:
        """Return the counts in terms of JSON, in a few bytes a cell."""
        steps = np.diff(self.keys, prepend=0)
        columns = [pack_array(each) for each in (steps, *self.sums)]
        return {"exact": self.is_exact, "n": len(self), "columns": columns}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the counts that `to_json` wrote."""
        steps, *sums = (unpack_array(each, data["n"]) for each in data["columns"])
        return cls(data["exact"], np.cumsum(steps), np.array(sums))


def _together(is_exact: bool, keys: IntArray, sums: IntArray) -> tuple[bool, IntArray, IntArray]:
    """Add up what stands under equal keys."""
    order = np.argsort(keys, kind="stable")
    keys, sums = keys[order], sums[:, order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return is_exact, keys[starts], np.add.reduceat(sums, starts, axis=1)
