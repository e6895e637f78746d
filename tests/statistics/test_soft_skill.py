"""How far skill and gap of soft labels can be trusted: by hand, by bootstrap, by the laws."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.evaluation import results_of
from evalreport.intervals import Moments, hall_interval
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.buckets import buckets_of, row_keys
from evalreport.statistics.plan import Plan
from evalreport.statistics.soft_skill import MOST_CLASSES
from tests.strategies import batches


def divergences(targets: np.ndarray, probs: np.ndarray) -> np.ndarray:
    return np.asarray(stats.entropy(targets, np.broadcast_to(probs, targets.shape), axis=1))


def skill_of(targets: np.ndarray, probs: np.ndarray) -> float:
    baseline = divergences(targets, targets.mean(axis=0)).mean()
    return float(1 - divergences(targets, probs).mean() / baseline)


def rows(n: int, k: int = 3, share: float = 0.5, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return targets, and forecasts that hold a share of them."""
    rng = np.random.default_rng(seed)
    targets = rng.dirichlet(np.full(k, 0.5), n)
    return targets, share * targets + (1 - share) * rng.dirichlet(np.ones(k), n)


def evaluate(targets, probs, **options):
    return evalreport.evaluate(targets=targets, probs=probs, **options).result


# --- skill ------------------------------------------------------------------------------------


def test_the_interval_is_that_of_the_influence_of_each_row():
    targets, probs = rows(12)
    ids = np.array([f"row {i}" for i in (0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12)], object)
    batch = PredictionBatch(("a", "b", "c"), targets.argmax(1), probs, targets=targets, ids=ids)
    buckets = buckets_of(row_keys(ScoredBatch(batch)))
    assert len(set(buckets.tolist())) == 12, "every row has a bucket of its own"
    result = evaluate(targets, probs, ids=ids)
    excess, baseline = divergences(targets, probs), divergences(targets, targets.mean(axis=0))
    influence = (excess - excess.mean() / baseline.mean() * baseline) / baseline.mean()
    moments = Moments(12, 0.0, influence.std(ddof=1), float(stats.skew(influence)))
    moved = hall_interval(moments, -np.inf)
    assert moved is not None
    skill = 1 - excess.mean() / baseline.mean()
    expected = (skill - moved[1], skill - moved[0])
    assert result.baseline.skill_interval == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("k", "share"), [(2, 0.0), (3, 0.5), (8, 0.2)])
def test_the_interval_is_that_of_a_bootstrap(k, share):
    targets, probs = rows(600, k, share)
    rng = np.random.default_rng(3)
    draws = (rng.integers(0, 600, 600) for _ in range(2000))
    resampled = [skill_of(targets[each], probs[each]) for each in draws]
    low, high = evaluate(targets, probs).baseline.skill_interval
    assert high - low == pytest.approx(2 * 1.96 * np.std(resampled), rel=0.1)
    assert [low, high] == pytest.approx(
        np.quantile(resampled, [0.025, 0.975]), abs=0.1 * (high - low)
    )


def test_one_hot_targets_on_the_soft_way_give_about_the_interval_of_labels():
    rng = np.random.default_rng(5)
    probs = rng.dirichlet(np.ones(3), 3000)
    observed = (probs.cumsum(axis=1) > rng.random((3000, 1))).argmax(axis=1)
    batch = PredictionBatch(("a", "b", "c"), observed, probs, rows=np.arange(1, 3001))
    hard, soft = (
        results_of(Plan(("a", "b", "c"), 2, soft=soft).from_batch(batch))["baseline"]
        for soft in (False, True)
    )
    assert soft.skill == pytest.approx(hard.skill, rel=1e-12)
    width = hard.skill_interval[1] - hard.skill_interval[0]
    assert soft.skill_interval == pytest.approx(hard.skill_interval, abs=0.05 * width)


def test_weights_scale_freely_and_equal_weights_are_none():
    targets, probs = rows(400)
    plain, even, large = (
        evaluate(targets, probs, weights=weights).baseline.skill_interval
        for weights in (None, np.ones(400), np.full(400, 2.0**40))
    )
    assert plain == even
    assert even == pytest.approx(large, rel=1e-12)


def test_a_model_that_harms_is_told_so_and_one_that_knows_nothing_too():
    targets, _ = rows(500)
    rng = np.random.default_rng(2)
    harmful = evaluate(targets, rng.permuted(targets, axis=1) * 0.8 + 0.2 / 3)
    assert harmful.baseline.skill_interval[1] < 0
    assert "below-baseline" in {each.code for each in harmful.findings}
    useless = np.tile(targets.mean(axis=0), (500, 1)) * 0.98 + rng.dirichlet(np.ones(3), 500) * 0.02
    result = evaluate(targets, useless / useless.sum(axis=1, keepdims=True))
    assert {each.code for each in result.findings} & {"no-skill", "below-baseline"}


@pytest.mark.parametrize("n", [1, 9])
def test_too_few_rows_have_no_interval(n):
    result = evaluate(*rows(n))
    assert result.baseline.skill_interval is None
    assert result.calibration.gap_z is None


def test_too_many_classes_have_no_interval_and_one_less_has():
    for k in (MOST_CLASSES, MOST_CLASSES + 1):
        interval = evaluate(*rows(50, k)).baseline.skill_interval
        assert (interval is None) == (k > MOST_CLASSES)


def test_a_perfect_forecast_has_nothing_to_be_uncertain_about():
    targets, _ = rows(50)
    result = evaluate(targets, targets)
    assert result.baseline.skill == 1.0
    assert result.baseline.skill_interval is None
    assert result.calibration.gap_z is None


# --- gap --------------------------------------------------------------------------------------


def test_the_gap_is_counted_in_its_standard_errors_without_their_skewness():
    rng = np.random.default_rng(9)
    probs = rng.dirichlet(np.full(3, 0.8), 700)
    targets = rng.gamma(2 * probs + 1e-9)
    targets /= targets.sum(axis=1, keepdims=True)
    result = evaluate(targets, probs)
    losses = -(targets * np.log(probs)).sum(axis=1)
    d = losses - stats.entropy(probs, axis=1)
    t, skewness = d.mean() / d.std(ddof=1), stats.skew(d)
    t = np.sqrt(700) * (t + skewness * t**2 / 3 + skewness**2 * t**3 / 27 + skewness / 4200)
    z = stats.norm.isf(stats.t.sf(t, 699))
    assert result.calibration.gap == pytest.approx(d.mean(), rel=1e-11)
    assert result.calibration.gap_z == pytest.approx(z, rel=1e-4)


def test_equal_weights_count_the_gap_as_none_do():
    targets, probs = rows(700)
    plain, equal = evaluate(targets, probs), evaluate(targets, probs, weights=np.full(700, 3.0))
    assert equal.calibration.gap_z == pytest.approx(plain.calibration.gap_z, rel=1e-9)


def test_a_calibrated_model_is_seldom_called_too_sure():
    rng = np.random.default_rng(8)
    z = []
    for _ in range(60):
        probs = rng.dirichlet(np.full(3, 0.8), 150)
        targets = rng.gamma(2 * probs + 1e-9)
        targets /= targets.sum(axis=1, keepdims=True)
        z.append(evaluate(targets, probs).calibration.gap_z)
    assert np.mean(np.abs(z) > 1.96) < 0.15
    assert np.mean(z) == pytest.approx(0.0, abs=0.4)


def test_targets_that_are_less_sure_than_their_forecasts_are_a_finding():
    targets, _ = rows(400)
    sure = targets**3 + 1e-6
    result = evaluate(targets, sure / sure.sum(axis=1, keepdims=True))
    assert result.calibration.gap_z > 3
    assert "overconfident" in {each.code for each in result.findings}


# --- laws -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["soft_buckets", "gap_spread"])
@given(batch=batches(soft=True), data=st.data())
def test_cutting_the_rows_anywhere_gives_the_same_state(name, batch, data):
    plan = Plan(batch.classes, batch.positive, batch.weights is not None, soft=True)
    statistic = next(each for each in plan.statistics if each.name == name)
    cut = data.draw(st.integers(0, len(batch)))
    left, right, whole = (
        statistic.from_batch(ScoredBatch(part, FLOOR)) for part in (batch[:cut], batch[cut:], batch)
    )
    assert left.merge(right) == whole == right.merge(left)
    assert statistic.empty().merge(left) == left == left.merge(statistic.empty())
    assert pickle.loads(pickle.dumps(whole)) == whole
    assert statistic.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_hard_labels_do_not_carry_the_sums_of_soft_ones():
    names = {each.name for each in Plan(("a", "b"), 1).statistics}
    assert "soft_buckets" not in names
