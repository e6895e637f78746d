"""Minus the logarithm of very many probabilities: half the price of `exact.log`, and as portable.

Every statistic of forecasts needs the logarithm of every cell, rows times classes, and its last bit
matters to none of them. A table holds the logarithms of 512 values for each factor of two, and a
short polynomial leads from the nearest one to the argument. Only + - * and bit operations are used,
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
from evalreport.batch import FloatArray, IntArray

_BLOCK = 32768
"""Values worked on at a time: few enough for the processor's cache."""
_OCTAVES = 64
_LEAST = 2.0**-_OCTAVES
"""Below this `exact.log` takes over: forecasts are seldom so small."""
_SHIFT = 52 - 9
_FIRST = ((1023 - _OCTAVES) << 52) - (1 << (_SHIFT - 1))
"""Bits of the smallest number of the table, less half a step: places are rounded, not cut off."""


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
    steps, scratch = np.empty(_BLOCK, dtype=np.int64), np.empty(_BLOCK)
    for start in range(0, len(flat), _BLOCK):
        x, losses = flat[start : start + _BLOCK], out[start : start + _BLOCK]
        if of_rest:
            x = 1.0 - x
        _write_losses(x, floor, losses, steps[: len(x)], scratch[: len(x)])
    return out.reshape(values.shape)


def _write_losses(
    x: FloatArray, floor: float | None, losses: FloatArray, steps: IntArray, scratch: FloatArray
) -> None:
    least = float(x.min())
    if floor is None and least == 0.0:
        x = np.where(x == 0.0, 1.0, x)
        least = float(x.min())
    if floor is not None and least < floor:
        x, least = np.maximum(x, floor), floor
    if least >= _LEAST:
        _of_block(x, losses, steps, scratch)
        return
    _of_block(np.maximum(x, _LEAST), losses, steps, scratch)
    small = x < _LEAST
    losses[small] = -exact.log(x[small])


def _of_block(x: FloatArray, out: FloatArray, steps: IntArray, left: FloatArray) -> None:
    """Write the losses to `out`; every step in place, because fresh arrays cost more."""
    inverses, losses = _tables()
    np.subtract(x.view(np.int64), _FIRST, out=steps)
    np.right_shift(steps, _SHIFT, out=steps)
    np.take(inverses, steps, out=left, mode="clip")
    np.multiply(left, x, out=left)
    np.subtract(1.0, left, out=left)
    np.multiply(left, 1 / 4, out=out)
    out += 1 / 3
    out *= left
    out += 1 / 2
    out *= left
    out *= left
    out += left
    np.take(losses, steps, out=left, mode="clip")
    out += left


@cache
def _tables() -> tuple[FloatArray, FloatArray]:
    """Return one over each value of the table, and minus its logarithm; the last value is 1."""
    bits = (np.arange((_OCTAVES << 9) + 1) << _SHIFT) + ((1023 - _OCTAVES) << 52)
    values = bits.view(np.float64)
    return 1.0 / values, -exact.log(values) + 0.0
