"""Calibration with case weights and soft labels: single classes, and what other rows would save."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

import evalreport
from evalreport.statistics.effective import dealt_out

CLASSES = ["a", "b", "c"]


def rows(kind, n, power=1.0, seed=0):
    """Return keywords of `evaluate`; at power 1 the forecasts are right."""
    rng = np.random.default_rng([seed, n])
    right = rng.dirichlet(np.full(3, 0.8), n)
    probs = right**power / (right**power).sum(axis=1, keepdims=True)
    given = {"probs": probs, "classes": CLASSES}
    if "votes" in kind:
        given["targets"] = np.array([rng.multinomial(5, each) for each in right]) / 5
    else:
        below = (right.cumsum(axis=1) < rng.random(n)[:, None]).sum(axis=1)
        given["observed"] = np.array(CLASSES)[np.minimum(below, 2)]
    if "weights" in kind:
        given["weights"] = rng.lognormal(0.0, 1.0, n)
    return given


def diagrams(given):
    return evalreport.evaluate(**given).result.calibration.reliability


def event(given, diagram):
    """Return forecasts, how much of the event happened, and weights."""
    probs, n = given["probs"], len(given["probs"])
    if "targets" in given:
        shares = given["targets"]
    else:
        shares = (given["observed"][:, None] == np.array(CLASSES)).astype(float)
    top = probs.argmax(axis=1)
    k = top if diagram.class_ is None else np.full(n, CLASSES.index(diagram.class_))
    return probs[np.arange(n), k], shares[np.arange(n), k], given.get("weights", np.ones(n))


def fitted(forecasts, happened, weights):
    """Return SciPy's curve at each different forecast."""
    distinct, groups = np.unique(forecasts, return_inverse=True)
    masses = np.bincount(groups, weights)
    curve = isotonic_regression(np.bincount(groups, weights * happened) / masses, weights=masses).x
    return distinct, curve


def log_loss(happened, weights, curve):
    with np.errstate(divide="ignore", invalid="ignore"):
        for_true = np.where(happened > 0, -happened * np.log(curve), 0.0)
        for_rest = np.where(happened < 1, -(1 - happened) * np.log(1 - curve), 0.0)
    return (weights * (for_true + for_rest)).sum() / weights.sum()


@pytest.mark.parametrize("power", [0.6, 1.0, 1.7])
@pytest.mark.parametrize("kind", ["weights", "votes", "weights votes"])
def test_what_recalibration_saves_is_that_of_scipy_on_the_rows(kind, power):
    given = rows(kind, 3_000, power)
    found = diagrams(given)
    assert [each.view for each in found] == ["top-label", *["class-wise"] * 3]
    for each in found:
        forecasts, happened, weights = event(given, each)
        distinct, curve = fitted(forecasts, happened, weights)
        best = log_loss(happened, weights, curve[np.searchsorted(distinct, forecasts)])
        parts = each.decomposition
        assert parts.loss == pytest.approx(log_loss(happened, weights, forecasts), abs=1e-12)
        assert parts.loss - parts.miscalibration == pytest.approx(best, abs=1e-12)
        frequency = (weights * happened).sum() / weights.sum()
        assert parts.uncertainty == pytest.approx(log_loss(happened, weights, frequency), abs=1e-12)


def test_weights_count_like_repeated_rows():
    given = rows("", 400, 1.5)
    times = np.random.default_rng(1).integers(1, 4, 400)
    weighted = {each.class_: each for each in diagrams(given | {"weights": times.astype(float)})}
    repeated = {name: np.repeat(given[name], times, axis=0) for name in ("probs", "observed")}
    for each in diagrams(given | repeated):
        mine, theirs = weighted[each.class_].decomposition, each.decomposition
        assert mine.miscalibration == pytest.approx(theirs.miscalibration, abs=1e-12)
        assert mine.discrimination == pytest.approx(theirs.discrimination, abs=1e-12)


@pytest.mark.parametrize("kind", ["weights", "votes"])
def test_the_order_of_the_rows_changes_no_digit(kind):
    given = rows(kind, 900, 1.3)
    order = np.random.default_rng(2).permutation(900)
    shuffled = {
        name: values if name == "classes" else values[order] for name, values in given.items()
    }
    assert diagrams(given) == diagrams(shuffled)


def cross_fitted(forecasts, happened, weights, seed):
    """Return the loss of rows recalibrated by SciPy on four other fifths."""
    fifth = np.random.default_rng(seed).integers(0, 5, len(forecasts))
    curves = np.empty(len(forecasts))
    for held in (fifth == each for each in range(5)):
        distinct, curve = fitted(forecasts[~held], happened[~held], weights[~held])
        logits = (np.log(each / (1 - each)) for each in (forecasts[held], distinct))
        n = weights[~held].sum() ** 2 / (weights[~held] ** 2).sum()
        curves[held] = (np.interp(*logits, curve) * n + 0.5) / (n + 1)
    return log_loss(happened, weights, curves)


@pytest.mark.parametrize("kind", ["weights", "votes"])
def test_the_bracket_begins_where_a_fit_to_other_rows_would(kind):
    lows, theirs, highs = [], [], []
    for seed in range(8):
        given = rows(kind, 2_000, 1.7, seed)
        each = next(each for each in diagrams(given) if each.class_ == "b")
        lows.append(each.decomposition.miscalibration_bracket[0])
        theirs.append(each.decomposition.loss - cross_fitted(*event(given, each), seed))
        highs.append(each.decomposition.miscalibration)
    assert np.mean(lows) == pytest.approx(np.mean(theirs), abs=0.12 * np.mean(highs))
    assert np.mean(lows) > 0.2 * np.mean(highs)


@pytest.mark.parametrize("kind", ["weights", "votes"])
def test_calibrated_forecasts_seldom_fail_the_test_of_a_class(kind):
    found = [
        next(each for each in diagrams(rows(kind, 250, seed=seed)) if each.class_ == "a")
        for seed in range(20)
    ]
    assert np.mean([each.decomposition.p_value <= 0.05 for each in found]) <= 0.2
    assert np.mean([each.decomposition.miscalibration_bracket[0] for each in found]) < 0.003
    assert 0.05 < np.mean([each.share_outside_band for each in found]) < 0.17


def test_more_rows_than_the_sample_holds_are_sampled_and_the_page_says_so():
    given = rows("weights", 66_000, 1.5)
    evaluation = evalreport.evaluate(**given)
    main, *single = evaluation.result.calibration.reliability
    assert main.sampled_rows is None
    assert [each.sampled_rows for each in single] == [65_536] * 3
    page = evaluation.to_html()
    assert "With case weights they are made from a sample: 65,536 of 66,000 rows." in page
    for each in single:
        forecasts, happened, weights = event(given, each)
        distinct, curve = fitted(forecasts, happened, weights)
        best = log_loss(happened, weights, curve[np.searchsorted(distinct, forecasts)])
        whole = log_loss(happened, weights, forecasts) - best
        assert each.decomposition.miscalibration == pytest.approx(whole, abs=5e-4)


def reason(given):
    result = evalreport.evaluate(**given).result
    assert [each.view for each in result.calibration.reliability] == ["top-label"]
    return result.calibration.single_classes_left_out


def test_where_no_single_class_is_looked_at_one_sentence_says_why():
    few = {name: values[:9] for name, values in rows("weights", 100).items() if name != "classes"}
    assert reason(few | {"classes": CLASSES}) == "none happened ten times"
    certain = np.array([[1.0, 0.0, 0.0]] * 40)
    wrong = {"probs": certain, "observed": ["b"] * 40, "classes": CLASSES, "floor": None}
    assert reason(wrong) == "the loss is infinite"
    page = evalreport.evaluate(**few, classes=CLASSES).to_html()
    assert "No single class is looked at: none happened ten times." in page


def test_many_equal_rows_that_do_not_fit_are_no_sample():
    given = rows("weights", 66_000)
    twice = {n: v if n == "classes" else np.concatenate([v, v]) for n, v in given.items()}
    assert "many rows are equal" in reason(twice)


def test_rows_of_the_same_forecast_and_other_targets_are_different_rows():
    targets = np.repeat([[0.6, 0.3, 0.1], [0.8, 0.1, 0.1]], 40, axis=0)
    found = diagrams({"targets": targets, "probs": np.full((80, 3), 1 / 3), "classes": CLASSES})
    single = next(each for each in found if each.class_ == "a")
    assert single.points[0].observed_frequency == pytest.approx(0.7)


@given(st.lists(st.floats(0.0, 9_000.0), min_size=1, max_size=20), st.integers(2, 7))
def test_all_outcomes_are_dealt_out(outcomes, n_parts):
    parts = dealt_out(3, np.array(outcomes), n_parts)
    assert parts.min() >= 0.0
    assert parts.sum(axis=1) == pytest.approx(outcomes, rel=1e-12)


def test_outcomes_are_dealt_out_evenly():
    parts = dealt_out(5, np.full(20_000, 3.4), 5)
    assert parts.mean(axis=0) == pytest.approx(0.68, abs=0.02)
    assert parts.var() == pytest.approx((3 + 0.4**2) * 0.2 * 0.8, rel=0.05)
