"""What chance does where rows belong together: by hand, by law, and against outcomes made alike."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

import evalreport
from evalreport.statistics.cluster_draws import ClusteredRows


def rows_of(seed, n, n_clusters, alike, power=1.0):
    """Return labels, forecasts and clusters of uneven size whose outcomes are alike."""
    rng = np.random.default_rng([seed, n, n_clusters])
    sizes = rng.pareto(1.5, n_clusters) + 0.2
    clusters = rng.choice(n_clusters, n, p=sizes / sizes.sum())
    logits = rng.normal(0.0, 1.5, n)
    own, shared = rng.normal(size=n), rng.normal(size=n_clusters)[clusters]
    right = 1.0 / (1.0 + np.exp(-logits))
    happened = ndtr(alike**0.5 * shared + (1.0 - alike) ** 0.5 * own) < right
    return happened.astype(int), 1.0 / (1.0 + np.exp(-power * logits)), clusters


def calibration(happened, probs, clusters, **options):
    return evalreport.evaluate(happened, probs, clusters=clusters, **options).result.calibration


def drawn(part):
    """Draw four clusters of 50 rows that share their chance or not, one cell a cluster."""
    clusters = np.repeat(np.arange(4), 50)
    happened = np.repeat([1.0, 1.0, 0.0, 0.0], 50) if part else np.tile([1.0, 0.0], 100)
    rows = ClusteredRows(np.full(200, 0.5), happened, np.ones(200), clusters, clusters)
    return rows.outcomes(np.full(4, 0.5), 200)


def test_rows_of_a_cluster_that_are_all_alike_come_true_together():
    sums = drawn(1.0)
    assert set(sums.ravel()) == {0.0, 50.0}
    assert sums.mean() == pytest.approx(25.0, abs=3.0)
    assert np.corrcoef(sums.T)[0, 1] == pytest.approx(0.0, abs=0.25)


def test_rows_of_a_cluster_that_are_not_alike_are_drawn_one_by_one():
    sums = drawn(0.0)
    assert sums.mean() == pytest.approx(25.0, abs=0.5)
    assert sums.var() == pytest.approx(12.5, rel=0.2)


def test_forecasts_come_true_as_often_as_they_say():
    rng = np.random.default_rng(3)
    forecasts, clusters = rng.random(400), rng.integers(0, 20, 400)
    happened = (rng.random(20)[clusters] < forecasts).astype(float)
    tenths = (forecasts * 10).astype(int)
    rows = ClusteredRows(forecasts, happened, np.ones(400), clusters, tenths)
    sums = rows.outcomes(np.linspace(0.05, 0.95, 10), 256)
    assert sums.mean(axis=0) == pytest.approx(np.bincount(tenths, forecasts), abs=4.0)


def test_calibrated_forecasts_in_clusters_seldom_fail_the_test_and_used_to():
    known, unknown = [], []
    for seed in range(25):
        happened, probs, clusters = rows_of(seed, 500, 30, 0.3)
        known.append(calibration(happened, probs, clusters).decomposition.p_value <= 0.05)
        unknown.append(calibration(happened, probs, None).decomposition.p_value <= 0.05)
    assert np.mean(known) <= 0.2
    assert np.mean(unknown) >= 0.24


def test_forecasts_that_are_too_sharp_fail_it_all_the_same():
    found = calibration(*rows_of(1, 3_000, 200, 0.1, power=2.0))
    assert found.decomposition.p_value == pytest.approx(1 / 201)
    assert found.decomposition.miscalibration_bracket[0] > 0.01
    assert found.reliability[0].band


def test_a_cluster_for_every_row_changes_next_to_nothing():
    happened, probs, _ = rows_of(2, 1_000, 30, 0.0)
    plain, single = (calibration(happened, probs, each) for each in (None, np.arange(1_000)))
    one, other = plain.decomposition, single.decomposition
    assert other.miscalibration == pytest.approx(one.miscalibration)
    assert other.p_value == pytest.approx(one.p_value, abs=0.12)
    widths = [
        np.mean([each.high - each.low for each in found.reliability[0].band])
        for found in (plain, single)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.1)


def test_the_order_of_the_rows_changes_no_digit():
    happened, probs, clusters = rows_of(4, 800, 40, 0.2)
    order = np.random.default_rng(0).permutation(800)
    names = np.array([f"g{each}" for each in clusters])
    shuffled = calibration(happened[order], probs[order], names[order])
    assert calibration(happened, probs, names).reliability == shuffled.reliability


def test_single_classes_allow_for_clusters_too():
    rng = np.random.default_rng(5)
    probs, clusters = rng.dirichlet(np.ones(3), 600), rng.integers(0, 60, 600)
    shared = rng.random(60)[clusters]
    observed = (probs.cumsum(axis=1) < shared[:, None]).sum(axis=1)
    found = calibration(observed, probs, clusters).reliability
    unknown = calibration(observed, probs, None).reliability
    assert [each.view for each in found] == ["top-label", *["class-wise"] * 3]
    assert min(each.decomposition.p_value for each in unknown[1:]) <= 0.01
    assert min(each.decomposition.p_value for each in found[1:]) > 0.02


@pytest.mark.parametrize(
    ("n", "n_clusters", "options", "why"),
    [
        (300, 9, {}, "there are under ten clusters"),
        (300, 30, {"label_smoothing": 0.1}, "labels are soft, and rows belong together"),
        (66_000, 30, {}, "of rows that belong together only 65,536 are looked at one by one"),
    ],
)
def test_where_chance_is_not_simulated_one_sentence_says_why(n, n_clusters, options, why):
    happened, probs, _ = rows_of(6, n, n_clusters, 0.1)
    options |= {"clusters": np.arange(n) % n_clusters}
    evaluation = evalreport.evaluate(happened, probs, **options)
    found = evaluation.result.calibration
    assert found.chance_left_out == why
    assert found.decomposition.p_value is None
    assert found.reliability[0].band == ()
    page = evaluation.to_html()
    assert f"No grey range and no p-value: {why}, so chance is not simulated." in page


def test_the_page_says_what_chance_takes_into_account():
    happened, probs, clusters = rows_of(7, 300, 30, 0.2)
    page = evalreport.evaluate(happened, probs, clusters=clusters).to_html()
    assert "Chance is simulated with outcomes of a cluster that are as much alike as these." in page
