"""The loss of each class against the rest: summed without keeping it, and still the same sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from evalreport.batch import PredictionBatch
from evalreport.exact import power_unit
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics import one_vs_rest
from evalreport.statistics.one_vs_rest import one_vs_rest_sums


def sums(observed, probs, floor=FLOOR) -> list[float]:
    classes = tuple(map(str, range(probs.shape[1])))
    scored = ScoredBatch(PredictionBatch(classes, observed, probs.copy("K")), floor)
    return [math.ldexp(total, power_unit(1)) for total in one_vs_rest_sums(scored)]


def drawn(n_rows: int, k: int, seed: int, sharpness: float = 0.3):
    """Forecasts of which some are certain or all but certain."""
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.full(k, sharpness), n_rows)
    probs[::7] = np.eye(k)[rng.integers(0, k, len(probs[::7]))]
    probs[3::7, 0], probs[3::7, 1:] = 1.0 - 1e-12, 1e-12 / (k - 1)
    return rng.integers(0, k, n_rows), probs


@pytest.mark.parametrize("floor", [FLOOR, 1e-3, 0.4, 1e-300])
def test_it_is_the_loss_of_every_question_by_itself(floor):
    observed, probs = drawn(3_000, 4, 1)
    happened = np.eye(4)[observed]
    given_to_it = np.where(happened > 0, probs, 1.0 - probs)
    expected = -np.log(np.maximum(given_to_it, floor)).sum(axis=0)
    assert sums(observed, probs, floor) == pytest.approx(expected, rel=1e-13)


def test_scikit_learn_says_the_same():
    rng = np.random.default_rng(2)
    probs, observed = rng.dirichlet(np.ones(5), 4_000), rng.integers(0, 5, 4_000)
    theirs = [
        log_loss(observed == k, probs[:, k], labels=[False, True], normalize=False)
        for k in range(5)
    ]
    assert sums(observed, probs) == pytest.approx(theirs, rel=1e-13)


def test_without_a_floor_what_is_infinite_counts_nothing():
    probs = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert sums(np.array([1, 0]), probs, None) == pytest.approx([math.log(2)] * 2, abs=1e-12)


def test_certain_rows_that_are_right_cost_nothing_at_all():
    assert sums(np.arange(3), np.eye(3)) == [0.0, 0.0, 0.0]


def test_the_greatest_losses_of_many_rows_are_held():
    probs = np.tile([1.0, 0.0], (40_000, 1))
    expected = 40_000 * 300 * math.log(10)
    assert sums(np.ones(40_000, np.int64), probs, 1e-300) == pytest.approx([expected] * 2)


@given(st.integers(1, 400), st.integers(3, 9), st.integers(0, 2**32), st.data())
def test_rows_may_come_in_any_order_any_pieces_and_any_layout(n_rows, k, seed, data):
    observed, probs = drawn(n_rows, k, seed)
    whole = sums(observed, probs)
    order = np.random.default_rng(seed).permutation(n_rows)
    cut = data.draw(st.integers(0, n_rows))
    assert sums(observed[order], np.asfortranarray(probs[order])) == whole
    parts = [sums(observed[each], probs[each]) for each in (slice(cut), slice(cut, None))]
    assert [a + b for a, b in zip(*parts, strict=True)] == whole


def test_the_size_of_the_blocks_changes_nothing(monkeypatch):
    observed, probs = drawn(2_000, 3, 5)
    whole = sums(observed, probs)
    monkeypatch.setattr(one_vs_rest, "_BLOCK", 100)
    assert sums(observed, probs) == whole
