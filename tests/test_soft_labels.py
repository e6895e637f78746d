"""Soft labels and label smoothing: by hand, against SciPy, and the laws that tie them to labels."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from scipy import stats
from scipy.special import logsumexp

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.evaluation import results_of
from evalreport.evaluation_file import dumps, loads, to_document
from evalreport.results import EvaluationResult
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.plan import Plan
from tests.strategies import batches

P = [[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]]
Q = [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]


def soft_rows(n: int = 2000, k: int = 4, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    targets = rng.dirichlet(np.full(k, 0.5), n)
    return targets, 0.6 * targets + 0.4 * rng.dirichlet(np.ones(k), n)


def evaluate(targets, probs, **options) -> EvaluationResult:
    return evalreport.evaluate(targets=targets, probs=probs, **options).result


# --- by hand ----------------------------------------------------------------------------------


def test_three_rows_by_hand():
    overall = evaluate(P, Q).overall
    entropies = [math.log(2), 0.0, -0.25 * math.log(0.25) - 0.75 * math.log(0.75)]
    assert overall.cross_entropy == pytest.approx(math.log(2), rel=1e-15)
    assert overall.target_entropy == pytest.approx(sum(entropies) / 3, rel=1e-15)
    assert overall.kl_divergence == pytest.approx(math.log(2) - sum(entropies) / 3, rel=1e-14)
    assert overall.log_loss is None
    assert overall.accuracy == pytest.approx((0.5 + 1 + 0.25) / 3)
    assert overall.brier_score == pytest.approx((0 + 0.5 + 0.125) / 3)
    assert overall.perplexity == pytest.approx(2.0)


def test_a_row_counts_for_each_class_with_its_target():
    probs = [[0.8, 0.2], [0.6, 0.4], [0.1, 0.9]]
    first, second = evaluate(P, probs).classes
    losses = [-math.log(0.8), -math.log(0.6), -math.log(0.1)]
    expected = (0.5 * losses[0] + losses[1] + 0.25 * losses[2]) / 1.75
    assert first.cross_entropy == pytest.approx(expected, rel=1e-14)
    assert (first.n, second.n) == (2, 1)
    assert first.frequency == pytest.approx(1.75 / 3)
    assert (first.log_loss, first.band) == (None, None)
    one_vs_rest = [
        -t * math.log(q) - (1 - t) * math.log(1 - q)
        for t, q in zip([0.5, 1, 0.25], [0.8, 0.6, 0.1], strict=True)
    ]
    assert first.one_vs_rest_log_loss == pytest.approx(sum(one_vs_rest) / 3, rel=1e-14)


def test_a_forecast_that_equals_its_target_is_perfect():
    result = evaluate(P, P)
    assert result.overall.kl_divergence == 0.0
    assert result.overall.band.name == "perfect"
    assert result.overall.cross_entropy == result.overall.target_entropy > 0


def test_a_ruled_out_part_of_a_target_is_a_zero_probability():
    floored = evaluate([[0.5, 0.5], [0.5, 0.5]], [[1.0, 0.0], [0.5, 0.5]]).overall
    assert floored.zero_probability_rows == 1
    assert floored.cross_entropy == pytest.approx((0.5 * 52 + 1) / 2 * math.log(2), rel=1e-14)
    assert floored.zero_probability_share_of_loss == 1.0
    bare = evaluate([[0.5, 0.5], [0.5, 0.5]], [[1.0, 0.0], [0.5, 0.5]], floor=None).overall
    assert (bare.cross_entropy, bare.kl_divergence, bare.band) == (None, None, None)
    assert bare.target_entropy == pytest.approx(math.log(2))


def test_a_zero_where_the_target_is_zero_costs_nothing():
    overall = evaluate([[0.5, 0.5, 0.0]], [[0.5, 0.5, 0.0]], floor=None).overall
    assert (overall.zero_probability_rows, overall.kl_divergence) == (0, 0.0)


# --- against SciPy ----------------------------------------------------------------------------


def test_the_parts_of_the_loss_are_those_of_scipy():
    targets, probs = soft_rows()
    overall = evaluate(targets, probs).overall
    divergences = stats.entropy(targets, probs, axis=1)
    assert overall.kl_divergence == pytest.approx(divergences.mean(), rel=1e-12)
    assert overall.standard_error == pytest.approx(stats.sem(divergences), rel=1e-9)
    assert overall.target_entropy == pytest.approx(stats.entropy(targets, axis=1).mean(), rel=1e-12)
    whole = overall.target_entropy + overall.kl_divergence
    assert overall.cross_entropy == pytest.approx(whole, rel=1e-13)


def test_logits_need_no_floor_for_soft_labels_either():
    rng = np.random.default_rng(2)
    logits = rng.normal(scale=200, size=(300, 3))
    targets = rng.dirichlet(np.ones(3), 300)
    overall = evaluate(targets, logits, input_kind="logits").overall
    log_probs = logits - logsumexp(logits, axis=1, keepdims=True)
    assert overall.cross_entropy == pytest.approx(-(targets * log_probs).sum(axis=1).mean())


def test_weights_count_as_repeated_rows():
    targets, probs = soft_rows(300)
    times = np.arange(300) % 3 + 1
    weighted = evaluate(targets, probs, weights=times)
    repeated = evaluate(np.repeat(targets, times, axis=0), np.repeat(probs, times, axis=0))
    assert weighted.overall.kl_divergence == pytest.approx(
        repeated.overall.kl_divergence, rel=1e-13
    )
    assert weighted.baseline.skill == pytest.approx(repeated.baseline.skill, rel=1e-12)
    for one, other in zip(weighted.classes, repeated.classes, strict=True):
        assert one.cross_entropy == pytest.approx(other.cross_entropy, rel=1e-13)


def test_skill_is_one_for_the_targets_and_zero_for_their_mean():
    targets, _ = soft_rows()
    mean = np.tile(targets.mean(axis=0), (len(targets), 1))
    assert evaluate(targets, targets).baseline.skill == 1.0
    baseline = evaluate(targets, mean).baseline
    assert baseline.skill == pytest.approx(0.0, abs=1e-12)
    assert baseline.class_frequencies == pytest.approx(stats.entropy(targets.mean(axis=0)))
    assert baseline.skill_interval is None, "no row differs from the baseline"


def test_classes_add_up_to_the_cross_entropy():
    targets, probs = soft_rows()
    result = evaluate(targets, probs)
    rebuilt = sum(each.frequency * each.cross_entropy for each in result.classes)
    assert rebuilt == pytest.approx(result.overall.cross_entropy, rel=1e-12)
    assert sum(each.share_of_loss for each in result.classes) == pytest.approx(1.0)


def test_slices_add_up_to_the_excess_and_carry_their_own_targets():
    targets, probs = soft_rows()
    part = np.where(np.arange(2000) % 3 == 0, "a", "b")
    result = evaluate(targets, probs, slices={"part": part})
    rebuilt = sum(each.frequency * each.kl_divergence for each in result.slices)
    assert rebuilt == pytest.approx(result.overall.kl_divergence, rel=1e-12)
    alone = evaluate(targets[part == "a"], probs[part == "a"])
    first = result.slices[0]
    assert first.log_loss is None
    assert first.cross_entropy == pytest.approx(alone.overall.cross_entropy, rel=1e-13)
    assert first.skill == pytest.approx(alone.baseline.skill, rel=1e-12)
    assert first.interval == pytest.approx(alone.overall.interval, rel=1e-12)


def test_the_gap_is_the_cross_entropy_above_what_the_forecasts_expect():
    targets, probs = soft_rows()
    calibration = evaluate(targets, probs).calibration
    expected = (stats.entropy(targets, axis=1) + stats.entropy(targets, probs, axis=1)).mean()
    expected -= stats.entropy(probs, axis=1).mean()
    assert calibration.gap == pytest.approx(expected, rel=1e-9)
    assert calibration.gap_z is not None


def test_what_has_no_meaning_for_soft_labels_is_not_there():
    targets, probs = soft_rows()
    result = evaluate(targets, probs)
    assert result.floors == ()
    assert {each.expected_n for each in result.loss_by_probability} == {None}
    assert sum(each.n for each in result.loss_by_probability) == 2000
    assert result.task == "soft"
    assert loads(dumps(result)).overall == result.overall


# --- label smoothing --------------------------------------------------------------------------


@pytest.mark.parametrize("n_classes", [2, 5])
def test_smoothing_is_that_of_pytorch(n_classes):
    rng = np.random.default_rng(3)
    probs = rng.dirichlet(np.ones(n_classes), 500)
    observed = rng.integers(0, n_classes, 500)
    evaluation = evalreport.evaluate(
        observed, probs, classes=list(range(n_classes)), label_smoothing=0.1
    )
    logs = np.log(probs)
    hard = -logs[np.arange(500), observed]
    # torch.nn.functional.cross_entropy: (1 - e) * nll + e / K * sum of -log q
    expected = 0.9 * hard - 0.1 / n_classes * logs.sum(axis=1)
    assert evaluation.cross_entropy == pytest.approx(expected.mean(), rel=1e-12)
    assert evaluation.result.task == "soft"
    assert evaluation.result.input.label_smoothing == 0.1


@pytest.mark.parametrize(("n_classes", "least"), [(2, 0.1985), (10, 0.5003), (1000, 1.0148)])
def test_smoothing_puts_its_entropy_under_the_loss(n_classes, least):
    observed = np.arange(n_classes)
    result = evalreport.evaluate(
        observed, np.eye(n_classes), classes=list(range(n_classes)), label_smoothing=0.1
    ).result
    assert round(result.overall.target_entropy, 4) == least


def test_soft_labels_can_be_smoothed_too():
    overall = evaluate([[0.5, 0.5], [1.0, 0.0]], [[0.5, 0.5], [0.5, 0.5]], label_smoothing=0.2)
    entropy = stats.entropy([0.9, 0.1])
    assert overall.overall.target_entropy == pytest.approx((math.log(2) + entropy) / 2)


def test_no_smoothing_is_no_smoothing():
    plain = evalreport.evaluate([0, 1, 1], [0.2, 0.7, 0.4])
    assert evalreport.evaluate([0, 1, 1], [0.2, 0.7, 0.4], label_smoothing=0).digest == plain.digest


# --- one-hot targets are labels ---------------------------------------------------------------


def test_one_hot_targets_give_every_number_of_hard_labels():
    rng = np.random.default_rng(4)
    probs, observed = rng.dirichlet(np.ones(3), 400), rng.integers(0, 3, 400)
    options = {"classes": ["a", "b", "c"], "slices": {"part": rng.integers(0, 2, 400)}}
    soft = evaluate(np.eye(3)[observed], probs, **options)
    labels = np.array(["a", "b", "c"])[observed]
    hard = evalreport.evaluate(labels, probs, **options).result
    assert soft.digest == hard.digest
    assert dataclasses.replace(soft, input=hard.input) == hard
    assert soft.task == "multiclass"


@pytest.mark.parametrize("floor", [FLOOR, None])
@given(batch=batches())
@settings(max_examples=50)
def test_the_soft_way_gives_one_hot_targets_the_numbers_of_the_hard_way(floor, batch):
    one_hot = np.eye(len(batch.classes))[batch.observed]
    soft_batch = dataclasses.replace(batch, targets=one_hot)
    weighted, names = batch.weights is not None, batch.classes
    hard = Plan(names, batch.positive, weighted, floor, slices=("group",))
    soft = Plan(names, batch.positive, weighted, floor, slices=("group",), soft=True)
    one, other = (
        results_of(plan.from_batch(rows)) for plan, rows in ((hard, batch), (soft, soft_batch))
    )
    for name in ("overall", "classes", "slices", "loss_by_forecast", "calibration"):
        assert _numbers(other[name]) == pytest.approx(_numbers(one[name]), rel=1e-9, abs=1e-12)


def _numbers(part) -> list[float]:
    """Return the numbers that do not depend on the name of the loss or the kind of labels."""
    return list(_walk(to_document(part)))


_ONLY_HARD = (
    *("log_loss", "band", "gap_z", "unseen_zeros_would_add"),
    # With soft labels chance does what these very targets do around their forecasts.
    *("band_low", "band_high", "share_outside_band", "miscalibration_bracket", "rmsce2"),
    "unseen_zeros_would_add",  # soft labels have none
)


def _walk(value, key: str = ""):
    if isinstance(value, dict):
        if value.get("view") == "class-wise":  # single classes are looked at with hard labels only
            return
        for name, each in value.items():
            if name not in _ONLY_HARD and (key, name) != ("decomposition", "p_value"):
                yield from _walk(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _walk(each, key)
    elif isinstance(value, int | float):
        yield float(value)


@given(batch=batches(soft=True))
def test_the_excess_is_never_below_zero_and_never_above_the_loss(batch):
    scored = ScoredBatch(batch)
    assert (scored.excess >= 0).all()
    assert (scored.excess <= scored.losses).all()


def test_soft_labels_are_the_same_in_any_number_of_batches():
    targets, probs = soft_rows(500)
    names = tuple("abcd")
    batch = PredictionBatch(names, targets.argmax(axis=1), probs, targets=targets)
    plan = Plan(names, 3, soft=True)
    halves = plan.from_batch(batch[:123]).merge(plan.from_batch(batch[123:]))
    assert halves.digest() == plan.from_batch(batch).digest()


# --- class-balanced mean ----------------------------------------------------------------------


def test_the_class_balanced_mean_counts_every_class_once():
    result = evalreport.evaluate(
        ["a", "a", "a", "b"], [[0.9, 0.1, 0]] * 4, classes=["a", "b", "c"]
    ).result
    expected = (-math.log(0.9) - math.log(0.1)) / 2
    assert result.overall.class_balanced_log_loss == pytest.approx(expected, rel=1e-14)


def test_the_class_balanced_mean_is_the_plain_one_of_balanced_weights():
    rng = np.random.default_rng(6)
    observed = rng.choice(3, 300, p=[0.7, 0.2, 0.1])
    probs = rng.dirichlet(np.ones(3), 300)
    balanced = pd.Series(observed).map(1 / pd.Series(observed).value_counts())
    plain = evalreport.evaluate(observed, probs).result
    weighted = evalreport.evaluate(observed, probs, weights=balanced)
    assert plain.overall.class_balanced_log_loss == pytest.approx(weighted.log_loss, rel=1e-12)


def test_one_infinite_class_makes_the_class_balanced_mean_infinite():
    result = evalreport.evaluate([0, 1], [0.5, 0.0], floor=None).result
    assert result.overall.class_balanced_log_loss is None


@pytest.mark.parametrize("size", [1e-300, 1e299])
def test_weights_of_any_size_count_by_their_ratios(size):
    rng = np.random.default_rng(3)
    probs, targets = rng.dirichlet((1, 1, 1), 30), rng.dirichlet((1, 1, 1), 30)
    weights = 2.0 ** rng.integers(0, 3, 30)
    one, other = (
        evalreport.evaluate(targets=targets, probs=probs, weights=each).result
        for each in (weights, weights * size)
    )
    assert other.overall.interval == pytest.approx(one.overall.interval, rel=1e-12)
    assert other.baseline.skill == pytest.approx(one.baseline.skill, rel=1e-12)
    assert other.calibration.gap == pytest.approx(one.calibration.gap, rel=1e-9)
    for mine, theirs in zip(one.classes, other.classes, strict=True):
        assert theirs.cross_entropy == pytest.approx(mine.cross_entropy, rel=1e-12)
        assert theirs.mean_forecast == pytest.approx(mine.mean_forecast, rel=1e-12)


def test_swapped_targets_are_suspected_by_their_largest_class():
    rng = np.random.default_rng(4)
    probs = rng.dirichlet((0.2, 0.2), 200)
    result = evalreport.evaluate(targets=probs[:, ::-1], probs=probs, classes=["a", "b"]).result
    assert result.audit.class_order.read_as == ("b", "a")
    finding = next(each for each in result.findings if each.code == "swapped-classes")
    assert "for the class of the largest target. Nothing was changed." in finding.why
    assert finding.check == (
        "“How they were read” says which target is paired with which probability. If it is so, "
        "list both in the same order with targets= and probs=."
    )


def test_the_happened_distribution_is_the_mean_target():
    targets, probs = [[0.5, 0.5], [1.0, 0.0]], [[0.6, 0.4], [0.8, 0.2]]
    result = evalreport.evaluate(targets=targets, probs=probs).result
    assert [each.mean_forecast for each in result.classes] == pytest.approx([0.7, 0.3])
    expected = -(0.75 * np.log(0.7) + 0.25 * np.log(0.3))
    assert result.distributions.cross_entropy_pq == pytest.approx(expected)


def test_a_calibrated_model_is_only_surer_than_smoothed_labels():
    rng = np.random.default_rng(5)
    probs = rng.dirichlet([1.0, 1.0, 1.0], 2000)
    observed = np.array([rng.choice(3, p=each) for each in probs])
    plain = evalreport.evaluate(observed, probs).result
    assert not any(each.code == "overconfident" for each in plain.findings)
    smoothed = evalreport.evaluate(observed, probs, label_smoothing=0.1).result
    found = next(each for each in smoothed.findings if each.code == "overconfident")
    assert (found.severity, found.title) == (
        "note",
        "The model is more confident than the smoothed labels",
    )
    assert "label smoothing of 0.1 no label counts as sure" in found.why
    assert found.check == "Judge calibration without label_smoothing=."
