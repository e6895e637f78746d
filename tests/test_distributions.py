"""Two distributions: numbers by hand, against scipy, and by law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalreport.distributions import (
    check_distribution,
    compare_distributions,
    cross_entropy,
    entropy,
    kl_divergence,
)
from evalreport.errors import SettingsError

P, Q = [0.10, 0.40, 0.50], [0.80, 0.15, 0.05]


def test_the_textbook_example_in_bits():
    numbers = compare_distributions(P, Q)
    in_bits = [
        round(each / math.log(2), 3)
        for each in (
            numbers.entropy_p,
            numbers.entropy_q,
            numbers.cross_entropy_pq,
            numbers.cross_entropy_qp,
            numbers.kl_pq,
        )
    ]
    assert in_bits == [1.361, 0.884, 3.288, 2.906, 1.927]


@st.composite
def distributions(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    k = draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return tuple(rng.dirichlet(np.full(k, 0.3)).tolist() for _ in range(2))


@given(distributions())
def test_scipy_agrees(pair):
    p, q = pair
    assert entropy(p) == pytest.approx(stats.entropy(p), abs=1e-12)
    if 0.0 not in q:
        assert kl_divergence(p, q) == pytest.approx(stats.entropy(p, q), rel=1e-9, abs=1e-12)


@given(distributions())
def test_cross_entropy_is_entropy_and_divergence_and_never_less_than_entropy(pair):
    p, q = pair
    both = cross_entropy(p, q)
    assert both >= entropy(p) - 1e-12
    if math.isfinite(both):
        assert both == pytest.approx(entropy(p) + kl_divergence(p, q), rel=1e-9, abs=1e-12)


def test_what_is_ruled_out_and_happens_costs_infinitely_much():
    numbers = compare_distributions([0.5, 0.5], [1.0, 0.0])
    assert (numbers.cross_entropy_pq, numbers.kl_pq) == (None, None)
    assert numbers.kl_qp == pytest.approx(math.log(2))


def test_a_value_that_is_no_probability_is_refused():
    with pytest.raises(SettingsError) as caught:
        check_distribution([0.5, 1.5], "P")
    assert str(caught.value) == (
        "P, value 2: 1.5 is no probability.\n  Give numbers between 0 and 1 that sum to 1."
    )


def test_a_sum_that_is_not_one_is_refused():
    with pytest.raises(SettingsError) as caught:
        check_distribution([0.5, 0.25], "Q")
    assert str(caught.value) == (
        "Q has 2 values with a sum of 0.75.\n"
        "  Give two or more numbers between 0 and 1 that sum to 1."
    )
