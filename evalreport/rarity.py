"""What the rarity of a class explains of its loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import NormalDist

from evalreport.bands import scale
from evalreport.ordering import FEW_ROWS_IN_A_GROUP
from evalreport.results import BaselineResult, ClassResult, OverallResult

RARE = 0.05
"""Frequency below which a class is rare."""
_LEAST_EXCESS = 1.2
"""Loss of a class over what its rarity explains before it is more than that."""
_MISSES = 0.025
"""How often the true loss is below an interval of 95 %."""


def is_beyond_rarity(
    each: ClassResult, n_classes: int, overall: float, baseline: float | None
) -> bool:
    """Return whether a class costs more than its rarity and the number of classes explain.

    A rare class costs more in every model: its loss is measured by that of always giving it its
    frequency, as the overall loss is by its baseline. And of a thousand healthy classes some have
    an interval above the overall loss by chance: the lower end is moved out for their number.

    Parameters
    ----------
    each : ClassResult
        The class; it needs an interval.
    n_classes : int
        How many classes have rows enough to be looked at.
    overall, baseline : float
        Log loss over all rows, and that of always predicting the class frequencies.
    """
    loss = each.judged_loss
    if loss is None or each.interval is None or not baseline or not 0.0 < each.frequency < 1.0:
        return True
    stretch = _quantile(n_classes) / _quantile(1)
    least = loss - stretch * (loss - each.interval[0])
    usual = min(overall / baseline, 1.0) * -math.log(each.frequency)
    return least > overall and loss >= _LEAST_EXCESS * usual


def n_large(classes: Sequence[ClassResult]) -> int:
    """Return how many classes have rows enough to be looked at."""
    return sum(each.n >= FEW_ROWS_IN_A_GROUP for each in classes)


def _quantile(n_intervals: int) -> float:
    """Return how many standard errors an interval spans if so many are to hold together."""
    return NormalDist().inv_cdf(1.0 - _MISSES / max(n_intervals, 1))


def with_fair_bands(
    classes: Sequence[ClassResult], overall: OverallResult, baseline: BaselineResult
) -> tuple[ClassResult, ...]:
    """Return the classes, without the bands that rarity explains.

    Always giving a class its frequency f costs its rows -ln f, which is 3 nats for a class in one
    row of twenty. So a class that is rarer than that is called terrible or broken only if it is
    beyond its rarity, or costs a fifth more than -ln f; else no band can tell.
    """
    loss, entropy = overall.judged_loss, baseline.class_frequencies
    if loss is None:
        return tuple(classes)
    large = n_large(classes)
    return tuple(
        replace(each, band=None) if _is_explained(each, large, loss, entropy) else each
        for each in classes
    )


def _worst_edge() -> float:
    """Return where the bands start that say that something is wrong; infinity if none does."""
    wrong = (each.low for each in scale().bands if each.tone == "bad")
    return min(wrong, default=math.inf)


def _is_explained(
    each: ClassResult, n_classes: int, overall: float, baseline: float | None
) -> bool:
    if each.band is None or not 0.0 < each.frequency < RARE:
        return False
    loss = each.judged_loss or 0.0
    if loss <= _worst_edge() or loss > _LEAST_EXCESS * -math.log(each.frequency):
        return False
    is_judged = each.n >= FEW_ROWS_IN_A_GROUP and each.interval is not None
    return not (is_judged and is_beyond_rarity(each, n_classes, overall, baseline))
