"""Arithmetic that gives the same bits everywhere: portable log and exp, order-free exact sums.

Sums in floating point depend on the order of the rows, and the logarithm of the C library on the
processor. Here a value becomes an integer in a fixed small unit and integers are added, so that
chunks, files and workers may come in any order; and the logarithm uses + - * / and bit operations
only, which IEEE 754 defines to the last bit.

References
----------
Argument reduction and polynomials follow the classic scheme of Ng (1993), fdlibm. For exact
summation see Neal (2015), "Fast exact summation using small and large superaccumulators".
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from evalreport.batch import FloatArray, IntArray

_BLOCK = 16384
"""Values worked on at a time: few enough for the processor's cache and for exact integer sums in
doubles (2**14 low limbs of at most 2**39 reach 2**53, no more)."""

_LN2_HIGH = float.fromhex("0x1.62e42feep-1")
_LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_SQRT_HALF_BITS = np.float64(np.sqrt(0.5)).view(np.int64)
_LOG_EVEN = (0.3999999999940941908, 0.2222219843214978396, 0.1531383769920937332)
_LOG_ODD = (
    0.6666666666666735130,
    0.2857142874366239149,
    0.1818357216161805012,
    0.1479819860511658591,
)
_EXP = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)


def log(values: ArrayLike) -> FloatArray:
    """Natural logarithm, within 1 unit in the last place, the same on every processor.

    Parameters
    ----------
    values : array_like of float, >= 0
        Any shape; zero gives ``-inf``.

    Returns
    -------
    float64 ndarray
        Of the same shape.

    Examples
    --------
    >>> log([1.0, 0.5, 0.0]).tolist()
    [0.0, -0.6931471805599453, -inf]
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 2 and array.strides[0] < array.strides[1]:
        return log(array.T).T  # in the order of memory
    flat = np.ascontiguousarray(array).reshape(-1)
    out = np.empty_like(flat)
    scratch = np.empty((4, min(_BLOCK, len(flat))))
    for start in range(0, len(flat), _BLOCK):
        x = flat[start : start + _BLOCK]
        _log_block(x, out[start : start + _BLOCK], scratch[:, : len(x)])
    return out.reshape(array.shape)


def _log_block(x: FloatArray, out: FloatArray, scratch: FloatArray) -> None:
    if x.min() < _SMALLEST_NORMAL:
        with np.errstate(over="ignore"):  # only the tiny ones are scaled in the end
            scaled = np.where(x < _SMALLEST_NORMAL, x * 2.0**54, x)
        _log_of_normal(scaled, out, scratch)
        out[x < _SMALLEST_NORMAL] -= 54.0 * _LN2_HIGH + 54.0 * _LN2_LOW
        out[x == 0.0] = -np.inf
    else:
        _log_of_normal(x, out, scratch)


def _log_of_normal(x: FloatArray, out: FloatArray, scratch: FloatArray) -> None:
    """Write log(x) to `out`; every step in place, because fresh arrays cost more than the sums."""
    k, s, z, w = scratch
    exponent, bits = k.view(np.int64), out.view(np.int64)
    np.subtract(x.view(np.int64), _SQRT_HALF_BITS, out=exponent)
    np.right_shift(exponent, 52, out=exponent)
    np.left_shift(exponent, 52, out=bits)
    np.subtract(x.view(np.int64), bits, out=bits)
    f = out
    f -= 1.0
    np.copyto(k, exponent.astype(np.float64))
    np.add(f, 2.0, out=s)
    np.divide(f, s, out=s)
    np.multiply(s, s, out=z)
    np.multiply(z, z, out=w)
    polynomial = z * _horner(w, _LOG_ODD)
    polynomial += w * _horner(w, _LOG_EVEN)
    half_square = np.multiply(f, f, out=z)
    half_square *= 0.5
    polynomial += half_square
    s *= polynomial
    s += np.multiply(k, _LN2_LOW, out=w)
    half_square -= s
    half_square -= f
    k *= _LN2_HIGH
    np.subtract(k, half_square, out=out)


def _horner(w: FloatArray, coefficients: tuple[float, ...]) -> FloatArray:
    value = w * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        value += coefficient
        value *= w
    value += coefficients[0]
    return value


def exp(values: ArrayLike) -> FloatArray:
    """Exponential function, within 1 unit in the last place, the same on every processor.

    Parameters
    ----------
    values : array_like of float
        Any shape; clamped to [-708, 709], where the result is a normal double.

    Returns
    -------
    float64 ndarray
        Of the same shape.

    Examples
    --------
    >>> exp([0.0, -1.0]).round(6).tolist()
    [1.0, 0.367879]
    """
    array = np.asarray(values, dtype=np.float64)
    flat = np.ascontiguousarray(array).reshape(-1)
    out = np.empty_like(flat)
    for start in range(0, len(flat), _BLOCK):
        out[start : start + _BLOCK] = _exp_block(flat[start : start + _BLOCK])
    return out.reshape(array.shape)


def _exp_block(values: FloatArray) -> FloatArray:
    x = np.clip(values, -708.0, 709.0)
    k = np.rint(x * (1.0 / 0.6931471805599453))
    high = x - k * _LN2_HIGH
    low = k * _LN2_LOW
    r = high - low
    t = r * r
    c = r - t * _horner(t, _EXP)
    r *= c
    c -= 2.0
    r /= c  # minus what fdlibm divides by 2 - c
    low += r
    low -= high
    y = np.subtract(1.0, low, out=low)
    bits = y.view(np.int64)
    bits += k.astype(np.int64) << 52
    return y


def log1p(values: ArrayLike) -> FloatArray:
    """Natural logarithm of 1 + x for x > -1, accurate for small x, the same on every processor.

    Examples
    --------
    >>> log1p([0.0, 1e-20]).tolist()
    [0.0, 1e-20]
    """
    x = np.asarray(values, dtype=np.float64)
    u = 1.0 + x
    return np.where(u == 1.0, x, log(u) + (x - (u - 1.0)) / u)


def log1mexp(values: ArrayLike) -> FloatArray:
    """Natural logarithm of 1 - exp(x) for x <= 0, accurate for x near 0 and for x far below.

    Examples
    --------
    >>> log1mexp([-1e-10, -50.0]).round(6).tolist()
    [-23.025851, -0.0]
    """
    x = np.asarray(values, dtype=np.float64)
    near_zero = np.maximum(x, -0.25)
    t = near_zero * near_zero
    c = near_zero - t * (_EXP[0] + t * (_EXP[1] + t * (_EXP[2] + t * (_EXP[3] + t * _EXP[4]))))
    one_minus_exp = -(near_zero + near_zero * c / (2.0 - c))
    return np.where(x > -0.25, log(one_minus_exp), log1p(-exp(np.minimum(x, -0.25))))


def power(values: FloatArray, exponent: int) -> FloatArray:
    """Return a whole power of 0 or more by multiplication: NumPy's own depends on the processor.

    Examples
    --------
    >>> power(np.array([2.0, 3.0]), 3).tolist()
    [8.0, 27.0]
    """
    result = values if exponent else np.ones_like(values)
    for _ in range(exponent - 1):
        result = result * values
    return result


def log_of(value: float | Fraction) -> float:
    """Return the portable logarithm of one positive number."""
    return float(log(float(value)))


def exp_of(value: float) -> float:
    """Return the portable exponential of one number; infinity where a double overflows."""
    return float(exp(value)) if value <= 709.0 else float("inf")


def row_sums(cells: FloatArray) -> FloatArray:
    """Sum each row in a fixed order, whatever the memory layout; shape (n, k) to (n,).

    ``np.sum`` over an axis adds in an order that depends on strides and on the processor. Here
    the columns are folded in halves.
    """
    width = cells.shape[1]
    if width == 1:
        return cells[:, 0].copy()
    half = (width + 1) // 2
    folded = cells[:, :half].copy(order="K")
    folded[:, : width - half] += cells[:, half:]
    while half > 1:
        width, half = half, (half + 1) // 2
        folded[:, : width - half] += folded[:, half:width]
    return folded[:, 0].copy()


def fixed_sum(values: FloatArray) -> float:
    """Return the sum of some numbers in a fixed order, with the rounding of one sum of doubles.

    Examples
    --------
    >>> fixed_sum(np.array([1.0, 2.0, 3.5]))
    6.5
    """
    return float(row_sums(values[None, :])[0]) if len(values) else 0.0


# --- exact sums -----------------------------------------------------------------------------------

_COLUMN_ROWS = 4000
"""Rows whose sums stay below 2**63."""
_COLUMN_CELLS = 2**16
"""Cells worked on at a time: few enough for the processor's cache."""
_CELLS_A_VALUE = 2
"""Up to so many cells of group and power a value they are counted without sorting values."""
LIMB_BITS = 40
FLOAT_UNIT = -4400
"""Every double is a whole multiple of 2**-1126; cubes of weights reach further down."""


def power_unit(power: int) -> int:
    """Return log2 of the unit in which a value of at most 2048**power is counted."""
    return -(72 - 8 * power)


def grouped_sums(values: FloatArray, groups: IntArray, n_groups: int, power: int = 1) -> list[int]:
    """Sum values within groups, exactly, in units of ``2**power_unit(power)``.

    Each value is rounded once to the unit (2**-64, 2**-56, 2**-48 for power 1, 2, 3); from then
    on there are only integers.

    Parameters
    ----------
    values : float64 ndarray of shape (n,), in [-2048**power, 2048**power]
        What to add.
    groups : int64 ndarray of shape (n,), in [0, n_groups)
        Where each value belongs.
    n_groups : int
        Number of groups.
    power : int
        1 for losses and probabilities, 2 for their squares, 3 for their cubes.

    Returns
    -------
    list of int, of length n_groups
    """
    scale = 2.0 ** (32 - 8 * power)
    high_sums = np.zeros(n_groups, dtype=np.int64)
    low_sums = np.zeros(n_groups, dtype=np.int64)
    for start in range(0, len(values), _BLOCK):
        low = values[start : start + _BLOCK] * scale
        high = np.rint(low)
        low -= high
        low *= 2.0**LIMB_BITS
        np.rint(low, out=low)
        # These doubles are integers: below 2**53 their sum is exact, in any order.
        if n_groups == 1:
            high_sums += int(high.sum())
            low_sums += int(low.sum())
            continue
        where = groups[start : start + _BLOCK]
        high_sums += np.bincount(where, high, n_groups).astype(np.int64)
        low_sums += np.bincount(where, low, n_groups).astype(np.int64)
    return [
        (high << LIMB_BITS) + low
        for high, low in zip(high_sums.tolist(), low_sums.tolist(), strict=True)
    ]


def column_sums(cells: FloatArray, digits: int = 40) -> list[int]:
    """Sum each column, in units of ``2**power_unit(1)``, each cell rounded once to fewer digits.

    Parameters
    ----------
    cells : float64 ndarray of shape (n_rows, n_columns), in [0, 2**(51 - digits)]
        What to add.
    digits : int
        Binary digits after the point that are kept.
    """
    # So large a number beside a cell leaves the cell, rounded, as a whole number in the last bits.
    beside = 1.5 * 2.0 ** (52 - digits)
    beside_bits = np.float64(beside).view(np.int64)
    n_columns = cells.shape[1]
    n_rows = max(1, min(_COLUMN_ROWS, _COLUMN_CELLS // n_columns))
    sums = [0] * n_columns
    for start in range(0, len(cells), n_rows):
        whole = (cells[start : start + n_rows] + beside).view(np.int64)
        whole -= beside_bits
        sums = [total + more for total, more in zip(sums, whole.sum(axis=0).tolist(), strict=True)]
    return [total << (-power_unit(1) - digits) for total in sums]


def grouped_float_sums(
    values: FloatArray,
    groups: IntArray,
    n_groups: int,
    exponents: IntArray | None = None,
) -> list[int]:
    """Sum any doubles within groups, without rounding at all, in ``2**FLOAT_UNIT``.

    Slower than `grouped_sums`, for values of unknown size such as weights. Mantissas are added
    for each binary exponent apart, as integers, and shifted together at the end.

    Parameters
    ----------
    values : float64 ndarray of shape (n,)
        What to add.
    groups : int64 ndarray of shape (n,), in [0, n_groups)
        Where each value belongs.
    n_groups : int
        Number of groups.
    exponents : int64 ndarray of shape (n,), optional
        Powers of two that the values stand with, for what no double can hold.

    Returns
    -------
    list of int, of length n_groups
    """
    mantissa, exponent = np.frexp(values)
    powers = exponent if exponents is None else exponent + exponents
    # A zero counts nothing, whatever power it stands with.
    powers = np.where(mantissa == 0.0, 0, powers).astype(np.int64)
    whole = (mantissa * 2.0**53).astype(np.int64)
    lowest = int(powers.min(initial=0))
    n_powers = int(powers.max(initial=0)) - lowest + 1
    keys = groups * n_powers + (powers - lowest)
    used, cells = np.arange(n_groups * n_powers), keys
    if len(used) > _CELLS_A_VALUE * len(values):  # sorting costs more than cells that stay empty
        used, cells = np.unique(keys, return_inverse=True)
    totals = [0] * n_groups
    high_sums = np.bincount(cells, (whole >> 26).astype(np.float64), len(used))
    low_sums = np.bincount(cells, (whole & (2**26 - 1)).astype(np.float64), len(used))
    for cell in np.flatnonzero((high_sums != 0.0) | (low_sums != 0.0)).tolist():
        group, offset = divmod(int(used[cell]), n_powers)
        total = (int(high_sums[cell]) << 26) + int(low_sums[cell])
        totals[group] += total << (offset + lowest - 53 - FLOAT_UNIT)
    return totals


def as_fraction(total: int, unit: int) -> Fraction:
    """Return the exact number that `total` units of ``2**unit`` stand for."""
    return Fraction(total << unit) if unit >= 0 else Fraction(total, 1 << -unit)
