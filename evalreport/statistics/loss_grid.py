"""How the loss is spread: a histogram on a grid of 32 cells per factor of two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.exact import as_fraction
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.moments import counts, grouped, mass, mass_unit, sum_unit
from evalreport.task_batches import TokenBatch
from evalreport.task_results import TailShare

_SHIFT = 47
"""Bits of a double that a cell does not look at: 5 of the 52 of the mantissa are left."""
_LEAST_LOSS = 2.0**-60
_SHARES = (0.001, 0.01, 0.05, 0.1)
_INFINITE = -1


def cell_of(losses: FloatArray) -> IntArray:
    """Return the cell of each loss; the larger the loss, the larger its number."""
    raised = np.where(losses == 0.0, 0.0, np.maximum(losses, _LEAST_LOSS))
    return np.asarray(raised.view(np.int64) >> _SHIFT)


def distinct_cells(cells: IntArray) -> tuple[IntArray, IntArray]:
    """Return the cells that were met, in order, and which of them each one is.

    Cells are few numbers, of -1 or more: counting them is faster than sorting.
    """
    shifted = cells + 1
    met = np.flatnonzero(np.bincount(shifted))
    order = np.zeros(int(met[-1]) + 1 if len(met) else 0, dtype=np.int64)
    order[met] = np.arange(len(met))
    return met - 1, order[shifted]


def lower_edge(cell: int) -> float:
    """Return the least loss of a cell.

    Examples
    --------
    >>> lower_edge(int(cell_of(np.array([3.0]))[0]))
    3.0
    """
    return float(np.int64(cell << _SHIFT).view(np.float64))


@dataclass(frozen=True, slots=True)
class LossGrid(KeepsSums):
    """Tokens, their weight and loss in each cell; those of infinite loss are counted apart."""

    weighted: bool = False
    name: str = "loss_grid"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, mass_unit(self.weighted), sum_unit(self.weighted))

    def from_batch(self, batch: TokenBatch) -> Sums:
        """Return the sums over these rows."""
        losses = batch.losses
        cells = np.where(batch.is_zero, _INFINITE, cell_of(losses))
        used, codes = distinct_cells(cells)
        n_cells, weights = len(used), batch.token_weights
        columns = [
            counts(codes, n_cells),
            mass(weights, codes, n_cells),
            grouped(losses, weights, codes, n_cells),
        ]
        return Sums.from_columns(self._units, [int(each) for each in used], columns)

    def tails(self, state: Sums) -> tuple[TailShare, ...]:
        """Return what the worst tokens hold of the loss; nothing over no tokens.

        Exact at the edges of cells; within a cell every token counts as its mean, and a cell is
        3 % wide at most. With weights a share of the tokens is a share of their weight.
        """
        totals = zip(state.total(), state.units, strict=True)
        n_tokens, weight, loss = (as_fraction(*each) for each in totals)
        if not n_tokens or _INFINITE in state.rows:
            return ()
        tails = []
        for share in _SHARES:
            wanted = Fraction(share) * weight if self.weighted else math.ceil(share * n_tokens)
            n, held, least = _worst(state, Fraction(wanted))
            of_loss = float(held / loss) if loss else None
            tails.append(TailShare(share, math.ceil(n), of_loss, least))
        return tuple(tails)


def _worst(state: Sums, wanted: Fraction) -> tuple[Fraction, Fraction, float | None]:
    """Return how many of the worst tokens make up a weight, their loss, and the least of them."""
    n, held, left = Fraction(0), Fraction(0), wanted
    for cell in reversed(state.ordered_keys()):
        n_cell, weight, loss = (state.value(cell, column) for column in range(3))
        if weight >= left:
            part = left / weight
            return n + n_cell * part, held + loss * part, lower_edge(int(cell))
        n, held, left = n + n_cell, held + loss, left - weight
    return n, held, None
