"""What came of forecasts in the sampled rows: for rows of unequal weight, and parts of rows.

Sums of weights and of targets are long numbers, and there are as many of them as cells and classes:
single classes with case weights or soft labels are read off the rows of the sample instead, which
are all of them as long as they fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray, IntArray, PredictionBatch
from evalreport.scoring import ScoredBatch
from evalreport.statistics.cluster_draws import LEAST_CLUSTERS, MOST_ROWS, ClusteredRows
from evalreport.statistics.corp import N_FOLDS, Cells
from evalreport.statistics.draws import split_at_random
from evalreport.statistics.effective import dispersion, effective_trials
from evalreport.statistics.plan import States
from evalreport.statistics.sample import NO_FAIR_SAMPLE, NOT_AT_HAND, SampledRows

TOO_MANY_TOGETHER = f"of rows that belong together only {MOST_ROWS:,} are looked at one by one"
_FIFTHS = 2**22
"""What the random numbers are for that deal out rows."""
_LEAST_SHARE = 2.0**-400
"""A weight that is less of the largest one has no square that a double can hold."""


@dataclass(frozen=True)
class SampledEvents:
    """Rows of the sample with what they weigh.

    Parameters
    ----------
    scored : ScoredBatch
        The rows, each content once.
    counts : int64 ndarray of shape (n,)
        Rows of each content.
    masses, squares : float64 ndarray of shape (n,)
        Sums of their weights and of the squares of these, as parts of the largest weight.
    is_whole : bool
        Whether every row that was scored is in the sample.
    clusters : int64 ndarray of shape (n,), optional
        Number of the cluster of each row, from 0.
    """

    scored: ScoredBatch
    counts: IntArray
    masses: FloatArray
    squares: FloatArray
    is_whole: bool
    clusters: IntArray | None = None

    @cached_property
    def _fifths(self) -> FloatArray:
        """How much of the mass of each row is in each fifth, clusters as a whole; shape (n, 5)."""
        if self.clusters is not None:
            return np.where(
                self.clusters[:, None] % N_FOLDS == np.arange(N_FOLDS), self.masses[:, None], 0.0
            )
        parts = split_at_random(_FIFTHS, self.counts, N_FOLDS)
        return parts * (self.masses / self.counts)[:, None]

    @property
    def n_rows(self) -> int:
        """Rows of the sample."""
        return int(self.counts.sum())

    @property
    def chance_left_out(self) -> str | None:
        """Why it is not known what chance would do, in a phrase; None if it is."""
        if self.clusters is None:
            return None
        if self.scored.is_soft:
            return "labels are soft, and rows belong together"
        if len(np.unique(self.clusters)) < LEAST_CLUSTERS:
            return "there are under ten clusters"
        return TOO_MANY_TOGETHER if self.n_rows > MOST_ROWS else None

    def mean(self, values: FloatArray) -> float:
        """Return the mean of a number of each row."""
        return float(exact.fixed_sum(self.masses * values) / exact.fixed_sum(self.masses))

    def happened(self, k: int) -> FloatArray:
        """Return how much of a class happened in each row."""
        if self.scored.is_soft:
            return np.asarray(self.scored.targets[:, k])
        return np.asarray(self.scored.observed == k, dtype=np.float64)

    def cells(self, places: IntArray, forecasts: FloatArray, happened: FloatArray) -> Cells:
        """Return the cells of forecasts of an event, and each forecast as a finer one.

        Parameters
        ----------
        places : int64 ndarray of shape (n,)
            In which cell each row is, in the order of the forecasts.
        forecasts : float64 ndarray of shape (n,)
            Probability of the event.
        happened : float64 ndarray of shape (n,)
            1 where it happened and 0 where not, or the part of it that did.
        """
        met, groups = np.unique(places, return_inverse=True)
        is_independent = self.clusters is None
        can_draw = not is_independent and self.chance_left_out is None
        return replace(
            self._cells(met, groups, forecasts, happened),
            finer=self.each(forecasts, happened),
            fifths=self._fifths_of(groups, len(met), happened),
            is_independent=is_independent,
            drawing=self._clustered(groups, forecasts, happened).outcomes if can_draw else None,
        )

    def each(self, forecasts: FloatArray, happened: FloatArray) -> Cells:
        """Return each different forecast as a cell: to recalibrate, not to simulate."""
        distinct, groups = np.unique(forecasts, return_inverse=True)
        return self._cells(np.arange(len(distinct)), groups, forecasts, happened)

    def _clustered(
        self, groups: IntArray, forecasts: FloatArray, happened: FloatArray
    ) -> ClusteredRows:
        """Return every single row: those of one content belong together, too."""
        assert self.clusters is not None  # or nothing is asked of them
        rows, weights = np.repeat(np.arange(len(groups)), self.counts), self.masses / self.counts
        clusters = self.clusters[rows]
        return ClusteredRows(forecasts[rows], happened[rows], weights[rows], clusters, groups[rows])

    def _fifths_of(self, groups: IntArray, n_groups: int, happened: FloatArray) -> FloatArray:
        where = (groups[:, None] + n_groups * np.arange(N_FOLDS)).ravel()
        trues = self._fifths * happened[:, None]
        parts = [np.bincount(where, each.ravel()) for each in (trues, self._fifths - trues)]
        return np.array(parts, dtype=np.float64).reshape(2, N_FOLDS, n_groups)

    def _cells(
        self, places: IntArray, groups: IntArray, forecasts: FloatArray, happened: FloatArray
    ) -> Cells:
        def total(values: FloatArray) -> FloatArray:
            # Weighted counting adds in the order of the rows: that of their hashes.
            return np.bincount(groups, values, len(places)).astype(np.float64)

        counts, masses = total(self.counts.astype(np.float64)).astype(np.int64), total(self.masses)
        means = np.minimum(total(self.masses * forecasts) / masses, 1.0)
        squares = total(self.squares)
        worth = effective_trials(masses, squares)
        trials: FloatArray | None = worth
        if self.scored.is_soft:
            residuals = total(self.squares * (happened - forecasts) ** 2)
            shares = dispersion(counts, squares, residuals, means)
            trials = None if shares is None else worth / shares
        trues = np.minimum(total(self.masses * happened), masses)
        return Cells(places, counts, masses, trues, means, is_counted=False, trials=trials)


def sampled_events(states: States) -> SampledEvents | str:
    """Return the sampled rows, or why none of them stand for all, in a phrase."""
    plan, state = states.plan, states[states.plan.sample]
    if not state.n_rows or state.n_rows != states[plan.overall].total()[0]:
        return NOT_AT_HAND
    rows = state.fair_rows()
    if rows is None:
        return NO_FAIR_SAMPLE
    weights = np.ones(len(rows)) if rows.weights is None else rows.weights / rows.weights.max()
    rows, weights = _of_some_weight(rows, weights)
    return SampledEvents(
        _scored(rows, states, state.is_log),
        rows.counts,
        rows.counts * weights,
        rows.counts * weights**2,
        state.holds_all,
        None if rows.clusters is None else np.unique(rows.clusters, return_inverse=True)[1],
    )


def _of_some_weight(rows: SampledRows, weights: FloatArray) -> tuple[SampledRows, FloatArray]:
    kept = np.flatnonzero(weights >= _LEAST_SHARE)
    return (rows, weights) if len(kept) == len(rows) else (rows.taken(kept), weights[kept])


def _scored(rows: SampledRows, states: States, is_log: bool) -> ScoredBatch:
    plan = states.plan
    batch = PredictionBatch(
        plan.classes,
        rows.observed,
        (exact.exp(rows.cells) if is_log else rows.cells).T,
        log_probs=rows.cells.T if is_log else None,
        targets=None if rows.targets is None else rows.targets.T,
        positive=plan.positive,
    )
    return ScoredBatch(batch, plan.floor, plan.label_smoothing)
