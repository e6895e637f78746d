"""Sums by forecast: every forecast by itself while they are few, cells of a fine grid beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.errors import MergeError
from evalreport.statistics.interface import Key, Sums

STEPS_PER_OCTAVE = 128
_SHIFT = 52 - 7  # the exponent and the first seven bits of the mantissa
_FIRST_OCTAVE = (1023 - 64) * STEPS_PER_OCTAVE
_HALF = 64 * STEPS_PER_OCTAVE
_LAST = 2 * _HALF
N_CELLS = _LAST + 1

MOST_DISTINCT = 8192
"""Up to so many different forecasts are kept apart."""


def grid_cell(forecasts: FloatArray) -> IntArray:
    """Return the cell of each forecast on a grid that is fine where probabilities are extreme.

    The grid has 128 cells for every factor of two of p, below one half, and of 1 - p above it, and
    a cell each for what lies within 2**-64 of 0 and for 1; cells are in the order of p. A logit is
    never further than 1/64 from its neighbours in the cell, whatever the probability.
    """
    upper = forecasts >= 0.5
    small = np.where(upper, 1.0 - forecasts, forecasts)
    bits = small.view(np.int64) >> _SHIFT
    cell = np.where(small == 0.0, 0, np.clip(bits - _FIRST_OCTAVE + 1, 1, _HALF))
    return np.where(upper, _LAST - cell, cell)


def forecast_keys(forecasts: FloatArray, limit: int = MOST_DISTINCT) -> tuple[list[int], IntArray]:
    """Return the keys of some forecasts, in order, and which of them each forecast has.

    Up to `limit` different forecasts have a key each, beyond the numbers of cells; keys of both
    kinds are in the order of the forecasts.
    """
    # A look at the first ones spares sorting them all in a large batch.
    if limit and len(np.unique(forecasts[: 2 * limit])) <= limit:
        distinct, groups = np.unique(forecasts, return_inverse=True)
        if len(distinct) <= limit:
            bits = (distinct + 0.0).view(np.int64)  # no negative zeros
            return (bits + N_CELLS).tolist(), groups.astype(np.int64)
    cells = grid_cell(forecasts)
    met = np.flatnonzero(np.bincount(cells, minlength=N_CELLS))
    places = np.zeros(N_CELLS, dtype=np.int64)
    places[met] = np.arange(len(met))
    return met.tolist(), places[cells]


@dataclass(frozen=True, slots=True)
class SumsByForecast(Sums):
    """Exact sums for each of some forecasts, or, if those are too many, for cells of the grid.

    How many different forecasts there are does not depend on the order of the rows, and so
    neither does what is kept: parts that go over the limit put the whole over it.
    """

    limit: int = MOST_DISTINCT

    @classmethod
    def of_forecasts(
        cls,
        units: tuple[int, ...],
        keys: Sequence[int],
        columns: Sequence[Sequence[int]],
        limit: int,
    ) -> Self:
        """Return the sums given column by column, for keys of `forecast_keys`."""
        rows = zip(keys, zip(*columns, strict=True), strict=True)
        return cls(units, dict(rows), limit)

    @property
    def is_exact(self) -> bool:
        """Whether every forecast stands by itself."""
        first = next(iter(self.rows), N_CELLS)
        return int(first) >= N_CELLS

    def merge(self, other: Self) -> Self:
        """Return the sums over both inputs."""
        if self.units != other.units or self.limit != other.limit:
            raise MergeError("these sums were made with different settings and cannot be added")
        one, two = self, other
        if one.is_exact != two.is_exact:
            one, two = one._on_grid(), two._on_grid()
        merged = dict(one.rows)
        _add(merged, two.rows.items())
        both = type(self)(self.units, merged, self.limit)
        return both._on_grid() if both.is_exact and len(merged) > self.limit else both

    def _on_grid(self) -> Self:
        if not self.rows or not self.is_exact:
            return self
        bits = np.array([int(key) - N_CELLS for key in self.rows], dtype=np.int64)
        merged: dict[Key, tuple[int, ...]] = {}
        _add(
            merged, zip(grid_cell(bits.view(np.float64)).tolist(), self.rows.values(), strict=True)
        )
        return type(self)(self.units, merged, self.limit)

    def to_json(self) -> dict[str, Any]:
        """Return the sums in terms of JSON."""
        return {**Sums.to_json(self), "limit": self.limit}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Return the sums that `to_json` wrote."""
        plain = Sums.from_json(data)
        return cls(plain.units, plain.rows, data["limit"])


def _add(rows: dict[Key, tuple[int, ...]], others: Any) -> None:
    for key, row in others:
        mine = rows.get(key)
        rows[key] = row if mine is None else tuple(map(int.__add__, mine, row))
