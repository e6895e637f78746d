"""Hints at wrong labels: confident mistakes, confident learning, and the floor of the loss."""

from __future__ import annotations

import math

import numpy as np
import pytest

import evalreport
from evalreport.report import build_report
from evalreport.results import EvaluationResult
from evalreport.statistics.label_noise import entropy_floor


def result(observed, probs, **options) -> EvaluationResult:
    classes = [f"c{i}" for i in range(np.shape(probs)[1])]
    labels = np.array(classes, dtype=object)[observed]
    return evalreport.evaluate(labels, probs, classes=classes, **options).result


def sharp(n: int, k: int, seed: int = 0):
    """Outcomes drawn from sharp distributions, and those: they are right about themselves."""
    rng = np.random.default_rng(seed)
    powers = np.exp(4.0 * rng.normal(size=(n, k)))
    probs = powers / powers.sum(axis=1, keepdims=True)
    observed = (rng.random((n, 1)) > probs.cumsum(axis=1)).sum(axis=1).clip(0, k - 1)
    return observed, probs


def mislabelled(n_wrong: int, k: int = 5, label: int = 1, true: int = 3):
    """Rows of which the first surest ones of a class carry the label of another."""
    observed, probs = sharp(6000, k)
    sure = np.flatnonzero((probs[:, true] > 0.995) & (observed == true))[:n_wrong]
    observed[sure] = label
    return observed, probs


def finding(of: EvaluationResult, code: str = "label-noise"):
    return next((each for each in of.findings if each.code == code), None)


def test_confident_mistakes_are_counted_by_hand():
    probs = np.array([[0.995, 0.005], [0.995, 0.005], [0.98, 0.02], [0.001, 0.999], [0.2, 0.8]])
    noise = result(np.array([0, 1, 1, 0, 0]), probs).label_noise
    assert noise.confident_mistakes == 2
    assert noise.expected == pytest.approx(0.005 + 0.005 + 0.001)
    assert [(each.label, each.predicted, each.n) for each in noise.pairs] == [
        ("c0", "c1", 1),
        ("c1", "c0", 1),
    ]
    assert noise.error_rate == 0.4


def test_confident_learning_takes_rows_at_or_above_the_mean_of_their_class():
    # Rows labelled c0 get 0.7 of c0 on average, those labelled c1 get 0.4 of c1.
    probs = np.array([[0.9, 0.1], [0.5, 0.5], [0.8, 0.2], [0.6, 0.4], [0.4, 0.6]])
    observed = np.array([0, 0, 1, 1, 1])
    assert result(observed, probs).label_noise.suspects == 1  # 0.8 of c0, labelled c1


@pytest.mark.parametrize("k", [2, 4])
def test_suspects_agree_with_the_definition_on_all_rows(k):
    observed, probs = sharp(3000, k, seed=k)
    means = np.array([probs[observed == each, each].mean() for each in range(k)])
    top = probs.argmax(axis=1)
    exact = (top != observed) & (probs.max(axis=1) >= means[top])
    near = (top != observed) & (1 - probs.max(axis=1) <= 1.01 * (1 - means[top]))
    assert exact.sum() <= result(observed, probs).label_noise.suspects <= near.sum()


def test_suspects_of_a_rare_event_are_counted_although_nothing_is_far_from_certain():
    rng = np.random.default_rng(1)
    chances = 1 / (1 + np.exp(-rng.normal(-8.0, 1.5, 60_000)))
    observed = (rng.random(60_000) < chances).astype(int)
    usual = (1 - chances)[observed == 0].mean()
    missed = (observed == 1) & (chances < 0.5)
    exact = missed & (1 - chances >= usual)
    near = missed & (chances <= 1.01 * (1 - usual))
    found = result(observed, np.stack([1 - chances, chances], axis=1)).label_noise.suspects
    assert 0 < exact.sum() <= found <= near.sum()


def test_rows_that_got_exactly_the_usual_share_are_suspects_for_any_share():
    for share in (0.5001, 0.6, 0.75, 0.8, 0.875, 0.9, 0.97, 0.999, 1.0):
        probs = np.array([[share, 1 - share]] * 30 + [[0.3, 0.7]] * 10)
        observed = np.array([0] * 25 + [1] * 5 + [1] * 10)
        assert result(observed, probs).label_noise.suspects == 5, share


def test_the_entropy_floor_is_the_loss_of_the_best_model_of_such_labels():
    rate, k = 0.03, 6
    best = -(1 - rate) * math.log(1 - rate) - rate * math.log(rate / (k - 1))
    assert entropy_floor(rate, k) == pytest.approx(best, rel=1e-12)


def test_mistakes_of_one_kind_ask_for_a_look_at_labels_and_mapping():
    observed, probs = mislabelled(40)
    found = finding(result(observed, probs))
    n_rows = int(found.title.removeprefix("Check the labels: ").split()[0])
    assert 40 <= n_rows < 50  # the forecasts were wrong so a few times by themselves
    assert found.title.endswith("rows labelled “c1” got over 99% for “c3”")
    assert "the forecasts expect" in found.why
    assert found.section == "worst"


def test_mistakes_in_one_slice_name_the_slice():
    observed, probs = sharp(6000, 2)
    sure = np.flatnonzero((probs.max(axis=1) > 0.995) & (observed == probs.argmax(axis=1)))[:60]
    observed[sure] = 1 - observed[sure]
    source = np.full(6000, "in-house", dtype=object)
    source[sure] = "vendor B"
    source[np.random.default_rng(0).permutation(6000)[:300]] = "vendor B"
    found = finding(result(observed, probs, slices={"source": source}))
    assert "confident mistakes are in source = vendor B" in found.title


def test_with_two_classes_the_larger_half_is_no_finding():
    observed, probs = mislabelled(40, k=2, label=0, true=1)
    assert finding(result(observed, probs)) is None


@pytest.mark.parametrize("k", [2, 3, 10])
def test_forecasts_that_are_right_about_themselves_give_no_hint(k):
    for seed in range(8):
        observed, probs = sharp(4000, k, seed)
        source = np.array(["a", "b"])[np.arange(4000) % 2]
        assert finding(result(observed, probs, slices={"source": source})) is None


def test_swapped_columns_are_told_as_what_they_are():
    observed, probs = sharp(4000, 3)
    swapped = result(observed, probs[:, [1, 0, 2]])
    assert finding(swapped, "swapped-classes") is not None
    assert finding(swapped) is None


def test_no_row_is_left_out_and_no_loss_is_changed():
    observed, probs = mislabelled(40)
    found = result(observed, probs)
    losses = -np.log(probs[np.arange(6000), observed])
    assert found.overall.n == 6000
    assert found.overall.log_loss == pytest.approx(losses.mean(), rel=1e-12)


def test_the_report_says_what_it_would_mean_if_the_labels_were_wrong():
    observed, probs = mislabelled(40)
    found = result(observed, probs)
    worst = next(each for each in build_report(found).sections if each.id == "worst")
    note = "".join(span.text for span in worst.notes[0])
    assert "Another class than the label got over 99% in " in note
    assert f"no model could lose less than {found.label_noise.entropy_floor:.3f}" in note
    assert note.endswith("worth a second look; no row was left out.")
    table = next(each for each in worst.tables if each.id == "confident-mistakes")
    assert [cell.text for cell in table.rows[0][:2]] == ["c1", "c3"]


def test_soft_labels_have_no_label_noise():
    targets = np.random.default_rng(0).dirichlet([1, 1], 50)
    assert evalreport.evaluate(targets=targets, probs=[[0.5, 0.5]] * 50).result.label_noise is None


# --- classes that are rare, or many --------------------------------------------------------------


def test_a_rare_class_is_no_finding_for_being_rare():
    rng = np.random.default_rng(3)
    logits = rng.normal(-5, 2, 40_000)
    chance = 1 / (1 + np.exp(-logits))
    observed = (rng.random(40_000) < chance).astype(int)
    rare = result(observed, np.stack([1 - chance, chance], axis=1))
    assert rare.classes[1].frequency < 0.05
    assert rare.classes[1].share_of_loss > 1.5 * rare.classes[1].frequency
    assert finding(rare, "class") is None


def test_of_hundreds_of_healthy_classes_hardly_one_is_a_finding():
    rng = np.random.default_rng(4)
    observed = rng.integers(0, 300, 15_000)
    logits = rng.normal(size=(15_000, 300))
    logits[np.arange(15_000), observed] += rng.gamma(4, 1.6, 15_000)
    powers = np.exp(logits)
    healthy = result(observed, powers / powers.sum(axis=1, keepdims=True))
    assert sum(each.code == "class" for each in healthy.findings) <= 1
    above = [c for c in healthy.classes if c.interval and c.interval[0] > healthy.overall.log_loss]
    assert len(above) > 3  # as many intervals miss the overall loss by chance alone


def test_classes_of_a_few_rows_come_last_in_the_table():
    probs = np.full((102, 3), 0.25)
    probs[:, 0] = 0.5
    probs[100:] = [0.98, 0.01, 0.01]
    observed = np.array([0, 1] * 50 + [2, 2])
    section = next(
        each for each in build_report(result(observed, probs)).sections if each.id == "classes"
    )
    assert [row[0].text for row in section.tables[0].rows] == ["c1", "c0", "c2"]
    assert "Classes with fewer than 30 rows come last." in section.tables[0].note
