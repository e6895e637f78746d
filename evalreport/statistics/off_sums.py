"""What dividing rows by their sums changes, where probabilities do not sum to 1.

Dividing the probabilities of a row by their sum s adds ln s to its loss, whatever happened. So the
mean of ln s is the distance of the log loss as found from the log loss after it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalreport import exact
from evalreport.exact import FLOAT_UNIT
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.signed import signed_sums

_ALL = 0
_N, _LOG_SUMS = range(2)


@dataclass(frozen=True, slots=True)
class OffSums(KeepsSums):
    """Sum of the logarithms of the row sums that are off 1 by more than rounding explains.

    A row that gave what happened less than the floor is left out: it is scored as the floor either
    way.
    """

    name: str = "off_sums"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, FLOAT_UNIT)

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sum over these rows."""
        sums = scored.batch.sums
        if sums is None:
            return self.empty()
        off = np.flatnonzero((sums != 1.0) & ~scored.is_zero & ~scored.is_floored)
        if not len(off):
            return self.empty()
        weights = None if scored.weights is None else scored.weights[off]
        # The logarithm of a sum just above or below 1 keeps its digits only beside 1.
        logs = exact.log1p(sums[off] - 1.0)
        total = signed_sums(logs, np.zeros(len(off), dtype=np.int64), 1, weights)
        return Sums.from_columns(self._units, [_ALL], [[len(off)], total])

    def rescaling_adds(self, state: Sums, weight: float) -> float | None:
        """Return what dividing every row by its sum adds to the mean loss, in nats.

        Parameters
        ----------
        state : Sums
            The sum.
        weight : float
            Weight of all rows scored; their number without weights.

        Returns
        -------
        float or None
            None if no sum is off.
        """
        if not state.row(_ALL)[_N] or not weight:
            return None
        return float(state.value(_ALL, _LOG_SUMS)) / weight
