"""The tail of the losses: what the worst rows hold, and quantiles.

References
----------
Lorenz (1905), "Methods of measuring the concentration of wealth", for the shares.
doi:10.2307/2276207
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evalreport.exact import as_fraction
from evalreport.results import LossQuantile, WorstShare
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.loss_grid import cell_of, distinct_cells, lower_edge
from evalreport.statistics.moments import counts, grouped, mass, mass_unit, sum_unit

SHARES = tuple(Fraction(each, 10_000) for each in (1, 10, 100, 500, 1000))
LEVELS = (Fraction(1, 2), Fraction(9, 10), Fraction(99, 100), Fraction(999, 1000))

_INFINITE = -1
"""Number of the cell of losses that are infinite: no other cell has one below 0."""
_N, _MASS, _LOSS = range(3)


@dataclass(frozen=True, slots=True)
class LossTails(KeepsSums):
    """Rows and their loss in cells of the loss, 32 for each factor of two.

    With soft labels the loss is the excess. Rows of infinite loss are counted apart.
    """

    weighted: bool
    floor: float | None
    name: str = "tails"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, mass_unit(self.weighted), sum_unit(self.weighted))

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        infinite = scored.is_zero & (self.floor is None)
        cells = np.where(infinite, _INFINITE, cell_of(scored.excess))
        used, groups = distinct_cells(cells)
        n_cells = len(used)
        columns = [
            counts(groups, n_cells),
            mass(scored.weights, groups, n_cells),
            grouped(scored.excess, scored.weights, groups, n_cells),
        ]
        return Sums.from_columns(self._units, used.tolist(), columns)

    def quantiles(self, state: Sums) -> tuple[LossQuantile, ...]:
        """Return the loss that half, 90, 99 and 99.9 % of the rows stay at or below.

        It is the mean of the cell that it falls into, and a cell is 3 % wide at most.
        """
        spread = _Spread(self._units, state)
        return tuple(LossQuantile(float(level), spread.quantile(level)) for level in LEVELS)

    def shares(self, state: Sums) -> tuple[WorstShare, ...]:
        """Return what the worst 0.01, 0.1, 1, 5 and 10 % of the rows hold of the loss.

        Exact at the edges of cells; within a cell every row counts as its mean.
        """
        spread = _Spread(self._units, state)
        return tuple(spread.worst(share) for share in SHARES)


class _Spread:
    """The cells from the lowest loss to the highest, with exact sums."""

    def __init__(self, units: tuple[int, ...], state: Sums) -> None:
        finite = [key for key in state.ordered_keys() if key != _INFINITE]
        self.cells = [int(key) for key in finite]
        self.masses = [state.value(key, _MASS) for key in finite]
        self.losses = [state.value(key, _LOSS) for key in finite]
        self.n = sum(row[_N] for row in state.rows.values())
        self.is_infinite = _INFINITE in state.rows
        self.mass = as_fraction(state.total()[_MASS], units[_MASS])
        self.loss = sum(self.losses, Fraction(0))

    def quantile(self, level: Fraction) -> float | None:
        """Return the loss that a share `level` of the mass stays at or below."""
        below, wanted = Fraction(0), level * self.mass
        for mass_here, loss in zip(self.masses, self.losses, strict=True):
            below += mass_here
            if below >= wanted:
                return float(loss / mass_here)
        return None

    def worst(self, share: Fraction) -> WorstShare:
        """Return what the worst `share` of the mass holds of the loss."""
        nothing = WorstShare(float(share), None, None, None)
        if share * self.n < 1 or self.is_infinite or not self.loss:
            return nothing
        held, left = Fraction(0), share * self.mass
        for cell, mass_here, loss in self._from_the_worst():
            if mass_here >= left:
                held += loss * left / mass_here
                rest = (self.loss - held) / (self.mass * (1 - share))
                return WorstShare(
                    float(share), float(held / self.loss), lower_edge(cell), float(rest)
                )
            held, left = held + loss, left - mass_here
        return nothing

    def _from_the_worst(self) -> Iterator[tuple[int, Fraction, Fraction]]:
        return reversed(list(zip(self.cells, self.masses, self.losses, strict=True)))
