"""Limits on what lies between two values: judged where both lead to the same outcome."""

from __future__ import annotations

import math
from typing import NamedTuple

from evalreport.bands import scale
from evalreport.formats import score_text
from evalreport.top_k_results import LossBounds, TopKResult


class Decided(NamedTuple):
    """The value that decides, with a word on which end it is; or why none does."""

    value: float | None
    end: str
    why_not: str


def is_open(bounds: LossBounds | TopKResult | None) -> bool:
    """Tell whether a loss lies between two values that differ."""
    return bounds is not None and bounds.rows_outside > 0


def loss_for(bounds: LossBounds | TopKResult, limit: float | None) -> Decided:
    """Return the end of the bounds of a loss that decides on the greatest loss allowed.

    Examples
    --------
    >>> loss_for(LossBounds(1, 0.5, 2.0, None), 0.4)
    Decided(value=0.5, end=' of at least', why_not='')
    >>> loss_for(LossBounds(1, 0.5, 2.0, None), 1.0).why_not
    'the log loss lies between 0.500 and 2.000 nats'
    """
    low, high = bounds.log_loss_at_least, bounds.log_loss_at_most
    least = math.inf if low is None else low
    if limit is not None and high is not None and high <= limit:
        return Decided(high, " of at most", "")
    if limit is not None and least > limit:
        return Decided(least, " of at least", "")
    above = "or more" if high is None else f"and {score_text(high)}"
    between = "is" if high is None else "lies between"
    nats = (
        f"{score_text(least)} nats {above}" if high is None else f"{score_text(least)} {above} nats"
    )
    return Decided(None, "", f"the log loss {between} {nats}")


def skill_for(bounds: TopKResult, limit: float | None) -> Decided:
    """Return the end of the bounds of the skill that decides on the least skill allowed."""
    low, high = bounds.skill_at_least, bounds.skill_at_most
    if limit is not None and low is not None and low >= limit:
        return Decided(low, " of at least", "")
    if limit is not None and high is not None and high < limit:
        return Decided(high, " of at most", "")
    return Decided(None, "", "the skill lies between two values on either side of the limit")


def band_for(bounds: TopKResult, worst: str | None) -> tuple[str | None, str]:
    """Return the band that decides on the worst one allowed; or None, and why."""
    ranks = {each.name: rank for rank, each in enumerate(scale().bands)}
    low, high = bounds.band_at_least, bounds.band_at_most
    if worst is not None and high is not None and ranks[high] <= ranks[worst]:
        return high, ""
    if worst is not None and low is not None and ranks[low] > ranks[worst]:
        return low, ""
    return None, "the log loss lies between two bands on either side of the limit"
