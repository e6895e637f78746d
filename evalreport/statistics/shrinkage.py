r"""Losses of slices pulled towards each other, as far as chance may have pushed them apart.

The worst of many slices looks worse than it is, because chance had many goes at it. With
:math:`m` the losses of the slices of a column and :math:`s` their standard errors, a loss becomes

.. math:: \bar m + \frac{\tau^2}{\tau^2 + s^2} (m - \bar m), \quad
          \tau^2 = \max(0, \operatorname{var}(m) - \overline{s^2}).

References
----------
Efron & Morris (1975), "Data analysis using Stein's estimator and its generalizations".
doi:10.1080/01621459.1975.10479864
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from evalreport.results import SliceResult
from evalreport.statistics.worse import LEAST_ROWS

_FEWEST = 3
"""With fewer slices nothing can be said of how they differ."""


def with_shrunken(slices: Sequence[SliceResult]) -> tuple[SliceResult, ...]:
    """Return the slices with `shrunken` set where they have 30 rows, column by column.

    Slices of fewer rows have no standard error that could be trusted; they are left as they are.
    """
    found = {}
    for column in dict.fromkeys(each.column for each in slices):
        large = [each for each in slices if each.column == column and _is_large(each)]
        losses = [each.judged_loss or 0.0 for each in large]
        errors = [each.standard_error or 0.0 for each in large]
        for each, loss in zip(large, shrunken(losses, errors), strict=True):
            found[column, each.value] = loss
    return tuple(replace(each, shrunken=found.get((each.column, each.value))) for each in slices)


def _is_large(each: SliceResult) -> bool:
    return each.n >= LEAST_ROWS and each.judged_loss is not None and bool(each.standard_error)


def shrunken(losses: Sequence[float], errors: Sequence[float]) -> list[float | None]:
    """Return the losses pulled towards their mean; None for fewer than three.

    Parameters
    ----------
    losses, errors : sequence of float
        Mean loss of each slice, and its standard error.

    Examples
    --------
    >>> shrunken([0.2, 0.3, 0.4], [0.1, 0.1, 0.1])  # no more apart than chance explains
    [0.3, 0.3, 0.3]
    >>> [round(each, 3) for each in shrunken([0.1, 0.3, 0.8], [0.05, 0.05, 0.05])]
    [0.106, 0.302, 0.792]
    """
    n = len(losses)
    if n < _FEWEST:
        return [None] * n
    mean = math.fsum(losses) / n
    spread = math.fsum((each - mean) ** 2 for each in losses) / (n - 1)
    by_chance = math.fsum(each * each for each in errors) / n
    real = max(0.0, spread - by_chance)
    return [
        mean + real / (real + error * error) * (loss - mean)
        for loss, error in zip(losses, errors, strict=True)
    ]
