"""Two evaluations of tokens, forecasts or most likely classes, compared as two sets of rows.

Their sums do not tell rows apart, so that chance weighs more than where rows are paired.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalreport.comparison import difference
from evalreport.comparison.difference import Difference
from evalreport.comparison.groups import compared_group, groups_in_both
from evalreport.results import ChangeBounds, ComparedGroup, EvaluationResult
from evalreport.statistics.top_k import ALL, Bounds
from evalreport.statistics.top_k_plan import TopKPlan
from evalreport.top_k_results import LossBounds, TopKResult

TASKS = ("tokens", "gaussian", "top-k")


def difference_of(previous: EvaluationResult, current: EvaluationResult) -> Difference:
    """Return the change of the mean loss; of losses between bounds, what it lies between."""
    if current.task != "top-k":
        return difference.of_two_errors(previous, current)
    before, now = _bounds(previous), _bounds(current)
    least = difference.of_two_samples(before.at_most, now.at_least)
    if before.is_exact and now.is_exact:
        return least
    return difference.between(least, difference.of_two_samples(before.at_least, now.at_most))


def _bounds(result: EvaluationResult) -> Bounds:
    states = TopKPlan.states_from_json(result.state)
    return states.plan.overall.bounds(states[states.plan.overall], ALL)


def bounds_of(previous: EvaluationResult, current: EvaluationResult) -> ChangeBounds | None:
    """Return between what the losses of two runs lie; None if both are known."""
    return _change_bounds(previous.overall.top_k, current.overall.top_k)


def groups_of(previous: EvaluationResult, current: EvaluationResult) -> Iterator[ComparedGroup]:
    """Yield every class and slice that is in both runs, without intervals."""
    for was, now in groups_in_both(previous, current):
        change = None
        if was.judged_loss is not None and now.judged_loss is not None:
            change = now.judged_loss - was.judged_loss
        zeros = was.zero_probability_rows, now.zero_probability_rows
        yield compared_group(
            now,
            now.n,
            was.judged_loss,
            now.judged_loss,
            Difference(change),
            zeros,
            _change_bounds(was.top_k, now.top_k),
        )


def _change_bounds(
    was: LossBounds | TopKResult | None, now: LossBounds | TopKResult | None
) -> ChangeBounds | None:
    if was is None or now is None or not (was.rows_outside or now.rows_outside):
        return None
    before = was.log_loss_at_least, was.log_loss_at_most
    after = now.log_loss_at_least, now.log_loss_at_most
    change = _less(after[0], before[1]), _less(after[1], before[0])
    return ChangeBounds(before, after, change)


def _less(now: float | None, was: float | None) -> float | None:
    return None if now is None or was is None else now - was
