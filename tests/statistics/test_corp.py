"""The decomposition, the band and the test: by hand, against two libraries, by law, by chance."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

import evalreport
from evalreport.statistics.corp import Cells, cross_fitted_loss, pooled, simulate
from evalreport.statistics.forecast_counts import MOST_DISTINCT
from evalreport.statistics.forecast_grid import grid_cell


def forecasts_and_outcomes(seed, n, slope=1.0, mean=-0.8, spread=2.0):
    """Forecasts whose logits are `slope` times what they should be."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(mean, spread, n)
    observed = (rng.random(n) < 1 / (1 + np.exp(-logits))).astype(np.int64)
    return 1 / (1 + np.exp(-slope * logits)), observed


def cells_of(forecasts, observed):
    distinct, groups = np.unique(forecasts, return_inverse=True)
    counts = np.bincount(groups)
    return Cells(
        places=grid_cell(distinct),
        counts=counts,
        masses=counts.astype(np.float64),
        trues=np.bincount(groups, observed),
        forecasts=distinct,
        is_counted=True,
    )


def calibration(observed, probs, **options):
    return evalreport.evaluate(observed, probs, **options).result.calibration


def entropy_of(y, c):
    return -np.mean(np.log(np.where(y == 1, c, 1 - c)))


def test_three_rows_by_hand():
    # Sorted by forecast: 0.2 happened, 0.6 did not, 0.9 did. The first two are pooled to one half.
    parts = calibration([1, 0, 1], [0.2, 0.6, 0.9]).decomposition
    loss = -(math.log(0.2) + math.log(0.4) + math.log(0.9)) / 3
    recalibrated = 2 / 3 * math.log(2)
    uncertainty = -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3))
    assert parts.loss == pytest.approx(loss, abs=1e-14)
    assert parts.miscalibration == pytest.approx(loss - recalibrated, abs=1e-14)
    assert parts.discrimination == pytest.approx(uncertainty - recalibrated, abs=1e-14)
    assert parts.uncertainty == pytest.approx(uncertainty, abs=1e-14)


SIZES = [(3_000, 1e-12), *((n, 1e-4) for n in (8_193, 20_000, 50_000, 100_000, 300_000))]


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=40),
    st.integers(1, 5),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=300)
def test_curves_of_many_draws_are_those_of_scipy_one_by_one(masses, n_draws, seed):
    rng = np.random.default_rng(seed)
    weights = np.array(masses, dtype=float)
    drawn = rng.integers(0, np.array(masses) + 1, (n_draws, len(masses))).astype(float)
    curves = pooled(drawn, weights)
    for draw, curve in zip(drawn, curves, strict=True):
        scipys = isotonic_regression(draw / weights, weights=weights).x
        assert curve == pytest.approx(scipys, abs=1e-12)
        assert np.array_equal(pooled(draw, weights), curve)


@pytest.mark.parametrize("order", [1, -1])
def test_long_slides_and_stairs_are_pooled_in_good_time(order):
    stairs = np.concatenate([[200_000.0], np.arange(199_999.0)])[::order].copy()
    scipys = isotonic_regression(stairs).x
    assert pooled(stairs, np.ones(len(stairs))) == pytest.approx(scipys, rel=1e-9)


@pytest.mark.parametrize("slope", [0.5, 1.0, 1.5])
@pytest.mark.parametrize(("n", "within"), SIZES)
def test_the_parts_are_those_of_isotonic_regression_on_the_rows(n, within, slope):
    p, y = forecasts_and_outcomes(1, n, slope=slope)
    assert (n <= MOST_DISTINCT) == (within < 1e-4)
    parts = calibration(y, p).decomposition
    order = np.argsort(p)
    fitted = isotonic_regression(y[order]).x
    sure = np.clip(fitted, 1e-300, 1 - 1e-16)
    assert parts.loss - parts.miscalibration == pytest.approx(
        entropy_of(y[order], sure), abs=within
    )


def test_the_parts_are_those_of_model_diagnostics():
    model_diagnostics = pytest.importorskip("model_diagnostics.scoring")
    p, y = forecasts_and_outcomes(2, 4_000, slope=1.4)
    p = p.round(3).clip(0.001, 0.999)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = model_diagnostics.decompose(
            y, p, scoring_function=model_diagnostics.LogLoss()
        ).to_dicts()[0]
    ours = calibration(y, p).decomposition
    assert ours.miscalibration == pytest.approx(theirs["miscalibration"], abs=1e-10)
    assert ours.discrimination == pytest.approx(theirs["discrimination"], abs=1e-10)
    assert ours.uncertainty == pytest.approx(theirs["uncertainty"], abs=1e-10)


@given(st.lists(st.tuples(st.floats(0.001, 0.999), st.booleans()), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_the_parts_add_up_and_none_is_below_zero(rows):
    p, y = np.array([row[0] for row in rows]), np.array([int(row[1]) for row in rows])
    result = evalreport.evaluate(y, p, classes=["0", "1"]).result
    parts = result.calibration.decomposition
    total = parts.miscalibration - parts.discrimination + parts.uncertainty
    assert total == pytest.approx(result.overall.log_loss, abs=1e-12)
    assert min(parts.miscalibration, parts.discrimination, parts.uncertainty) >= -1e-12
    # A fifth that holds all of very few rows leaves none to recalibrate by.
    low, high = parts.miscalibration_bracket or (0.0, parts.miscalibration)
    assert min(high, 0.0) <= low <= high
    assert 1 / 201 <= parts.p_value <= 1.0


@pytest.mark.parametrize("options", [{"weights": [1.0, 2.0, 0.5]}, {"label_smoothing": 0.1}])
def test_with_weights_or_soft_labels_the_parts_add_up(options):
    result = evalreport.evaluate([1, 0, 1], [0.2, 0.6, 0.9], **options).result
    parts, diagram = result.calibration.decomposition, result.calibration.reliability[0]
    total = parts.miscalibration - parts.discrimination + parts.uncertainty
    assert total == pytest.approx(result.overall.cross_entropy, abs=1e-12)
    assert parts.miscalibration_bracket is None or parts.miscalibration_bracket[0] >= 0.0
    assert 1 / 201 <= parts.p_value <= 1.0
    assert len(diagram.band) == 3


def test_weights_count_like_repeated_rows():
    p, y = [0.2, 0.6, 0.9, 0.3], [1, 0, 1, 0]
    weighted = calibration(y, p, weights=[3, 1, 2, 1]).decomposition
    repeated = calibration(np.repeat(y, [3, 1, 2, 1]), np.repeat(p, [3, 1, 2, 1])).decomposition
    assert weighted.miscalibration == pytest.approx(repeated.miscalibration, abs=1e-13)
    assert weighted.discrimination == pytest.approx(repeated.discrimination, abs=1e-13)


@pytest.mark.parametrize("unit", [0.1, 1 / 3, 3.0, 1e200])
def test_the_unit_of_the_weights_decides_no_luck(unit):
    p, y = forecasts_and_outcomes(11, 300, slope=1.2)
    weights = np.random.default_rng(12).integers(1, 3, 300).astype(float)
    one, other = (
        calibration(y, p, weights=each).decomposition for each in (weights, weights * unit)
    )
    assert other.p_value == one.p_value
    assert other.miscalibration_bracket == pytest.approx(one.miscalibration_bracket, abs=1e-12)


def test_one_forecast_for_all_rows_discriminates_nothing():
    parts = calibration([1, 0, 0, 1, 0] * 4, [0.4] * 20).decomposition
    assert parts.miscalibration == pytest.approx(0.0, abs=1e-14)
    assert parts.discrimination == pytest.approx(0.0, abs=1e-14)


def test_an_infinite_loss_has_no_parts():
    assert calibration([1, 0, 0], [0.0, 0.5, 0.1], floor=None).decomposition is None
    certain = [[0.0, 1.0, 0.0], [0.2, 0.3, 0.5]]
    assert (
        calibration(["a", "c"], certain, classes=["a", "b", "c"], floor=None).decomposition is None
    )


def test_the_top_label_parts_are_those_of_whether_it_is_right():
    rng = np.random.default_rng(3)
    probs = rng.dirichlet(np.ones(4), 600)
    observed = np.array([rng.choice(4, p=row) for row in probs])
    parts = calibration(observed, probs).decomposition
    top = probs.max(axis=1)
    same = calibration((probs.argmax(axis=1) == observed).astype(int), top).decomposition
    assert parts.view == "top-label"
    assert parts.loss == pytest.approx(same.loss, abs=1e-12)
    assert parts.miscalibration == pytest.approx(same.miscalibration, abs=1e-12)
    assert parts.p_value == same.p_value


def test_the_order_of_the_rows_changes_no_digit():
    p, y = forecasts_and_outcomes(4, 20_000)
    order = np.random.default_rng(0).permutation(len(p))
    assert calibration(y, p).reliability == calibration(y[order], p[order]).reliability


def exactly_pooled(sums, masses):
    """Frequencies of isotonic regression by the max-min formula, in fractions."""
    sums, masses = (list(map(Fraction, each)) for each in (sums, masses))
    n = len(sums)
    mean = {
        (i, j): sum(sums[i : j + 1]) / sum(masses[i : j + 1]) for i in range(n) for j in range(i, n)
    }
    return [
        max(min(mean[i, j] for j in range(place, n)) for i in range(place + 1))
        for place in range(n)
    ]


@given(
    st.lists(st.tuples(st.integers(1, 7), st.integers(0, 4)), min_size=1, max_size=10),
    st.sampled_from([1.0, 0.1, 1 / 3, 1e-9, 1e300, 2.0**-1000]),
)
@settings(max_examples=200, deadline=None)
def test_equal_frequencies_are_one_step_however_weights_and_soft_labels_round(cells, unit):
    masses = np.array([mass for mass, _ in cells]) * unit
    sums = masses * (np.array([quarter for _, quarter in cells]) / 4 * 0.7 + 0.1)
    curve = pooled(sums, masses)
    # In steps of one part in 28 times the whole mass, what is not equal is far apart.
    exact = np.array(exactly_pooled(sums, masses), dtype=float)
    assert curve == pytest.approx(exact, rel=1e-13)
    steps = np.diff(curve)
    assert ((steps == 0) | (steps > 1e-9)).all()
    assert np.array_equal(steps > 0, np.diff(exact) > 1e-9)


def test_cells_of_one_frequency_are_one_step_though_scipy_may_split_them():
    masses = np.array([0.1, 0.2, 0.3, 0.7])
    sums = 0.1 * masses
    sums[0] = np.nextafter(sums[0], 0)
    assert len(isotonic_regression(sums / masses, weights=masses).blocks) > 2
    assert len(set(pooled(sums, masses).tolist())) == 1
    assert pooled(np.array([[3.0], [0.0]]), np.array([4.0])).tolist() == [[0.75], [0.0]]


def test_a_curve_never_descends_by_the_rounding_of_soft_labels():
    for seed in range(300):
        parts = np.random.default_rng(seed).binomial(5, np.linspace(0.6, 0.9, 60)) / 5
        rows, probs = np.ones(60), np.linspace(0.6, 0.9, 60)
        cells = Cells(np.arange(60), rows.astype(int), rows, parts, probs, is_counted=False)
        assert (np.diff(cells.curve) >= 0).all()


def test_pooling_keeps_the_order_and_the_mean():
    p, y = forecasts_and_outcomes(5, 500)
    cells = cells_of(p, y)
    curve = pooled(cells.trues, cells.masses)
    assert (np.diff(curve) >= 0).all()
    assert (curve * cells.masses).sum() == pytest.approx(y.sum())


def test_the_bracket_holds_what_the_distortion_costs():
    p, y = forecasts_and_outcomes(6, 30_000, slope=1.5)
    truth = np.log(p / (1 - p)) / 1.5
    right = 1 / (1 + np.exp(-truth))
    cost = (right * np.log(right / p) + (1 - right) * np.log((1 - right) / (1 - p))).mean()
    low, high = calibration(y, p).decomposition.miscalibration_bracket
    assert low - 0.002 < cost < high + 0.002
    assert high - low < 0.01


def test_recalibration_on_other_rows_does_not_help_a_calibrated_model():
    cells = cells_of(*forecasts_and_outcomes(7, 2_000))
    loss = entropy_of(*reversed(forecasts_and_outcomes(7, 2_000)))
    assert cells.recalibrated_loss < loss < cross_fitted_loss(cells)


def test_a_distorted_model_leaves_the_band_and_fails_the_test():
    diagram = calibration(*reversed(forecasts_and_outcomes(8, 5_000, slope=1.5))).reliability[0]
    assert diagram.decomposition.p_value == pytest.approx(1 / 201)
    assert diagram.share_outside_band > 0.5


def test_under_calibration_the_test_and_the_band_err_as_often_as_they_say():
    p_values, outside_shares = [], []
    for seed in range(200):
        cells = cells_of(*forecasts_and_outcomes(1_000 + seed, 150))
        chance = simulate(cells)
        p_values.append(chance.p_value)
        outside_shares.append(chance.outside.mean())
    # 200 trials at 5 % have a standard deviation of 1.5 points; benchmarks/ has more of them.
    assert 0.01 <= np.mean(np.array(p_values) <= 0.05) <= 0.10
    assert 0.08 < np.mean(outside_shares) < 0.12


def test_the_band_holds_the_diagonal_and_widens_where_rows_are_few():
    p, y = forecasts_and_outcomes(9, 20_000)
    band = calibration(y, p).reliability[0].band
    inner = [each for each in band if 0.05 < each.forecast < 0.95]
    assert all(each.low <= each.forecast <= each.high for each in inner)
    few = calibration(y[:500], p[:500]).reliability[0].band
    widths = [
        np.mean([each.high - each.low for each in points if 0.3 < each.forecast < 0.7])
        for points in (band, few)
    ]
    assert widths[0] < 0.5 * widths[1]


def test_a_certain_and_wrong_forecast_is_never_chance():
    diagram = calibration([1] + [0, 1] * 10, [0.0] + [0.1, 0.9] * 10).reliability[0]
    assert diagram.decomposition.p_value == pytest.approx(1 / 201)


def test_certain_and_right_forecasts_are_calibrated():
    parts = calibration([0, 1] * 10, [0.0, 1.0] * 10).decomposition
    assert (parts.miscalibration, parts.p_value) == (0.0, 1.0)


def test_a_frequency_that_rounds_to_one_leaves_the_parts_finite():
    decomposition = calibration(
        [1, 0, 1], [0.8, 0.4, 0.1], weights=[1e15, 1e-3, 2e15]
    ).decomposition
    assert math.isfinite(decomposition.miscalibration)
    assert math.isfinite(decomposition.discrimination)
