"""Portable log and exp, and sums that do not depend on the order."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalreport import exact

ANY_POSITIVE = st.floats(min_value=0.0, allow_infinity=False, allow_nan=False)


@given(st.lists(st.floats(min_value=5e-324, max_value=1e300), min_size=1, max_size=50))
def test_log_is_within_one_unit_in_the_last_place(values):
    reference = np.log(np.array(values, dtype=np.longdouble))
    difference = np.abs(exact.log(values) - reference)
    assert (difference <= np.maximum(np.spacing(np.abs(reference).astype(float)), 5e-324)).all()


@given(st.lists(st.floats(min_value=-700, max_value=700), min_size=1, max_size=50))
def test_exp_is_within_one_unit_in_the_last_place(values):
    reference = np.exp(np.array(values, dtype=np.longdouble))
    assert (np.abs(exact.exp(values) - reference) <= np.spacing(reference.astype(float))).all()


def test_log_of_zero_is_minus_infinity_and_log_of_one_is_zero():
    assert exact.log([0.0, 1.0]).tolist() == [-math.inf, 0.0]


def test_log_is_the_same_inside_and_outside_a_block():
    values = np.random.default_rng(0).random(50_000)
    values[::1000] *= 1e-310
    one_by_one = [exact.log_of(value) for value in values[::997]]
    assert exact.log(values)[::997].tolist() == one_by_one


@given(st.lists(st.floats(min_value=-745, max_value=745), max_size=60), st.integers(1, 3))
def test_grouped_sums_are_the_exact_sums_rounded_to_their_unit(losses, power):
    values = np.array(losses) ** power
    groups = np.arange(len(values)) % 3
    sums = exact.grouped_sums(values, groups, 3, power)
    for group in range(3):
        expected = sum(map(Fraction, values[groups == group].tolist()), Fraction(0))
        found = exact.as_fraction(sums[group], exact.power_unit(power))
        tolerance = Fraction(len(values), 2 ** (1 - exact.power_unit(power)))
        assert abs(found - expected) <= tolerance


@given(st.lists(ANY_POSITIVE, max_size=60), st.data())
def test_float_sums_are_exact_for_any_size_and_sign_of_value(values, data):
    signs = data.draw(st.lists(st.sampled_from([-1.0, 1.0]), min_size=60, max_size=60))
    array = np.array(values, dtype=float) * signs[: len(values)]
    groups = np.arange(len(array)) % 3
    sums = exact.grouped_float_sums(array, groups, 3)
    for group in range(3):
        expected = sum(map(Fraction, array[groups == group].tolist()), Fraction(0))
        assert exact.as_fraction(sums[group], exact.FLOAT_UNIT) == expected


def test_sums_equal_those_of_math_fsum_on_a_million_losses():
    losses = -exact.log(np.random.default_rng(1).random(1_000_000))
    total = exact.grouped_sums(losses, np.zeros(len(losses), np.int64), 1)[0]
    assert float(exact.as_fraction(total, exact.power_unit(1))) == math.fsum(losses)


@pytest.mark.parametrize("width", [1, 2, 3, 5, 8, 13, 100])
def test_row_sums_do_not_depend_on_the_memory_layout(width):
    cells = np.random.default_rng(2).random((200, width))
    expected = exact.row_sums(cells)
    assert exact.row_sums(np.asfortranarray(cells)).tolist() == expected.tolist()
    assert exact.row_sums(np.repeat(cells, 2, axis=1)[:, ::2]).tolist() == expected.tolist()
    assert expected == pytest.approx(cells.sum(axis=1), rel=1e-14)


@given(st.integers(1, 40), st.integers(1, 12))
def test_column_sums_are_those_of_each_column_by_itself(n_rows, width):
    cells = np.random.default_rng(n_rows).random((n_rows, width)) * 40
    zero = np.zeros(n_rows, np.int64)
    apart = [exact.grouped_sums(cells[:, k], zero, 1)[0] for k in range(width)]
    unit = 2**24  # 2**-40, beside 2**-64
    together = exact.column_sums(cells)
    assert all(sum_ % unit == 0 for sum_ in together)
    assert all(abs(a - b) <= n_rows * unit // 2 for a, b in zip(together, apart, strict=True))
    assert exact.column_sums(cells[::-1]) == together
    assert exact.column_sums(np.asfortranarray(cells)) == together


def test_column_sums_hold_the_largest_losses_of_many_rows():
    cells = np.tile([2048.0, 0.0, 2.0**-40], (5_000, 1))
    assert exact.column_sums(cells) == [5_000 << 75, 0, 5_000 << 24]
