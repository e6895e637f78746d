"""Minus the logarithm of very many probabilities: half the price of `exact.log`, and as portable.

Every statistic of forecasts needs the logarithm of every cell, rows times classes, and its last bit
matters to none of them. A table holds the logarithms of 512 values for each factor of two, and a
short series leads from the nearest one to the argument. Only + - * / and bit operations are used,
on tables made with `exact.log`, so that the same cell gives the same bits everywhere.

References
----------
Tang (1990), "Table-driven implementation of the logarithm function in IEEE floating-point
arithmetic". doi:10.1145/98267.98294
"""

from __future__ import annotations

from functools import cache

import numpy as np

from evalreport import exact
from evalreport.batch import FloatArray

_BLOCK = 16384
"""Values worked on at a time: few enough for the processor's cache."""
_OCTAVES = 64
_LEAST = 2.0**-_OCTAVES
"""Below this `exact.log` takes over: forecasts are seldom so small."""
_SHIFT = 52 - 9
_FIRST = (1023 - _OCTAVES) << 52
"""Bits of the smallest number of the table."""
_HALF_STEP = 1 << (_SHIFT - 1)
_WHOLE_STEPS = -1 << _SHIFT


def minus_log(values: FloatArray, floor: float | None = None) -> FloatArray:
    """Return minus the natural logarithm, within 4e-16 or two units in the last place.

    Parameters
    ----------
    values : float64 ndarray, in [0, 1]
        Of any shape.
    floor : float, optional
        Smaller values count as this one. Without a floor 0 stands for the logarithm of zero.

    Returns
    -------
    float64 ndarray
        Of the same shape, in the same order of memory; 0 or more.

    Examples
    --------
    >>> minus_log(np.array([1.0, 0.5, 0.0])).tolist()
    [0.0, 0.6931471805599453, 0.0]
    """
    return _by_blocks(values, floor, of_rest=False)


def minus_log_of_rest(values: FloatArray, floor: float | None = None) -> FloatArray:
    """Return what `minus_log` does of one minus each value.

    Examples
    --------
    >>> minus_log_of_rest(np.array([1.0, 0.5, 0.0]), 0.25).round(4).tolist()
    [1.3863, 0.6931, 0.0]
    """
    return _by_blocks(values, floor, of_rest=True)


def _by_blocks(values: FloatArray, floor: float | None, of_rest: bool) -> FloatArray:
    if values.ndim == 2 and values.strides[0] < values.strides[1]:
        return _by_blocks(values.T, floor, of_rest).T  # in the order of memory
    flat = np.ascontiguousarray(values).reshape(-1)
    out = np.empty_like(flat)
    scratch = np.empty((3, min(_BLOCK, len(flat))))
    for start in range(0, len(flat), _BLOCK):
        x, losses = flat[start : start + _BLOCK], out[start : start + _BLOCK]
        if of_rest:
            x = 1.0 - x
        _write_losses(x, floor, losses, scratch[:, : len(x)])
    return out.reshape(values.shape)


def _write_losses(
    x: FloatArray, floor: float | None, losses: FloatArray, scratch: FloatArray
) -> None:
    least = float(x.min())
    if floor is None and least == 0.0:
        x = np.where(x == 0.0, 1.0, x)
        least = float(x.min())
    if floor is not None and least < floor:
        x, least = np.maximum(x, floor), floor
    if least >= _LEAST:
        _of_block(x, losses, scratch)
        return
    _of_block(np.maximum(x, _LEAST), losses, scratch)
    small = x < _LEAST
    losses[small] = -exact.log(x[small])


def _of_block(x: FloatArray, out: FloatArray, scratch: FloatArray) -> None:
    """Write the losses to `out`; every step in place, because fresh arrays cost more.

    With c, the value of the table next to x, and s = (c - x) / (c + x) the logarithm of c / x is
    2 s + 2/3 s**3 + ..., and s is below 2**-11.
    """
    near, s = scratch[0], scratch[1]
    bits, steps = near.view(np.int64), scratch[2].view(np.int64)
    np.add(x.view(np.int64), _HALF_STEP, out=bits)
    np.subtract(bits, _FIRST, out=steps)
    np.right_shift(steps, _SHIFT, out=steps)
    np.bitwise_and(bits, _WHOLE_STEPS, out=bits)
    np.subtract(near, x, out=s)
    near += x
    s /= near
    np.multiply(s, s, out=out)
    out *= 2 / 3
    out += 2.0
    out *= s
    np.take(_table(), steps, out=s, mode="clip")
    out += s


@cache
def _table() -> FloatArray:
    """Return minus the logarithm of each value of the table; the last value is 1."""
    bits = (np.arange((_OCTAVES << 9) + 1) << _SHIFT) + _FIRST
    return -exact.log(bits.view(np.float64)) + 0.0
