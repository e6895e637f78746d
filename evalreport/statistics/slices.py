"""Scores of the rows that share a value of a named column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evalreport.bands import band_of
from evalreport.batch import SliceColumn
from evalreport.exact import as_fraction
from evalreport.intervals import Moments, hall_interval
from evalreport.results import SliceResult
from evalreport.scoring import ScoredBatch
from evalreport.statistics.groups_of_rows import refuse_too_many
from evalreport.statistics.interface import Key, Sums
from evalreport.statistics.limited import MOST_VALUES, LimitedSums
from evalreport.statistics.moments import (
    PowerSums,
    counts,
    grouped,
    moment_columns,
    moment_units,
    sum_unit,
)
from evalreport.statistics.outcomes import class_masses, outcome_unit
from evalreport.statistics.skill import above, frequency_entropy
from evalreport.statistics.worse import worse_p_value

_N, _N_ZERO, _LOSS, _TARGET_ENTROPY, _MOMENTS = range(5)


@dataclass(frozen=True, slots=True)
class BySlice:
    """Loss by the values of one column, with the class frequencies of each value.

    Parameters
    ----------
    column : str
        The column.
    n_classes : int
        Number of classes.
    weighted : bool
        Whether rows have weights.
    floor : float or None
        Least probability scored.
    soft : bool
        Whether labels are soft; interval and comparisons are those of the excess then.
    """

    column: str
    n_classes: int
    weighted: bool
    floor: float | None
    soft: bool = False

    @property
    def name(self) -> str:
        """Name of the statistic: one for every column."""
        return f"slice {self.column}"

    @property
    def _units(self) -> tuple[int, ...]:
        sums = (sum_unit(self.weighted),) * 2
        masses = (self._class_unit,) * self.n_classes
        return (0, 0, *sums, *moment_units(self.weighted), *masses)

    @property
    def _class_unit(self) -> int:
        return outcome_unit(self.weighted, self.soft)

    def empty(self) -> LimitedSums:
        """Return the state of no rows."""
        return LimitedSums(self._units, column=self.column)

    def from_json(self, data: Any) -> LimitedSums:
        """Return the state that was written as JSON."""
        sums = Sums.from_json(data)
        return LimitedSums(sums.units, sums.rows, self.column)

    def from_batch(self, scored: ScoredBatch) -> LimitedSums:
        """Return the sums over these rows.

        Raises
        ------
        InputError
            If the column has more than 10,000 different values.
        """
        column = self._column_of(scored)
        groups, n_groups, weights = column.codes, len(column.values), scored.weights
        refuse_too_many(n_groups, self.column, MOST_VALUES)
        columns = [
            counts(groups, n_groups),
            counts(groups, n_groups, scored.is_zero),
            grouped(scored.losses, weights, groups, n_groups),
            grouped(scored.target_entropies, weights, groups, n_groups),
            *moment_columns(scored.excess, weights, groups, n_groups),
            *class_masses(scored, groups, n_groups, self.soft),
        ]
        sums = Sums.from_columns(self._units, column.values, columns)
        return LimitedSums(sums.units, sums.rows, self.column)

    def results(self, state: Sums) -> tuple[SliceResult, ...]:
        """Return the numbers of every value, in the order of the values."""
        whole = self._sums(Sums(state.units, {"": state.total()}), "")
        infinite = self.floor is None and state.total()[_N_ZERO] > 0
        return tuple(self._result(state, key, whole, infinite) for key in state.ordered_keys())

    def _result(self, state: Sums, key: Key, whole: PowerSums, infinite: bool) -> SliceResult:
        row, sums = state.row(key), self._sums(state, key)
        mean = None if self.floor is None and row[_N_ZERO] else sums.mean
        rest = None if infinite else (whole - sums).mean
        excess = None if mean is None else float(mean)
        loss = None if mean is None else float(state.value(key, _LOSS) / sums.weight)
        moments = sums.moments() if excess is not None else None
        entropy = frequency_entropy(
            [as_fraction(each, self._class_unit) for each in row[-self.n_classes :]]
        )
        targets = float(state.value(key, _TARGET_ENTROPY) / sums.weight)
        baseline = above(entropy, targets) if entropy else None
        return SliceResult(
            column=self.column,
            value=str(key),
            n=row[_N],
            frequency=float(sums.weight / whole.weight),
            log_loss=None if self.soft else loss,
            cross_entropy=loss,
            interval=hall_interval(moments) if moments else None,
            share_of_loss=float(sums.first / whole.first) if whole.first else None,
            zero_probability_rows=row[_N_ZERO],
            baseline=entropy,
            skill=1.0 - excess / baseline if baseline and excess is not None else None,
            band=None if excess is None else band_of(excess).name,
            worse_than_rest=None,
            rest_log_loss=None if rest is None else float(rest),
            p_value=None if infinite else worse_p_value(sums, whole),
            kl_divergence=excess,
            standard_error=moments.standard_error if moments else None,
        )

    def moments(self, state: Sums, key: Key) -> Moments | None:
        """Return mean, spread and skewness of the loss of a value; None where it is infinite."""
        infinite = self.floor is None and state.row(key)[_N_ZERO]
        return None if infinite else self._sums(state, key).moments()

    def _sums(self, state: Sums, key: Key) -> PowerSums:
        row = state.row(key)
        moments = row[_MOMENTS : _MOMENTS + len(moment_units(self.weighted))]
        return PowerSums.from_row(row[_N], moments, self.weighted)

    def _column_of(self, scored: ScoredBatch) -> SliceColumn:
        return next(each for each in scored.batch.slices if each.name == self.column)
