"""Exact sums of doubles of any sign and size, plain or weighted, and the moments out of them.

References
----------
Dekker (1971), "A floating-point technique for extending the available precision".
doi:10.1007/BF01397083
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray, IntArray
from evalreport.exact import FLOAT_UNIT, as_fraction, grouped_float_sums
from evalreport.statistics.moments import WEIGHTED_POWERS, PowerSums

_SPLITTER = 2.0**27 + 1.0


def signed_sums(
    values: FloatArray,
    groups: IntArray,
    n_groups: int,
    weights: FloatArray | None = None,
    weight_power: int = 1,
) -> list[int]:
    """Sum doubles within groups, in units of ``2**FLOAT_UNIT``, without rounding the sum.

    Times a power of their weights, if any: each product is rounded once.
    """
    if weights is None:
        return _sums(values, groups, n_groups)
    # Powers of weights may be beyond every double: mantissas and exponents go apart.
    mantissas, exponents = np.frexp(weights)
    scaled = values * exact.power(mantissas, weight_power)
    return _sums(scaled, groups, n_groups, weight_power * exponents.astype(np.int64))


def exact_sums(
    values: FloatArray, groups: IntArray, n_groups: int, weights: FloatArray | None = None
) -> list[int]:
    """Sum doubles times their weights within groups; not even a product is rounded.

    A variance is what is left of two large sums if the mean is large, so no digit can be spared.
    """
    if weights is None:
        return _sums(values, groups, n_groups)
    mantissas, exponents = np.frexp(weights)
    parts = product(values, mantissas)
    sums = [_sums(part, groups, n_groups, exponents.astype(np.int64)) for part in parts]
    return [sum(each) for each in zip(*sums, strict=True)]


def square_sums(
    values: FloatArray, groups: IntArray, n_groups: int, weights: FloatArray | None = None
) -> list[int]:
    """Sum the squares of doubles times their weights, without rounding even the squares.

    Values beyond 2**480, or below 2**-480, would lose some.
    """
    sums = [exact_sums(part, groups, n_groups, weights) for part in product(values, values)]
    return [sum(each) for each in zip(*sums, strict=True)]


def product(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the products of doubles as two doubles each that add up to them exactly.

    Examples
    --------
    >>> high, low = product(np.array([1.0 + 2.0**-52]), np.array([1.0 + 2.0**-52]))
    >>> float(high[0]) - 1.0 == 2.0**-51, float(low[0]) == 2.0**-104
    (True, True)
    """
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    high = a * b
    low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low
    return high, low


def _halves(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Split doubles into two of 26 bits each."""
    scaled = values * _SPLITTER
    high = scaled - (scaled - values)
    return high, values - high


def _sums(
    values: FloatArray, groups: IntArray, n_groups: int, exponents: IntArray | None = None
) -> list[int]:
    above = grouped_float_sums(np.maximum(values, 0.0), groups, n_groups, exponents)
    below = grouped_float_sums(np.maximum(-values, 0.0), groups, n_groups, exponents)
    return [plus - minus for plus, minus in zip(above, below, strict=True)]


def n_powers(weighted: bool) -> int:
    """Return how many columns `power_columns` makes."""
    return len(WEIGHTED_POWERS) if weighted else 3


def power_columns(
    values: FloatArray, groups: IntArray, n_groups: int, weights: FloatArray | None = None
) -> list[list[int]]:
    """Sum the powers that mean, spread and skewness need; all in units of ``2**FLOAT_UNIT``."""
    if weights is None:
        return [_sums(exact.power(values, power), groups, n_groups) for power in (1, 2, 3)]
    return [
        signed_sums(exact.power(values, power), groups, n_groups, weights, weight_power)
        for weight_power, power in WEIGHTED_POWERS
    ]


def power_sums(n: int, row: Sequence[int], weighted: bool = False) -> PowerSums:
    """Return what the columns of `power_columns` stand for."""
    if weighted:
        return PowerSums.from_row(n, row, True)
    first, second, third = (as_fraction(each, FLOAT_UNIT) for each in row)
    one = Fraction(n)
    return PowerSums(n, one, first, (one, first, second), (one, first, second, third))
