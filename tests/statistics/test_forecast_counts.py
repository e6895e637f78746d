"""Counts by forecast: apart while they are few, on a fine grid beyond, whatever the order."""

from __future__ import annotations

import json
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from evalreport.errors import MergeError
from evalreport.statistics.forecast_counts import (
    MOST_DISTINCT,
    N_CELLS,
    ForecastCounts,
    coarse_cell,
    places,
)
from evalreport.statistics.forecast_grid import SumsByForecast, grid_cell

P = np.concatenate(
    [[0.0, 1e-300, 2.0**-70, 2.0**-64, 0.5], np.geomspace(1e-18, 0.5, 40_000), [1.0]]
)
P = np.unique(np.concatenate([P, 1 - P]))


def counts_of(forecasts, came_true):
    return ForecastCounts.of_rows(np.array(forecasts), np.array(came_true, dtype=bool))


def rows(n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.beta(0.3, 0.3, n), rng.random(n) < 0.4


def test_cells_are_in_the_order_of_the_forecasts_and_refine_the_coarse_grid():
    cells, _ = places(P)
    assert (np.diff(cells) >= 0).all()
    assert (cells[0], cells[-1]) == (0, N_CELLS - 1)
    assert coarse_cell(cells).tolist() == grid_cell(P).tolist()


def test_the_mean_forecast_of_a_cell_is_that_of_its_rows():
    p, came_true = rows(50_000)
    state = counts_of(p, came_true)
    cells, _ = places(p)
    met, groups = np.unique(cells, return_inverse=True)
    assert state.keys.tolist() == met.tolist()
    means = np.bincount(groups, p) / np.bincount(groups)
    small = np.minimum(means, 1 - means)
    assert (np.abs(state.forecasts - means) <= 2e-7 * small + 1e-15).all()
    assert state.counts.tolist() == np.bincount(groups).tolist()
    assert state.trues.tolist() == np.bincount(groups, came_true).tolist()


@pytest.mark.parametrize("n", [0, 1, 3_000, MOST_DISTINCT, MOST_DISTINCT + 1, 30_000])
def test_any_cut_in_any_order_keeps_the_same_counts(n):
    p, came_true = rows(n)
    whole = counts_of(p, came_true)
    edges = [0, n // 7, n // 7, n // 2, n - n // 5, n]
    parts = [counts_of(p[a:b], came_true[a:b]) for a, b in pairwise(edges)]
    assert reduce(ForecastCounts.merge, parts, ForecastCounts.empty()) == whole
    assert reduce(ForecastCounts.merge, reversed(parts), ForecastCounts.empty()) == whole
    assert whole.is_exact == (n <= MOST_DISTINCT)
    assert ForecastCounts.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_the_counts_of_many_forecasts_are_little_text():
    state = counts_of(*rows(300_000))
    assert len(json.dumps(state.to_json())) < 15 * len(state)


def test_zeros_of_either_sign_are_one_forecast():
    assert len(counts_of([0.0, -0.0, 0.5], [0, 0, 1])) == 2


def test_the_first_rows_do_not_decide_whether_forecasts_are_few():
    p, came_true = rows(60_000)
    state = counts_of(np.concatenate([np.full(40_000, 0.5), p]), np.resize(came_true, 100_000))
    assert not state.is_exact
    assert state.counts.sum() == 100_000


def test_counts_and_sums_do_not_merge():
    with pytest.raises(MergeError, match="made with different settings"):
        counts_of([0.5], [1]).merge(SumsByForecast((0,)))
