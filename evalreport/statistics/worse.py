"""Which slices are worse than the rest of the rows, with a correction for looking at many.

References
----------
Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x, for the correction; Hall
(1992) for the test of a mean of skewed scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evalreport.results import SliceResult
from evalreport.statistics.moments import PowerSums
from evalreport.two_means import two_means

LEAST_ROWS = 30
FALSE_DISCOVERY_RATE = 0.01
"""So that of a hundred reports on healthy slices, however many, one at most calls a slice worse."""
LEAST_EFFECT = 0.1
"""A slice is only called worse if its loss is at least this share above that of the rest."""


def worse_p_value(part: PowerSums, whole: PowerSums) -> float | None:
    """Return how likely the rows of a part would lose this much more than the rest by chance.

    Parameters
    ----------
    part, whole : PowerSums
        Of the loss, over the rows of the part and over all rows.

    Returns
    -------
    float or None
        One-sided; None if part or rest has fewer than 30 rows or no spread.
    """
    rest = whole - part
    if min(part.n, rest.n) < LEAST_ROWS:
        return None
    between = two_means(part.moments(), rest.moments())
    return None if between is None else _upper_tail(between.unskewed, between.degrees)


def _upper_tail(t: float, degrees: float) -> float:
    from scipy.special import stdtr  # slow to import

    return float(stdtr(degrees, -t))


def flag_worse(slices: Sequence[SliceResult]) -> tuple[SliceResult, ...]:
    """Return the slices with `worse_than_rest` set, at a false discovery rate of 1 %.

    True needs a loss at least a tenth above that of the rest, too: with many rows a difference
    that matters to nobody is still no chance.
    """
    tested = [each for each in slices if each.p_value is not None]
    cut = largest_accepted([each.p_value for each in tested if each.p_value is not None])
    return tuple(
        each
        if each.p_value is None
        else replace(each, worse_than_rest=each.p_value <= cut and _matters(each))
        for each in slices
    )


def largest_accepted(p_values: list[float]) -> float:
    """Return the largest p value that Benjamini and Hochberg's step-up accepts, or -1."""
    n = len(p_values)
    accepted = [
        p
        for rank, p in enumerate(sorted(p_values), start=1)
        if p <= FALSE_DISCOVERY_RATE * rank / n
    ]
    return max(accepted, default=-1.0)


def _matters(result: SliceResult) -> bool:
    if result.judged_loss is None or result.rest_log_loss is None:
        return False
    return result.judged_loss >= (1.0 + LEAST_EFFECT) * result.rest_log_loss
