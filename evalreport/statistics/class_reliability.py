"""Reliability of each class against the rest, in memory that is bounded whatever the classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.errors import MergeError
from evalreport.scoring import ScoredBatch
from evalreport.statistics.corp import Cells

_MOST_CELLS = 2**18
"""Cells of all classes together."""
_OCTAVES = 32
_FINEST, _COARSEST = 16, 2
"""Steps per factor of two: fewer with more classes."""
_OFFSET_BITS = 27
"""Where a forecast lies in its cell is counted in units of so small a part of the cell."""

_MOST_ROWS = 2**12
_PACKED = _OFFSET_BITS + 12
"""Rows are counted in units of 2**39 beside their places: those of 2**12 rows stay below one, and
all of it below 2**53, so that a single sum of doubles is exact and tells both."""

_BLOCK = 2**16
"""Probabilities worked on at a time."""

_N = 0


def steps_per_octave(n_classes: int) -> int | None:
    """Return how fine the grid is; None if so many classes are not kept apart.

    Examples
    --------
    >>> [steps_per_octave(k) for k in (3, 255, 256, 1_000, 1_985, 1_986)]
    [16, 16, 8, 4, 2, None]
    """
    steps = _FINEST
    while steps >= _COARSEST:
        if n_classes * _cells_of(steps) <= _MOST_CELLS:
            return steps
        steps //= 2
    return None


def _side(steps: int) -> int:
    """Return the cells on each side of one half; one half itself has one more."""
    return _OCTAVES * steps + 2


def _cells_of(steps: int) -> int:
    return 2 * _side(steps)


@dataclass(frozen=True, slots=True, eq=False)
class CellCounts:
    """Rows, events and positions of forecasts, in each cell of each class.

    Parameters
    ----------
    sums : int64 ndarray of shape (3, n_classes, n_cells)
        Empty where nothing is kept.
    """

    sums: IntArray

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CellCounts) and np.array_equal(self.sums, other.sums)

    __hash__ = None  # type: ignore[assignment]  # an array has none

    def merge(self, other: Self) -> Self:
        """Return the sums over both inputs."""
        if self.sums.shape != other.sums.shape:
            raise MergeError("these sums were made with different settings and cannot be added")
        return type(self)(self.sums + other.sums)

    def to_json(self) -> dict[str, Any]:
        """Return the cells that were met, class by class, as text."""
        return {"shape": list(self.sums.shape), "classes": [*map(_as_text, self._by_class())]}

    def _by_class(self) -> IntArray:
        return self.sums.transpose(1, 0, 2)

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the sums that `to_json` wrote."""
        sums = np.zeros(data["shape"], dtype=np.int64)
        for k, text in enumerate(data["classes"]):
            numbers = np.array(text.split(), dtype=np.int64).reshape(-1, 1 + sums.shape[0])
            sums[:, k, numbers[:, 0]] = numbers[:, 1:].T
        return cls(sums)


def _as_text(sums: IntArray) -> str:
    met = np.flatnonzero(sums[_N])
    return " ".join(map(str, np.column_stack([met, sums[:, met].T]).ravel().tolist()))


@dataclass(frozen=True, slots=True)
class ClassReliability:
    """How often each class happened, by the probability that it was given.

    Kept from 3 to 1,985 classes, without case weights, for hard labels; nothing is kept otherwise.
    """

    n_classes: int
    weighted: bool
    soft: bool = False
    name: str = "class_reliability"

    @property
    def steps(self) -> int | None:
        """Steps of the grid per factor of two; None if nothing is kept."""
        if self.weighted or self.soft or self.n_classes == 2:
            return None
        return steps_per_octave(self.n_classes)

    def empty(self) -> CellCounts:
        """Return the state of no rows."""
        steps = self.steps
        shape = (3, self.n_classes, _cells_of(steps)) if steps else (3, 0, 0)
        return CellCounts(np.zeros(shape, dtype=np.int64))

    def from_json(self, data: Any) -> CellCounts:
        """Return the state that was written as JSON."""
        return CellCounts.from_json(data)

    def from_batch(self, scored: ScoredBatch) -> CellCounts:
        """Return the sums over these rows."""
        steps = self.steps
        if not steps or not len(scored):
            return self.empty()
        probs, n_cells = scored.batch.probs, _cells_of(steps)
        size = self.n_classes * n_cells
        sums = np.zeros((3, size), dtype=np.int64)
        step = min(_MOST_ROWS, max(1, max(_BLOCK, 2 * size) // self.n_classes))
        for start in range(0, len(probs), step):
            block = slice(start, start + step)
            sums += _block_sums(probs[block], scored.observed[block], steps)
        return CellCounts(sums.reshape(3, self.n_classes, n_cells))

    def cells(self, state: CellCounts, k: int) -> Cells | None:
        """Return the cells of a class that were met; None over no rows."""
        steps = self.steps
        if not steps:
            return None
        # The upper half was counted from 1 downwards.
        places = np.concatenate(
            [np.arange(_side(steps)), _cells_of(steps) - 1 - np.arange(_side(steps))]
        )
        met = places[state.sums[_N, k, places] > 0]
        if not len(met):
            return None
        n, true, offset = state.sums[:, k, met]
        return Cells(
            places=np.where(met < _side(steps), met, _cells_of(steps) + _side(steps) - 1 - met),
            counts=n,
            masses=n.astype(np.float64),
            trues=true.astype(np.float64),
            forecasts=_mean_forecasts(met, offset / n, steps),
            is_counted=True,
        )


def _shift(steps: int) -> int:
    return 52 - steps.bit_length() + 1


def _first(steps: int) -> int:
    return (1023 - _OCTAVES) * steps


def _block_sums(probs: FloatArray, observed: IntArray, steps: int) -> IntArray:
    """Count some rows, few enough for the processor's cache and for `_PACKED`."""
    n_rows, n_classes = probs.shape
    size = n_classes * _cells_of(steps)
    cells, weights = _places(probs.T, steps)
    both = np.bincount(cells.ravel(), weights.ravel(), size).astype(np.int64)
    trues = np.bincount(cells[observed, np.arange(n_rows)], minlength=size)
    return np.array([both >> _PACKED, trues, both & ((1 << _PACKED) - 1)])


def _places(probs: FloatArray, steps: int) -> tuple[IntArray, FloatArray]:
    """Return the cell of each probability, and ``2**_PACKED`` plus where in the cell it lies.

    Each class, a row here, has cells of its own. They are as in `forecast_grid`, but coarser, with
    one cell for all below 2**-32; and cells of the upper half come after those of the lower one,
    counted from 1 downwards.
    """
    shift = _shift(steps)
    small = np.subtract(1.0, probs, order="C")
    bits, given = small.view(np.int64), probs.view(np.int64)
    np.minimum(bits, given, out=bits)  # doubles of 0 or more have the order of their bits
    cells = bits >> shift
    upper = np.arange(len(probs))[:, None] * _cells_of(steps) + _side(steps)
    cells += upper - (_first(steps) - 1)
    np.maximum(cells, upper, out=cells)
    # Halves and zeros have the sign of +0, and all else below one half that of -1.
    below = (probs - 0.5).view(np.int64)
    below >>= 63
    below &= -_side(steps)
    cells += below
    # The same bits further down are the place as a part of the double that stands for one row.
    bits >>= shift - _OFFSET_BITS - (52 - _PACKED)
    bits &= ((1 << _OFFSET_BITS) - 1) << (52 - _PACKED)
    bits |= (1023 + _PACKED) << 52
    return cells, small


def _mean_forecasts(cells: IntArray, offsets: FloatArray, steps: int) -> FloatArray:
    """Return the mean forecast of each cell from the mean place in it."""
    upper = cells >= _side(steps)
    number = np.where(upper, cells - _side(steps), cells)
    low, high = (
        ((number - 1 + more + _first(steps)) << _shift(steps)).view(np.float64) for more in (0, 1)
    )
    inside = low + (high - low) * (offsets * 2.0**-_OFFSET_BITS)
    small = np.where(number == 0, high / 2.0, inside)
    return np.where(upper, 1.0 - small, small)
