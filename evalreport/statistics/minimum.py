"""Where a smooth function is least, by SciPy, and as numbers that do not depend on the processor.

An optimiser adds up by libraries whose last bits are those of the processor, and so may the
function. What it finds is therefore taken on to the least value as closely as doubles can tell,
many thousand times closer than a step of a fixed grid, and can then be rounded to that grid.

References
----------
Conn, Gould & Toint (2000), "Trust-region methods", chapter 7, for the method.
Boyd & Vandenberghe (2004), "Convex optimization", section 9.5, for how far a Newton step leads.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evalreport.batch import FloatArray

STEP = 2.0**-24
"""Of the grid: a log loss changes with the square of what is off."""
_NEAR = 1e-13
"""With so little left to gain, beside the value and 1, one more step needs no look at its end."""
_MOST_STEPS = 200
_LONGEST_STEP = 16.0


class Point(NamedTuple):
    """A function at a point: its value, its gradient and its matrix of second derivatives."""

    value: float
    slope: FloatArray
    curvature: FloatArray


Objective = Callable[[FloatArray], Point]


def minimum(objective: Objective, start: FloatArray) -> FloatArray:
    """Return where a function is least.

    Parameters
    ----------
    objective : callable
        Returns value, gradient and second derivatives at a point. The function has one minimum,
        about which it is convex.
    start : float64 ndarray of shape (n,)
        Where to begin.

    Examples
    --------
    >>> bowl = lambda x: Point(sum((x - 3) ** 2), 2 * (x - 3), 2 * np.eye(2))
    >>> minimum(bowl, np.zeros(2)).tolist()
    [3.0, 3.0]
    """
    from scipy.optimize import minimize  # slow to import

    @lru_cache(maxsize=2)
    def at(where: bytes) -> Point:
        return objective(np.frombuffer(where))

    def stop_if_near(where: FloatArray) -> None:
        if _is_near(at(where.tobytes())):
            raise StopIteration

    here = start
    if not _is_near(at(start.tobytes())):
        here = minimize(
            lambda x: at(x.tobytes()).value,
            start,
            jac=lambda x: at(x.tobytes()).slope,
            hess=lambda x: at(x.tobytes()).curvature,
            method="trust-exact",
            callback=stop_if_near,
            options={
                "gtol": 0.0,  # a gradient is small or not by its unit: only being near counts
                "maxiter": _MOST_STEPS,
                "max_trust_radius": _LONGEST_STEP,
            },
        ).x
    step = _newton_step(at(here.tobytes()))
    return here if step is None else here + step


def rounded(parameters: ArrayLike) -> FloatArray:
    """Return the nearest points of the grid.

    Examples
    --------
    >>> (rounded(np.array([0.1, -0.1])) / STEP).tolist()
    [1677722.0, -1677722.0]
    """
    return np.asarray(np.rint(np.asarray(parameters) / STEP) * STEP)


def _newton_step(point: Point) -> FloatArray | None:
    """Return the step to the least value of a parabola like the function; None if it has none."""
    from scipy.linalg import LinAlgError, cho_factor, cho_solve  # slow to import

    try:
        return np.asarray(-cho_solve(cho_factor(point.curvature), point.slope))
    except LinAlgError:
        return None


def _is_near(point: Point) -> bool:
    """Tell whether next to nothing is left to gain."""
    step = _newton_step(point)
    return step is not None and float(-step @ point.slope) <= _NEAR * (1.0 + abs(point.value))
