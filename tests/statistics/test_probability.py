"""How many rows are expected in each bin of the probability: every edge to the last bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.batch import PredictionBatch
from evalreport.scoring import ScoredBatch
from evalreport.statistics.probability import EDGES, ByProbability

NEAR_EDGES = [
    each for edge in EDGES for each in (np.nextafter(edge, 0.0), edge, np.nextafter(edge, 1.0))
]
PROBABILITIES = st.one_of(
    st.sampled_from(NEAR_EDGES),
    st.floats(min_value=0.0, max_value=1.0),
    st.floats(min_value=0.0, max_value=40.0).map(lambda loss: math.exp(-loss)),
)


def state(cells):
    """Two columns, of which the second speaks of the rest."""
    probs = np.column_stack([cells, 1.0 - cells])
    rows = PredictionBatch(("a", "b"), np.zeros(len(cells), np.int64), probs)
    return ByProbability(weighted=False).from_batch(ScoredBatch(rows))


def expected(cells) -> list[float]:
    return [each.expected_n for each in ByProbability(weighted=False).results(state(cells))]


def by_search(cells) -> list[float]:
    both = np.concatenate([cells, 1.0 - cells])
    bins = np.searchsorted(EDGES, both, side="left")
    return [math.fsum(both[bins == i]) for i in range(len(EDGES))]


@given(st.lists(PROBABILITIES, min_size=1, max_size=60))
def test_every_probability_counts_in_the_bin_that_a_search_finds(values):
    cells = np.array(values)
    assert expected(cells) == pytest.approx(by_search(cells), rel=1e-8, abs=1e-18)


def test_very_many_probabilities_are_summed_to_the_last_digits():
    rng = np.random.default_rng(0)
    cells = np.concatenate([rng.random(90_000), np.exp(-30 * rng.random(90_000)), NEAR_EDGES])
    assert expected(cells) == pytest.approx(by_search(cells), rel=1e-11)


def test_neither_order_nor_pieces_matter():
    rng = np.random.default_rng(1)
    cells = np.concatenate([rng.random(40_000), rng.random(40_000).round(2), NEAR_EDGES])
    whole = state(cells)
    assert state(rng.permutation(cells)) == whole
    assert state(cells[:50_000]).merge(state(cells[50_000:])) == whole
