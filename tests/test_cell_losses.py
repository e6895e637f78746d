"""Minus log of very many probabilities: by a table, and still the same bits everywhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport.cell_losses import minus_log, minus_log_of_rest

PROBABILITIES = st.one_of(
    st.floats(min_value=5e-324, max_value=1.0),
    st.floats(min_value=0.0, max_value=44.0).map(lambda loss: math.exp(-loss)),
    st.floats(min_value=0.0, max_value=36.0).map(lambda loss: 1.0 - math.exp(-loss) or 1.0),
)


@given(st.lists(PROBABILITIES, min_size=1, max_size=50))
def test_it_is_the_logarithm_to_two_units_in_the_last_place(values):
    reference = -np.log(np.array(values, dtype=np.longdouble))
    allowed = np.maximum(4e-16, 2 * np.spacing(reference.astype(float)))
    assert (np.abs(minus_log(np.array(values)) - reference) <= allowed).all()


@given(st.lists(PROBABILITIES, min_size=1, max_size=50))
def test_no_loss_is_below_zero_and_certainty_costs_nothing(values):
    losses = minus_log(np.array([*values, 1.0]))
    assert (losses >= 0.0).all()
    assert losses[-1] == 0.0
    assert not np.signbit(losses).any()


def test_a_cell_has_the_same_bits_wherever_it_stands():
    rng = np.random.default_rng(0)
    cells = rng.dirichlet(np.full(7, 0.05), 12_000)  # many are next to zero, some are zero
    cells[::997, 3] = 0.0
    whole = minus_log(cells)
    assert np.array_equal(minus_log(np.asfortranarray(cells)), whole)
    assert np.array_equal(minus_log(cells[::-3])[::-1], whole[::-3][::-1])
    assert [float(minus_log(cells[i : i + 1, 3])[0]) for i in range(9)] == whole[:9, 3].tolist()


def test_values_below_the_floor_count_as_the_floor_and_zero_without_one_as_nothing():
    values = np.array([0.0, 1e-300, 1e-3, 1.0])
    by_hand = [-math.log(0.01), -math.log(0.01), -math.log(0.01), 0.0]
    assert minus_log(values, 0.01).tolist() == pytest.approx(by_hand, rel=1e-15)
    assert minus_log(values)[:2] == pytest.approx([0.0, 300 * math.log(10)])
    assert minus_log_of_rest(1.0 - values, 0.01) == pytest.approx(by_hand, rel=1e-14)
    assert minus_log_of_rest(np.array([1.0, 0.25])) == pytest.approx([0.0, -math.log(0.75)])
