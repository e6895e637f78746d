"""The headline numbers: mean loss, its spread, accuracy and Brier score over all rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evalreport.bands import judge
from evalreport.exact import exp_of, log_of
from evalreport.intervals import LEAST_ROWS, hall_interval
from evalreport.results import OverallResult
from evalreport.scoring import ScoredBatch
from evalreport.statistics.interface import Sums
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
from evalreport.statistics.outcomes import outcome_unit, was_right

# The columns before the moments of the excess.
_N, _N_ZERO, _N_FLOORED, _N_TINY, _N_CAPPED, _MASS, _RIGHT = range(7)
_CONFIDENCE, _BRIER, _LOSS, _TARGET_ENTROPY, _ZERO_EXCESS, _MOMENTS = range(7, 13)
_ALL = 0
"""The only group."""


@dataclass(frozen=True, slots=True)
class Overall(KeepsSums):
    """Loss, accuracy and Brier score over all rows.

    Interval and band speak of the excess over the entropy of the targets, which with hard labels
    is the log loss itself.

    Parameters
    ----------
    n_classes : int
        Number of classes.
    weighted : bool
        Whether rows have weights.
    floor : float or None
        Least probability scored.
    soft : bool
        Whether labels are soft.
    """

    n_classes: int
    weighted: bool
    floor: float | None
    soft: bool = False
    name: str = "overall"

    @property
    def _units(self) -> tuple[int, ...]:
        masses = mass_unit(self.weighted), outcome_unit(self.weighted, self.soft)
        sums = (sum_unit(self.weighted),) * 5
        return (0, 0, 0, 0, 0, *masses, *sums, *moment_units(self.weighted))

    def from_batch(self, scored: ScoredBatch) -> Sums:
        """Return the sums over these rows."""
        weights, groups = scored.weights, np.zeros(len(scored), dtype=np.int64)
        zeros = np.flatnonzero(scored.is_zero)
        of_zeros = None if weights is None else weights[zeros]
        means = (scored.confidences, scored.brier_scores, scored.losses)
        columns = [
            counts(groups, 1),
            counts(groups, 1, scored.is_zero),
            counts(groups, 1, scored.is_floored),
            counts(groups, 1, scored.is_tiny),
            counts(groups, 1, scored.is_capped),
            mass(weights, groups, 1),
            was_right(scored, groups, 1, self.soft),
            *(grouped(each, weights, groups, 1) for each in means),
            # Hard labels have no entropy, and adding zeros up takes its time.
            grouped(scored.target_entropies, weights, groups, 1) if self.soft else [0],
            grouped(scored.excess[zeros], of_zeros, groups[zeros], 1),
            *moment_columns(scored.excess, weights, groups, 1),
        ]
        return Sums.from_columns(self._units, [_ALL], columns)

    # --- what the sums say ------------------------------------------------------------------------

    def result(self, state: Sums) -> OverallResult:
        """Return the headline numbers; what only the classes know is filled in later."""
        excess = self.excess(state)
        finite = self._is_finite(state) and excess.n > 0
        moments = excess.moments() if finite else None
        interval = hall_interval(moments) if moments else None
        divergence = moments.mean if moments else None
        loss = self._mean(state, _LOSS) if finite else None
        brier = self._mean(state, _BRIER)
        return OverallResult(
            n=excess.n,
            weight=float(excess.weight),
            log_loss=None if self.soft else loss,
            cross_entropy=loss,
            target_entropy=self._mean(state, _TARGET_ENTROPY),
            kl_divergence=divergence,
            standard_error=moments.standard_error if moments else None,
            interval=interval,
            interval_is_approximate=bool(moments and interval and moments.interval_is_approximate),
            bits=None if loss is None else loss / log_of(2.0),
            perplexity=_perplexity(loss),
            mean_probability=None if loss is None else exp_of(-loss),
            accuracy=self._mean(state, _RIGHT),
            brier_score=brier,
            brier_score_binary=None if brier is None or self.n_classes > 2 else brier / 2,
            zero_probability_rows=self._counted(state, _N_ZERO),
            floored_rows=self._counted(state, _N_FLOORED),
            tiny_probability_rows=self._counted(state, _N_TINY),
            capped_rows=self._counted(state, _N_CAPPED),
            zero_probability_share_of_loss=self._zero_share(state, excess),
            band=judge(divergence, interval),
            effective_n=excess.effective_n,
            unseen_zeros_would_add=self._unseen_zeros(state),
        )

    def excess(self, state: Sums) -> PowerSums:
        """Return the sums of powers of the excess."""
        row = state.row(_ALL)
        return PowerSums.from_row(row[_N], row[_MOMENTS:], self.weighted)

    def mean_confidence(self, state: Sums) -> float | None:
        """Return the mean probability given to the predicted class."""
        return self._mean(state, _CONFIDENCE)

    def _is_finite(self, state: Sums) -> bool:
        return self.floor is not None or not self._counted(state, _N_ZERO)

    def _counted(self, state: Sums, column: int) -> int:
        return state.row(_ALL)[column]

    def _mean(self, state: Sums, column: int) -> float | None:
        return ratio(state.value(_ALL, column), state.value(_ALL, _MASS))

    def _unseen_zeros(self, state: Sums) -> float | None:
        """Return what zeros would add that are as frequent as rows without one can hide.

        By the rule of three: what did not happen in n rows may have a chance of up to 3 / n.
        """
        n = self._counted(state, _N)
        if self.soft or self.floor is None or n < LEAST_ROWS or self._counted(state, _N_ZERO):
            return None
        return 3.0 / n * -log_of(self.floor)

    def _zero_share(self, state: Sums, excess: PowerSums) -> float | None:
        if self.floor is None:
            return None
        return ratio(state.value(_ALL, _ZERO_EXCESS), excess.first)


def ratio(part: Fraction, whole: Fraction) -> float | None:
    """Return a part of a whole; None where there is no whole."""
    return float(part / whole) if whole else None


def _perplexity(loss: float | None) -> float | None:
    """Return exp of a loss; None where no double can hold it."""
    value = None if loss is None else exp_of(loss)
    return None if value == math.inf else value
