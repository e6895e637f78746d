"""What chance would do with rows of unequal weight and with soft labels: by hand and by law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import evalreport
from evalreport.api import Evaluation
from evalreport.batch import PredictionBatch
from evalreport.scoring import ScoredBatch
from evalreport.statistics.calibration_error import BinnedCalibration
from evalreport.statistics.corp import simulate
from evalreport.statistics.draws import uniforms
from evalreport.statistics.effective import dispersion, drawn_shares, effective_trials
from evalreport.statistics.reliability import Reliability


def drawn(seed: int, n: int, kind: str, slope: float = 1.0):
    """Forecasts that are right at a slope of 1, what happened or its part, and weights."""
    rng = np.random.default_rng([seed, n])
    logits = rng.normal(0.0, 1.5, n)
    chance = 1.0 / (1.0 + np.exp(-logits))
    probs = 1.0 / (1.0 + np.exp(-slope * logits))
    if kind == "weights":
        return probs, (rng.random(n) < chance).astype(int), rng.lognormal(0.0, 1.0, n)
    happened = (
        rng.binomial(5, chance) / 5 if kind == "votes" else rng.beta(4 * chance, 4 - 4 * chance)
    )
    return probs, happened, None


def cells_of(probs, happened, weights):
    soft = happened.dtype != int
    batch = PredictionBatch(
        ("0", "1"),
        (happened > 0.5).astype(np.int64),
        np.column_stack([1 - probs, probs]),
        weights=weights,
        targets=np.column_stack([1 - happened, happened]) if soft else None,
    )
    statistic = Reliability(weights is not None, soft)
    return statistic.cells(statistic.from_batch(ScoredBatch(batch)))


def test_rows_of_unequal_weight_are_worth_fewer_of_equal_weight():
    masses, squares = np.array([4.0, 4.0, 2.0]), np.array([4.0, 10.0, 4.0])
    assert effective_trials(masses, squares).tolist() == [4.0, 1.6, 1.0]


def test_targets_that_stray_half_as_far_as_labels_have_a_quarter_of_their_variance():
    forecasts = np.array([0.25, 0.5])
    counts = np.array([200, 200])
    residuals = counts * forecasts * (1 - forecasts) / 4
    shares = dispersion(counts, counts.astype(float), residuals, forecasts)
    assert shares.tolist() == [0.25, 0.25]
    assert dispersion(counts, counts.astype(float), 0 * residuals, forecasts) is None


@given(trials=st.floats(1.0, 40.0), forecast=st.floats(0.01, 0.99))
def test_draws_have_the_mean_and_the_variance_of_so_many_trials(trials, forecast):
    shares = drawn_shares(trials, forecast, uniforms(7, np.arange(20_000)))
    assert shares.min() >= 0.0
    assert shares.max() <= 1.0
    variance = forecast * (1 - forecast) / trials
    assert shares.mean() == pytest.approx(forecast, abs=5 * (variance / 20_000) ** 0.5 + 1e-12)
    assert shares.var() == pytest.approx(variance, rel=0.25)


@pytest.mark.parametrize("kind", ["weights", "votes", "beta"])
def test_calibrated_forecasts_seldom_fail_the_test_and_seldom_leave_the_band(kind):
    chances = [simulate(cells_of(*drawn(seed, 150, kind))) for seed in range(60)]
    assert np.mean([each.p_value <= 0.05 for each in chances]) <= 0.12
    assert 0.075 < np.mean([each.outside.mean() for each in chances]) < 0.125


@pytest.mark.parametrize("kind", ["weights", "votes", "beta"])
def test_forecasts_that_are_too_sharp_fail_it(kind):
    chance = simulate(cells_of(*drawn(1, 3000, kind, slope=1.8)))
    assert chance.p_value == pytest.approx(1 / 201)
    assert chance.outside.mean() > 0.3


def test_weights_that_are_all_the_same_change_next_to_nothing():
    probs, happened, _ = drawn(2, 400, "weights")
    probs = probs.round(2)
    plain = simulate(cells_of(probs, happened, None))
    same = simulate(cells_of(probs, happened, np.full(400, 3.0)))
    assert same.p_value == pytest.approx(plain.p_value, abs=0.1)
    assert np.mean(same.high - same.low) == pytest.approx(np.mean(plain.high - plain.low), rel=0.1)


def test_the_page_says_what_chance_takes_into_account():
    probs, happened, weights = drawn(3, 300, "weights")
    page = Evaluation(evalreport.evaluate(happened, probs, weights=weights).result).to_html()
    assert "Chance is simulated with as many rows of equal weight as would tell as much." in page
    assert "range of chance if calibrated" in page
    probs, happened, _ = drawn(3, 300, "votes")
    targets = np.column_stack([1 - happened, happened])
    soft = evalreport.evaluate(targets=targets, probs=np.column_stack([1 - probs, probs]))
    assert "soft labels that stray from the forecasts as far as these do" in soft.to_html()
    equal = evalreport.evaluate(targets=targets, probs=targets)
    assert "the targets are the forecasts, so chance is not simulated" in equal.to_html()


# --- the squared calibration error ----------------------------------------------------------------


def test_the_squared_error_by_hand():
    # Two bins: 0.1 of three rows, of which one happened, and 0.9 of two, which both did.
    found = evalreport.evaluate([1, 0, 0, 1, 1], [0.1, 0.1, 0.1, 0.9, 0.9]).result.calibration.ece
    low = (0.1 - 1 / 3) ** 2 - (1 / 3) * (2 / 3) / 2
    high = (0.9 - 1.0) ** 2
    assert found.rmsce2 == pytest.approx((3 * low + 2 * high) / 5, abs=1e-14)


def test_the_squared_error_of_calibrated_forecasts_is_0_on_average_and_that_of_others_is_not():
    errors, distorted, statistic = [], [], BinnedCalibration(weighted=False)
    for seed in range(60):
        probs, happened, _ = drawn(seed, 400, "weights")
        sharper = 1 / (1 + ((1 - probs) / probs) ** 1.7)
        for values, forecasts in ((errors, probs), (distorted, sharper)):
            both = np.column_stack([1 - forecasts, forecasts])
            state = statistic.from_batch(ScoredBatch(PredictionBatch(("0", "1"), happened, both)))
            values.append(statistic.error(state, "binary").rmsce2)
    assert abs(np.mean(errors)) < 4 * np.std(errors) / 60**0.5
    assert np.mean(distorted) > 0.004


@pytest.mark.parametrize("options", [{"weights": [1, 2, 3]}, {"label_smoothing": 0.1}])
def test_with_weights_or_soft_labels_there_is_no_squared_error(options):
    ece = evalreport.evaluate([1, 0, 1], [0.2, 0.6, 0.9], **options).result.calibration.ece
    assert ece.rmsce2 is None
