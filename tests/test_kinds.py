"""Percentages, logits and log-probabilities amount to the probabilities they stand for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_expit, log_softmax, softmax
from sklearn.metrics import log_loss as sklearn_log_loss

import evalreport
from evalreport import exact
from evalreport.kinds import distributions, probability_view

LOGITS = st.lists(
    st.floats(min_value=-2000, max_value=2000, allow_nan=False), min_size=2, max_size=6
)


@given(LOGITS)
def test_logits_become_the_log_probabilities_of_scipy(row):
    values = np.array(row)[:, None]
    found = distributions(values, "logits")
    assert found.log_probs == pytest.approx(log_softmax(values, axis=0), rel=1e-13, abs=1e-13)
    assert found.probs == pytest.approx(softmax(values, axis=0), rel=1e-13, abs=1e-300)


@given(st.floats(min_value=-2000, max_value=2000, allow_nan=False))
def test_a_single_logit_speaks_for_both_classes(logit):
    logs = distributions(np.array([[logit]]), "logits").log_probs
    assert logs[1] == pytest.approx(log_expit(logit), rel=1e-13)
    assert logs[0] == pytest.approx(log_expit(-logit), rel=1e-13)


@given(st.floats(min_value=-700, max_value=-1e-300))
def test_what_a_single_log_probability_leaves_for_the_other_class_is_accurate(log_prob):
    logs = distributions(np.array([[log_prob]]), "log-probabilities").log_probs
    reference = (
        math.log(-math.expm1(log_prob)) if log_prob > -0.5 else math.log1p(-math.exp(log_prob))
    )
    assert logs[0, 0] == pytest.approx(reference, rel=1e-13)


def test_the_positive_class_of_a_single_column_may_stand_first():
    assert distributions(np.array([[0.9]]), "probabilities", positive=0).probs[0, 0] == 0.9


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_no_number_stays_none_in_the_view(bad):
    view = probability_view(np.array([[bad], [0.0]]), "logits")
    assert np.isnan(view).any()


@given(st.floats(min_value=0, max_value=1e300))
def test_log1p_is_that_of_the_c_library(value):
    assert float(exact.log1p(value)) == pytest.approx(math.log1p(value), rel=5e-16)


@pytest.fixture(scope="module")
def logits() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    logits = rng.normal(scale=3, size=(2000, 4))
    probs = softmax(logits, axis=1)
    return logits, (probs.cumsum(axis=1) > rng.random((2000, 1))).argmax(axis=1)


def test_all_kinds_of_the_same_predictions_have_the_same_log_loss(logits):
    z, observed = logits
    reference = sklearn_log_loss(observed, softmax(z, axis=1))
    for numbers, kind in (
        (z, "logits"),
        (log_softmax(z, axis=1), "log-probabilities"),
        (100 * softmax(z, axis=1), "percentages"),
    ):
        evaluation = evalreport.evaluate(observed, numbers, classes=range(4), input_kind=kind)
        assert evaluation.log_loss == pytest.approx(reference, rel=1e-12), kind
        assert evaluation.result.input.input_kind == kind


def test_a_loss_from_logits_has_no_floor_and_says_so():
    evaluation = evalreport.evaluate([1, 0], [-500.0, 3.0], classes=[0, 1], input_kind="logits")
    assert evaluation.worst_rows["loss"][0] == pytest.approx(500.0, rel=1e-15)
    assert evaluation.result.input.floor is None
    keras = next(each for each in evaluation.result.floors if each.label == "Keras")
    assert keras.n == 1
    assert keras.log_loss == pytest.approx((-math.log(1e-7) + math.log1p(math.exp(3))) / 2)


def test_a_floor_that_was_asked_for_holds_for_logits_too():
    evaluation = evalreport.evaluate(
        [1, 0], [-500.0, 3.0], classes=[0, 1], input_kind="logits", floor=1e-7
    )
    assert evaluation.worst_rows["loss"][0] == pytest.approx(-math.log(1e-7), rel=1e-14)


def test_minus_infinity_is_a_zero_probability():
    evaluation = evalreport.evaluate(
        [0, 1], [[-math.inf, 0.0], [-1.0, -1.0]], classes=[0, 1], input_kind="logits"
    )
    assert evaluation.log_loss is None
    assert evaluation.result.overall.zero_probability_rows == 1


def test_one_vs_rest_from_logits_keeps_what_is_left_of_a_certain_class():
    z = np.array([[0.0, -60.0, -60.0], [0.0, -60.0, -60.0]])
    result = evalreport.evaluate([0, 1], z, classes=[0, 1, 2], input_kind="logits").result
    left = -math.log(2 * math.exp(-60) / (1 + 2 * math.exp(-60)))
    assert result.classes[0].one_vs_rest_log_loss == pytest.approx(left / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("rows", "kind", "message"),
    [
        ([[0.3, -1.0]], "log-probabilities", "log-probability 0.3 is above 0."),
        ([[80.0, 130.0]], "percentages", "percentage 130 is above 100."),
        ([[80.0, -1.0]], "percentages", "percentage -1 is below 0."),
        ([[80.0, 80.0]], "percentages", "the percentages sum to 160, not to 100."),
        ([[-0.1, -0.1]], "log-probabilities", "the probabilities sum to 1.80967, not to 1."),
        ([[math.nan, 1.0]], "logits", "the logit is NaN."),
        ([[math.inf, 1.0]], "logits", "the logit is infinite."),
        ([[-math.inf, -math.inf]], "logits", "every logit of the row is minus infinity"),
    ],
)
def test_cells_are_called_what_they_are_in_messages(rows, kind, message):
    with pytest.raises(evalreport.InputError) as refused:
        evalreport.evaluate(["a"], rows, classes=["a", "b"], input_kind=kind)
    assert message in str(refused.value)
