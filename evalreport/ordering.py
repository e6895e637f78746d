"""In which order classes and slices are shown."""

from __future__ import annotations

import math

from evalreport.results import ClassResult, SliceResult

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
