"""The interval of the gap: by hand, by repetition, and by how often it holds the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.scoring import ScoredBatch
from evalreport.statistics.plan import Plan


def calibration(p, y, **options):
    return evalreport.evaluate(y, p, **options).result.calibration


def differences(p, y):
    loss = -np.log(np.where(y == 1, p, 1 - p))
    return loss + p * np.log(p) + (1 - p) * np.log(1 - p)


def rows(seed, n):
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.02, 0.98, n)
    return p, (rng.random(n) < p).astype(int)


def test_it_is_that_of_the_mean_of_loss_minus_expected_loss():
    p, y = rows(1, 300)
    d = differences(p, y)
    low, high = stats.t.interval(0.95, 299, d.mean(), d.std(ddof=1) / np.sqrt(300))
    assert calibration(p, y).gap_interval == pytest.approx((low, high), abs=1e-12)


def test_with_weights_it_is_that_of_the_weighted_mean():
    p, y = rows(2, 300)
    w = np.random.default_rng(3).lognormal(size=300)
    d = differences(p, y)
    mean = (w * d).sum() / w.sum()
    error = np.sqrt((w**2 * (d - mean) ** 2).sum() * 300 / 299) / w.sum()
    reach = stats.t.ppf(0.975, 299) * error
    assert calibration(p, y, weights=w).gap_interval == pytest.approx(
        (mean - reach, mean + reach), abs=1e-12
    )


def test_there_is_none_for_few_rows_or_for_an_infinite_loss():
    p, y = rows(4, 9)
    assert calibration(p, y, classes=["0", "1"]).gap_interval is None
    assert calibration([0.0] * 20 + [0.5], [1, 0] * 10 + [1], floor=None).gap_interval is None


def test_under_calibration_interval_and_test_err_as_often_as_they_say():
    plan, misses, rejections = Plan(("0", "1"), 1), 0, 0
    for seed in range(400):
        p, y = rows(100 + seed, 200)
        batch = PredictionBatch(("0", "1"), y, np.stack([1 - p, p], axis=1))
        scored = ScoredBatch(batch)
        gap = plan.by_forecast.gap(plan.by_forecast.from_batch(scored))
        low, high = plan.gap_spread.interval(plan.gap_spread.from_batch(scored), gap.gap)
        misses += not low <= 0.0 <= high
        rejections += abs(gap.z) > 1.96
    # 400 trials at 5 % have a standard deviation of 1.1 points.
    assert 0.02 <= misses / 400 <= 0.09
    assert 0.02 <= rejections / 400 <= 0.08
