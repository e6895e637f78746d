"""Rows and powers of their loss, by what happened and by forecast: gone over once for both."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evalreport.batch import IntArray
from evalreport.scoring import ScoredBatch
from evalreport.statistics.moments import Columns, counts, moment_columns

N_BINS = 20
"""Bins of equal width of the forecast."""
_MOST_CLASSES = 50
"""With more classes there are too many pairs of class and bin to add them up in no time."""
_NOTE = "loss moments"


class LossMoments(NamedTuple):
    """Columns of rows, and of the first three powers of their loss."""

    by_class: Columns
    by_forecast: Columns


def forecast_bins(scored: ScoredBatch) -> tuple[IntArray, int]:
    """Return the bin of the forecast of each row, and how many bins there are."""
    return np.minimum(scored.forecasts * N_BINS, N_BINS - 1).astype(np.int64), N_BINS


def loss_moments(scored: ScoredBatch) -> LossMoments:
    """Return the moments of rows with labels and without weights."""
    if _NOTE not in scored.notes:
        scored.notes[_NOTE] = _loss_moments(scored)
    noted: LossMoments = scored.notes[_NOTE]
    return noted


def _loss_moments(scored: ScoredBatch) -> LossMoments:
    bins, n_classes = forecast_bins(scored)[0], scored.n_classes
    if n_classes > _MOST_CLASSES:
        return LossMoments(
            _columns(scored, scored.observed, n_classes), _columns(scored, bins, N_BINS)
        )
    pairs = _columns(scored, scored.observed * N_BINS + bins, n_classes * N_BINS)
    return LossMoments(
        [[sum(each[k * N_BINS : (k + 1) * N_BINS]) for k in range(n_classes)] for each in pairs],
        [[sum(each[i::N_BINS]) for i in range(N_BINS)] for each in pairs],
    )


def _columns(scored: ScoredBatch, groups: IntArray, n_groups: int) -> Columns:
    return [counts(groups, n_groups), *moment_columns(scored.losses, None, groups, n_groups)]
