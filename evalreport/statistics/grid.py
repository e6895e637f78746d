"""Whether all probabilities lie on a coarse grid: few decimals, k of n votes, half precision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from evalreport.batch import FloatArray
from evalreport.results import GridResult
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import State

DENOMINATORS = (
    *range(1, 21),
    *(25, 30, 32, 40, 50, 64, 75, 100, 128, 150, 200, 250, 255, 256, 300, 400, 500, 512),
    *(1000, 1024, 2000, 10_000, 100_000, 1_000_000),
)
"""Grids of whole multiples of 1/n: decimals, votes of so many trees or neighbours, one byte."""
MANTISSAS: Mapping[Literal["float16", "bfloat16"], int] = {"bfloat16": 7, "float16": 10}
"""Binary digits after the first that numbers of a format have; a double has 52."""
_FINE = 2000
"""A grid finer than this is named only where no format of few digits explains it."""

_SAMPLES = (8, 64, 512)
"""Rows that are looked at before all of them: healthy probabilities are off every grid by then."""
_SINGLE = 2.0**-24
"""Relative rounding of single precision: 0.1 in float32 is still one decimal."""
_ROUNDING = 1e-15
"""Absolute rounding of 1 - p and of sums in double precision."""


@dataclass(frozen=True, slots=True)
class OffGrids(State):
    """The grids that some probability is not on."""

    names: frozenset[str] = field(default_factory=frozenset)

    def merge(self, other: Self) -> Self:
        """Return the grids that some probability of either input is not on."""
        return type(self)(self.names | other.names)

    def to_json(self) -> list[str]:
        """Return the names in a fixed order."""
        return sorted(self.names)


@dataclass(frozen=True, slots=True)
class ProbabilityGrid:
    """Which grids hold every probability.

    With two classes only the positive column is looked at: the other may be 1 minus it.

    Parameters
    ----------
    positive : int or None
        Index of that column; None with more than two classes.
    """

    positive: int | None = None
    name: str = "probability_grid"

    def empty(self) -> OffGrids:
        """Return the state of no rows."""
        return OffGrids()

    def from_json(self, data: Any) -> OffGrids:
        """Return the state that was written as JSON."""
        return OffGrids(frozenset(data))

    def from_batch(self, scored: ScoredBatch) -> OffGrids:
        """Return the grids that these rows are not on."""
        probs = scored.batch.probs
        if self.positive is not None:
            probs = probs[:, self.positive : self.positive + 1]
        off: set[str] = set()
        for n_rows in (*_SAMPLES, len(probs)):
            cells = probs[:n_rows].ravel(order="K")
            off |= set(_off(cells, off))
            if len(off) == len(DENOMINATORS) + len(MANTISSAS) or n_rows >= len(probs):
                break
        return OffGrids(frozenset(off))

    def result(self, state: OffGrids) -> GridResult | None:
        """Return the coarsest grid that holds every probability, or None."""
        for n in DENOMINATORS:
            if n <= _FINE and str(n) not in state.names:
                return GridResult(denominator=n, number_format=None)
        for name in MANTISSAS:
            if name not in state.names:
                return GridResult(denominator=None, number_format=name)
        fine = [n for n in DENOMINATORS if n > _FINE and str(n) not in state.names]
        return GridResult(denominator=fine[0], number_format=None) if fine else None


def _off(cells: FloatArray, known: set[str]) -> Iterator[str]:
    """Yield the grids, beside those known already, that some of the cells are not on."""
    on: list[int] = []
    for n in DENOMINATORS:
        if str(n) in known or _has_divisor(n, on):
            continue
        if _all_multiples(cells, n):
            on.append(n)
        else:
            yield str(n)
    for name, digits in MANTISSAS.items():
        if name not in known and _has_more_digits(cells, digits):
            yield name


def _has_divisor(n: int, candidates: Sequence[int]) -> bool:
    """Tell whether a coarser grid, part of the one of n, holds all cells."""
    return any(n % each == 0 for each in candidates)


def _all_multiples(cells: FloatArray, n: int) -> bool:
    scaled = cells * n
    distance: NDArray[np.float64] = np.abs(scaled - np.rint(scaled))
    return bool((distance <= scaled * _SINGLE + n * _ROUNDING).all())


def _has_more_digits(cells: FloatArray, digits: int) -> bool:
    beyond = np.int64((1 << (52 - digits)) - 1)
    return bool((np.ascontiguousarray(cells).view(np.int64) & beyond).any())
