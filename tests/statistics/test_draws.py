"""Random numbers that everybody gets: their distribution, and that they never change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalreport.statistics.draws import MOST_TRIALS, binomial, binomials, split_at_random, uniforms


def test_uniform_numbers_are_uniform_and_differ_by_purpose():
    one, other = (uniforms(purpose, np.arange(20_000)) for purpose in (1, 2))
    assert stats.kstest(one, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.03


def test_a_number_is_the_same_whatever_stands_beside_it():
    numbers = np.arange(1_000)
    assert (uniforms(3, numbers)[::-7] == uniforms(3, numbers[::-7])).all()


@pytest.mark.parametrize(
    ("n", "p"),
    [(1, 0.3), (7, 0.01), (1_000, 1e-5), (1_000, 0.4), (10**6, 0.999), (MOST_TRIALS, 0.5)],
)
def test_binomial_quantiles_are_those_of_scipy(n, p):
    levels = uniforms(4, np.arange(2_000))
    assert (binomial(n, p, levels) == stats.binom.ppf(levels, n, p)).all()


def test_beyond_the_limit_binomial_draws_keep_mean_and_spread():
    n, p = 2**30, 0.3
    draws = binomial(n, p, uniforms(5, np.arange(20_000)))
    assert abs(draws.mean() - n * p) < 4 * np.sqrt(n * p * (1 - p) / 20_000)
    assert draws.std() == pytest.approx(np.sqrt(n * p * (1 - p)), rel=0.02)


def test_what_is_certain_is_drawn_so():
    levels = np.array([0.0, 0.999999])
    assert binomial(5, 0.0, levels).tolist() == [0.0, 0.0]
    assert binomial(5, 1.0, levels).tolist() == [5.0, 5.0]
    assert binomial(0, 0.5, levels).tolist() == [0.0, 0.0]


@given(counts=st.lists(st.integers(0, 9_000), min_size=1, max_size=20))
def test_dealing_out_loses_nobody(counts):
    parts = split_at_random(2, np.array(counts), 5)
    assert (parts >= 0).all()
    assert parts.sum(axis=1).tolist() == counts


@pytest.mark.parametrize("count", [1, 30, 63, 64, 200, 5_000, 1_000_000])
def test_dealing_out_gives_each_part_its_chance(count):
    parts = split_at_random(2, np.full(4_000, count), 5)
    expected, spread = count / 5, np.sqrt(count * 0.2 * 0.8)
    assert np.abs(parts.mean(axis=0) - expected).max() < 4 * spread / np.sqrt(4_000)
    # Members that are in one part are in no other.
    shared = np.corrcoef(parts.T)[~np.eye(5, dtype=bool)]
    assert shared == pytest.approx(np.full(20, -0.25), abs=0.06)
    for part in parts.T:
        levels, met = stats.binom(count, 0.2).cdf(part), np.random.default_rng(1).random(4_000)
        below = levels - stats.binom(count, 0.2).pmf(part) * met
        assert stats.kstest(below, "uniform").pvalue > 0.001


def test_draws_of_many_distributions_are_those_of_each_by_itself():
    n = np.array([0, 1, 7, 300, 50_000, 2**24, 2**24 + 1, 2**30])
    p = np.array([0.5, 0.2, 1.0, 1e-9, 0.3, 0.5, 0.9, 1e-6])
    levels = uniforms(9, np.arange(8 * 50).reshape(8, 50))
    levels[:, 0], levels[:, 1] = 0.0, 1.0 - 2.0**-53
    one_by_one = [binomial(int(m), float(q), row) for m, q, row in zip(n, p, levels, strict=True)]
    assert binomials(n, p, levels).tolist() == np.array(one_by_one).tolist()
    alone = binomials(n, p, levels[:, 7:8])
    assert alone[:, 0].tolist() == np.array(one_by_one)[:, 7].tolist()


def test_members_of_large_groups_are_all_dealt_out():
    counts = np.array([0, 3, 4_096, 4_097, 60_000, 2**25])
    parts = split_at_random(5, counts, 5)
    assert parts.sum(axis=1).tolist() == counts.tolist()
    assert (np.abs(parts - counts[:, None] / 5) <= 6 * np.sqrt(counts)[:, None]).all()
