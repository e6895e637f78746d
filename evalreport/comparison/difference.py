"""How far a change can be trusted: with pairs, with buckets of pairs, or with neither.

References
----------
Welch (1947), "The generalization of 'Student's' problem". doi:10.1093/biomet/34.1-2.28
Satterthwaite (1946), "An approximate distribution of estimates of variance components".
doi:10.2307/3002019
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from evalreport.intervals import (
    CONFIDENCE,
    LEAST_ROWS,
    Moments,
    hall_interval,
    hall_p_value,
    student_quantile,
    two_sided,
)
from evalreport.results import EvaluationResult, Interval
from evalreport.statistics.buckets import N_BUCKETS
from evalreport.statistics.clusters import RatioError
from evalreport.statistics.paired import PairedDifference
from evalreport.two_means import two_means

Outcome = Literal["worse", "better", "no clear change"]

DETECTABLE = 2.486475
"""Standard errors of a change that a one-sided test at 5 % finds four times in five."""
_TWO_TAILS = 2 * CONFIDENCE - 1
"""The two-sided confidence whose ends are one-sided limits at 95 %."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A change of a mean loss, in nats, with what chance leaves open; None: not known."""

    change: float | None
    standard_error: float | None = None
    interval: Interval | None = None
    one_sided: Interval | None = None
    p_value: float | None = None
    is_constant: bool = False
    bounds: tuple[float | None, float | None] | None = None
    """Where the change lies, if it is known no better than that."""

    @property
    def outcome(self) -> Outcome:
        """Whether the interval leaves out 0, and on which side."""
        if self.interval is not None and self.interval[0] > 0.0:
            return "worse"
        if self.interval is not None and self.interval[1] < 0.0:
            return "better"
        return "no clear change"


def of_pairs(moments: Moments | None) -> Difference:
    """Return the change that the changes of the rows amount to."""
    if moments is None:
        return Difference(None)
    is_constant = moments.n >= LEAST_ROWS and moments.standard_deviation == 0.0
    return Difference(
        moments.mean,
        moments.standard_error,
        hall_interval(moments, -math.inf),
        hall_interval(moments, -math.inf, _TWO_TAILS),
        hall_p_value(moments),
        is_constant,
    )


def between(least: Difference, most: Difference) -> Difference:
    """Return what is known of a change that lies between two, each with its own chance."""
    p_value = 1.0
    if least.change is not None and least.change > 0.0:
        p_value = 1.0 if least.p_value is None else least.p_value
    elif most.change is not None and most.change < 0.0:
        p_value = 1.0 if most.p_value is None else most.p_value
    return Difference(
        None,
        interval=_ends(_or_itself(least, least.interval), _or_itself(most, most.interval)),
        one_sided=_ends(_or_itself(least, least.one_sided), _or_itself(most, most.one_sided)),
        p_value=p_value,
        bounds=(least.change, most.change),
    )


def _or_itself(end: Difference, interval: Interval | None) -> Interval | None:
    """Return the interval of a change; if every row changed by the same there is only that."""
    if interval is None and end.is_constant and end.change is not None:
        return end.change, end.change
    return interval


def _ends(low: Interval | None, high: Interval | None) -> Interval | None:
    return None if low is None or high is None else (low[0], high[1])


def of_clusters(error: RatioError | None) -> Difference:
    """Return the change of rows that belong together, by the sums of their clusters."""
    if error is None:
        return Difference(None)
    if error.n_clusters < LEAST_ROWS or error.effective <= 1.0:
        return Difference(error.ratio)
    return _by_t(error.ratio, error.jackknife, error.effective - 1.0)


def of_two_errors(previous: EvaluationResult, current: EvaluationResult) -> Difference:
    """Return the difference of two means, of which one or both allow for clusters."""
    losses = previous.overall.judged_loss, current.overall.judged_loss
    errors = previous.overall.standard_error, current.overall.standard_error
    if losses[0] is None or losses[1] is None:
        return Difference(None)
    change = losses[1] - losses[0]
    if not errors[0] or not errors[1]:
        return Difference(change)
    variances = errors[0] ** 2, errors[1] ** 2
    degrees = _degrees(previous), _degrees(current)
    if min(degrees) < LEAST_ROWS - 1:
        return Difference(change)
    parts = [variance**2 / each for variance, each in zip(variances, degrees, strict=True)]
    return _by_t(change, math.sqrt(sum(variances)), sum(variances) ** 2 / sum(parts))


def _degrees(result: EvaluationResult) -> float:
    documents = None if result.tokens is None else result.tokens.effective_documents
    if documents is not None:
        return documents - 1.0
    if result.clusters is None:
        # Rows of unequal weight are worth fewer (Kish).
        return (result.overall.effective_n or result.overall.n) - 1.0
    effective = result.clusters.effective
    return (N_BUCKETS if effective is None else effective) - 1.0


def of_buckets(paired: PairedDifference) -> Difference:
    """Return the change that the sums of hash buckets tell."""
    return _by_t(paired.difference, paired.standard_error, paired.degrees)


def of_two_samples(previous: Moments | None, current: Moments | None) -> Difference:
    """Return the difference of the means of two sets of rows, by Welch."""
    if previous is None or current is None:
        return Difference(None)
    change = current.mean - previous.mean
    if min(previous.n, current.n) < LEAST_ROWS:
        return Difference(change)
    between = two_means(current, previous)
    if between is None:
        return Difference(change)
    return _by_t(change, between.standard_error, between.degrees)


def _by_t(change: float, error: float, degrees: float) -> Difference:
    if error == 0.0:
        return Difference(change, 0.0, is_constant=True)
    both, one = (error * student_quantile(degrees, level) for level in (0.975, 0.95))
    return Difference(
        change,
        error,
        (change - both, change + both),
        (change - one, change + one),
        two_sided(change / error, degrees),
    )
