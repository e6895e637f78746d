"""Sums over tokens: all of them, by the values of a column, and by their position in the text."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.intervals import Moments
from evalreport.statistics.groups_of_rows import groups_of, refuse_too_many
from evalreport.statistics.interface import Key, Sums
from evalreport.statistics.kept import KeepsSums
from evalreport.statistics.moments import (
    PowerSums,
    counts,
    grouped,
    mass,
    mass_unit,
    moment_columns,
    moment_units,
    sum_unit,
)
from evalreport.task_batches import TokenBatch
from evalreport.task_results import PositionBin

ALL = "all"
"""The only group if there is no column to group by."""

MOST_TOKEN_SLICES = 1000
"""Values of a column to report tokens by: each may have its own documents."""

_N, _N_INFINITE, _N_SKIPPED, _N_CHARS, _N_BYTES, _MASS, _OF_INFINITE, _CHARS, _BYTES = range(9)
_MOMENTS = 9


@dataclass(frozen=True, slots=True)
class TokenTotals:
    """What some tokens together come to; weighted sums are plain ones without weights."""

    n: int
    n_infinite: int
    n_skipped: int
    n_chars: int
    n_bytes: int
    weight: Fraction
    weight_of_infinite: Fraction
    chars: Fraction
    bytes: Fraction
    powers: PowerSums
    """Of the loss; tokens of infinite loss count as 0."""

    @property
    def mean(self) -> float | None:
        """Loss per token in nats; None if it is infinite, or there are no tokens."""
        return None if self.n_infinite or not self.n else float(self.powers.first / self.weight)

    @property
    def finite_mean(self) -> float | None:
        """Loss per token over the tokens of finite loss."""
        finite = self.weight - self.weight_of_infinite
        return float(self.powers.first / finite) if self.n > self.n_infinite else None

    def moments(self) -> Moments | None:
        """Return mean, spread and skewness over tokens; None if the mean is no number."""
        return self.powers.moments() if self.mean is not None else None

    def rest_mean(self, part: TokenTotals) -> float | None:
        """Return the mean loss of the tokens that are not in `part`; None if there is none."""
        weight = self.weight - part.weight
        if self.n_infinite > part.n_infinite or self.n == part.n:
            return None
        return float((self.powers.first - part.powers.first) / weight)


@dataclass(frozen=True, slots=True)
class TokenSums(KeepsSums):
    """Tokens, characters and bytes, and the powers of the loss.

    Parameters
    ----------
    weighted : bool
        Whether rows have weights.
    column : str, optional
        What to group by; all tokens are one group without it.
    """

    weighted: bool = False
    column: str | None = None

    @property
    def name(self) -> str:
        """Name of the statistic: one for every column."""
        return "tokens" if self.column is None else f"slice {self.column}"

    @property
    def _units(self) -> tuple[int, ...]:
        one = mass_unit(self.weighted)
        return (0, 0, 0, 0, 0, one, one, one, one, *moment_units(self.weighted))

    def from_batch(self, batch: TokenBatch) -> Sums:
        """Return the sums over these rows."""
        rows, keys = groups_of(batch, self.column, ALL)
        groups, n, weights = rows[batch.rows_of_tokens], len(keys), batch.token_weights
        columns = [
            counts(groups, n),
            counts(groups, n, batch.is_zero),
            *(_whole_sums(each, rows, n) for each in (batch.n_skipped, batch.n_chars)),
            _whole_sums(batch.n_bytes, rows, n),
            mass(weights, groups, n),
            mass(weights, groups, n, batch.is_zero),
            *(
                times_weight(each, batch.weights, rows, n)
                for each in (batch.n_chars, batch.n_bytes)
            ),
            *moment_columns(batch.losses, weights, groups, n),
        ]
        return Sums.from_columns(self._units, keys, columns)

    def totals(self, state: Sums, key: Key = ALL) -> TokenTotals:
        """Return what the sums of a group stand for."""
        row = state.row(key)
        weight, of_infinite, chars, n_bytes = (
            state.value(key, column) for column in (_MASS, _OF_INFINITE, _CHARS, _BYTES)
        )
        return TokenTotals(
            n=row[_N],
            n_infinite=row[_N_INFINITE],
            n_skipped=row[_N_SKIPPED],
            n_chars=row[_N_CHARS],
            n_bytes=row[_N_BYTES],
            weight=weight,
            weight_of_infinite=of_infinite,
            chars=chars,
            bytes=n_bytes,
            powers=PowerSums.from_row(row[_N], row[_MOMENTS:], self.weighted),
        )

    def values(self, state: Sums) -> list[Key]:
        """Return the groups in order.

        Raises
        ------
        InputError
            If there are more than 1,000.
        """
        refuse_too_many(len(state.rows), self.column, MOST_TOKEN_SLICES)
        return state.ordered_keys()


def _whole_sums(values: IntArray | None, rows: IntArray, n_groups: int) -> list[int]:
    """Sum whole numbers of rows within groups."""
    if values is None:
        return [0] * n_groups
    sums = np.zeros(n_groups, dtype=np.int64)
    np.add.at(sums, rows, values)
    return [int(each) for each in sums]


def times_weight(
    values: IntArray | None, weights: FloatArray | None, rows: IntArray, n_groups: int
) -> list[int]:
    """Sum whole numbers of rows within groups, times the weights of the rows if there are any."""
    if weights is None or values is None:
        return _whole_sums(values, rows, n_groups)
    return grouped(values.astype(np.float64), weights, rows, n_groups)


@dataclass(frozen=True, slots=True)
class ByPosition(KeepsSums):
    """Loss by the position of a token in its list, in bins of doubling width."""

    weighted: bool = False
    name: str = "positions"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, 0, mass_unit(self.weighted), sum_unit(self.weighted))

    def from_batch(self, batch: TokenBatch) -> Sums:
        """Return the sums over these rows; nothing if the order of the tokens is not known."""
        if not batch.in_order or not len(batch.log_probs):
            return self.empty()
        bins, weights = _bins(batch), batch.token_weights
        n_bins = int(bins.max()) + 1
        columns = [
            counts(bins, n_bins),
            counts(bins, n_bins, batch.is_zero),
            mass(weights, bins, n_bins),
            grouped(batch.losses, weights, bins, n_bins),
        ]
        return Sums.from_columns(self._units, range(n_bins), columns)

    def results(self, state: Sums) -> tuple[PositionBin, ...]:
        """Return the bins that hold tokens, from the first token on."""
        return tuple(self._bin(state, int(key)) for key in state.ordered_keys())

    def _bin(self, state: Sums, key: int) -> PositionBin:
        n, n_infinite, _, _ = state.row(key)
        mean = None if n_infinite else float(state.value(key, 3) / state.value(key, 2))
        return PositionBin(2 ** (key - 1) + 1 if key else 1, 2**key, n, mean)


def _bins(batch: TokenBatch) -> IntArray:
    """Return 0 for the first token, 1 for the second, 2 for the next two, 3 for the next four."""
    rows = batch.rows_of_tokens
    before = np.arange(len(rows)) - batch.starts[rows]
    if batch.n_skipped is not None:
        before = before + batch.n_skipped[rows]
    return np.asarray(np.frexp(before.astype(np.float64))[1], dtype=np.int64)
