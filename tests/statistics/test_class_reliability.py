"""Single classes against the rest: the same as asking about each class alone, in little memory."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.optimize import isotonic_regression
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import log_loss

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.errors import MergeError
from evalreport.scoring import ScoredBatch
from evalreport.statistics.class_grid import MOST_CELLS, class_grid
from evalreport.statistics.class_reliability import ClassReliability


def rows(n, k, seed=0, concentration=1.0):
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.full(k, concentration), n)
    observed = np.minimum((probs.cumsum(axis=1) < rng.random(n)[:, None]).sum(axis=1), k - 1)
    return observed, probs


def state_of(observed, probs):
    k = probs.shape[1]
    statistic = ClassReliability(k, weighted=False)
    batch = PredictionBatch(tuple(map(str, range(k))), observed, probs)
    return statistic, statistic.from_batch(ScoredBatch(batch))


def test_every_row_of_every_class_is_counted_in_a_cell_near_its_forecast():
    observed, probs = rows(3_000, 4, concentration=0.2)
    statistic, state = state_of(observed, probs)
    for k in range(4):
        cells = statistic.cells(state, k)
        assert cells.counts.sum() == 3_000
        assert cells.trues.sum() == (observed == k).sum()
        assert (np.diff(cells.forecasts) > 0).all()
        assert (np.diff(cells.places) > 0).all()
        mean = (cells.forecasts * cells.counts).sum() / 3_000
        assert mean == pytest.approx(probs[:, k].mean(), abs=1e-8)


def test_zero_one_and_one_half_have_their_place():
    probs = np.array([[0.0, 0.5, 0.5], [1.0, 0.0, 0.0], [1e-12, 1.0 - 1e-12, 0.0]])
    statistic, state = state_of(np.array([1, 0, 1]), probs)
    assert statistic.cells(state, 0).forecasts == pytest.approx([0.0, 1.0], abs=1e-9)
    assert statistic.cells(state, 0).counts.tolist() == [2, 1]
    assert statistic.cells(state, 1).forecasts == pytest.approx([0.0, 0.5, 1.0], abs=1e-9)
    assert statistic.cells(state, 2).trues.tolist() == [0.0, 0.0]


def test_a_class_has_the_parts_of_the_question_about_it_alone():
    observed, probs = rows(60_000, 3, seed=1)
    sharp = probs**1.6 / (probs**1.6).sum(axis=1, keepdims=True)
    calibration = evalreport.evaluate(observed, sharp).result.calibration
    diagrams = [each for each in calibration.reliability if each.view == "class-wise"]
    assert {each.class_ for each in diagrams} == {"0", "1", "2"}
    for each in diagrams:
        k = int(each.class_)
        alone = evalreport.evaluate((observed == k).astype(int), sharp[:, k]).result
        theirs, ours = alone.calibration.decomposition, each.decomposition
        assert ours.loss == pytest.approx(theirs.loss, abs=1e-12)
        assert ours.miscalibration == pytest.approx(theirs.miscalibration, abs=1e-4)
        assert ours.uncertainty == pytest.approx(theirs.uncertainty, abs=1e-12)
        assert ours.p_value == theirs.p_value == pytest.approx(1 / 201)
        total = ours.miscalibration - ours.discrimination + ours.uncertainty
        assert total == pytest.approx(ours.loss, abs=1e-12)


@pytest.mark.parametrize(("n", "n_classes"), [(400, 3), (20_000, 3), (5_000, 40)])
@pytest.mark.parametrize("copies", [1, 5])
def test_of_rows_that_fit_the_parts_are_those_of_the_rows(n, n_classes, copies):
    observed, probs = rows(n, n_classes, seed=n)
    logits = np.log(probs) * 1.7
    sharp = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    all_observed, all_sharp = np.tile(observed, copies), np.tile(sharp, (copies, 1))
    calibration = evalreport.evaluate(all_observed, all_sharp).result.calibration
    diagrams = [each for each in calibration.reliability if each.view == "class-wise"]
    assert diagrams
    for each in diagrams:
        k = int(each.class_)
        happened = (observed == k).astype(float)
        curve = IsotonicRegression(y_min=0, y_max=1).fit(sharp[:, k], happened).predict(sharp[:, k])
        best = log_loss(happened, np.clip(curve, 1e-300, 1.0), labels=[0.0, 1.0])
        mine = each.decomposition
        assert mine.miscalibration == pytest.approx(mine.loss - best, abs=1e-9)


def test_the_costliest_class_comes_first():
    observed, probs = rows(20_000, 6, seed=2)
    wrong = probs.copy()
    wrong[:, 3] = np.sqrt(wrong[:, 3])
    wrong /= wrong.sum(axis=1, keepdims=True)
    views = evalreport.evaluate(observed, wrong).result.calibration.reliability
    costs = [each.decomposition.miscalibration for each in views[1:]]
    assert views[1].class_ == "3"
    assert len(costs) == 4
    assert costs == sorted(costs, reverse=True)


def test_classes_that_hardly_happened_are_not_shown():
    observed, probs = rows(300, 3, seed=3)
    observed[observed == 2] = 1
    views = evalreport.evaluate(observed, probs, classes=["0", "1", "2"]).result.calibration
    assert "2" not in [each.class_ for each in views.reliability]


def log_loss_of_isotonic_regression(happened, forecasts):
    """Return the mean log loss of SciPy's isotonic regression on the rows, in nats."""
    order = np.argsort(forecasts)
    curve = isotonic_regression(happened[order]).x
    given = np.where(happened[order], curve, 1.0 - curve)
    return -np.log(given[given < 1.0]).sum() / len(given)


@pytest.mark.parametrize("spread", [0.5, 2.0, 6.0])
@pytest.mark.parametrize(("n", "n_classes"), [(100_000, 3), (150_000, 10), (100_000, 50)])
def test_of_rows_that_do_not_fit_what_recalibration_saves_is_that_of_the_rows(n, n_classes, spread):
    rng = np.random.default_rng([n_classes, int(spread)])
    logits = rng.normal(0.0, spread, (n, n_classes))
    observed = (logits / 1.3 + rng.gumbel(size=logits.shape)).argmax(axis=1)
    logits -= logits.max(axis=1, keepdims=True)
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    statistic, state = state_of(observed, probs)
    for k in range(3):
        best = log_loss_of_isotonic_regression(observed == k, probs[:, k])
        assert statistic.cells(state, k).recalibrated_loss == pytest.approx(best, abs=1e-4)


def test_a_report_on_rows_that_do_not_fit_says_what_isotonic_regression_saves():
    observed, probs = rows(110_000, 3, seed=5)
    calibration = evalreport.evaluate(observed, probs).result.calibration
    diagrams = [each for each in calibration.reliability if each.view == "class-wise"]
    assert len(diagrams) == 3
    for each in diagrams:
        k, parts = int(each.class_), each.decomposition
        best = log_loss_of_isotonic_regression(observed == k, probs[:, k])
        assert parts.loss - parts.miscalibration == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("n_classes", [3, 10, 200, 2_048])
def test_cells_are_in_the_order_of_the_probabilities_and_parts_of_coarse_ones(n_classes):
    grid = class_grid(n_classes)
    edges = [0.0, 1e-300, 2.0**-33, 2.0**-32, np.nextafter(0.5, 0), 0.5, np.nextafter(0.5, 1), 1.0]
    logits = np.random.default_rng(n_classes).normal(0.0, 6.0, 5_000)
    probs = np.sort([*edges, *(1.0 / (1.0 + np.exp(-logits)))])
    slots, _ = grid.slots(probs)
    places = np.argsort(grid.ascending(grid.n_cells))[grid.cell_of[slots]]
    coarse = np.argsort(grid.ascending(grid.n_coarse))[grid.coarse_cell_of[grid.cell_of[slots]]]
    assert (np.diff(places) >= 0).all()
    assert (np.diff(coarse) >= 0).all()
    assert places.min() == coarse.min() == 0
    assert (len(np.unique(places)) > len(np.unique(coarse))) == (grid.steps > grid.coarse_steps)


@pytest.mark.parametrize("n_classes", [3, 300, 2_048, 2_049])
def test_memory_is_bounded_and_json_brings_it_back(n_classes):
    observed, probs = rows(40, n_classes, seed=4)
    statistic, state = state_of(observed, probs)
    assert max(state.counts.size, state.offsets.size) <= MOST_CELLS
    assert (state.counts.size == 0) == (class_grid(n_classes) is None)
    again = statistic.from_json(json.loads(json.dumps(state.to_json())))
    assert again == state
    assert state.merge(statistic.empty()) == state


@pytest.mark.parametrize("options", [{"weights": [1.0, 2.0, 1.0]}, {"label_smoothing": 0.1}])
def test_with_weights_or_soft_labels_nothing_is_counted(options):
    probs = [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1]]
    state = evalreport.evaluate([2, 0, 1], probs, **options).result.state
    assert state["statistics"]["class_reliability"]["sums"] == [[], [], []]


def test_states_of_other_classes_do_not_merge():
    with pytest.raises(MergeError, match="made with different settings"):
        ClassReliability(3, False).empty().merge(ClassReliability(4, False).empty())
