"""Scores of rows that hold only their most likely classes: exact, or between two bounds."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from evalreport import exact
from evalreport.batch import FloatArray, IntArray, without_zero_weights
from evalreport.hashing import HashArray, hashes_of
from evalreport.scoring import MOST_NATS
from evalreport.top_k_batch import TopKBatch


class ScoredTopK:
    """Rows with their most likely classes, scored once.

    A row is *outside* if what happened is not among the classes that it lists. The loss of such a
    row is at least minus the logarithm of the smaller of two numbers, the least probability that
    the row lists and the rest that it leaves; and it is at most that of the floor. In every other
    row both bounds are the loss.

    The names that the statistics of top-class calibration, ids and intake ask for are those of
    `ScoredBatch`.

    Parameters
    ----------
    batch : TopKBatch
        The rows.
    floor : float or None
        Least probability scored; None for none. Losses that are infinite then stand as 0.
    """

    def __init__(self, batch: TopKBatch, floor: float | None) -> None:
        self.intake = batch.intake
        batch, self.n_zero_weight = without_zero_weights(batch)
        self.batch = batch
        self.floor = floor
        self.observed = batch.observed
        self.weights = batch.weights

    def __len__(self) -> int:
        return len(self.batch)

    # --- what rows list -----------------------------------------------------------------------

    @cached_property
    def _places(self) -> IntArray:
        """Where the observed class stands among all that is listed; -1 if it does not."""
        batch = self.batch
        rows = batch.row_of
        hits = np.flatnonzero(batch.listed == batch.observed[rows])
        places = np.full(len(batch), -1, dtype=np.int64)
        places[rows[hits]] = hits
        return places

    @cached_property
    def is_outside(self) -> NDArray[np.bool_]:
        """Rows whose observed class is not listed."""
        return np.asarray(self._places < 0)

    @cached_property
    def ranks(self) -> IntArray:
        """Place of the observed class in its row, counted from 1; 0 if it is not listed."""
        return np.where(self.is_outside, 0, self._places - self.batch.starts[:-1] + 1)

    @property
    def lengths(self) -> IntArray:
        """How many classes each row lists."""
        return np.diff(self.batch.starts)

    @cached_property
    def rests(self) -> FloatArray:
        """Probability that each row leaves for what it does not list, 0 or more."""
        return np.maximum(1.0 - self._sums, 0.0)

    @cached_property
    def _sums(self) -> FloatArray:
        # Added one after the other in a fixed order: the same bits however rows are cut.
        batch = self.batch
        sums = np.bincount(batch.row_of, weights=batch.probs, minlength=len(batch))
        return np.asarray(sums, dtype=np.float64)

    # --- losses -------------------------------------------------------------------------------

    @cached_property
    def _log_most(self) -> FloatArray:
        """Logarithm of the most that the observed class can have been given; -inf for nothing."""
        batch = self.batch
        logs = exact.log(batch.probs) if batch.log_probs is None else batch.log_probs
        return np.where(self.is_outside, self._log_bound(logs), logs[self._places])

    def _log_bound(self, logs: FloatArray) -> FloatArray:
        last = self.batch.starts[1:] - 1
        # A rest smaller than the rounding of the sum may in truth be as large as that.
        rest = np.maximum(np.abs(1.0 - self._sums), self.batch.tolerance)
        return np.minimum(logs[last], exact.log(np.minimum(rest, 1.0)))

    @cached_property
    def most_given(self) -> FloatArray:
        """The most that each observed class can have been given; exact if it is listed."""
        given = self.batch.probs[self._places]
        powers = exact.exp(np.maximum(self._log_most, -MOST_NATS))
        return np.where(self.is_outside, np.where(self.is_zero, 0.0, powers), given)

    @cached_property
    def is_zero(self) -> NDArray[np.bool_]:
        """Rows that surely gave probability zero to what happened."""
        return np.asarray(np.isneginf(self._log_most))

    @cached_property
    def is_floored(self) -> NDArray[np.bool_]:
        """Rows that surely gave what happened less than the floor, and more than zero as listed."""
        least = exact.log_of(self.floor) if self.floor else -np.inf
        return np.asarray((self._log_most < least) & ~self.is_zero)

    @cached_property
    def is_capped(self) -> NDArray[np.bool_]:
        """Rows that lose more than `MOST_NATS`, and are scored as that."""
        return np.asarray((self._log_most < -MOST_NATS) & ~self.is_zero & (self.floor is None))

    @property
    def _most_loss(self) -> float:
        return MOST_NATS if self.floor is None else -exact.log_of(self.floor)

    @cached_property
    def at_least(self) -> FloatArray:
        """Least that each row can lose; 0 where even that is infinite."""
        losses = np.minimum(-self._log_most, self._most_loss)
        if self.floor is None:
            losses[self.is_zero] = 0.0
        losses += 0.0  # no negative zeros
        return losses

    @cached_property
    def at_most(self) -> FloatArray:
        """Most that each row can lose; 0 where that is infinite."""
        most = 0.0 if self.floor is None else self._most_loss
        return np.where(self.is_outside, most, self.at_least)

    @cached_property
    def may_be_infinite(self) -> NDArray[np.bool_]:
        """Rows whose loss has no bound from above."""
        if self.floor is not None:
            return np.zeros(len(self), dtype=bool)
        return self.is_outside | self.is_zero

    # --- the most likely class ----------------------------------------------------------------

    @cached_property
    def predicted(self) -> IntArray:
        """Index of the most likely class."""
        return self.batch.listed[self.batch.starts[:-1]]

    @cached_property
    def forecasts(self) -> FloatArray:
        """Probability of the most likely class."""
        return self.batch.probs[self.batch.starts[:-1]]

    @cached_property
    def forecast_came_true(self) -> NDArray[np.bool_]:
        """Whether the most likely class happened."""
        return np.asarray(self.observed == self.predicted)

    @cached_property
    def given_to_top_event(self) -> FloatArray:
        """Probability given to what came of the most likely class: that it happened, or not."""
        return np.where(self.forecast_came_true, self.forecasts, 1.0 - self.forecasts)

    @cached_property
    def top_losses(self) -> FloatArray:
        """Log loss of the question whether the most likely class happens; 0 if infinite."""
        given = self.given_to_top_event
        if self.floor is not None:
            given = np.maximum(given, self.floor)
        return -exact.log(np.where(given == 0.0, 1.0, given)) + 0.0

    @cached_property
    def id_hashes(self) -> HashArray | None:
        """A 64-bit hash of each row id; None if rows have none."""
        return None if self.batch.ids is None else hashes_of(self.batch.ids)
