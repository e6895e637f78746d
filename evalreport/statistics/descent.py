"""The least value of a smooth convex function, to the same last bit on every machine.

SciPy has the same method; it adds up by a library that orders sums as suits the processor, and the
evaluation file has to be the same bytes everywhere. Here every sum is exact.

References
----------
Liu & Nocedal (1989), "On the limited memory BFGS method for large scale optimization".
doi:10.1007/BF01589116
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from evalreport.batch import FloatArray

Objective = Callable[[FloatArray], tuple[float, FloatArray]]
"""Takes a point, returns the value there and the gradient."""

_MEMORY = 20
_FLAT = 1e-7
_MOST_STEPS = 200
_LEAST_STEP = 2.0**-30
_ENOUGH = 1e-4
"""Share of the promised decrease that a step has to bring (Armijo's rule)."""

_Pairs = Sequence[tuple[FloatArray, FloatArray]]


def minimize(objective: Objective, start: FloatArray, least_first: float) -> FloatArray:
    """Return where a convex function is least, by L-BFGS.

    Parameters
    ----------
    objective : callable
        Returns value and gradient at a point.
    start : float64 ndarray of shape (n,)
        Where to begin.
    least_first : float
        Least value of the first coordinate.

    Examples
    --------
    >>> minimize(lambda x: (dot(x - 3, x - 3), 2 * (x - 3)), np.zeros(2), 0.0).round(6).tolist()
    [3.0, 3.0]
    """
    here = start
    value, slope = objective(here)
    pairs: list[tuple[FloatArray, FloatArray]] = []
    for _ in range(_MOST_STEPS):
        slope = _allowed(here, slope, least_first)
        if np.abs(slope).max() <= _FLAT:
            break
        direction = -_smoothed(slope, pairs)
        if dot(direction, slope) >= 0.0:
            pairs, direction = [], -slope
        found = _step(objective, here, value, slope, direction, least_first)
        if found is None:
            break
        there, value, new_slope = found
        moved, turned = there - here, _allowed(there, new_slope, least_first) - slope
        if dot(moved, turned) > 0.0:
            pairs = [*pairs, (moved, turned)][-_MEMORY:]
        here, slope = there, new_slope
    return here


def dot(one: FloatArray, other: FloatArray) -> float:
    """Return the sum of products, rounded once."""
    return math.fsum(one * other)


def _allowed(here: FloatArray, slope: FloatArray, least_first: float) -> FloatArray:
    """Return the gradient without the way out of bounds."""
    if here[0] > least_first or slope[0] <= 0.0:
        return slope
    return np.concatenate(([0.0], slope[1:]))


def _smoothed(slope: FloatArray, pairs: _Pairs) -> FloatArray:
    """Return the gradient divided by the curvature that the last steps have shown."""
    result, factors = slope, []
    for moved, turned in reversed(pairs):
        factor = dot(moved, result) / dot(moved, turned)
        factors.append(factor)
        result = result - factor * turned
    if pairs:
        moved, turned = pairs[-1]
        result = result * (dot(moved, turned) / dot(turned, turned))
    for (moved, turned), factor in zip(pairs, reversed(factors), strict=True):
        result = result + (factor - dot(turned, result) / dot(moved, turned)) * moved
    return result


def _step(
    objective: Objective,
    here: FloatArray,
    value: float,
    slope: FloatArray,
    direction: FloatArray,
    least_first: float,
) -> tuple[FloatArray, float, FloatArray] | None:
    """Return the first point along a direction that is low enough; None if none is."""
    length = 1.0
    while length >= _LEAST_STEP:
        there = here + length * direction
        there[0] = max(there[0], least_first)
        lower, new_slope = objective(there)
        if lower <= value + _ENOUGH * dot(there - here, slope) and (there != here).any():
            return there, lower, new_slope
        length /= 2.0
    return None
