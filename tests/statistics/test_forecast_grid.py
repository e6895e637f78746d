"""Sums by forecast: apart while they are few, on the grid beyond, whatever the order."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.errors import MergeError
from evalreport.statistics.forecast_grid import (
    N_CELLS,
    SumsByForecast,
    forecast_keys,
    grid_cell,
)

PROBABILITIES = st.floats(0.0, 1.0)


def sums(forecasts, limit):
    values = np.array(forecasts, dtype=np.float64)
    keys, groups = forecast_keys(values, limit)
    counts = np.bincount(groups, minlength=len(keys)).tolist()
    return SumsByForecast.of_forecasts((0,), keys, [counts], limit)


@given(st.lists(PROBABILITIES, min_size=2, max_size=50))
def test_cells_are_in_the_order_of_the_forecasts(forecasts):
    cells = grid_cell(np.sort(np.array(forecasts)))
    assert (np.diff(cells) >= 0).all()
    assert cells.min() >= 0
    assert cells.max() < N_CELLS


def test_no_cell_is_wider_than_a_64th_in_the_logit():
    p = np.concatenate([np.geomspace(1e-18, 0.5, 50_000), 1 - np.geomspace(1e-15, 0.5, 50_000)])
    cells, logits = grid_cell(p), np.log(p) - np.log1p(-p)
    widths = [np.ptp(logits[cells == cell]) for cell in np.unique(cells)]
    assert max(widths) <= 1 / 63


def test_zero_and_one_have_cells_of_their_own():
    cells = grid_cell(np.array([0.0, 2.0**-70, 1 - 2.0**-53, 1.0]))
    assert cells.tolist() == [0, 1, cells[2], N_CELLS - 1]
    assert cells[2] < N_CELLS - 1


@given(
    forecasts=st.lists(st.sampled_from([0.0, -0.0, 0.1, 0.1001, 0.5, 0.9, 1.0]), max_size=30),
    cuts=st.lists(st.integers(0, 30), max_size=4),
    limit=st.integers(0, 8),
)
def test_any_cut_keeps_the_same_forecasts_or_cells(forecasts, cuts, limit):
    edges = sorted({0, len(forecasts), *(min(cut, len(forecasts)) for cut in cuts)})
    parts = [sums(forecasts[a:b], limit) for a, b in pairwise(edges)]
    empty = SumsByForecast((0,), limit=limit)
    whole = sums(forecasts, limit)
    assert reduce(SumsByForecast.merge, parts, empty) == whole
    assert reduce(SumsByForecast.merge, reversed(parts), empty) == whole
    assert whole.is_exact == (len(set(forecasts)) <= limit)


def test_states_with_other_limits_do_not_merge():
    with pytest.raises(MergeError, match="made with different settings"):
        sums([0.5], 2).merge(sums([0.5], 3))
