"""Surprises of rows that belong together: by brute force on the rows, by law, and by chance."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

import evalreport
from evalreport.batch import PredictionBatch, SliceColumn
from evalreport.scoring import ScoredBatch
from evalreport.statistics.chance import SURPRISING, at_least_by_chance, by_students_t
from evalreport.statistics.cluster_surprises import Alike, SurprisesByCluster
from evalreport.statistics.probability import ByProbability
from evalreport.statistics.sample import HashSample
from evalreport.statistics.surprises import surprises, typical_chances
from tests.strategies import batches


def rows(seed: int, n_clusters: int, alike: float, n_classes: int = 3):
    """Outcomes drawn from their probabilities; rows of a cluster are surprised together."""
    rng = np.random.default_rng([seed, n_clusters])
    sizes = np.maximum(rng.lognormal(2.8, 0.8, n_clusters).astype(int), 1)
    clusters = np.repeat(np.arange(n_clusters), sizes)
    powers = np.exp(rng.normal(0.0, 2.5, (len(clusters), n_classes)))
    probs = powers / powers.sum(axis=1, keepdims=True)
    common = math.sqrt(alike) * rng.normal(size=n_clusters)[clusters]
    level = ndtr(common + math.sqrt(1 - alike) * rng.normal(size=len(clusters)))
    order = np.argsort(probs, axis=1)  # what is least likely happens at the lowest levels
    sums = np.take_along_axis(probs, order, axis=1).cumsum(axis=1)
    place = np.minimum((sums < level[:, None]).sum(axis=1), n_classes - 1)
    return order[np.arange(len(clusters)), place], probs, clusters


def batch(observed, probs, clusters) -> PredictionBatch:
    names = tuple(map(str, range(int(clusters.max()) + 1)))
    classes = tuple(map(str, range(probs.shape[1])))
    return PredictionBatch(classes, observed, probs, clusters=SliceColumn("c", clusters, names))


def alike_of(observed, probs, clusters, limit: int = 10_000):
    statistic = SurprisesByCluster(limit)
    return statistic.alike(statistic.from_batch(ScoredBatch(batch(observed, probs, clusters))))


def p_values(observed, probs, clusters, allow: bool = True) -> list[float]:
    scored = ScoredBatch(batch(observed, probs, clusters))
    statistic, sample = ByProbability(weighted=False), HashSample(probs.shape[1])
    bins = statistic.results(statistic.from_batch(scored))
    chances = typical_chances(sample.from_batch(scored))
    alike = [alike_of(observed, probs, clusters)] if allow else []
    return [each.p_value for each in surprises(bins, chances, *alike)]


# --- by hand, by brute force, by law ------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_pairs_add_is_that_of_leaving_out_each_cluster_in_turn(place):
    observed, probs, clusters = rows(1, 40, alike=0.5)
    given, at_most = probs[np.arange(len(observed)), observed], SURPRISING[place]
    chance = np.where(probs <= at_most, probs, 0.0).sum(axis=1)
    above = (given <= at_most) - chance
    without = np.array([above[clusters != each].mean() for each in range(40)])
    variance = 39 / 40 * ((without - without.mean()) ** 2).sum() * len(above) ** 2
    sizes = np.bincount(clusters)
    effective = sizes.sum() ** 2 / (sizes**2).sum()
    expected = variance - (above**2).sum() * (1 + 2 / effective)
    found = alike_of(observed, probs, clusters)[place]
    assert found.pairs == pytest.approx(max(expected, 0.0), rel=1e-9)
    assert found.degrees == pytest.approx(effective - 1)


def test_events_that_come_in_twos_count_half():
    alike = Alike(pairs=10.0, degrees=1e9)  # as much again as the ten rows by themselves
    bins = [
        evalreport.results.ProbabilityBin(0.0, 0.5, 16, 10.0, 1.0, 1.0),
        evalreport.results.ProbabilityBin(0.5, 1.0, 90, 90.0, 0.1, 0.0),
    ]
    found = surprises(bins, together=(alike,) * 6)[0].p_value
    both = at_least_by_chance(8, 5.0), at_least_by_chance(8.5, 5.0)
    assert found == pytest.approx(sum(both) / 2, rel=1e-6)
    # With few clusters their spread is known badly, and as much is less of a surprise.
    few = surprises(bins, together=(alike._replace(degrees=5.0),) * 6)[0].p_value
    expected = sum(by_students_t(each, 5.0 * 2**2) for each in both) / 2
    assert few == pytest.approx(expected, rel=1e-6)
    assert few > found


def test_independent_rows_are_judged_nearly_as_without_clusters():
    observed, probs, _ = rows(2, 100, alike=0.0)
    by_row = np.arange(len(observed))
    pairs = zip(
        p_values(observed, probs, by_row), p_values(observed, probs, by_row, False), strict=True
    )
    for together, alone in pairs:
        assert together == pytest.approx(alone, abs=0.03)


def test_copies_of_rows_tell_nothing_new():
    observed, probs, clusters = rows(3, 200, alike=0.0)
    one = p_values(observed, probs, clusters)
    copied = [np.repeat(each, 8, axis=0) for each in (observed, probs, clusters)]
    many, naive = p_values(*copied), p_values(*copied, False)
    assert many[1] == pytest.approx(one[1], abs=0.05)
    assert abs(many[1] - 0.5) < abs(naive[1] - 0.5)


@given(batch=batches(), data=st.data())
def test_too_many_cells_become_buckets_whatever_the_order(batch, data):
    statistic = SurprisesByCluster(data.draw(st.integers(0, 12)))
    cut = data.draw(st.integers(0, len(batch)))
    left, right, whole = (
        statistic.from_batch(ScoredBatch(each)) for each in (batch[:cut], batch[cut:], batch)
    )
    assert left.merge(right) == whole == right.merge(left)
    assert len(whole.sums.rows) <= statistic.limit
    assert statistic.from_json(json.loads(json.dumps(whole.to_json()))) == whole


def test_buckets_of_clusters_tell_nearly_the_same():
    observed, probs, clusters = rows(4, 4_000, alike=0.3)
    all_apart = alike_of(observed, probs, clusters, limit=100_000)[0]
    in_buckets = alike_of(observed, probs, clusters)[0]
    assert in_buckets.degrees < 1_024 < all_apart.degrees
    assert in_buckets.pairs == pytest.approx(all_apart.pairs, rel=0.2)


# --- chance -------------------------------------------------------------------------------------


@pytest.mark.parametrize("alike", [0.0, 0.2])
def test_healthy_clusters_are_surprised_too_often_as_seldom_as_promised(alike):
    n_files = 300
    files = [rows(100 + seed, 40, alike) for seed in range(n_files)]
    share = (np.array([p_values(*each) for each in files]) < 0.05).mean(axis=0)[:3]
    naive = (np.array([p_values(*each, False) for each in files]) < 0.05).mean(axis=0)[:3]
    assert share.max() <= 0.08
    assert share[0] >= 0.02
    if alike:
        assert naive[0] > 0.12


def test_forecasts_that_are_too_sure_are_found_in_clusters_too():
    observed, probs, clusters = rows(5, 60, alike=0.1)
    sure = probs**2 / (probs**2).sum(axis=1, keepdims=True)
    found = evalreport.evaluate(observed, sure, clusters=clusters).result.tails.surprises
    assert any(each.far_too_often for each in found)


# --- what is said -------------------------------------------------------------------------------


def test_under_ten_clusters_nothing_is_judged():
    observed, probs, clusters = rows(6, 9, alike=0.0)
    result = evalreport.evaluate(observed, probs, clusters=clusters).result
    assert {each.p_value for each in result.tails.surprises} == {None}
    assert not any(each.far_too_often for each in result.tails.surprises)
    assert all(each.expected for each in result.tails.surprises[:2])


def test_soft_labels_have_clusters_and_no_surprises():
    rng = np.random.default_rng(7)
    targets = rng.dirichlet([1.0, 1.0], 200)
    result = evalreport.evaluate(targets=targets, probs=targets, clusters=np.arange(200) // 5)
    assert result.result.tails.surprises == ()
