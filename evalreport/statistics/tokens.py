"""Sums over tokens: all of them, and by their position in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evalreport.batch import IntArray
from evalreport.exact import grouped_sums, power_unit
from evalreport.intervals import Moments
from evalreport.statistics.interface import Sums
from evalreport.statistics.moments import PowerSums, counts, moment_columns, moment_units
from evalreport.task_batches import TokenBatch
from evalreport.task_results import PositionBin


@dataclass(frozen=True, slots=True)
class TokenTotals:
    """What all tokens together come to; `loss` is the exact sum over those of finite loss."""

    n: int
    n_infinite: int
    n_chars: int
    n_bytes: int
    n_skipped: int
    powers: PowerSums

    @property
    def mean(self) -> float | None:
        """Loss per token in nats; None if it is infinite, or there are no tokens."""
        return None if self.n_infinite or not self.n else float(self.powers.first / self.n)

    @property
    def finite_mean(self) -> float | None:
        """Loss per token over the tokens of finite loss."""
        n_finite = self.n - self.n_infinite
        return float(self.powers.first / n_finite) if n_finite else None

    def moments(self) -> Moments | None:
        """Return mean, spread and skewness over tokens; None if the mean is no number."""
        return self.powers.moments() if self.mean is not None else None


@dataclass(frozen=True, slots=True)
class AllTokens:
    """Tokens, characters and bytes, and the powers of the loss."""

    name: str = "tokens"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, 0, 0, 0, 0, *moment_units(False))

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums(self._units)

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)

    def from_batch(self, batch: TokenBatch) -> Sums:
        """Return the sums over these rows."""
        together = np.zeros(len(batch.log_probs), dtype=np.int64)
        columns = [
            [len(batch.log_probs)],
            [int(np.count_nonzero(batch.is_zero))],
            *([_whole_sum(each)] for each in (batch.n_chars, batch.n_bytes, batch.n_skipped)),
            *moment_columns(batch.losses, None, together, 1),
        ]
        return Sums.from_columns(self._units, [0], columns)

    def totals(self, state: Sums) -> TokenTotals:
        """Return what the sums stand for."""
        n, n_infinite, n_chars, n_bytes, n_skipped, *moments = state.row(0)
        powers = PowerSums.from_row(n, moments, False)
        return TokenTotals(n, n_infinite, n_chars, n_bytes, n_skipped, powers)


def _whole_sum(values: IntArray | None) -> int:
    return 0 if values is None else int(values.sum())


@dataclass(frozen=True, slots=True)
class ByPosition:
    """Loss by the position of a token in its list, in bins of doubling width."""

    name: str = "positions"

    @property
    def _units(self) -> tuple[int, ...]:
        return (0, 0, power_unit(1))

    def empty(self) -> Sums:
        """Return the state of no rows."""
        return Sums(self._units)

    def from_json(self, data: Any) -> Sums:
        """Return the state that was written as JSON."""
        return Sums.from_json(data)

    def from_batch(self, batch: TokenBatch) -> Sums:
        """Return the sums over these rows; nothing if the order of the tokens is not known."""
        if not batch.in_order or not len(batch.log_probs):
            return self.empty()
        bins = _bins(batch)
        n_bins = int(bins.max()) + 1
        columns = [
            counts(bins, n_bins),
            counts(bins, n_bins, batch.is_zero),
            grouped_sums(batch.losses, bins, n_bins),
        ]
        return Sums.from_columns(self._units, range(n_bins), columns)

    def results(self, state: Sums) -> tuple[PositionBin, ...]:
        """Return the bins that hold tokens, from the first token on."""
        return tuple(self._bin(state, int(key)) for key in state.ordered_keys())

    def _bin(self, state: Sums, key: int) -> PositionBin:
        n, n_infinite, _ = state.row(key)
        mean = None if n_infinite else float(state.value(key, 2) / n)
        return PositionBin(2 ** (key - 1) + 1 if key else 1, 2**key, n, mean)


def _bins(batch: TokenBatch) -> IntArray:
    """Return 0 for the first token, 1 for the second, 2 for the next two, 3 for the next four."""
    rows = batch.rows_of_tokens
    before = np.arange(len(rows)) - batch.starts[rows]
    if batch.n_skipped is not None:
        before = before + batch.n_skipped[rows]
    return np.asarray(np.frexp(before.astype(np.float64))[1], dtype=np.int64)
