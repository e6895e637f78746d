"""Single classes against the rest: the same as asking about each class alone, in little memory."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import log_loss

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.errors import MergeError
from evalreport.scoring import ScoredBatch
from evalreport.statistics.class_reliability import ClassReliability, steps_per_octave


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


@pytest.mark.parametrize("n_classes", [3, 300, 1_985, 1_986])
def test_memory_is_bounded_and_json_brings_it_back(n_classes):
    observed, probs = rows(40, n_classes, seed=4)
    statistic, state = state_of(observed, probs)
    assert state.sums.size <= 3 * 2**18
    assert (state.sums.size == 0) == (steps_per_octave(n_classes) is None)
    again = statistic.from_json(json.loads(json.dumps(state.to_json())))
    assert again == state
    assert state.merge(statistic.empty()) == state


@pytest.mark.parametrize("options", [{"weights": [1.0, 2.0, 1.0]}, {"label_smoothing": 0.1}])
def test_with_weights_or_soft_labels_only_the_top_class_is_shown(options):
    probs = [[0.2, 0.3, 0.5], [0.6, 0.3, 0.1], [0.1, 0.8, 0.1]]
    result = evalreport.evaluate([2, 0, 1], probs, **options).result
    assert [each.view for each in result.calibration.reliability] == ["top-label"]


def test_states_of_other_classes_do_not_merge():
    with pytest.raises(MergeError, match="made with different settings"):
        ClassReliability(3, False).empty().merge(ClassReliability(4, False).empty())
