"""How the loss is spread: a histogram on a grid of 32 cells per factor of two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.exact import as_fraction, grouped_sums, power_unit
from evalreport.statistics.interface import Sums
from evalreport.task_batches import TokenBatch
from evalreport.task_results import TailShare

_SHIFT = 47
"""Bits of a double that a cell does not look at: 5 of the 52 of the mantissa are left."""
_LEAST_LOSS = 2.0**-60
_SHARES = (0.001, 0.01, 0.05, 0.1)
_UNITS = (0, power_unit(1))
_INFINITE = -1


def cell_of(losses: FloatArray) -> IntArray:
    """Return the cell of each loss; the larger the loss, the larger its number."""
    raised = np.where(losses == 0.0, 0.0, np.maximum(losses, _LEAST_LOSS))
    return np.asarray(raised.view(np.int64) >> _SHIFT)


def lower_edge(cell: int) -> float:
    """Return the least loss of a cell.

    Examples
    --------
    >>> lower_edge(int(cell_of(np.array([3.0]))[0]))
    3.0
    """
    return float(np.int64(cell << _SHIFT).view(np.float64))


@dataclass(frozen=True, slots=True)
class LossGrid:
    """Tokens and their loss in each cell; those of infinite loss are counted apart."""

    name: str = "loss_grid"

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums(_UNITS)

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)

    def from_batch(self, batch: TokenBatch) -> Sums:
        """Return the sums over these rows."""
        losses = batch.losses
        cells = np.where(batch.is_zero, _INFINITE, cell_of(losses))
        used, codes = np.unique(cells, return_inverse=True)
        n_cells = len(used)
        columns = [
            [int(n) for n in np.bincount(codes, minlength=n_cells)],
            grouped_sums(losses, codes.astype(np.int64), n_cells),
        ]
        return Sums.from_columns(_UNITS, [int(each) for each in used], columns)

    def tails(self, state: Sums) -> tuple[TailShare, ...]:
        """Return what the worst tokens hold of the loss; nothing over no tokens.

        Exact at the edges of cells; within a cell every token counts as its mean, and a cell is
        3 % wide at most.
        """
        n_tokens, total = state.total()
        if not n_tokens or _INFINITE in state.rows:
            return ()
        whole = as_fraction(total, _UNITS[1])
        tails = []
        for share in _SHARES:
            n = math.ceil(share * n_tokens)
            held, least = _worst(state, n)
            of_loss = float(held / whole) if whole else None
            tails.append(TailShare(share, n, of_loss, least))
        return tuple(tails)


def _worst(state: Sums, n_wanted: int) -> tuple[Any, float | None]:
    """Return the loss that the worst tokens hold, and the edge of the last cell needed."""
    held, left = as_fraction(0, 0), n_wanted
    for cell in reversed(state.ordered_keys()):
        n_cell = state.row(cell)[0]
        loss = state.value(cell, 1)
        if n_cell >= left:
            return held + loss * left / n_cell, lower_edge(int(cell))
        held, left = held + loss, left - n_cell
    return held, None
