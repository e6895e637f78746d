"""Hall's interval against its formula on raw rows, and how often it covers the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evalreport.batch import PredictionBatch
from evalreport.intervals import Moments, hall_interval
from evalreport.scoring import ScoredBatch
from evalreport.statistics.moments import PowerSums, moment_columns
from evalreport.statistics.overall import Overall


def moments_of(losses: np.ndarray) -> Moments:
    return Moments(len(losses), losses.mean(), losses.std(ddof=1), stats.skew(losses))


def test_without_skewness_it_is_students_interval():
    losses = np.tile([0.1, 0.5], 50)
    low, high = hall_interval(moments_of(losses))
    expected = stats.t.interval(0.95, 99, losses.mean(), stats.sem(losses))
    assert (low, high) == pytest.approx(expected, rel=1e-12)


def test_a_long_right_tail_moves_both_ends_up():
    losses = np.random.default_rng(0).exponential(size=200)
    low, high = hall_interval(moments_of(losses))
    plain_low, plain_high = stats.t.interval(0.95, 199, losses.mean(), stats.sem(losses))
    assert low > plain_low
    assert high > plain_high


@pytest.mark.parametrize("moments", [Moments(9, 0.3, 0.5, 1.0), Moments(500, 0.3, 0.0, 0.0)])
def test_too_few_rows_or_no_spread_give_no_interval(moments):
    assert hall_interval(moments) is None


def test_the_lower_end_is_never_below_zero():
    assert hall_interval(Moments(12, 0.1, 0.9, 0.1))[0] == 0.0


def test_few_rows_for_their_skewness_are_called_approximate():
    assert Moments(500, 0.3, 1.0, 5.0).interval_is_approximate
    assert not Moments(700, 0.3, 1.0, 5.0).interval_is_approximate


@pytest.mark.parametrize(("sharpness", "n"), [(1.0, 200), (1.5, 200), (1.0, 1000)])
def test_the_interval_covers_the_truth_about_95_times_in_100(sharpness, n):
    rng = np.random.default_rng(7)
    logits = rng.normal(scale=1.5, size=(2000, n))
    probs = 1 / (1 + np.exp(-logits))
    happened = rng.random((2000, n)) < 1 / (1 + np.exp(-logits / sharpness))
    losses = -np.log(np.where(happened, probs, 1 - probs))
    wide = rng.normal(scale=1.5, size=4_000_000)
    p, q = 1 / (1 + np.exp(-wide)), 1 / (1 + np.exp(-wide / sharpness))
    truth = (-q * np.log(p) - (1 - q) * np.log1p(-p)).mean()
    hits = 0
    for row in losses:
        low, high = hall_interval(moments_of(row))
        hits += low <= truth <= high
    assert 0.93 <= hits / 2000 <= 0.97


@pytest.mark.parametrize("weights", [None, "uneven"])
@pytest.mark.parametrize("probability", [0.7, 1 / 3, 0.123456789, 1e-9])
def test_rows_of_one_loss_have_no_spread_whatever_their_squares_round_to(probability, weights):
    scores = np.full(1000, -np.log(probability))
    uneven = None if weights is None else np.linspace(0.1, 7.3, 1000)
    together = np.zeros(1000, dtype=np.int64)
    columns = moment_columns(scores, uneven, together, 1)
    sums = PowerSums.from_row(1000, [column[0] for column in columns], uneven is not None)
    moments = sums.moments()
    assert moments.standard_deviation == 0.0
    assert hall_interval(moments) is None


def test_a_spread_far_below_the_mean_is_kept():
    scores = 1.0 + 1e-6 * np.random.default_rng(0).random(1000)
    columns = moment_columns(scores, None, np.zeros(1000, dtype=np.int64), 1)
    moments = PowerSums.from_row(1000, [column[0] for column in columns], False).moments()
    assert moments.standard_deviation == pytest.approx(scores.std(ddof=1), rel=1e-3)


# --- rows of unequal weight -----------------------------------------------------------------------


def weighted_rows(seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Calibrated forecasts; those that are sure of themselves weigh more, and some far more."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=2.0, size=n)
    probs = 1 / (1 + np.exp(-logits))
    weights = np.exp(0.7 * rng.normal(size=n) + 0.4 * np.abs(logits))
    return probs, (rng.random(n) < probs).astype(np.int64), weights


def overall_of(probs, happened, weights):
    statistic = Overall(2, weights is not None, 2.0**-52)
    both = np.column_stack([1 - probs, probs])
    batch = PredictionBatch(("no", "yes"), happened, both, weights=weights)
    return statistic.result(statistic.from_batch(ScoredBatch(batch)))


def test_equal_weights_give_the_interval_of_no_weights():
    probs, happened, _ = weighted_rows(1, 300)
    plain = overall_of(probs, happened, None)
    assert overall_of(probs, happened, np.full(300, 2.5)).interval == pytest.approx(
        plain.interval, rel=1e-12
    )


def test_with_weights_it_follows_its_formula_on_the_rows():
    probs, happened, weights = weighted_rows(2, 400)
    losses = -np.log(np.where(happened, probs, 1 - probs))
    mean, n = np.average(losses, weights=weights), 400
    u = n * weights * (losses - mean) / weights.sum()
    spread, skewness = u.std(ddof=1), stats.skew(u)
    ratio = (u * weights).mean() / weights.mean() / spread
    shares = weights / weights.sum()
    stretch = np.sqrt(1 + 2 * ((u**2 * shares).sum() / (u**2).sum() - 1 / n))
    worth = weights.sum() ** 2 / (weights**2).sum()
    q, bend = stats.t.ppf(0.975, worth - 1) / np.sqrt(n), skewness / 3 - ratio
    ends = [
        mean - spread * stretch * (np.cbrt(1 + 3 * bend * (x - skewness / 6 / n)) - 1) / bend
        for x in (q, -q)
    ]
    assert overall_of(probs, happened, weights).interval == pytest.approx(ends, rel=1e-9)
    # Really leaving out each row in turn.
    left_out = (weights @ losses - weights * losses) / (weights.sum() - weights)
    jackknife = np.sqrt((n - 1) * left_out.var())
    assert spread * stretch / np.sqrt(n) == pytest.approx(jackknife, rel=0.01)


def test_with_weights_it_covers_the_truth_more_than_92_times_in_100():
    probs, _, weights = weighted_rows(3, 2_000_000)
    entropies = -probs * np.log(probs) - (1 - probs) * np.log1p(-probs)
    truth = np.average(entropies, weights=weights)
    hits = 0
    for seed in range(600):
        low, high = overall_of(*weighted_rows(1000 + seed, 150)).interval
        hits += low <= truth <= high
    assert 0.91 <= hits / 600 <= 0.97


def test_rows_that_are_worth_less_than_two_have_no_interval():
    probs, happened, _ = weighted_rows(4, 20)
    weights = np.where(np.arange(20) == 0, 1e9, 1.0)
    assert overall_of(probs, happened, weights).interval is None
