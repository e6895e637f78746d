"""Scores by hand, against other libraries' definitions, and by law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as sklearn_log_loss

from evalreport.batch import PredictionBatch
from evalreport.cells import first_largest
from evalreport.scoring import FLOOR, ScoredBatch, brier_score, entropy, log_loss
from tests.strategies import batches

P = [0.8, 0.9, 0.9, 0.6, 0.8, 0.1, 0.4, 0.2, 0.1, 0.3]
Y = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]


def test_the_losses_of_three_rows_are_those_computed_by_hand():
    probs = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8], [0.0, 0.0, 1.0]])
    losses = log_loss(probs, np.array([1, 2, 0]))
    assert losses == pytest.approx([math.log(4), math.log(1.25), math.inf], rel=1e-15)


def test_ten_well_known_rows_score_as_in_the_textbook():
    probs = np.column_stack([1 - np.array(P), P])
    losses = log_loss(probs, np.array(Y))
    shown = [0.223, 0.105, 0.105, 0.511, 0.223, 0.105, 0.511, 0.223, 0.105, 0.357]
    assert losses.round(3).tolist() == shown
    assert losses.mean() == pytest.approx(sklearn_log_loss(Y, P), rel=1e-12)


@given(batch=batches(weighted=True))
def test_the_floored_mean_is_that_of_scikit_learn(batch):
    scored = ScoredBatch(batch)
    if len(scored) == 0:
        return
    mean = np.average(scored.losses, weights=scored.weights)
    reference = sklearn_log_loss(
        scored.observed,
        scored.batch.probs,
        labels=range(scored.n_classes),
        sample_weight=scored.weights,
    )
    assert mean == pytest.approx(reference, rel=1e-12, abs=1e-15)


@given(batch=batches(weighted=False, n_classes=2))
def test_the_brier_score_is_twice_the_binary_one_of_scikit_learn(batch):
    if len(set(batch.observed.tolist())) < 2:
        return
    reference = brier_score_loss(batch.observed, batch.probs[:, 1])
    assert brier_score(batch.probs, batch.observed).mean() == pytest.approx(2 * reference)


@given(batch=batches(weighted=False))
def test_the_entropy_is_that_of_scipy(batch):
    reference = stats.entropy(batch.probs, axis=1)
    assert entropy(batch.probs) == pytest.approx(reference, abs=1e-13)


def keras_cross_entropy(probs: np.ndarray, observed: np.ndarray) -> float:
    """Categorical cross-entropy as Keras defines it, on rows that sum to 1."""
    clipped = np.clip(probs / probs.sum(axis=1, keepdims=True), 1e-7, 1 - 1e-7)
    return float(-np.log(clipped[np.arange(len(observed)), observed]).mean())


def pytorch_cross_entropy(logits: np.ndarray, observed: np.ndarray) -> float:
    """Cross-entropy as PyTorch defines it on logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    normalizer = np.log(np.exp(shifted).sum(axis=1))
    return float((normalizer - shifted[np.arange(len(observed)), observed]).mean())


def test_keras_and_pytorch_agree_where_their_definitions_do():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(500, 5))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    observed = rng.integers(0, 5, 500)
    mean = log_loss(probs, observed).mean()
    assert mean == pytest.approx(keras_cross_entropy(probs, observed), rel=1e-12)
    assert mean == pytest.approx(pytorch_cross_entropy(logits, observed), rel=1e-12)


@given(batch=batches())
def test_what_the_model_expects_is_the_mean_over_its_own_outcomes(batch):
    scored = ScoredBatch(batch)
    losses = scored.cell_losses()
    cells = scored.batch.probs * np.where(scored.batch.probs > 0, losses, 0)
    assert scored.entropies == pytest.approx(cells.sum(axis=1), abs=1e-12)
    squares = (scored.batch.probs * losses**2).sum(axis=1)
    assert scored.entropy_variances == pytest.approx(squares - cells.sum(axis=1) ** 2, abs=1e-9)


def test_rows_of_weight_zero_are_counted_and_not_scored():
    batch = PredictionBatch(
        ("a", "b"),
        np.array([0, 1]),
        np.array([[0.0, 1.0], [0.5, 0.5]]),
        weights=np.array([0.0, 2.0]),
    )
    scored = ScoredBatch(batch)
    assert (len(scored), scored.n_zero_weight) == (1, 1)
    assert scored.losses == pytest.approx([math.log(2)])


def test_the_floor_raises_zeros_and_what_lies_below_it_and_nothing_else():
    given_to_observed = np.array([0.0, 1e-300, FLOOR, 1e-3])
    probs = np.column_stack([given_to_observed, 1 - given_to_observed])
    scored = ScoredBatch(PredictionBatch(("a", "b"), np.zeros(4, np.int64), probs))
    assert scored.losses == pytest.approx([36.0437, 36.0437, 36.0437, 6.9078], abs=1e-4)
    assert scored.is_zero.tolist() == [True, False, False, False]
    assert scored.is_floored.tolist() == [False, True, False, False]


def test_a_certain_and_right_row_costs_exactly_nothing():
    scored = ScoredBatch(PredictionBatch(("a", "b"), np.array([1]), np.array([[0.0, 1.0]])))
    assert str(scored.losses[0]) == "0.0"
    assert str(scored.entropies[0]) == "0.0"


@given(cells=st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=30))
def test_the_first_of_the_largest_is_that_of_numpy(cells):
    array = np.array(cells) / 4.0
    for each in (array, np.asfortranarray(array)):
        assert first_largest(each).tolist() == array.argmax(axis=1).tolist()


def test_the_largest_is_found_among_many_classes_and_rows():
    cells = np.random.default_rng(3).random((3_000, 300))
    assert np.array_equal(first_largest(cells), cells.argmax(axis=1))
