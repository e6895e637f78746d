"""The interval of the gap: by hand, by repetition, and by how often it holds the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.scoring import ScoredBatch
from evalreport.statistics.plan import Plan
from tests.weighted import stretch


def calibration(p, y, **options):
    return evalreport.evaluate(y, p, **options).result.calibration


def differences(p, y):
    loss = -np.log(np.where(y == 1, p, 1 - p))
    return loss + p * np.log(p) + (1 - p) * np.log(1 - p)


def rows(seed, n):
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.02, 0.98, n)
    return p, (rng.random(n) < p).astype(int)


def by_hall(moments, t):
    """The ends that Hall's formula gives, for a mean, an error, a skewness and a bend."""
    n, mean, spread, skewness, bend = moments

    def end(q):
        inner = 1 + 3 * bend * (q / np.sqrt(n) - skewness / (6 * n))
        return mean - spread * (np.cbrt(inner) - 1) / bend

    return end(t), end(-t)


def test_it_is_halls_interval_of_the_mean_of_loss_minus_expected_loss():
    p, y = rows(1, 300)
    d = differences(p, y)
    skewness = ((d - d.mean()) ** 3).mean() / d.std() ** 3
    moments = 300, d.mean(), d.std(ddof=1), skewness, skewness / 3
    expected = by_hall(moments, stats.t.ppf(0.975, 299))
    assert calibration(p, y).gap_interval == pytest.approx(expected, abs=1e-11)


def weighted_moments(p, y, w):
    """Mean, spread, skewness and bend of the weighted gap, and its degrees of freedom."""
    n, d = len(y), differences(p, y)
    mean = np.average(d, weights=w)
    u = n * w * (d - mean) / w.sum()
    spread = np.sqrt((u**2).sum() / (n - 1))
    skewness = (u**3).mean() / (u**2).mean() ** 1.5
    bend = skewness / 3 - (n / w.sum()) * (u * w).mean() / spread
    chance = np.stack([p, 1 - p])
    logs = -np.log(chance)
    variances = (chance * logs**2).sum(axis=0) - (chance * logs).sum(axis=0) ** 2
    dispersion = (w * (d - mean) ** 2).sum() / (w * variances).sum()
    expected = np.sqrt(dispersion * (w**2 * variances).sum() * n) / w.sum()
    larger = max(spread * stretch(w, d), expected)
    return (n, mean, larger, skewness, bend), w.sum() ** 2 / (w**2).sum() - 1


@pytest.mark.parametrize("seed", range(4))
def test_with_weights_it_has_the_larger_spread_of_heavy_rows_and_of_all(seed):
    p, y = rows(20 + seed, 300)
    w = np.random.default_rng(seed).lognormal(0.0, 1.0, 300)
    moments, degrees = weighted_moments(p, y, w)
    expected = by_hall(moments, stats.t.ppf(0.975, degrees))
    assert calibration(p, y, weights=w).gap_interval == pytest.approx(expected, abs=1e-11)


def test_equal_weights_and_none_are_the_same():
    p, y = rows(3, 300)
    plain, equal = calibration(p, y), calibration(p, y, weights=np.full(300, 7.0))
    assert equal.gap_interval == pytest.approx(plain.gap_interval, abs=1e-11)


def test_there_is_none_for_few_rows_or_for_an_infinite_loss():
    p, y = rows(4, 9)
    assert calibration(p, y, classes=["0", "1"]).gap_interval is None
    assert calibration([0.0] * 20 + [0.5], [1, 0] * 10 + [1], floor=None).gap_interval is None


@pytest.mark.parametrize("kind", ["labels", "weights", "votes", "weighted votes"])
def test_under_calibration_interval_and_test_err_as_often_as_they_say(kind):
    weighted, soft = "weight" in kind, "votes" in kind
    plan, misses, rejections = Plan(("0", "1"), 1, weighted=weighted, soft=soft), 0, 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        # Most forecasts are nearly sure: rows that lose much are few, and the gap is skewed.
        p = 1 / (1 + np.exp(-rng.normal(0.0, 3.5, 200)))
        shares = rng.binomial(3, p) / 3 if soft else rng.random(200) < p
        batch = PredictionBatch(
            ("0", "1"),
            (shares > 0.5).astype(int),
            np.stack([1 - p, p], axis=1),
            weights=rng.lognormal(0.0, 0.8, 200) if weighted else None,
            targets=np.stack([1 - shares, shares], axis=1) if soft else None,
        )
        scored = ScoredBatch(batch)
        spread = plan.gap_spread.from_batch(scored)
        low, high = plan.gap_spread.interval(spread)
        misses += not low <= 0.0 <= high
        gap = plan.by_forecast.gap(plan.by_forecast.from_batch(scored))
        rejections += abs(plan.gap_spread.z(spread) if soft else gap.z) > 1.96
    # 400 trials at 5 % have a standard deviation of 1.1 points.
    assert 0.02 <= misses / 400 <= 0.09
    assert 0.02 <= rejections / 400 <= 0.08
