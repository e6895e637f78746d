"""The grid that single classes are counted on: fine where forecasts are common, coarse elsewhere.

There are two sides, probabilities below one half and those above, counted from 1 downwards. A side
has cells of one width in the logit for every factor of two down to 2**-32, and one cell for all
below. For the curves that chance draws 16 of them are enough. What recalibration saves is read off
cells that are up to 32 times as fine from 1/32 to one half, and half as fine with every factor of
four below that, as a frequency strays by chance in proportion to the square root of a probability.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from evalreport.batch import FloatArray, IntArray

MOST_CELLS = 2**18
"""Cells of all classes together."""
_OCTAVES = 31
"""Factors of two from 2**-32 to one half."""
_COARSE, _COARSEST = 16, 2
"""Steps per factor of two in which chance is drawn: fewer with very many classes."""
_FINEST = 1024
"""Half of it with three classes, and half of that with four times as many."""
_ALL_FINE = 4
"""Factors of two, from one half downwards, in which cells are as fine as they get."""
_EXACT_BITS = 52
"""Sums of whole numbers below 2**52 are exact in doubles."""

OFFSET_BITS = 24
"""Where a forecast lies in its coarse cell is counted in units of so small a part of the cell."""


@dataclass(frozen=True)
class ClassGrid:
    """How the probabilities of a class are put into cells.

    Parameters
    ----------
    steps : int
        Cells per factor of two where they are finest; a power of two.
    coarse_steps : int
        The same on the grid that chance is drawn on.
    """

    steps: int
    coarse_steps: int

    @property
    def side(self) -> int:
        """Slots on each side, all as wide as the finest cells: with one below all, and one half."""
        return _OCTAVES * self.steps + 2

    @property
    def n_cells(self) -> int:
        """Cells of a class."""
        return len(self.starts)

    @property
    def n_coarse(self) -> int:
        """Coarse cells of a class."""
        return len(self.coarse_starts)

    @property
    def offset_bits(self) -> int:
        """Binary digits of the place of a forecast in its slot."""
        return OFFSET_BITS - (self.steps // self.coarse_steps).bit_length() + 1

    @property
    def row_bits(self) -> int:
        """Two to this power rows can be counted together with their places in one double."""
        return (_EXACT_BITS - self.offset_bits) // 2

    @cached_property
    def starts(self) -> IntArray:
        """The first slot of each cell, of one side after the other."""
        return self._starts(self._steps_in)

    @cached_property
    def coarse_starts(self) -> IntArray:
        """The first slot of each coarse cell."""
        return self._starts(lambda octave: self.coarse_steps)

    def _steps_in(self, octave: int) -> int:
        halvings = max(0, (octave - _ALL_FINE + 1) // 2)
        return max(self.coarse_steps, self.steps >> halvings)

    def _starts(self, steps_in: Callable[[int], int]) -> IntArray:
        widths = [1]
        for octave in range(_OCTAVES, 0, -1):
            n_steps = steps_in(octave)
            widths += [self.steps // n_steps] * n_steps
        one_side = np.cumsum([0, *widths])
        return np.concatenate([one_side, one_side + self.side])

    @cached_property
    def cell_of(self) -> IntArray:
        """The cell of each slot."""
        return np.repeat(np.arange(self.n_cells), np.diff(self.starts, append=2 * self.side))

    @cached_property
    def coarse_cell_of(self) -> IntArray:
        """The coarse cell of each cell."""
        return np.searchsorted(self.coarse_starts, self.starts, side="right") - 1

    @cached_property
    def before(self) -> IntArray:
        """How far into its coarse cell each slot begins, in units of a place."""
        slots = np.arange(2 * self.side)
        first = np.repeat(self.coarse_starts, np.diff(self.coarse_starts, append=2 * self.side))
        return (slots - first) << self.offset_bits

    @property
    def _shift(self) -> int:
        return _EXACT_BITS - self.steps.bit_length() + 1

    def slots(self, probs: FloatArray) -> tuple[IntArray, IntArray]:
        """Return the slot of each probability, and the bits that tell where in it it lies."""
        small = np.subtract(1.0, probs, order="C")
        bits = small.view(np.int64)
        np.minimum(bits, probs.view(np.int64), out=bits)  # doubles of 0 or more: ordered as bits
        slots = bits >> self._shift
        slots += self.side - ((1022 - _OCTAVES) * self.steps - 1)
        np.maximum(slots, self.side, out=slots)
        # Halves and zeros have the sign of +0, and all else below one half that of -1.
        below = (probs - 0.5).view(np.int64)
        below >>= 63
        below &= -self.side
        slots += below
        return slots, bits

    def rows_and_places(self, bits: IntArray) -> FloatArray:
        """Return for each probability one row, in its own unit, plus the place in the slot.

        A row counts two to the power `row_bits` + `offset_bits`.

        Parameters
        ----------
        bits : int64 ndarray
            Of `slots`; overwritten.
        """
        # The bits of a place further down are the place as a part of the double that is one row.
        packed = self.row_bits + self.offset_bits
        bits >>= self._shift - self.offset_bits - (_EXACT_BITS - packed)
        bits &= ((1 << self.offset_bits) - 1) << (_EXACT_BITS - packed)
        bits |= (1023 + packed) << _EXACT_BITS
        return bits.view(np.float64)

    def forecasts(self, coarse: IntArray, places: FloatArray) -> FloatArray:
        """Return the forecasts that lie at some places of coarse cells, from 0 to below 1."""
        side, steps = self.n_coarse // 2, self.coarse_steps
        upper = coarse >= side
        number = np.where(upper, coarse - side, coarse)
        shift = _EXACT_BITS - steps.bit_length() + 1
        first = (1022 - _OCTAVES) * steps
        low, high = (((number - 1 + more + first) << shift).view(np.float64) for more in (0, 1))
        small = np.where(number == 0, high / 2.0, low + (high - low) * places)
        return np.where(upper, 1.0 - small, small)

    def ascending(self, n_cells: int) -> IntArray:
        """Return all cells, or all coarse ones, from 0 to 1: upper ones are counted from 1."""
        side = n_cells // 2
        return np.concatenate([np.arange(side), np.arange(n_cells - 1, side - 1, -1)])


def coarse_places(probs: FloatArray) -> IntArray:
    """Return the coarse cell of each probability, counted from 0 upwards to 1."""
    grid = ClassGrid(_COARSE, _COARSE)
    slots, _ = grid.slots(probs)
    return np.where(slots < grid.side, slots, 3 * grid.side - 1 - slots)


@lru_cache
def class_grid(n_classes: int) -> ClassGrid | None:
    """Return the grid for so many classes; None if they are too many to be kept apart.

    Examples
    --------
    >>> [class_grid(k).steps for k in (3, 8, 32, 120, 128, 263, 264, 2_048)]
    [512, 256, 128, 128, 64, 16, 32, 2]
    >>> class_grid(2_049) is None
    True
    """
    coarse = _COARSE
    while n_classes * 2 * (_OCTAVES * coarse + 2) > MOST_CELLS:
        coarse //= 2
        if coarse < _COARSEST:
            return None
    steps = max(coarse, _FINEST >> (n_classes.bit_length() // 2))
    while n_classes * ClassGrid(steps, coarse).n_cells > MOST_CELLS:
        steps //= 2
    return ClassGrid(steps, coarse)
