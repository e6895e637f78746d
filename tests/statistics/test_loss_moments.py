"""Moments of the loss that two statistics share: the same as each would sum by itself."""

from __future__ import annotations

import numpy as np
import pytest

from evalreport.batch import PredictionBatch
from evalreport.scoring import ScoredBatch
from evalreport.statistics.loss_moments import N_BINS, forecast_bins, loss_moments
from evalreport.statistics.moments import counts, moment_columns


@pytest.mark.parametrize("k", [2, 3, 50, 51])
def test_both_have_the_sums_that_each_has_alone(k):
    rng = np.random.default_rng(k)
    probs, observed = rng.dirichlet(np.full(k, 0.2), 3_000), rng.integers(0, k - 1, 3_000)
    scored = ScoredBatch(PredictionBatch(tuple(map(str, range(k))), observed, probs))
    bins, _ = forecast_bins(scored)
    for found, groups, n_groups in (
        (loss_moments(scored).by_class, observed, k),
        (loss_moments(scored).by_forecast, bins, N_BINS),
    ):
        assert found[0] == counts(groups, n_groups)
        assert found[1:] == moment_columns(scored.losses, None, groups, n_groups)
    assert sum(loss_moments(scored).by_class[0]) == 3_000
