"""In which order classes and slices are shown, and which bins hold the worst rows."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalreport.results import ClassResult, EvaluationResult, ProbabilityBin, SliceResult

FEW_ROWS_IN_A_GROUP = 30
"""Fewer rows than this, and the numbers of a class or slice are a hint."""


def worst_first(each: ClassResult | SliceResult) -> tuple[bool, bool, float, int]:
    """Return what groups are sorted by: the highest loss first, few rows late, none last.

    The mean of a handful of rows may be anything, and among a thousand classes those of a row or
    two would come before all others. Only an infinite loss comes first however few rows there are.
    """
    loss = math.inf if each.judged_loss is None else each.judged_loss
    is_hint = each.n < FEW_ROWS_IN_A_GROUP and loss < math.inf
    return (not each.frequency, is_hint, -loss, -each.n)


def worst_in_bins(result: EvaluationResult, bins: Sequence[ProbabilityBin]) -> list[int]:
    """Return how many of the worst rows that are listed lie in each bin of the probability given.

    With soft labels bins are of something else, and none is.
    """
    given = () if result.task == "soft" else result.worst_rows
    return [sum(_is_in(each, row.probability) for row in given) for each in bins]


def _is_in(each: ProbabilityBin, probability: float) -> bool:
    return probability == 0.0 if each.high == 0.0 else each.low < probability <= each.high
