"""Exact sums of doubles of any sign and size, and the moments out of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from evalreport.batch import FloatArray, IntArray
from evalreport.exact import FLOAT_UNIT, as_fraction, grouped_float_sums
from evalreport.intervals import Moments
from evalreport.statistics.moments import PowerSums

_LOW_BITS = np.int64(2**27 - 1)


def signed_sums(values: FloatArray, groups: IntArray, n_groups: int) -> list[int]:
    """Sum doubles within groups, without rounding at all, in units of 2**-1126."""
    above = grouped_float_sums(np.maximum(values, 0.0), groups, n_groups)
    below = grouped_float_sums(np.maximum(-values, 0.0), groups, n_groups)
    return [plus - minus for plus, minus in zip(above, below, strict=True)]


def square_sums(values: FloatArray, groups: IntArray, n_groups: int) -> list[int]:
    """Sum the squares of doubles, without rounding even the squares.

    A variance is what is left of two large sums if the mean is large, so no digit can be spared.
    Values beyond 2**480, or below 2**-480, would lose some.
    """
    high = (values.view(np.int64) & ~_LOW_BITS).view(np.float64)
    low = values - high
    parts = (high * high, 2.0 * high * low, low * low)
    sums = [signed_sums(part, groups, n_groups) for part in parts]
    return [sum(each) for each in zip(*sums, strict=True)]


def power_columns(values: FloatArray, groups: IntArray, n_groups: int) -> list[list[int]]:
    """Sum the first three powers that mean, spread and skewness need; all in units of 2**-1126."""
    return [signed_sums(values**power, groups, n_groups) for power in (1, 2, 3)]


def power_sums(n: int, row: Sequence[int]) -> PowerSums:
    """Return what three columns of `power_columns` stand for."""
    first, second, third = (as_fraction(each, FLOAT_UNIT) for each in row)
    one = Fraction(n)
    return PowerSums(n, one, first, (one, first, second), (one, first, second, third))


def moments_of(n: int, row: Sequence[int]) -> Moments | None:
    """Return mean, spread and skewness; None over no rows."""
    return power_sums(n, row).moments()
