"""Rows whose labels are worth a second look: the model was sure of another class.

References
----------
Northcutt, Jiang & Chuang (2021), "Confident learning: estimating uncertainty in dataset labels".
doi:10.1613/jair.1.12125
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from evalreport.batch import FloatArray, IntArray, SliceColumn
from evalreport.exact import grouped_sums, power_unit
from evalreport.results import LabelNoiseResult, MistakenPair, MistakenSlice, SliceResult
from evalreport.scoring import ScoredBatch
from evalreport.statistics.chance import at_least_by_chance
from evalreport.statistics.interface import Key, State, Sums
from evalreport.statistics.moments import counts
from evalreport.statistics.number_counts import NumberCounts

DOUBTED, SURE = 0.01, 0.99
_SHIFT = 45
"""Bits of a doubt that its cell does not look at: 7 of the 52 of the mantissa are left."""
_LEAST_DOUBT, _MOST_DOUBT = 2.0**-20, 1.0
_MOST_LISTED = 10
_SLACK = 1.0 + 1e-9
_FIRST = int(np.float64(_LEAST_DOUBT).view(np.int64)) >> _SHIFT
_CELLS = (int(np.float64(_MOST_DOUBT).view(np.int64)) >> _SHIFT) - _FIRST + 1
_NO_CELL = -1
_SURE_ROWS = "sure"
_UNITS = (0, power_unit(1))


@dataclass(frozen=True, slots=True)
class NoiseState(State):
    """What was counted of labels, and of the doubts of rows that were mistaken.

    Parameters
    ----------
    sums : Sums
        Of labels, pairs and slices, each under its name.
    doubts : NumberCounts
        Rows whose label is not the top class, by this class and the cell of their doubt about it.
    """

    sums: Sums
    doubts: NumberCounts

    def merge(self, other: Self) -> Self:
        """Return the counts over both inputs."""
        return type(self)(self.sums.merge(other.sums), self.doubts.merge(other.doubts))

    def to_json(self) -> dict[str, Any]:
        """Return the counts in terms of JSON."""
        return {**self.sums.to_json(), "doubts": self.doubts.to_json()}


@dataclass(frozen=True, slots=True)
class LabelNoise:
    """Confident mistakes by label and prediction and by slice, and what confident learning needs.

    Rows count as one each, whatever their weight. With soft labels nothing is counted.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes.
    soft : bool
        Whether labels are soft.
    """

    classes: tuple[str, ...]
    soft: bool = False
    name: str = "label_noise"

    def empty(self) -> NoiseState:
        """Return the state of no rows."""
        return NoiseState(Sums(_UNITS), NumberCounts.of(np.empty(0, dtype=np.int64)))

    def from_json(self, data: Any) -> NoiseState:
        """Return the state that was written as JSON."""
        return NoiseState(Sums.from_json(data), NumberCounts.from_json(data["doubts"]))

    def from_batch(self, scored: ScoredBatch) -> NoiseState:
        """Return the counts of these rows."""
        if self.soft or not len(scored):
            return self.empty()
        observed, predicted, k = scored.observed, scored.predicted, len(self.classes)
        doubts = np.maximum(1.0 - scored.confidences[scored.confidences > SURE], 0.0)
        wrong = np.flatnonzero(observed != predicted)
        top, given = scored.confidences[wrong], scored.given[wrong]
        cells = cell_of_doubt(1.0 - top) + predicted[wrong] * _CELLS
        mistaken = wrong[(top > SURE) & (given < DOUBTED)]
        parts = (
            _counted([_SURE_ROWS], np.zeros(len(doubts), dtype=np.int64), doubts),
            _counted([f"label {i}" for i in range(k)], observed, scored.given),
            _named("pair", observed[mistaken] * k + predicted[mistaken]),
            *(_by_value(column, mistaken) for column in scored.batch.slices),
        )
        sums = Sums(_UNITS, {key: row for part in parts for key, row in part.rows.items()})
        return NoiseState(sums, NumberCounts.of(cells))

    def result(
        self, state: NoiseState, n_rows: int, slices: Sequence[SliceResult]
    ) -> LabelNoiseResult | None:
        """Return what was found; None with soft labels, or over no rows.

        Parameters
        ----------
        state : NoiseState
            The counts.
        n_rows : int
            Rows scored.
        slices : sequence of SliceResult
            For the share of rows of each slice.
        """
        if self.soft or not n_rows:
            return None
        sums = state.sums
        pairs = sorted(self._pairs(sums), key=lambda each: (-each.n, each.label, each.predicted))
        n_mistakes = sum(each.n for each in pairs)
        expected = float(sums.value(_SURE_ROWS, 1))
        rate = n_mistakes / n_rows
        return LabelNoiseResult(
            confident_mistakes=n_mistakes,
            expected=expected,
            p_value=at_least_by_chance(n_mistakes, expected),
            pairs=tuple(pairs[:_MOST_LISTED]),
            slices=_worst_slices(sums, slices),
            suspects=self._suspects(state),
            error_rate=rate,
            entropy_floor=entropy_floor(rate, len(self.classes)),
        )

    def _pairs(self, sums: Sums) -> Iterator[MistakenPair]:
        for key in sums.rows:
            name, _, number = str(key).partition(" ")
            if name == "pair":
                label, predicted = divmod(int(number), len(self.classes))
                n = sums.row(key)[0]
                yield MistakenPair(self.classes[label], self.classes[predicted], n)

    def _suspects(self, state: NoiseState) -> int:
        """Count the rows whose top class got at least the usual share of the rows labelled so."""
        usual = np.array([self._usual_cell(state.sums, k) for k in range(len(self.classes))])
        predicted, cells = np.divmod(state.doubts.numbers, _CELLS)
        return int(state.doubts.counts[cells <= usual[predicted]].sum())

    def _usual_cell(self, sums: Sums, k: int) -> int:
        """Return the cell of the usual doubt about a class in the rows labelled so."""
        key = f"label {k}"
        n_labelled = sums.row(key)[0]
        if not n_labelled:
            return _NO_CELL
        doubt = float(1 - sums.value(key, 1) / n_labelled)
        # Rows that all got the usual share must not be lost to its rounding.
        return int(cell_of_doubt(np.array([doubt * _SLACK]))[0])


def cell_of_doubt(doubts: FloatArray) -> IntArray:
    """Return the cell of what the top class did not get, in [0, 1]: the more, the higher.

    Cells are 1 % wide at most, down to a doubt of a millionth: models of rare events are told
    apart by how much they lack to certainty.

    Examples
    --------
    >>> [int(each) for each in cell_of_doubt(np.array([0.0, 1e-9, 0.001, 0.00101, 1.0]))]
    [0, 0, 1283, 1284, 2560]
    """
    raised = np.clip(doubts, _LEAST_DOUBT, _MOST_DOUBT)
    return np.asarray((raised.view(np.int64) >> _SHIFT) - _FIRST)


def entropy_floor(rate: float, n_classes: int) -> float:
    r"""Return the least log loss of any model if labels are wrong at random at this rate.

    It is :math:`h(e) + e \ln(K - 1)` with the entropy :math:`h` of two outcomes.

    Examples
    --------
    >>> round(entropy_floor(0.01, 2), 3), round(entropy_floor(0.01, 10), 3), entropy_floor(0.0, 2)
    (0.056, 0.078, 0.0)
    """
    if not 0.0 < rate < 1.0:
        return 0.0
    two = -rate * math.log(rate) - (1.0 - rate) * math.log1p(-rate)
    return two + rate * math.log(n_classes - 1)


def _counted(keys: Sequence[Key], groups: IntArray, values: FloatArray | None = None) -> Sums:
    sums = [0] * len(keys) if values is None else grouped_sums(values, groups, len(keys))
    return Sums.from_columns(_UNITS, keys, [counts(groups, len(keys)), sums])


def _named(kind: str, numbers: IntArray) -> Sums:
    """Return how often each number stands, under the name of its kind."""
    met = NumberCounts.of(numbers)
    pairs = zip(met.numbers.tolist(), met.counts.tolist(), strict=True)
    return Sums(_UNITS, {f"{kind} {number}": (n, 0) for number, n in pairs})


def _by_value(column: SliceColumn, chosen: IntArray) -> Sums:
    return _counted([f"in {column.name}\n{each}" for each in column.values], column.codes[chosen])


def _worst_slices(sums: Sums, slices: Sequence[SliceResult]) -> tuple[MistakenSlice, ...]:
    found = (
        MistakenSlice(each.column, each.value, n, each.frequency)
        for each in slices
        if (n := sums.row(f"in {each.column}\n{each.value}")[0])
    )
    return tuple(sorted(found, key=lambda each: (-each.n, each.column, each.value))[:_MOST_LISTED])
