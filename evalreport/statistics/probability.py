"""Loss by the probability given to what happened, and what other floors would give."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.exact import exp, grouped_sums, log_of, power_unit
from evalreport.results import FloorResult, OverallResult, ProbabilityBin
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.moments import counts, grouped, mass, mass_unit, sum_unit

EDGES = (0.0, 1e-6, 1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0)
"""Bin i > 0 holds the probabilities above EDGES[i - 1] up to EDGES[i]; bin 0 those of exactly 0."""


_BLOCK = 2**15
"""Probabilities worked on at a time."""
_LANES = 4
_DIGITS = 40
_FIRST_WHOLE = 3
"""From this bin on, above 0.0001, so many binary digits of a probability are enough."""
_SHIFT = 52 - 9
"""Bits of a double that do not tell its bin, but next to an edge."""
_LOOK = 0
"""Stands for the bin of probabilities of which every bit, or every digit, matters."""


def _bin_of(probabilities: FloatArray) -> IntArray:
    """Return how many of the edges lie below each probability: far faster than a search."""
    bins = np.zeros(len(probabilities), dtype=np.int8)
    for edge in EDGES[:-1]:
        bins += (probabilities > edge).view(np.int8)
    return bins.astype(np.int64)


def _sums_by_bin(cells: FloatArray) -> list[int]:
    """Sum probabilities within their bins.

    Neighbours are counted in different lanes: adding to one place twice in a row has to wait.
    """
    n_bins, bins = len(EDGES), _bins_by_bits()
    lanes = np.tile(np.arange(_LANES) * n_bins, _BLOCK // _LANES)
    whole = np.zeros(_LANES * n_bins, dtype=np.int64)
    looked_at: list[FloatArray] = []
    for start in range(0, len(cells), _BLOCK):
        block = cells[start : start + _BLOCK]
        places = block.view(np.int64) >> _SHIFT
        places = np.take(bins, places, mode="clip")
        looked_at.append(block[np.flatnonzero(places == _LOOK)])
        places += lanes[: len(block)]
        scaled = block * 2.0**_DIGITS
        np.rint(scaled, out=scaled)
        # These doubles are integers: those of a lane and block stay up to 2**53.
        whole += np.bincount(places, scaled, len(whole)).astype(np.int64)
    sums = whole.reshape(_LANES, n_bins).sum(axis=0).tolist()
    sums[_LOOK] = 0
    others = np.concatenate([np.empty(0), *looked_at])
    exact = grouped_sums(others, _bin_of(others), n_bins)
    more = -power_unit(1) - _DIGITS
    return [(large << more) + small for large, small in zip(sums, exact, strict=True)]


@cache
def _bins_by_bits() -> IntArray:
    """Return the bin of doubles from 0 to 1 by their first bits, `_LOOK` where these do not tell.

    A cell of zeros takes part with nothing: that need not be looked at.
    """
    bits = np.arange((1023 << (52 - _SHIFT)) + 1) << _SHIFT
    bins = np.full(len(bits), _LOOK)
    first = np.searchsorted(bits.view(np.float64), EDGES[_FIRST_WHOLE - 1])
    least, most = (
        _bin_of(each.view(np.float64)) for each in (bits[first:], bits[first:] + (1 << _SHIFT) - 1)
    )
    bins[first:] = np.where(least == most, least, _LOOK)
    bins[0] = bins[-1] = len(EDGES) - 1
    return bins


@dataclass(frozen=True, slots=True)
class ByProbability(KeepsSums):
    """Rows and loss by the probability given to what happened.

    Beside the rows observed in each bin stand those expected: the sum of all probabilities in the
    bin, whatever class they speak of, is how often the model itself says that something given so
    little happens.

    With soft labels the probability of a row is exp(-excess), which is 1 for a forecast that
    equals its target; the loss is the excess, and nothing can be said of how many are expected.
    """

    weighted: bool
    soft: bool = False
    name: str = "loss_by_probability"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, mass_unit(self.weighted), sum_unit(self.weighted), power_unit(1))

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        groups, n_bins = _bin_of(self._probabilities(scored)), len(EDGES)
        cells = np.empty(0) if self.soft else scored.batch.probs.ravel(order="K")
        columns = [
            counts(groups, n_bins),
            mass(scored.weights, groups, n_bins),
            grouped(scored.excess, scored.weights, groups, n_bins),
            _sums_by_bin(cells),
        ]
        return Sums.from_columns(self._units, range(n_bins), columns)

    def _probabilities(self, scored: ScoredBatch) -> FloatArray:
        if not self.soft:
            return scored.given
        return np.where(scored.is_zero, 0.0, exp(-scored.excess))

    def results(self, state: Sums) -> tuple[ProbabilityBin, ...]:
        """Return every bin, from zero upwards, empty ones too."""
        total = Sums(state.units, {0: state.total()}).value(0, 2)
        return tuple(self._result(state, i, total) for i in range(len(EDGES)))

    def _result(self, state: Sums, i: int, total: Fraction) -> ProbabilityBin:
        weight, loss = state.value(i, 1), state.value(i, 2)
        return ProbabilityBin(
            low=EDGES[max(i - 1, 0)],
            high=EDGES[i],
            n=state.row(i)[0],
            expected_n=None if self.soft else float(state.value(i, 3)),
            mean_loss=float(loss / weight) if weight else None,
            share_of_loss=float(loss / total) if total else None,
        )


FLOORS = (
    (2.0**-52, "scikit-learn, 64-bit"),
    (1e-15, "scikit-learn before 1.3"),
    (2.0**-23, "scikit-learn, 32-bit"),
    (1e-7, "Keras"),
    (2.0**-10, "scikit-learn, 16-bit"),
)


@dataclass(frozen=True, slots=True)
class Floors(KeepsSums):
    """The mean log loss under the floors of other tools; they have none for soft labels."""

    weighted: bool
    soft: bool = False
    name: str = "floors"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, mass_unit(self.weighted), sum_unit(self.weighted))

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the unfloored sums over the rows below each floor, and at "all" over all rows."""
        if self.soft:
            return self.empty()
        # The floors ascend: what is below one of them is below the largest.
        low = np.flatnonzero(scored.is_below(FLOORS[-1][0]))
        chosen = [low[scored.is_below(floor)[low]] for floor, _ in FLOORS]
        rows = [self._below(scored, slice(None)), *(self._below(scored, each) for each in chosen)]
        keys = range(len(rows))
        return Sums.from_columns(self._units, keys, list(zip(*rows, strict=True)))

    def _below(self, scored: ScoredBatch, chosen: IntArray | slice) -> tuple[int, int, int]:
        weights = None if scored.weights is None else scored.weights[chosen]
        losses = scored.finite_losses[chosen]
        groups = np.zeros(len(losses), dtype=np.int64)
        return (len(groups), mass(weights, groups, 1)[0], grouped(losses, weights, groups, 1)[0])

    def results(self, state: Sums, overall: OverallResult) -> tuple[FloorResult, ...]:
        """Return the mean under each floor, from the least floor upwards."""
        if self.soft:
            return ()
        return tuple(
            self._result(state, i + 1, floor, label) for i, (floor, label) in enumerate(FLOORS)
        )

    def _result(self, state: Sums, i: int, floor: float, label: str) -> FloorResult:
        weight = state.value(0, 1)
        above = state.value(0, 2) - state.value(i, 2)
        loss = above + state.value(i, 1) * Fraction(-log_of(floor))
        return FloorResult(floor, label, state.row(i)[0], float(loss / weight) if weight else None)
