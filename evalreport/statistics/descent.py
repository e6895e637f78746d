"""The least value of a smooth convex function, to the same last bit on every machine.

SciPy has the same method; it adds up by a library that orders sums as suits the processor, and the
evaluation file has to be the same bytes everywhere. Here every sum has a fixed order.

References
----------
Boyd & Vandenberghe (2004), "Convex optimization", section 9.5 on Newton's method with line search.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from evalreport.batch import FloatArray


class Point(NamedTuple):
    """A function at a point: its value, its gradient and its matrix of second derivatives."""

    value: float
    slope: FloatArray
    curvature: FloatArray


Objective = Callable[[FloatArray], Point]

_FLAT = 1e-7
_CERTAINLY_FLAT = 1e-8
_MOST_STEPS = 200
_LEAST_STEP = 2.0**-30
_LEAST_CURVATURE = 1e-12
_ENOUGH = 1e-4
"""Share of the promised decrease that a step has to bring (Armijo's rule)."""


def minimize(objective: Objective, start: FloatArray, least_first: float) -> FloatArray:
    """Return where a convex function is least, by Newton's method.

    Parameters
    ----------
    objective : callable
        Returns value, gradient and second derivatives at a point. The second derivatives decide
        only how many steps it takes, not where they end.
    start : float64 ndarray of shape (n,)
        Where to begin.
    least_first : float
        Least value of the first coordinate.

    Examples
    --------
    >>> bowl = lambda x: Point(dot(x - 3, x - 3), 2 * (x - 3), 2 * np.eye(2))
    >>> minimize(bowl, np.zeros(2), 0.0).round(6).tolist()
    [3.0, 3.0]
    """
    here, point, before = start, objective(start), _FLAT
    for _ in range(_MOST_STEPS):
        at_bound = bool(here[0] <= least_first and point.slope[0] > 0.0)
        slope, curvature = point.slope.copy(), point.curvature
        if at_bound:
            slope[0], curvature = 0.0, _without_first(curvature)
        steepest = float(np.abs(slope).max())
        if steepest <= _FLAT:
            break
        direction = -solved(curvature, slope)
        # Near the end a step squares what is off: the last one needs no look at where it leads.
        if not at_bound and steepest * (steepest / before) ** 2 <= _CERTAINLY_FLAT:
            return _bounded(here + direction, least_first)
        before = steepest
        if not dot(direction, slope) < 0.0:
            direction = -slope
        found = _step(objective, here, Point(point.value, slope, curvature), direction, least_first)
        if found is None:
            break
        here, point = found
    return here


def dot(one: FloatArray, other: FloatArray) -> float:
    """Return the sum of products, rounded once."""
    return math.fsum(one * other)


def solved(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Return the solution of linear equations, of a symmetric matrix with no negative curvature.

    Examples
    --------
    >>> solved(np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([5.0, 4.0])).tolist()
    [2.0, 1.0]
    """
    table, n = np.column_stack([matrix, right]), len(right)
    for i in range(n):
        table[i] /= max(table[i, i], _LEAST_CURVATURE)
        table[i + 1 :] -= table[i + 1 :, i : i + 1] * table[i]
    for i in range(n - 1, 0, -1):
        table[:i, n] -= table[:i, i] * table[i, n]
    return table[:, n]


def _without_first(curvature: FloatArray) -> FloatArray:
    """Return second derivatives by which the first coordinate stays where it is."""
    fixed = curvature.copy()
    fixed[0], fixed[:, 0] = 0.0, 0.0
    fixed[0, 0] = 1.0
    return fixed


def _bounded(there: FloatArray, least_first: float) -> FloatArray:
    there[0] = max(there[0], least_first)
    return there


def _step(
    objective: Objective,
    here: FloatArray,
    point: Point,
    direction: FloatArray,
    least_first: float,
) -> tuple[FloatArray, Point] | None:
    """Return the first place along a direction that is low enough; None if none is."""
    length = 1.0
    while length >= _LEAST_STEP:
        there = _bounded(here + length * direction, least_first)
        found = objective(there)
        promised = _ENOUGH * dot(there - here, point.slope)
        if found.value <= point.value + promised and (there != here).any():
            return there, found
        length /= 2.0
    return None
