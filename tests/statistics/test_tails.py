"""The tail of the losses: shares, quantiles and surprises, by hand, by libraries and by law."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import evalreport
from evalreport.batch import PredictionBatch
from evalreport.findings import find
from evalreport.results import EvaluationResult
from evalreport.scoring import FLOOR, ScoredBatch
from evalreport.statistics.chance import at_least_by_chance
from evalreport.statistics.plan import Plan
from evalreport.statistics.probability import ByProbability
from evalreport.statistics.sample import HashSample
from evalreport.statistics.surprises import SURPRISING, surprises, typical_chances
from tests.strategies import batches


def result(observed, probs, **options) -> EvaluationResult:
    classes = [f"class {i}" for i in range(np.shape(probs)[1])]
    labels = np.array(classes, dtype=object)[observed]
    return evalreport.evaluate(labels, probs, classes=classes, **options).result


def drawn(seed: int, n_rows: int, k: int, sharpness: float = 1.0):
    """Return outcomes drawn from distributions, and what a model of so much sharpness says."""
    rng = np.random.default_rng(seed)
    chances = np.exp(2.5 * rng.normal(size=(n_rows, k)))
    chances /= chances.sum(axis=1, keepdims=True)
    observed = (rng.random((n_rows, 1)) > chances.cumsum(axis=1)).sum(axis=1).clip(0, k - 1)
    powers = chances**sharpness
    return observed, powers / powers.sum(axis=1, keepdims=True)


def share_of(of: EvaluationResult, share: float):
    return next(each for each in of.tails.shares if each.share_of_rows == share)


def codes(of: EvaluationResult) -> set[str]:
    return {each.code for each in of.findings}


# --- shares and quantiles -----------------------------------------------------------------------


def two_kinds_of_rows(n_bad: int, weights=None) -> EvaluationResult:
    """A hundred rows at 1/2, but `n_bad` of them at 1/32: losses of 1 and 5 times ln 2."""
    probs = np.array([[0.5, 0.5]] * (100 - n_bad) + [[1 / 32, 31 / 32]] * n_bad)
    return result(np.zeros(100, dtype=int), probs, weights=weights)


def test_the_worst_hundredth_of_a_hundred_rows_is_one_row():
    worst = share_of(two_kinds_of_rows(1), 0.01)
    assert worst.share_of_loss == pytest.approx(5 / 104, rel=1e-15)
    assert worst.loss_of_the_rest == pytest.approx(math.log(2), rel=1e-15)
    assert worst.least_loss == pytest.approx(5 * math.log(2), rel=0.03)


def test_a_share_may_end_among_rows_of_the_same_loss():
    ten = share_of(two_kinds_of_rows(4), 0.1)
    assert ten.share_of_loss == pytest.approx((4 * 5 + 6) / (96 + 20), rel=1e-15)
    assert ten.loss_of_the_rest == pytest.approx(math.log(2), rel=1e-15)


def test_weights_count_as_so_many_rows():
    weights = np.ones(100)
    weights[-1] = 3.0  # the bad row stands for three of 102
    five = share_of(two_kinds_of_rows(1, weights), 0.05)
    assert five.share_of_loss == pytest.approx((3 * 5 + 2.1) / (99 + 15), rel=1e-14)


def test_less_than_a_row_is_no_share():
    tails = two_kinds_of_rows(1).tails
    assert [each.share_of_loss is None for each in tails.shares] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_no_loss_has_no_shares():
    perfect = result(np.zeros(200, dtype=int), np.array([[1.0, 0.0]] * 200))
    assert all(each.share_of_loss is None for each in perfect.tails.shares)
    assert [each.loss for each in perfect.tails.quantiles] == [0.0] * 4


def test_an_infinite_loss_has_no_shares_and_quantiles_only_below_it():
    probs = np.array([[0.5, 0.5]] * 98 + [[0.0, 1.0]] * 2)
    tails = result(np.zeros(100, dtype=int), probs, floor=None).tails
    assert all(each.share_of_loss is None for each in tails.shares)
    assert [each.loss for each in tails.quantiles[2:]] == [None, None]
    assert tails.quantiles[0].loss == pytest.approx(math.log(2))


@pytest.mark.parametrize("k", [2, 10])
def test_shares_and_quantiles_agree_with_sorting_all_losses(k):
    observed, probs = drawn(k, 20_000, k, sharpness=1.4)
    losses = np.sort(-np.log(np.maximum(probs[np.arange(20_000), observed], FLOOR)))
    tails = result(observed, probs).tails
    for each in tails.shares:
        n_worst = round(each.share_of_rows * 20_000)
        assert each.share_of_loss == pytest.approx(losses[-n_worst:].sum() / losses.sum(), abs=1e-4)
        assert each.loss_of_the_rest == pytest.approx(losses[:-n_worst].mean(), rel=1e-4)
    for each in tails.quantiles:
        exact = np.quantile(losses, each.level, method="inverted_cdf")
        assert each.loss == pytest.approx(exact, rel=0.0313)


@given(batch=batches(n_classes=3))
def test_worse_rows_never_hold_less_than_their_share(batch):
    plan = Plan(batch.classes, batch.positive, batch.weights is not None)
    states = plan.from_batch(batch)
    held = [0.0]
    for each in plan.tails.shares(states[plan.tails]):
        if each.share_of_loss is not None:
            assert each.share_of_rows * (1 - 1e-12) <= each.share_of_loss <= 1.0
            held.append(each.share_of_loss)
    assert held == sorted(held)


# --- surprises ----------------------------------------------------------------------------------


def test_surprises_are_counted_against_all_probabilities_that_small():
    probs = np.array([[0.005, 0.995], [0.3, 0.7], [0.0, 1.0], [0.05, 0.95]])
    found = {each.at_most: each for each in result(np.array([0, 1, 0, 1]), probs).tails.surprises}
    assert (found[0.01].observed, found[0.01].expected) == (2, pytest.approx(0.005))
    assert (found[0.1].observed, found[0.1].expected) == (2, pytest.approx(0.055))
    assert (found[0.5].observed, found[0.5].expected) == (2, pytest.approx(0.355))
    assert found[0.5].ratio == pytest.approx(2 / 0.355)
    assert (found[1e-6].observed, found[1e-6].expected, found[1e-6].ratio) == (1, 0.0, None)


@given(observed=st.integers(0, 60), expected=st.floats(1e-6, 60))
def test_the_p_value_is_the_upper_tail_of_a_poisson_distribution(observed, expected):
    exact = stats.poisson.sf(observed - 1, expected)
    assert at_least_by_chance(observed, expected) == pytest.approx(exact, rel=1e-9, abs=1e-300)


@given(n=st.integers(1, 60), chance=st.floats(0.01, 1.0), data=st.data())
def test_with_chances_all_alike_it_is_the_upper_tail_of_a_binomial_distribution(n, chance, data):
    observed = data.draw(st.integers(0, n))
    exact = stats.binom.sf(observed - 1, n, chance)
    assert at_least_by_chance(observed, n * chance, chance) == pytest.approx(exact, abs=1e-9)


def test_it_is_near_the_exact_chance_of_events_of_unequal_probability():
    chances = np.random.default_rng(1).beta(0.5, 2.0, 60)
    exact = np.array([1.0])
    for each in chances:  # the distribution of their number, one event after the other
        exact = np.convolve(exact, [1.0 - each, each])
    typical = (chances**2).sum() / chances.sum()
    for observed in range(1, 30):
        ours = at_least_by_chance(observed, chances.sum(), typical)
        assert ours == pytest.approx(exact[observed:].sum(), abs=0.006)


def test_what_is_typical_of_the_chances_comes_from_the_rows_of_the_sample():
    probs = np.array([[0.005, 0.005, 0.99], [0.009, 0.3, 0.691], [0.2, 0.32, 0.48]])
    rows = PredictionBatch(("a", "b", "c"), np.array([2, 1, 0]), probs)
    found = typical_chances(HashSample(3).from_batch(ScoredBatch(rows)))
    by_limit = dict(zip(SURPRISING, found, strict=True))
    assert by_limit[0.01] == pytest.approx((0.01**2 + 0.009**2) / 0.019, rel=1e-12)
    assert by_limit[0.5] == pytest.approx((0.01**2 + 0.309**2 + 1) / 1.319, rel=1e-12)
    assert by_limit[1e-6] == 0.0
    logits = np.log(probs)
    of_logits = evalreport.evaluate(
        ["c", "b", "a"], logits, classes=["a", "b", "c"], input_kind="logits"
    )
    of_probs = evalreport.evaluate(["c", "b", "a"], probs, classes=["a", "b", "c"])
    for one, other in zip(
        of_logits.result.tails.surprises, of_probs.result.tails.surprises, strict=True
    ):
        assert one.p_value == pytest.approx(other.p_value, rel=1e-9)


@given(batch=batches(n_classes=3, weighted=False))
def test_a_lower_limit_never_has_more_surprises(batch):
    plan = Plan(batch.classes, batch.positive)
    bins = plan.by_probability.results(plan.from_batch(batch)[plan.by_probability])
    counts = [sum(each.n for each in bins if each.high <= limit) for limit in SURPRISING]
    assert counts == sorted(counts, reverse=True)


def test_soft_labels_have_tails_and_no_surprises():
    targets = np.random.default_rng(0).dirichlet([1, 1], 200)
    soft = evalreport.evaluate(targets=targets, probs=[[0.5, 0.5]] * 200).result
    assert soft.tails.surprises == ()
    assert share_of(soft, 0.01).share_of_loss > 0.01


@pytest.mark.parametrize("at_most", [0.5, 0.1])
def test_healthy_forecasts_are_surprised_too_often_in_one_of_twenty_files(at_most):
    rejected, n_files = 0, 600
    statistic, place = ByProbability(weighted=False), SURPRISING.index(at_most)
    for seed in range(n_files):
        observed, probs = drawn(seed, 200, 4)
        scored = ScoredBatch(PredictionBatch(tuple("abcd"), observed, probs))
        bins = statistic.results(statistic.from_batch(scored))
        chances = typical_chances(HashSample(4).from_batch(scored))
        rejected += surprises(bins, chances)[place].p_value < 0.05
    assert 0.02 <= rejected / n_files <= 0.08


# --- the finding --------------------------------------------------------------------------------


def with_a_few_shocks(n_shocks: int, given: float = 0.0005) -> EvaluationResult:
    """Forecasts that say 70 % and are right at 90 %, but gave a few rows next to nothing."""
    observed = np.arange(5000) % 2
    leaning = np.where(np.arange(5000) % 20 < 2, 1 - observed, observed)
    probs = np.where(np.eye(2)[leaning] == 1, 0.7, 0.3)
    shocks = np.arange(n_shocks)
    probs[shocks, observed[shocks]], probs[shocks, 1 - observed[shocks]] = given, 1 - given
    return result(observed, probs)


def test_a_few_shocks_among_cautious_forecasts_are_found_and_told_with_numbers():
    shocked = with_a_few_shocks(9)
    finding = next(each for each in shocked.findings if each.code == "surprised")
    assert finding.title == (
        "Surprised far too often: 9 rows in which what happened was given 0.1% or less"
    )
    assert finding.why.startswith("The forecasts expect under 0.1. They are 0.2% of the rows")
    assert "underconfident" in codes(shocked)


def test_without_shocks_nothing_is_found():
    assert "surprised" not in codes(with_a_few_shocks(0))


def test_rows_given_zero_have_a_finding_of_their_own():
    found = with_a_few_shocks(9, given=0.0)
    assert "zero-prob" in codes(found)
    assert "surprised" not in codes(found)
    assert found.tails.surprises[-1].far_too_often


def test_a_model_that_is_too_sure_throughout_is_told_so_once():
    observed, probs = drawn(1, 5000, 4, sharpness=1.7)
    found = result(observed, probs)
    assert any(each.far_too_often for each in found.tails.surprises)
    assert "overconfident" in codes(found)
    assert "surprised" not in codes(found)


def test_an_evaluation_without_tails_is_still_judged():
    old = replace(with_a_few_shocks(9), tails=None)
    assert "surprised" not in {each.code for each in find(old)}
